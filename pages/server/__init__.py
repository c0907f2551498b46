"""The web server's doors: who may come in is asked of every request and every message."""

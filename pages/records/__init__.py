"""The records pages."""

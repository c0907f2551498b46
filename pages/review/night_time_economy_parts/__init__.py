"""What only the page Night time economy draws."""

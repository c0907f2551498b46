"""What only the page Visit draws."""

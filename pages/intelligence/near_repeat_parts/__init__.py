"""What only the page Near repeat draws."""

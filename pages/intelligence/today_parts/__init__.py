"""What only the page Today draws."""

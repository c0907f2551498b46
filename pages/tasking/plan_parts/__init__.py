"""What only the page Plan draws."""

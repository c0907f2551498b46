"""What only the page Ward panel draws."""

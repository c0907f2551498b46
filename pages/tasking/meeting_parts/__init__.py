"""What only the page Meeting draws."""

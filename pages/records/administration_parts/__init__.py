"""What only the page Administration draws."""

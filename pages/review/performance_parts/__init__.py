"""What only the page Performance draws."""

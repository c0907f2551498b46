"""What only the page Patterns draws."""

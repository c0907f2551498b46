"""What only the page Reviews draws."""

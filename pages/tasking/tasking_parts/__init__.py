"""What only the page Tasking draws."""

"""What only the page Your account draws."""

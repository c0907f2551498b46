"""What only the page Import data draws."""

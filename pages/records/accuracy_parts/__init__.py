"""What only the page Accuracy draws."""

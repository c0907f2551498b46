"""What only the page Propose draws."""

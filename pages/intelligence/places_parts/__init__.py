"""What only the page Hotspots draws."""

"""Ways of finding hotspots, and the one shape they all answer in."""

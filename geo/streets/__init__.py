"""Streets as a network: crossings, the pieces of street between them, and the ways along them."""

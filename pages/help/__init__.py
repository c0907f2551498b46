"""Help: what the product works out and what it cannot tell."""

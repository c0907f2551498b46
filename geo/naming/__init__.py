"""Names from the ground: what people call a place on a map."""

"""A ward's published figures: disclosure control, its profile in words, and its promises."""

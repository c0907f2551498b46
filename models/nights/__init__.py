"""Nights worked out: their counts and rates, night-time areas, and licensed premises near them."""

"""Figures and dates in words."""

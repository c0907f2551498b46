"""The intelligence pages."""

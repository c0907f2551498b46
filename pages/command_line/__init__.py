"""The commands of `hotspots`, one module a group; the same calls as the pages."""

"""Space: coordinate systems, grids, wards, geocoding, and drawing maps. Imports no other room."""

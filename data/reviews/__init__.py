"""Reviews: what a tasking, or any dated intervention, changed in the store's incidents."""

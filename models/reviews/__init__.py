"""Reviews worked out: what a tasking, or any dated intervention, changed."""

"""What is removed from operations, by what schedule, and the record of it."""

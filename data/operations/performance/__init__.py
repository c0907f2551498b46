"""What people write and fix for the quarterly performance."""

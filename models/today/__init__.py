"""What a duty officer wants at nine."""

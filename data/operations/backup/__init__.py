"""One file with both stores, and putting it back."""

"""The quarterly performance worked out: what is counted, each row with its change, and the pack."""

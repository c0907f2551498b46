"""The use cases that need a store: read, ask a model, write or hand out."""

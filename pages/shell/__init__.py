"""What surrounds every page: menu, filters, state, sign-in, messages, kept answers."""

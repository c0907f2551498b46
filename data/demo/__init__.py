"""A simulated Tower Hamlets and Hackney, with the truth that was planted in it."""

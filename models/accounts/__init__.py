"""What an account may be: its password, its name, and how often signing in may be tried."""

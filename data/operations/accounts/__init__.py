"""Accounts: who may use the app, and as what."""

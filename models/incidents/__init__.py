"""Incidents as values: a filter, its selection, and the questions asked of it."""

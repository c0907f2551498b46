"""Definitions, periods and comparisons that every view shares."""

"""Months, quarters, periods, nights and hours: the arithmetic of the calendar, in one place."""

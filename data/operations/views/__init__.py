"""Views that people save by name, and what each person begins with."""

"""Reviews and interventions on record."""

"""What the store keeps next to incidents: wards, postcodes, premises, population, severity."""

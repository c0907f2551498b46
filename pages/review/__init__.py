"""Review: night-time economy, ward panel and quarterly performance."""

"""What several pages draw with: maps, charts, tables, cards and files."""

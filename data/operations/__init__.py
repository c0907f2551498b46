"""Operations: what people decide and do, kept in SQLite or PostgreSQL with its history."""

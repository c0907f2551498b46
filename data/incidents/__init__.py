"""The incident table: its contract, validation, storage and the snapshot in memory."""

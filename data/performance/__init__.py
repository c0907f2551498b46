"""The quarterly performance: counting the indicators, the pack of a quarter, its sign-off."""

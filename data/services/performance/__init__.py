"""The quarterly performance with its stores: areas, pack, typed-in values, sign-off."""

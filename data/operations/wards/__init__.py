"""Ward priorities, promises and the published ward figures."""

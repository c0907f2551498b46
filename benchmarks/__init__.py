"""How fast the parts are, against their peers, measured side by side in the same run."""

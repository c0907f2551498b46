"""How fast the parts are, beside their peers, measured side by side in the same run."""

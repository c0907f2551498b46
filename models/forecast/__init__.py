"""Where incidents will be: baselines, our own forecast, and how well each would have done."""

"""Where incidents will be: baselines, our own risk model, and how well each would have done."""

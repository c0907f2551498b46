"""From a hotspot to a patrol plan, a tasking that is worked, and whether it made a difference."""

"""From a view of the incidents to a patrol plan, and from a plan to taskings."""

"""Where a network's nodes go when it is arranged by itself: pure functions, safe on any thread."""

"""Several open projects in one window: their tabs, what is asked when they close, and where they were."""

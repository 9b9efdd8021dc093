"""Looking for a learning rate before a run."""

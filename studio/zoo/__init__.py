"""Known architectures, as functions that build graphs."""

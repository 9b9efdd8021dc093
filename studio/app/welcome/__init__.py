"""The first run: what an empty canvas says, and the ways to begin that it offers."""

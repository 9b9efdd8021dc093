"""What the user draws: an immutable graph of named layers, and the pure edits that change it."""

"""What can be drawn: one frozen spec for every layer, grouped by family."""

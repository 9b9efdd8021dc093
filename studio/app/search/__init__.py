"""Finding what to add, to wire and to look at: ranking without widgets, and the lists that show it."""

"""Help for each layer: what it computes, its shapes and arguments, and a small picture of it."""

"""The engine process: it answers questions about a graph and trains it. The window talks to it by records."""

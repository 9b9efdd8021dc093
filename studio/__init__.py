"""Flowgraph Studio: draw a neural network, train it, and see inside it while it learns."""

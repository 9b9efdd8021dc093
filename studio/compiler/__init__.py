"""From a drawn graph to PyTorch: shapes, cost, and the compiled module."""

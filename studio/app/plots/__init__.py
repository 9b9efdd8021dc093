"""Live plots: NumPy arrays in, few points and cached pictures out."""

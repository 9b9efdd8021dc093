"""Gradients by finite differences in float64, held against those of autograd."""

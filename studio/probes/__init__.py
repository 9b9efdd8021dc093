"""Measurements on a live network: activations and weights, sampled within a budget."""

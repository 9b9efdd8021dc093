"""Measurements on a live network: cheap by construction, and within a set share of training time."""

"""The window. Nothing in here may import torch."""

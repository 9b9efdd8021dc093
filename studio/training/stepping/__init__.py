"""A pass through a network taken apart: box by box, forward and backward."""

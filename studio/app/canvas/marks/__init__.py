"""Frames, notes and arrows on the canvas: where they are, how they look, and what a person does with them."""

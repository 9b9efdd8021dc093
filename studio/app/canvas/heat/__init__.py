"""Costs as colours on cards and wires, and the legends that say what they mean."""

"""Editing several layers at once: what they share, edits of all, their names and their colour."""

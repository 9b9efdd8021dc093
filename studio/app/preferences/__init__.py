"""Preferences: what a person may choose about this program, and the keys of all its actions."""

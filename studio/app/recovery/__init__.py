"""Keeping what is not saved, and offering it after a crash."""

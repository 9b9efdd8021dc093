"""Measurements on signals that layers and data sets share."""

"""The node editor: one widget that paints from caches, and a gesture for each thing the mouse can do."""

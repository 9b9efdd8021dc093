"""Each thing the mouse can do on the canvas is one object: start, move, end, cancel."""

"""Look inside…: what a network at rest makes of samples of its data, layer by layer, on request."""

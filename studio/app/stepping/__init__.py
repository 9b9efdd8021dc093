"""A batch on its way through the network, box by box."""

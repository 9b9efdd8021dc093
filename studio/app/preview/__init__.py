"""A look at what one layer gives for one sample, beside its card."""

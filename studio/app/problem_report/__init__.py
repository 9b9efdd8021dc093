"""A report of a problem: what it consists of, and the dialog in which a person sees it before it is kept."""

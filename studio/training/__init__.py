"""The training loop, headless: what it needs, what it reports, how it stops."""

"""The headless trainer: from a project to a run, with nothing that knows a window."""

"""What a run's network is worth: the tab below the canvas."""

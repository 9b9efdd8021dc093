"""What is saved: the design with its data and training settings, and the file it lives in."""

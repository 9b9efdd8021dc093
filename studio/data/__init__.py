"""Data sets, their splits and normalization, and batches that live where the training does."""

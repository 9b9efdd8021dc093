"""Data sets: what there is, where it comes from, how it is split, normalized and put on the device."""

"""The run store: what was measured, and the checkpoints. Reading curves needs no torch."""

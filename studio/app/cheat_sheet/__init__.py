"""One sheet with all keys and all that the mouse does, made from what is in force."""

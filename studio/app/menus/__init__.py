"""The window's menus, one module each: its actions, where they stand, and when they can do something."""

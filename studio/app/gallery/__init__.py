"""New…: every known network with a picture, its arguments as a form, and the project made from it."""

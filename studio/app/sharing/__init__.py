"""Projects packed for another machine, and those that came from one."""

"""From what a run showed to what is going wrong in it: pure functions over numbers, without torch or Qt."""

"""The tab that shows what a network of one or two inputs computes over their range."""

"""How close one hidden layer gets to a curve: units drawn at random, the output by least squares."""

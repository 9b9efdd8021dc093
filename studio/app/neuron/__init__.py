"""One neuron to turn by hand: what it computes, as numbers and as a surface with its ridge."""

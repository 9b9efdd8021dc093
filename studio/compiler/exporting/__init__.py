"""Handing a network on: Python source, ONNX, a torch.export program, weights; each verified by running it."""

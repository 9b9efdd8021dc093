"""The window. Nothing in here may import torch."""

from studio.app import overrides

overrides.install()

"""Custom layers to begin with: each is whole, and shows one thing that a layer of one's own can do.

These exact texts come with the program and are trusted as the program is (`studio.project.trust`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CodeTemplate:
    """A custom layer to begin with.

    Attributes:
        title: What the editor's menu says.
        help: One line.
        code: The layer.
    """

    title: str
    help: str
    code: str


SWISH = '''\
import torch
from torch import Tensor, nn


class Swish(nn.Module):
    """x times the sigmoid of beta x; beta is learned.

    Args:
        beta: Where beta starts.
    """

    def __init__(self, beta: float = 1.0):
        super().__init__()
        self.beta = nn.Parameter(torch.tensor(beta))

    def forward(self, input: Tensor) -> Tensor:
        return input * torch.sigmoid(self.beta * input)
'''
"""The code of a new node. Never change this text: a file that leaves the code out means it."""

RESIDUAL_SCALE = '''\
import torch
from torch import Tensor, nn


class ResidualScale(nn.Module):
    """A shortcut plus its branch, each channel of which has a learned scale.

    Args:
        num_channels: Channels of the branch; read off the wire.
        scale: Where the scales start: small, so that the shortcut goes first.
    """

    def __init__(self, num_channels: int, scale: float = 0.1):
        super().__init__()
        self.scale = nn.Parameter(torch.full((num_channels,), scale))

    def forward(self, branch: Tensor, shortcut: Tensor) -> Tensor:
        sides = (1,) * (branch.dim() - 2)
        return shortcut + self.scale.view(1, -1, *sides) * branch
'''

STRAIGHT_THROUGH = '''\
import torch
from torch import Tensor, nn


class SignFunction(torch.autograd.Function):
    """The sign forwards; backwards, the gradient passes where the input lies between -1 and 1."""

    @staticmethod
    def forward(ctx, input: Tensor) -> Tensor:
        ctx.save_for_backward(input)
        return torch.sign(input)

    @staticmethod
    def backward(ctx, gradient: Tensor) -> Tensor:
        (input,) = ctx.saved_tensors
        return gradient * (input.abs() <= 1)


class Binarize(nn.Module):
    """The sign of each number, with a gradient that passes straight through."""

    def forward(self, input: Tensor) -> Tensor:
        return SignFunction.apply(input)
'''

GAUSSIAN = '''\
import torch
from torch import Tensor, nn


class Gaussian(nn.Module):
    """Draws from a normal distribution, so that gradients reach its mean and its log variance."""

    def forward(self, mean: Tensor, log_variance: Tensor) -> tuple[Tensor, Tensor]:
        deviation = torch.exp(0.5 * log_variance)
        sample = mean
        if self.training:
            sample = mean + deviation * torch.randn_like(mean)
        return sample, deviation
'''

TEMPLATES = (
    CodeTemplate("Swish", "One input, one output, and a weight that is learned.", SWISH),
    CodeTemplate("Residual scale", "Two inputs, and a size that is read off the wire.", RESIDUAL_SCALE),
    CodeTemplate(
        "Custom autograd function", "A backward pass of one's own: a straight-through sign.", STRAIGHT_THROUGH
    ),
    CodeTemplate("Two inputs, two outputs", "A normal distribution that is drawn from.", GAUSSIAN),
)

SHIPPED = frozenset(template.code for template in TEMPLATES)

"""Small modules that do what people's modules do."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


class Calls(nn.Module):
    """One linear layer, and then whatever a test does with it."""

    def __init__(self, then: Any, features: int = 6) -> None:
        super().__init__()
        self.fc = nn.Linear(features, features)
        self.then = then

    def forward(self, x: Tensor) -> Any:
        return self.then(self.fc(x))


class Pair(nn.Module):
    """A block with weights and a counter."""

    def __init__(self, width: int = 6) -> None:
        super().__init__()
        self.fc = nn.Linear(6, width)
        self.bn = nn.BatchNorm1d(width)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.bn(self.fc(x)))


class Listed(nn.Module):
    """A list of layers with a function between them."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(6, 6) for _ in range(3)])

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = torch.relu(layer(x)) + x
        return x


class Interleaved(nn.Module):
    """Two lists whose layers take turns: as blocks they would feed each other in a circle."""

    def __init__(self) -> None:
        super().__init__()
        self.lins = nn.ModuleList([nn.Linear(6, 6) for _ in range(2)])
        self.norms = nn.ModuleList([nn.LayerNorm(6) for _ in range(2)])

    def forward(self, x: Tensor) -> Tensor:
        for lin, norm in zip(self.lins, self.norms, strict=True):
            x = norm(lin(x))
        return x


class SharedLayer(nn.Module):
    """The same layer twice, and the same activation."""

    def __init__(self) -> None:
        super().__init__()
        self.fc, self.act = nn.Linear(6, 6), nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        return self.act(self.fc(self.act(self.fc(x))))


class SharedBlock(nn.Module):
    """The same block twice, with a function between."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = Pair()

    def forward(self, x: Tensor) -> Tensor:
        return self.inner(torch.tanh(self.inner(x)))


class Tied(nn.Module):
    """Two layers with one weight."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.two = nn.Linear(6, 6), nn.Linear(6, 6)
        self.two.weight = self.one.weight

    def forward(self, x: Tensor) -> Tensor:
        return self.two(torch.relu(self.one(x)))


class Autoencoder(nn.Module):
    """A decoder whose weight is the encoder's, turned over."""

    def __init__(self) -> None:
        super().__init__()
        self.enc = nn.Linear(6, 3)
        self.bias = nn.Parameter(torch.randn(6))

    def forward(self, x: Tensor) -> Tensor:
        return functional.linear(torch.tanh(self.enc(x)), self.enc.weight.t(), self.bias)


class ChannelNorm(nn.LayerNorm):
    """A LayerNorm over channels: its own weights in a function, between two that have none."""

    def forward(self, x: Tensor) -> Tensor:
        moved = x.permute(0, 2, 3, 1)
        normed = functional.layer_norm(moved, self.normalized_shape, self.weight, self.bias, self.eps)
        return normed.permute(0, 3, 1, 2)


class Tokens(nn.Module):
    """A class token, position embeddings and a layer scale."""

    def __init__(self) -> None:
        super().__init__()
        self.token = nn.Parameter(torch.zeros(1, 1, 8))
        self.position = nn.Parameter(torch.randn(1, 6, 8) * 0.02)
        self.scale = nn.Parameter(torch.full((8,), 0.5))
        self.head = nn.Linear(8, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], dim=1)
        return self.head((x + self.position)[:, 0] * self.scale)


class Recurrent(nn.Module):
    """A text classifier that reads the last state and the last output."""

    def __init__(self) -> None:
        super().__init__()
        self.emb = nn.Embedding(20, 8)
        self.rnn = nn.LSTM(8, 16, 2, batch_first=True)
        self.fc = nn.Linear(16, 3)

    def forward(self, x: Tensor) -> Tensor:
        output, (hidden, _) = self.rnn(self.emb(x))
        return self.fc(hidden[-1]) + self.fc(output[:, -1])


class Attention(nn.Module):
    """Self-attention written out with sizes worked out from the input."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv, self.proj = nn.Linear(16, 48), nn.Linear(16, 16)

    def forward(self, x: Tensor) -> Tensor:
        b, length, e = x.shape
        q, k, v = (part.view(b, length, 4, e // 4).transpose(1, 2) for part in self.qkv(x).chunk(3, -1))
        scores = (q @ k.transpose(-2, -1)) * (e // 4) ** -0.5
        return self.proj((scores.softmax(-1) @ v).transpose(1, 2).reshape(b, length, e))


class UNet(nn.Module):
    """Maps that are made smaller, larger again, and joined."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(inplace=True))
        self.deep = nn.Sequential(nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(inplace=True))
        self.up, self.out = nn.ConvTranspose2d(16, 8, 2, 2), nn.Conv2d(16, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        shallow = self.down(x)
        deep = self.up(self.deep(functional.max_pool2d(shallow, 2)))
        return self.out(torch.cat([shallow, functional.interpolate(deep, size=shallow.shape[2:])], 1))

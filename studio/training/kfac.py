"""K-FAC: gradient descent in the metric of a network's curvature, taken for each layer as a product of two.

The curvature is the generalized Gauss-Newton matrix, which for softmax with cross-entropy and for squares is
the Fisher matrix. It comes from the loss as it is: its second derivative by the outputs, sent back through
the network. This file needs nothing but torch: exported scripts carry it along.

Reference:
    Martens and Grosse 2015, https://arxiv.org/abs/1503.05671; Grosse and Martens 2016 for convolutions,
    https://arxiv.org/abs/1602.01407; the bound on a step is that of Ba, Grosse and Martens 2017.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn

MOST_OUTPUTS = 256
"""Numbers that a network may say of a sample; the loss's second derivative has the square of it."""

MOST_EXACT = 16
"""As many outputs are sent back one by one; more are drawn from, with one way back."""

MOST_SIDE = 5000
"""A layer with more inputs or outputs takes steps along its gradient: its factors would be too large."""

MOST_TRIES = 10
"""As often a factor is damped ten times more until it has an inverse; one that is no number has none."""

Layer: TypeAlias = nn.Linear | nn.Conv2d


class KFAC(torch.optim.SGD):
    """SGD along the gradients of Linear and Conv2d multiplied with the inverse of their curvature.

    All other parameters take SGD's plain steps. Weight decay and momentum come after the curvature. In a
    step, `listen` comes before the network is run, `observe` before `loss.backward()`.

    Args:
        params: Parameters, or groups of them.
        module: The network they are of.
        lr: Learning rate; 1 is the whole way to where the curvature sees the minimum.
        momentum: Share of the last step that is kept.
        weight_decay: As SGD's.
        damping: Added to the curvature: how little it is trusted.
        update_interval: Steps between two looks at the curvature.
        kl_clip: Bound on a step's size as the curvature measures it; 0: none.
        memory: Share of the curvature that stays at a look.
        fused: As SGD's.

    Raises:
        ValueError: The network has no layer of which the curvature could be taken.
    """

    def __init__(
        self,
        params: Iterable[Any],
        module: nn.Module,
        lr: float,
        momentum: float = 0.9,
        weight_decay: float = 0.0,
        damping: float = 0.001,
        update_interval: int = 10,
        kl_clip: float = 0.001,
        memory: float = 0.95,
        fused: bool | None = None,
    ) -> None:
        super().__init__(params, lr=lr, momentum=momentum, weight_decay=weight_decay, fused=fused)
        self._damping, self._memory, self._kl_clip = damping, memory, kl_clip
        self._update_interval = update_interval
        self._layers = layers_of(module)
        if not self._layers:
            raise ValueError(
                f"kfac takes the curvature of Linear and Conv2d layers with up to {MOST_SIDE:,} inputs, and "
                "no such layer learns here. Take sgd or adam instead."
            )

        def hear(layer: Layer, inputs: tuple[Tensor, ...], output: Tensor) -> None:
            # A function, unlike a method, is not copied along when somebody copies the network.
            if self._calls is not None and layer in self._layers:
                self._hear(layer, inputs[0], output)

        for layer in self._layers:
            layer.register_forward_hook(hear)
        self._share = 1.0
        self._calls: list[tuple[Layer, Any, int]] | None = None
        self._found: dict[Layer, list[Tensor | float]] = {}

    def listen(self, share: float = 1.0) -> None:
        """Take note of what the layers are given next, if it is time to look.

        Args:
            share: Of the step's samples that come next.
        """
        steps = self.state[self._layers[0].weight].get("steps", 0)
        self._calls = [] if steps % self._update_interval == 0 else None
        self._share = share

    @torch.no_grad()
    def _hear(self, layer: Layer, inputs: Tensor, output: Tensor) -> None:
        """Note a layer's inputs, and where its output stands in the graph, whatever is done to it later."""
        if self._calls is None or not output.requires_grad:
            return
        rows = _input_rows(layer, inputs)
        places = len(rows) // len(inputs)
        self._add(layer, 0, rows.T @ rows * (self._share / len(inputs)))
        self._calls.append((layer, torch.autograd.graph.get_gradient_edge(output), places))

    def observe(self, outputs: Tensor | tuple[Tensor, ...], loss: Tensor) -> None:
        """Send the loss's second derivative back to the layers, if it is time to look.

        Shape:
            outputs: what the network gave, each (N, *)
            loss: (), the mean over the samples

        Raises:
            ValueError: The network says too much of a sample, or the loss has no second derivative.
        """
        calls, self._calls = self._calls, None
        if not calls:
            return
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        edges = [edge for _, edge, _ in calls]
        sizes = [one[0].numel() for one in outputs]
        for way in _ways_back(curvature_root(outputs, loss)):
            parts = torch.split(way, sizes, 1)
            sent = [part.reshape(one.shape) for part, one in zip(parts, outputs, strict=True)]
            found = torch.autograd.grad(outputs, edges, sent, retain_graph=True, allow_unused=True)
            for (layer, _, places), gradient in zip(calls, found, strict=True):
                if gradient is not None:
                    rows = _output_rows(layer, gradient)
                    self._add(layer, 1, rows.T @ rows / places)

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Take a step."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for layer in self._layers:
            self._learn(layer)
        self._found.clear()
        self._turn_gradients()
        super().step()
        return loss

    def _add(self, layer: Layer, side: int, value: Tensor) -> None:
        """Add to what this look found of a layer: inputs on side 0, outputs on side 1."""
        sides = self._found.setdefault(layer, [0.0, 0.0])
        sides[side] = sides[side] + value

    def _learn(self, layer: Layer) -> None:
        """Count a layer's step, and take in what a look found of it."""
        state = self.state[layer.weight]
        state["steps"] = state.get("steps", 0) + 1
        inputs, outputs = self._found.get(layer, (0.0, 0.0))
        if not isinstance(inputs, Tensor) or not isinstance(outputs, Tensor):
            return
        state["looks"] = state.get("looks", 0) + 1
        keep = min(1.0 - 1.0 / state["looks"], self._memory)
        for name, value in (("input_factor", inputs), ("output_factor", outputs)):
            state[name] = value if state["looks"] == 1 else state[name].lerp(value, 1.0 - keep)
        state["input_inverse"], state["output_inverse"] = damped_inverses(
            state["input_factor"], state["output_factor"], self._damping
        )

    def _turn_gradients(self) -> None:
        """Put the curvature's direction in place of each layer's gradient."""
        rates = {value: group["lr"] for group in self.param_groups for value in group["params"]}
        turned: list[tuple[Layer, Tensor]] = []
        size: Tensor | float = 0.0
        for layer in self._layers:
            state = self.state[layer.weight]
            if layer.weight.grad is None or "input_inverse" not in state:
                continue
            gradient = _gradient_of(layer)
            way = state["output_inverse"] @ gradient @ state["input_inverse"]
            size = size + (way * gradient).sum() * rates[layer.weight] ** 2
            turned.append((layer, way))
        if self._kl_clip and isinstance(size, Tensor):
            factor = (self._kl_clip / size).sqrt().clamp(max=1.0)
            turned = [(layer, way * factor) for layer, way in turned]
        for layer, way in turned:
            _set_gradient(layer, way)


def layers_of(module: nn.Module) -> list[Layer]:
    """Return the layers whose curvature can be taken, in the network's order; a lent weight's cannot."""
    layers = [one for one in module.modules() if isinstance(one, nn.Linear | nn.Conv2d)]
    owners = Counter(id(value) for one in module.modules() for value in one.parameters(recurse=False))
    return [
        layer
        for layer in layers
        if layer.weight.requires_grad
        and owners[id(layer.weight)] == 1
        and (layer.bias is None or owners[id(layer.bias)] == 1)
        and getattr(layer, "groups", 1) == 1
        and max(len(layer.weight), layer.weight[0].numel()) <= MOST_SIDE
    ]


def curvature_root(outputs: tuple[Tensor, ...], loss: Tensor) -> Tensor:
    """Return a root S of each sample's second derivative of the loss by the outputs: H = S Sᵀ.

    Directions in which the loss bends down are taken as flat.

    Shape:
        outputs: each (N, *), D numbers of a sample in all
        loss: ()
        returns: (N, D, D)

    Raises:
        ValueError: There are too many outputs, or the loss has no second derivative.
    """
    count = sum(one[0].numel() for one in outputs)
    if count > MOST_OUTPUTS:
        raise ValueError(
            f"kfac takes networks that say up to {MOST_OUTPUTS} numbers of a sample, and this one says "
            f"{count:,}. Take sgd or adam instead."
        )
    first = _flat(torch.autograd.grad(loss, outputs, create_graph=True, materialize_grads=True))
    second = torch.zeros(*first.shape, count, dtype=first.dtype, device=first.device)
    if first.requires_grad:
        rows = (
            torch.autograd.grad(one, outputs, retain_graph=True, materialize_grads=True)
            for one in first.sum(0).unbind()
        )
        second = torch.stack([_flat(row) for row in rows], 1)
    if not second.any():
        raise ValueError(
            "kfac needs a loss with a second derivative, such as MSELoss or CrossEntropyLoss, and this one "
            "has none here. Take another loss, or sgd or adam."
        )
    values, vectors = torch.linalg.eigh(second)
    root: Tensor = vectors * values.clamp_min(0.0).sqrt().unsqueeze(1)
    return root


def damped_inverses(inputs: Tensor, outputs: Tensor, damping: float) -> tuple[Tensor, Tensor]:
    """Return the inverses of two factors, among which the damping is shared out by their size.

    Shape:
        inputs: (I, I)
        outputs: (O, O)
        returns: (I, I), (O, O)
    """
    tiny = torch.finfo(inputs.dtype).tiny
    ratio = inputs.diagonal().mean().clamp_min(tiny) / outputs.diagonal().mean().clamp_min(tiny)
    ratio = ratio.sqrt().clamp(1e-4, 1e4)
    root = damping**0.5
    return _inverse(inputs, root * ratio), _inverse(outputs, root / ratio)


def _inverse(factor: Tensor, added: Tensor) -> Tensor:
    """Return the inverse of a factor with something added to its diagonal: more, where rounding asks for it.

    Shape:
        factor: (K, K)
        added: ()
        returns: (K, K)
    """
    eye = torch.eye(len(factor), dtype=factor.dtype, device=factor.device)
    added = torch.maximum(added, factor.diagonal().mean() * torch.finfo(factor.dtype).eps)
    lower, failed = torch.linalg.cholesky_ex(factor + added * eye)
    for _ in range(MOST_TRIES):
        if not failed:
            break
        added = added * 10
        lower, failed = torch.linalg.cholesky_ex(factor + added * eye)
    # In rows, as it comes back from a checkpoint: products of columns differ in the last bit.
    return torch.cholesky_inverse(lower).contiguous()


def _ways_back(root: Tensor) -> Iterable[Tensor]:
    """Yield what is sent back, each (N, D), so that its squares add up to the second derivative."""
    if root.shape[2] <= MOST_EXACT:
        return root.unbind(2)
    signs = torch.randint(0, 2, root.shape[::2], device=root.device).to(root.dtype) * 2 - 1
    return [(root @ signs.unsqueeze(2)).squeeze(2)]


def _flat(parts: Iterable[Tensor]) -> Tensor:
    return torch.cat([part.reshape(len(part), -1) for part in parts], 1)


def _learns_bias(layer: Layer) -> bool:
    return layer.bias is not None and layer.bias.requires_grad


def _gradient_of(layer: Layer) -> Tensor:
    """Return a layer's gradient as (O, I), the bias's as the last column."""
    assert layer.weight.grad is not None
    gradient = layer.weight.grad.flatten(1)
    if not _learns_bias(layer):
        return gradient
    assert layer.bias is not None
    assert layer.bias.grad is not None
    return torch.cat([gradient, layer.bias.grad.unsqueeze(1)], 1)


def _set_gradient(layer: Layer, gradient: Tensor) -> None:
    """Give a layer a gradient in the form of `_gradient_of`."""
    assert layer.weight.grad is not None
    if _learns_bias(layer):
        assert layer.bias is not None
        assert layer.bias.grad is not None
        layer.bias.grad.copy_(gradient[:, -1])
        gradient = gradient[:, :-1]
    layer.weight.grad.copy_(gradient.reshape(layer.weight.shape))


def _input_rows(layer: Layer, inputs: Tensor) -> Tensor:
    """Return what a layer's weights are multiplied with, (N · places, I), a 1 for the bias at the end."""
    if isinstance(layer, nn.Conv2d):
        inputs = nn.functional.unfold(
            _padded(layer, inputs), layer.kernel_size, layer.dilation, 0, layer.stride
        ).transpose(1, 2)
    rows = inputs.reshape(-1, inputs.shape[-1])
    return nn.functional.pad(rows, (0, 1), value=1.0) if _learns_bias(layer) else rows


def _output_rows(layer: Layer, gradient: Tensor) -> Tensor:
    """Return the gradient at a layer's outputs, (N · places, O)."""
    if isinstance(layer, nn.Conv2d):
        gradient = gradient.movedim(1, -1)
    return gradient.reshape(-1, gradient.shape[-1])


def _padded(layer: nn.Conv2d, inputs: Tensor) -> Tensor:
    """Return images as a convolution sees them, with their margins."""
    margins: list[int] = []
    for axis in (1, 0):
        total = layer.dilation[axis] * (layer.kernel_size[axis] - 1) if layer.padding == "same" else 0
        before, after = total // 2, total - total // 2
        if not isinstance(layer.padding, str):
            before = after = int(layer.padding[axis])
        margins += [before, after]
    mode = "constant" if layer.padding_mode == "zeros" else layer.padding_mode
    return nn.functional.pad(inputs, margins, mode)

"""Learned weights as small pictures, for the layers whose weights look like something.

Convolutions: one picture for each output channel. Three input channels at the network's input make a colour
picture; deeper, where a filter has a picture for each input channel, their mean is shown. In one dimension a
filter is a strip, in three the mean over depth is shown.
Linear: one picture for each unit, in the shape of the image, where the layer sees the image itself
(flattened, or as a vector of the same length); else a strip, if it has few inputs. Other layers have no
picture.
"""

from __future__ import annotations

import torch
from torch import Tensor, fx, nn

from studio.compiler.inline import inline
from studio.runs.records import Filters

LIMIT = 64

MOST_IN_STRIP = 256
"""Inputs of a unit that are seen side by side; a longer strip would not be seen whole."""

_TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
_CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d, *_TRANSPOSED)

SEE_THROUGH = (nn.Flatten, nn.Identity, nn.Dropout, nn.Dropout2d, nn.Unflatten)
"""Layers behind which an image is still the same image."""


def filters_of(
    module: fx.GraphModule,
    run: str,
    node: str,
    step: int,
    limit: int = LIMIT,
    *,
    image: tuple[int, ...] = (),
) -> Filters | None:
    """Return a node's learned filters, those with the largest norm first.

    Args:
        module: The network.
        run: For the record.
        node: Name of the drawn node; of one in a block the dotted name, ``layer1.0.conv1``.
        step: For the record.
        limit: Filters shown at most.
        image: Shape of the data's images, (C, H, W), which gives a Linear layer's rows their shape.

    Returns:
        None for a node that has no picture.
    """
    layer = dict(module.named_modules()).get(node)  # of a node in a block, the dotted name
    if isinstance(layer, _CONVOLUTIONS):
        weight = _by_output(layer)
        rows, pictures = weight.flatten(1), _pictures(weight)
    elif isinstance(layer, nn.Linear) and _sees_image(module, node, layer.in_features, image):
        rows = layer.weight.detach()  # (O, C * H * W)
        pictures = _pictures(rows.reshape(-1, *image))
    elif isinstance(layer, nn.Linear) and layer.in_features <= MOST_IN_STRIP:
        rows = layer.weight.detach()  # (O, I)
        pictures = rows[:, None]
    else:
        return None
    if pictures.is_complex() or not pictures.numel():
        return None
    return _record(run, node, step, pictures, rows, limit)


def _by_output(layer: nn.Module) -> Tensor:
    """Return the weight of a convolution with its output channels first.

    Shape:
        returns: (O, I / groups, *K)
    """
    weight: Tensor = layer.weight.detach()  # type: ignore[operator]
    if not isinstance(layer, _TRANSPOSED):
        return weight
    parts = weight.reshape(layer.groups, -1, *weight.shape[1:])  # (groups, I / groups, O / groups, *K)
    return parts.transpose(1, 2).flatten(0, 1)


def _pictures(weight: Tensor) -> Tensor:
    """Return filters as pictures.

    Shape:
        weight: (O, I, K), (O, I, KH, KW) or (O, I, KD, KH, KW)
        returns: (O, H, W), or (O, H, W, 3) of three input channels
    """
    if weight.dim() == 5:
        weight = weight.mean(dim=2)
    if weight.dim() == 3:
        weight = weight[:, :, None]
    return weight.permute(0, 2, 3, 1) if weight.shape[1] == 3 else weight.mean(dim=1)


def _record(run: str, node: str, step: int, pictures: Tensor, rows: Tensor, limit: int) -> Filters:
    """Return the record of the pictures whose weights have the largest norm.

    Shape:
        pictures: (O, H, W) or (O, H, W, 3)
        rows: (O, F), the weights behind each picture
    """
    norms = torch.linalg.vector_norm(rows.to(torch.float32), dim=1)
    order = torch.argsort(norms, descending=True, stable=True)[:limit]
    shown = pictures.index_select(0, order).to(torch.float32).contiguous().cpu()
    scale = float(shown.abs().max()) if shown.numel() else 0.0
    return Filters(run, node, step, shown.numpy(), scale, len(rows), tuple(order.tolist()))


def _sees_image(module: fx.GraphModule, node: str, features: int, image: tuple[int, ...]) -> bool:
    """Say whether a Linear layer's input is the data's image, laid out as a row."""
    if len(image) != 3 or features != image[0] * image[1] * image[2]:
        return False
    flat = inline(module)
    fx_node = next(found for found in flat.graph.nodes if found.meta.get("node") == node)
    source = fx_node.args[0]
    while isinstance(source, fx.Node):
        if source.op == "placeholder":
            return True
        reshapes = source.op == "call_function" and source.target is torch.reshape
        passes = source.op == "call_module" and isinstance(
            flat.get_submodule(str(source.target)), SEE_THROUGH
        )
        if not (reshapes or passes):
            return False
        source = source.args[0]
    return False

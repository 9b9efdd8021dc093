"""Pooling: summaries of neighbourhoods, which make maps smaller without learning anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from studio.catalog.spaces import MAPS, SEQUENCES, SPACES, VOLUMES, Space
from studio.catalog.spec import TENSOR_OUT, ArgSpec, LayerSpec
from studio.graph.port import PortSpec

_CEIL = ArgSpec("ceil_mode", "bool", False, "Round the output size up, so that windows may leave the border.")
_COUNT_PAD = ArgSpec("count_include_pad", "bool", True, "Let the zeros of the border count in the mean.")
_DIVISOR = ArgSpec(
    "divisor_override",
    "int",
    None,
    "Divide the sum by this; empty divides by the size of the window.",
    minimum=1,
    optional=True,
)
_NORM = ArgSpec(
    "norm_type",
    "float",
    2.0,
    "The p of the norm: 1 is the sum, 2 the root of the squares' sum. Of a negative number torch takes a "
    "broken power to be NaN.",
    minimum=0.0,
    open_range=True,
    required=True,
    step=1.0,
)


def _kernel(space: Space) -> ArgSpec:
    return space.window("kernel_size", 2, f"{space.sizes('the window')}.", required=True)


def _stride(space: Space) -> ArgSpec:
    return space.window("stride", None, "Step of the window; empty takes kernel_size.", optional=True)


def _padding(space: Space) -> ArgSpec:
    return space.window(
        "padding",
        0,
        "Border added on each side, at most half of kernel_size; never the maximum.",
        minimum=0,
    )


def _pool(
    space: Space,
    stem: str,
    summary: str,
    formula: str,
    arguments: tuple[ArgSpec, ...],
    *,
    reference: str = "",
    synonyms: tuple[str, ...] = (),
    card: str = "{kernel_size}",
) -> LayerSpec:
    """Return the spec of one pool over sequences, maps or volumes."""
    kind = space.kind(stem)
    target = f"torch.nn.{kind}"
    return LayerSpec(
        kind,
        kind,
        "pooling",
        target,
        summary,
        arguments,
        (space.port,),
        (TENSOR_OUT,),
        formula=formula,
        reference=f"{target}; {reference}" if reference else target,
        synonyms=("pool", *synonyms),
        card=card,
    )


def _max(space: Space) -> LayerSpec:
    return _pool(
        space,
        "MaxPool",
        "Keep the largest value of each window; small shifts of the input change little.",
        "out = max over the window",
        (
            _kernel(space),
            _stride(space),
            _padding(space),
            space.window("dilation", 1, "Distance between the places of a window."),
            _CEIL,
        ),
        synonyms=("maximum", "subsampling", "downsample"),
    )


def _average(space: Space) -> LayerSpec:
    divisor = () if space is SEQUENCES else (_DIVISOR,)
    return _pool(
        space,
        "AvgPool",
        "Keep the mean of each window.",
        "out = mean over the window",
        (
            _kernel(space),
            _stride(space),
            replace(_padding(space), help="Border of zeros added on each side, at most half of kernel_size."),
            _CEIL,
            _COUNT_PAD,
            *divisor,
        ),
        reference="LeCun et al. 1998",
        synonyms=("mean", "average", "subsampling", "downsample", "lenet"),
    )


def _norm(space: Space) -> LayerSpec:
    return _pool(
        space,
        "LPPool",
        "Keep the p-norm of each window: between the sum (p = 1) and the largest value (p large).",
        "out = (Σ x^p over the window)^(1/p)",
        (_NORM, _kernel(space), _stride(space), _CEIL),
        reference="Gulcehre et al. 2013, arXiv:1311.1780",
        synonyms=("lp", "power", "norm", "l2", "root mean square"),
        card="p = {norm_type}, {kernel_size}",
    )


def _adaptive(space: Space, stem: str) -> LayerSpec:
    is_mean = stem == "AdaptiveAvgPool"
    keeps = space is not SEQUENCES  # which have but one
    output = space.window(
        "output_size",
        1,
        f"{space.sizes('the output')}, whatever the input's{'; auto × 7 keeps the first' if keeps else ''}.",
        required=True,
        optional_items=keeps,
    )
    return _pool(
        space,
        stem,
        "Average to a fixed size; 1 leaves one number for each channel, whatever the input's size."
        if is_mean
        else "Keep the largest values at a fixed size, whatever the input's size.",
        f"out = {'mean' if is_mean else 'max'} over input size / output_size places along {space.places}",
        (output,),
        reference="Lin et al. 2013, arXiv:1312.4400" if is_mean else "",
        synonyms=("global average pooling", "gap", "mean") if is_mean else ("global max pooling", "maximum"),
        card="{output_size}",
    )


def _fractional(space: Space) -> LayerSpec:
    return _pool(
        space,
        "FractionalMaxPool",
        "Keep the largest values of windows placed at random, so that the size shrinks by any ratio; random "
        "in evaluation too.",
        "out = max over each of output_size overlapping windows",
        (
            _kernel(space),
            space.window(
                "output_size",
                None,
                f"{space.sizes('the output')}; clear output_ratio to use it.",
                optional=True,
            ),
            ArgSpec(
                "output_ratio",
                "floats",
                0.5,
                "Output size as a part of the input's; empty where output_size is given.",
                minimum=0.0,
                maximum=1.0,
                open_range=True,
                optional=True,
                required=True,
                max_items=space.dims,
            ),
        ),
        reference="Graham 2014, arXiv:1412.6071",
        synonyms=("stochastic", "maximum", "subsampling"),
    )


def _max_with_indices(space: Space) -> LayerSpec:
    plain = _max(space)
    title = f"{plain.title} with indices"
    return replace(
        plain,
        kind=f"{plain.kind}WithIndices",
        title=title,
        summary=f"A {plain.title} that also says where each maximum was, for {space.kind('MaxUnpool')}.",
        outputs=(
            TENSOR_OUT,
            PortSpec("indices", dtype="int64", help="Where each maximum was, counted through the map."),
        ),
        synonyms=(*plain.synonyms, "switches", "unpooling", "argmax"),
        fixed=(("return_indices", True),),
        picks=((0,), (1,)),
    )


def _unpool(space: Space) -> LayerSpec:
    spec = _pool(
        space,
        "MaxUnpool",
        "Put values back where a max pool found them, and zeros elsewhere.",
        "out[indices] = x, 0 elsewhere",
        (
            _kernel(space),
            _stride(space),
            replace(_padding(space), help="Border that the pool had added."),
            space.window(
                "output_size",
                None,
                f"{space.sizes('the output')}: what the pool took in. Empty: the smallest that fits.",
                optional=True,
                at_call=True,
            ),
        ),
        reference="Zeiler & Fergus 2013, arXiv:1311.2901",
        synonyms=("unpooling", "switches", "deconvnet", "upsample", "decoder", "segnet"),
    )
    source = f"Where the values go: the indices of a {space.kind('MaxPool')} with indices."
    return replace(
        spec, inputs=(space.port, PortSpec("indices", dtype="int64", layout=space.port.layout, help=source))
    )


def _all() -> Iterator[LayerSpec]:
    """Give all pools, the most usual first."""
    for pool in (_max, _average):
        yield from (pool(space) for space in SPACES)
    for stem in ("AdaptiveAvgPool", "AdaptiveMaxPool"):
        yield from (_adaptive(space, stem) for space in SPACES)
    yield from (_norm(space) for space in SPACES)
    yield from (_fractional(space) for space in (MAPS, VOLUMES))
    for pool in (_max_with_indices, _unpool):
        yield from (pool(space) for space in SPACES)


LAYERS = tuple(_all())

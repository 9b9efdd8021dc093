"""From PyTorch's refusals to words that a person can act on.

PyTorch decides what is refused. What stands here only finds out, after it has refused, which of the
usual reasons it was, so as to name the layer, what it expected, what it found, where that came from, and
what to do. A refusal that none of them explains is passed on in PyTorch's own words.
"""

from __future__ import annotations

from collections.abc import Sequence

from studio.catalog.spec import ArgSpec, LayerSpec
from studio.compiler.case import Case, Wire
from studio.compiler.explain_dims import (
    explain_chunk,
    explain_pad,
    explain_roll,
    explain_select,
    explain_slice,
    explain_split,
    guard_dims,
    guard_pad,
    guard_shortcut,
)
from studio.compiler.explain_dtype import guard_dtype
from studio.compiler.explain_elements import (
    Explainer,
    explain_halves,
    explain_norm_groups,
    explain_one_place,
    explain_slopes,
    guard_inplace,
    guard_order,
    guard_slope,
)
from studio.compiler.explain_features import explain_frames, explain_hog, guard_library, guard_mel
from studio.compiler.explain_merge import (
    explain_concat,
    explain_fold,
    explain_reshape,
    explain_unflatten,
    guard_batches,
    guard_constant,
    guard_expand,
    guard_matmul,
    guard_same,
)
from studio.compiler.explain_resize import (
    explain_channel_shuffle,
    explain_padding,
    explain_patches,
    explain_shuffle,
    explain_unpool,
    explain_unshuffle,
    explain_upsample,
    guard_unpool,
)
from studio.compiler.explain_sequence import (
    explain_attention,
    explain_departition,
    explain_embedding,
    explain_memory,
    explain_partition,
    explain_recurrent,
    guard_heads,
    guard_relative,
    guard_windows,
)
from studio.compiler.explain_window import (
    explain_border,
    explain_fractional,
    explain_groups,
    explain_output_padding,
    explain_pool_padding,
    explain_same,
    explain_transposed,
    explain_window,
)
from studio.compiler.question import MIXES_SAMPLES
from studio.compiler.remedies import MAPS, inserted, layer, to_layout, to_row
from studio.graph.node import Node, Value
from studio.graph.port import suits
from studio.graph.problems import Fix, Problem


def guard(case: Case) -> Problem | None:
    """Return what is wrong with the inputs before PyTorch is asked.

    Torch takes a batch with a dimension too few for a single sample without a batch, and normalizes
    over the batch when told to, and stretches inputs of different rank to each other so that samples
    meet; nothing of this is refused, and nothing is what was meant. Other mistakes are refused everywhere
    but on the meta device: wrong in_channels of a ConvTranspose2d, its output_padding (by torch 2.11),
    and a Softmax over a dimension that does not exist; or in training only (`_GUARDS`).
    """
    for wire in case.wires:
        if not suits(wire.port.layout, wire.type.rank):
            return _wrong_rank(case, wire)
        problem = guard_dtype(case, wire)
        if problem is not None:
            return problem
    for check in (*_GUARDS.get(case.spec.kind, ()), guard_dims, guard_inplace):
        problem = check(case)
        if problem is not None:
            return problem
    return explain_fold(case) if case.spec.call == "fold" else _wrong_size(case)


def explain(case: Case, refusal: str) -> Problem:
    """Return the problem behind a refusal of PyTorch's.

    Args:
        case: The layer that was refused, and what comes in.
        refusal: `Answer.refusal`.
    """
    if refusal == MIXES_SAMPLES:
        return _mixes_samples(case)
    for explainer in _EXPLAINERS.get(case.spec.kind, ()):
        problem = explainer(case)
        if problem is not None:
            return problem
    if "overflow" in refusal or "too large" in refusal or "too big" in refusal:
        return too_large(case.node, case.spec)
    found = " and ".join(f'{wire.type} from "{wire.source.name}"' for wire in case.wires)
    return case.problem(f"PyTorch refuses {found}: {refusal.rstrip('.')}.", "Change its arguments.")


def too_large(node: Node, spec: LayerSpec) -> Problem:
    """Return the problem of a layer so large that its bytes cannot be counted."""
    return Problem(
        "error",
        "size",
        f'{spec.title} "{node.name}": too large; its numbers do not fit into any memory.',
        node.id,
        suggestion="Make its sizes smaller.",
    )


def _mixes_samples(case: Case) -> Problem:
    """Explain a layer whose output has lost the batch as its first dimension, or that works over it."""
    wire = case.wires[0]
    if case.spec.kind == "Flatten":
        return case.problem(
            f'mixes the samples of a batch: it joins {wire.type.batched} from "{wire.source.name}" '
            f"beginning with dimension {case.values['start_dim']}.",
            "Set start_dim to 1.",
            code="batch",
            argument="start_dim",
            fix=case.set_fix("start_dim", 1),
        )
    return case.problem(
        f'mixes the samples of a batch: of {wire.type.batched} from "{wire.source.name}" it makes something '
        "whose dimension 0 is not the batch.",
        "Change its arguments so that the batch stays dimension 0.",
        code="batch",
    )


def _wrong_rank(case: Case, wire: Wire) -> Problem:
    """Explain an input with too many or too few dimensions."""
    wanted = " or ".join(f"({form})" for form in wire.port.layout.split(" or "))
    message = f'expected {wanted} at "{wire.port.name}", got {wire.type.batched} from "{wire.source.name}".'
    fixes = to_layout(case, wire)
    return case.problem(message, _advice(case, wire, fixes), port=wire.port.name, fixes=fixes)


def _advice(case: Case, wire: Wire, fixes: Sequence[Fix]) -> str:
    """Return what to do about an input with too many or too few dimensions."""
    if not fixes and wire.port.layout == MAPS:
        return "Insert a Reshape to channels × height × width before it."
    if not fixes:
        return "Insert a Reshape before it."
    if fixes[0].action == "replace":
        return f"Use {fixes[0].kind} here."
    first = fixes[0].label.partition(":")[0]
    if fixes[0].kind == "Reshape" and wire.port.layout == MAPS:
        return f"{first} before it to make maps of the row."
    return f"{first}." if fixes[0].action != "insert" else f"{first} before it."


def _wrong_size(case: Case) -> Problem | None:
    """Explain an argument that states the input's size and states it wrongly."""
    for argument in case.spec.arguments:
        if not argument.infer:
            continue
        stated, wire = case.values[argument.name], case.wires[argument.infer_from]
        shape = wire.type.sample
        if not shape:
            continue
        if argument.infer == "normalized":
            sizes = stated if isinstance(stated, tuple) else (stated,)
            found = shape[-len(sizes) :]
            agrees = sizes == found
        else:
            found = (shape[0] if argument.infer == "channels" else shape[-1],)
            agrees = stated == found[0]
        if agrees:
            continue
        shown = "×".join(map(str, stated)) if isinstance(stated, tuple) else str(stated)
        if argument.infer == "features" and len(shape) == 3:
            return case.problem(
                f'expected {shown} features at "{wire.port.name}", got {wire.type} maps from '
                f'"{wire.source.name}", which are {wire.type.numel} numbers.',
                "Insert a Flatten before it.",
                argument=argument.name,
                fixes=to_row(case, wire, argument.name),
            )
        value = found[0] if len(found) == 1 else found
        right = "×".join(map(str, found))
        noun = "sizes" if argument.infer == "normalized" else argument.infer
        fix = case.set_fix(argument.name, value, f"Set {argument.name} to {right}")
        return case.problem(
            f'expected {shown} {noun} at "{wire.port.name}", got {right} from "{wire.source.name}".',
            f"{fix.label}.",
            argument=argument.name,
            fixes=(*_turned(case, wire, argument, stated), fix),
        )
    return None


def _turned(case: Case, wire: Wire, argument: ArgSpec, stated: Value) -> tuple[Fix, ...]:
    """Return the edit for a sequence whose channels come last, as an embedding gives them."""
    shape = wire.type.shape
    if argument.infer != "channels" or len(shape) != 2 or stated != shape[-1]:
        return ()
    return (inserted(case, wire, "Insert Transpose", layer("Transpose", dim0=1, dim1=2)),)


def _of_all_sides(stem: str, *explainers: Explainer) -> dict[str, tuple[Explainer, ...]]:
    """Return the explanations of a layer's 1d, 2d and 3d forms."""
    return {f"{stem}{dims}d": explainers for dims in (1, 2, 3)}


_GUARDS: dict[str, tuple[Explainer, ...]] = {
    **_of_all_sides("ConvTranspose", explain_output_padding),
    **_of_all_sides("MaxUnpool", guard_unpool),
    **dict.fromkeys(("CosineSimilarity", "PairwiseDistance", "DotProduct"), (explain_fold,)),
    **dict.fromkeys(("ShiftedWindowAttention", "ShiftedWindowAttentionV2"), (guard_windows,)),
    **dict.fromkeys(
        ("TransformerEncoderLayer", "TransformerDecoderLayer"), (guard_heads("d_model", "nhead"),)
    ),
    "MultiheadAttention": (guard_heads("embed_dim", "num_heads"),),
    "RelativePositionalMultiHeadAttention": (guard_relative,),
    "Average": (guard_same,),
    "Stack": (guard_same,),
    "Concat": (guard_batches,),
    "ExpandToBatch": (guard_expand,),
    "MatMul": (guard_matmul,),
    "Constant": (guard_constant,),
    "Pad": (guard_pad,),
    "ZeroPadShortcut": (guard_shortcut,),
    "MelSpectrogram": (guard_library, guard_mel),
    "MFCC": (guard_library, guard_mel),
    "HOG": (guard_library,),
    "LeakyReLU": (guard_slope("negative_slope"),),
    "ELU": (guard_slope("alpha"),),
    "RReLU": (guard_order("lower", "upper", may_be_equal=True),),
    "Hardtanh": (guard_order("min_val", "max_val", may_be_equal=False),),
}
"""What is looked at before PyTorch is asked, by kind."""

_WINDOW: tuple[Explainer, ...] = (explain_pool_padding, explain_window)
_PADDINGS = ("Zero", "Constant", "Reflection", "Replication", "Circular")

_EXPLAINERS: dict[str, tuple[Explainer, ...]] = {
    **_of_all_sides("Conv", explain_groups, explain_same, explain_border, explain_window),
    **_of_all_sides("ConvTranspose", explain_groups, explain_transposed),
    **_of_all_sides("MaxPool", *_WINDOW),
    **{f"MaxPool{dims}dWithIndices": _WINDOW for dims in (1, 2, 3)},
    **_of_all_sides("AvgPool", *_WINDOW),
    **_of_all_sides("LPPool", explain_window),
    **_of_all_sides("MaxUnpool", explain_unpool),
    **_of_all_sides("FractionalMaxPool", explain_fractional),
    **_of_all_sides("InstanceNorm", explain_one_place),
    **{f"{filling}Pad{dims}d": (explain_padding,) for filling in _PADDINGS for dims in (1, 2, 3)},
    "Upsample": (explain_upsample,),
    "UpsamplingNearest2d": (explain_upsample,),
    "UpsamplingBilinear2d": (explain_upsample,),
    "PixelShuffle": (explain_shuffle,),
    "PixelUnshuffle": (explain_unshuffle,),
    "ChannelShuffle": (explain_channel_shuffle,),
    "Unfold": (explain_window,),
    "Fold": (explain_patches,),
    "GroupNorm": (explain_norm_groups,),
    "GLU": (explain_halves,),
    "PReLU": (explain_slopes,),
    **dict.fromkeys(("RNN", "LSTM", "GRU"), (explain_recurrent,)),
    **dict.fromkeys(("Embedding", "EmbeddingBag"), (explain_embedding,)),
    **dict.fromkeys(("MultiheadAttention", "ScaledDotProductAttention"), (explain_attention,)),
    **dict.fromkeys(("Spectrogram", "ZeroCrossingRate"), (explain_frames,)),
    "TransformerDecoderLayer": (explain_memory,),
    "WindowPartition": (explain_partition,),
    "WindowDepartition": (explain_departition,),
    "Select": (explain_select,),
    "Slice": (explain_slice,),
    "Chunk": (explain_chunk,),
    "Split": (explain_split,),
    "Roll": (explain_roll,),
    "Pad": (explain_pad,),
    "Interpolate": (explain_upsample,),
    "HOG": (explain_hog,),
    "Concat": (explain_concat,),
    "Reshape": (explain_reshape,),
    "Unflatten": (explain_unflatten,),
}
"""What may be behind a refusal, by kind."""

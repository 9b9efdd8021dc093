"""Attention of vision transformers, as torchvision has it: what folds windows into the batch on its way.

Everything else of Swin and MaxViT is drawn with plain layers.
"""

from __future__ import annotations

from typing import Any

from studio.catalog.spec import TENSOR_OUT, ArgSpec, LayerSpec
from studio.graph.node import Value
from studio.graph.port import PortSpec

_LAST = PortSpec("input", layout="N, H, W, C", help="Maps with the channels last.")
_SWIN = "Liu et al. 2021, arXiv:2103.14030"
_SWIN_V2 = "Liu et al. 2022, arXiv:2111.09883"


def _channels(name: str = "dim") -> ArgSpec:
    return ArgSpec(
        name,
        "int",
        None,
        "Channels of the input; read off the wire when empty.",
        minimum=1,
        required=True,
        infer="features",
    )


def _sides(name: str, default: Value, help_text: str, **more: Any) -> ArgSpec:
    return ArgSpec(name, "ints", default, help_text, required=True, max_items=2, is_list=True, **more)


def _rate(name: str, help_text: str) -> ArgSpec:
    return ArgSpec(name, "float", 0.0, help_text, minimum=0.0, maximum=1.0, step=0.05)


def _window_attention(kind: str, title: str, reference: str) -> LayerSpec:
    """Return the spec of one version of Swin's attention."""
    return LayerSpec(
        kind,
        title,
        "sequence",
        f"torchvision.models.swin_transformer.{kind}",
        "Self-attention inside windows of a map, with a learned bias for each relative position.",
        (
            _channels(),
            _sides("window_size", (7, 7), "Height and width of a window.", minimum=1),
            _sides(
                "shift_size", (0, 0), "By how much the windows are moved; half a window in every other layer."
            ),
            ArgSpec("num_heads", "int", 4, "Attentions side by side; divides dim.", minimum=1, required=True),
            ArgSpec("qkv_bias", "bool", True, "Bias of queries, keys and values."),
            ArgSpec("proj_bias", "bool", True, "Bias of the last map."),
            _rate("attention_dropout", "Dropout of the attention's weights."),
            _rate("dropout", "Dropout of the output."),
        ),
        (_LAST,),
        (TENSOR_OUT,),
        formula="softmax(q kᵀ / √d + B) v",
        reference=reference,
        synonyms=("swin", "window attention", "vision transformer", "local attention"),
        card="{window_size}, {num_heads} heads",
        learns=True,
    )


def _merging(kind: str, reference: str) -> LayerSpec:
    """Return the spec of one version of Swin's pooling."""
    return LayerSpec(
        kind,
        kind,
        "pooling",
        f"torchvision.models.swin_transformer.{kind}",
        "Make maps half as high and wide with twice the channels: four neighbours become one row, then a "
        "LayerNorm and a Linear.",
        (_channels(),),
        (_LAST,),
        (TENSOR_OUT,),
        formula="H × W × C → H/2 × W/2 × 2C",
        reference=reference,
        synonyms=("swin", "downsample", "patches"),
        learns=True,
    )


LAYERS = (
    _window_attention("ShiftedWindowAttention", "WindowAttention", _SWIN),
    _window_attention("ShiftedWindowAttentionV2", "WindowAttentionV2", _SWIN_V2),
    _merging("PatchMerging", _SWIN),
    _merging("PatchMergingV2", _SWIN_V2),
    LayerSpec(
        "RelativePositionalMultiHeadAttention",
        "RelativeAttention",
        "sequence",
        "torchvision.models.maxvit.RelativePositionalMultiHeadAttention",
        "Self-attention inside each group of places, with a learned bias for each relative position.",
        (
            _channels("feat_dim"),
            ArgSpec("head_dim", "int", 32, "Features of a head; divides feat_dim.", minimum=1, required=True),
            ArgSpec(
                "max_seq_len", "int", 49, "Places of a group, a square number.", minimum=1, required=True
            ),
        ),
        (PortSpec("input", layout="N, G, P, C", help="Groups of places, as WindowPartition gives them."),),
        (TENSOR_OUT,),
        formula="softmax(q kᵀ / √d + B) v",
        reference="Tu et al. 2022, arXiv:2204.01697",
        synonyms=("maxvit", "grid attention", "block attention"),
        card="heads of {head_dim}",
        learns=True,
    ),
    LayerSpec(
        "WindowPartition",
        "WindowPartition",
        "shape",
        "torchvision.models.maxvit.WindowPartition",
        "Cut maps into square windows, each a row of places.",
        (
            ArgSpec(
                "p",
                "int",
                7,
                "Side of a window; divides height and width.",
                minimum=1,
                required=True,
                at_call=True,
            ),
        ),
        (PortSpec("input", layout="N, C, H, W", help="Maps."),),
        (PortSpec("output", layout="N, G, P, C", help="Windows, their places, channels last."),),
        formula="C × H × W → HW/p² × p² × C",
        reference="Tu et al. 2022, arXiv:2204.01697",
        synonyms=("maxvit", "patches", "unfold"),
        card="{p:pair}",
    ),
    LayerSpec(
        "WindowDepartition",
        "WindowDepartition",
        "shape",
        "torchvision.models.maxvit.WindowDepartition",
        "Put windows back into maps; the way back from WindowPartition.",
        (
            ArgSpec("p", "int", 7, "Side of a window.", minimum=1, required=True, at_call=True),
            ArgSpec(
                "h_partitions",
                "int",
                1,
                "Windows from top to bottom.",
                minimum=1,
                required=True,
                at_call=True,
            ),
            ArgSpec(
                "w_partitions",
                "int",
                1,
                "Windows from left to right.",
                minimum=1,
                required=True,
                at_call=True,
            ),
        ),
        (PortSpec("input", layout="N, G, P, C", help="Windows, their places, channels last."),),
        (PortSpec("output", layout="N, C, H, W", help="Maps."),),
        formula="HW/p² × p² × C → C × H × W",
        reference="Tu et al. 2022, arXiv:2204.01697",
        synonyms=("maxvit", "fold"),
        card="{h_partitions}×{w_partitions}",
    ),
)

"""Attention and transformers: every step looks at every other."""

from __future__ import annotations

from dataclasses import replace

from studio.catalog.sequence import SEQUENCE_IN
from studio.catalog.spec import TENSOR_OUT, ArgSpec, LayerSpec
from studio.graph.node import Value
from studio.graph.port import PortSpec

VASWANI = "Vaswani et al. 2017, arXiv:1706.03762"


def _port(name: str, fallback: str, help_text: str, layout: str = "N, L, E") -> PortSpec:
    return PortSpec(name, layout=layout, fallback=fallback, help=help_text)


def _qkv(layout: str) -> tuple[PortSpec, ...]:
    """Return the three inputs of an attention; one wire is enough for self-attention."""
    return (
        _port("query", "", "What asks: one answer comes out for each of its steps.", layout),
        _port("key", "query", "What is compared with the query; without a wire it is the query.", layout),
        _port("value", "key", "What the answers are made of; without a wire it is the key.", layout),
    )


def _width(name: str, help_text: str, infer_from: int = 0, required: bool = True) -> ArgSpec:
    return ArgSpec(
        name, "int", None, help_text, minimum=1, required=required, infer="features", infer_from=infer_from
    )


def _dropout(default: float) -> ArgSpec:
    return ArgSpec(
        "dropout",
        "float",
        default,
        "Share that is set to 0 in training.",
        minimum=0.0,
        maximum=1.0,
        step=0.05,
    )


def causal(name: str = "is_causal") -> ArgSpec:
    """Return the switch that hides from every step what comes after it."""
    return ArgSpec(
        name,
        "bool",
        False,
        "Hide from every step what comes after it: for language models. The mask is made as it is needed.",
        at_call=True,
    )


_LAYER = (
    _width("d_model", "Features of a step; read off the wire when empty."),
    ArgSpec("nhead", "int", 4, "Attentions side by side; divides d_model.", minimum=1, required=True),
    ArgSpec("dim_feedforward", "int", 2048, "Width of the hidden layer behind the attention.", minimum=1),
    _dropout(0.1),
    ArgSpec("activation", "choice", "relu", "Of the hidden layer.", choices=("relu", "gelu")),
    ArgSpec("layer_norm_eps", "float", 1e-5, "Added to the variance.", minimum=0.0),
    ArgSpec("norm_first", "bool", False, "Normalize before attention and hidden layer instead of after."),
    ArgSpec("bias", "bool", True, "Biases of linear maps and normalizations."),
)
_LAYER_FIXED: tuple[tuple[str, Value], ...] = (("batch_first", True),)

LAYERS = (
    LayerSpec(
        "MultiheadAttention",
        "Attention",
        "sequence",
        "torch.nn.MultiheadAttention",
        "Let every step of the query look at all steps of the key, with several heads side by side.",
        (
            _width("embed_dim", "Features of the query; read off the wire when empty."),
            ArgSpec(
                "num_heads", "int", 4, "Attentions side by side; divides embed_dim.", minimum=1, required=True
            ),
            _dropout(0.0),
            ArgSpec("bias", "bool", True, "Biases of the linear maps."),
            ArgSpec("add_bias_kv", "bool", False, "Learn one more step of the key and the value."),
            ArgSpec("add_zero_attn", "bool", False, "Add a step of zeros to the key and the value."),
            _width("kdim", "Features of the key; read off the wire when empty.", 1, required=False),
            _width("vdim", "Features of the value; read off the wire when empty.", 2, required=False),
            ArgSpec(
                "need_weights",
                "bool",
                False,
                "Give the attention's weights at the second port; slower, since they must be kept.",
                required=True,
                at_call=True,
            ),
            ArgSpec(
                "average_attn_weights",
                "bool",
                True,
                "Give the weights' mean over the heads, not each.",
                at_call=True,
            ),
            causal(),
        ),
        _qkv("N, L, E"),
        (
            PortSpec("output", optional=True, layout="N, L, E", help="One row for each step of the query."),
            PortSpec(
                "weights",
                optional=True,
                layout="N, L, S",
                help="How much each query step took of each key step.",
            ),
        ),
        formula="softmax(Q Kᵀ / √d) V in each head",
        reference=f"torch.nn.MultiheadAttention; {VASWANI}",
        synonyms=("self-attention", "cross-attention", "transformer", "heads", "query key value", "mha"),
        card="{embed_dim}, {num_heads} heads",
        fixed=(("batch_first", True),),
        picks=((0,), (1,)),
        causal=("is_causal", "attn_mask"),
        learns=True,
    ),
    LayerSpec(
        "TransformerEncoderLayer",
        "EncoderLayer",
        "sequence",
        "torch.nn.TransformerEncoderLayer",
        "A layer of a transformer: self-attention, then a small network on each step, both with shortcuts.",
        (*_LAYER, causal()),
        (replace(SEQUENCE_IN, name="src"),),
        (TENSOR_OUT,),
        formula="x ← norm(x + attention(x)), x ← norm(x + mlp(x))",
        reference=f"torch.nn.TransformerEncoderLayer; {VASWANI}",
        synonyms=("transformer", "bert", "gpt", "self-attention", "block"),
        card="{d_model}, {nhead} heads",
        fixed=_LAYER_FIXED,
        causal=("is_causal", "src_mask"),
        learns=True,
    ),
    LayerSpec(
        "TransformerDecoderLayer",
        "DecoderLayer",
        "sequence",
        "torch.nn.TransformerDecoderLayer",
        "A layer of a transformer that also looks at a second sequence: self-attention, attention to memory, "
        "then a small network on each step.",
        (*_LAYER, causal("tgt_is_causal")),
        (
            _port("tgt", "", "The sequence that is worked on."),
            _port("memory", "", "The sequence that is looked at: what an encoder gives."),
        ),
        (TENSOR_OUT,),
        formula="x ← norm(x + attention(x)), x ← norm(x + attention(x, memory)), x ← norm(x + mlp(x))",
        reference=f"torch.nn.TransformerDecoderLayer; {VASWANI}",
        synonyms=("transformer", "cross-attention", "translation", "caption", "block"),
        card="{d_model}, {nhead} heads",
        fixed=_LAYER_FIXED,
        causal=("tgt_is_causal", "tgt_mask"),
        learns=True,
    ),
    LayerSpec(
        "ScaledDotProductAttention",
        "DotProductAttention",
        "sequence",
        "torch.nn.functional.scaled_dot_product_attention",
        "Attention without weights of its own: compare queries with keys, and mix the values accordingly.",
        (
            ArgSpec(
                "is_causal", "bool", False, "Hide from every step what comes after it: for language models."
            ),
            ArgSpec(
                "scale",
                "float",
                None,
                "Factor of the scores; empty is 1/√E.",
                minimum=0.0,
                open_range=True,
                optional=True,
            ),
        ),
        _qkv("N, *, L, E"),
        (TENSOR_OUT,),
        call="function",
        formula="softmax(Q Kᵀ · scale) V",
        reference=f"torch.nn.functional.scaled_dot_product_attention; {VASWANI}",
        synonyms=("self-attention", "sdpa", "flash attention", "query key value"),
    ),
    LayerSpec(
        "PositionalEncoding",
        "PositionalEncoding",
        "sequence",
        "studio.compiler.functions.positional_encoding",
        "Add waves of many lengths that tell each step its place; nothing is learned.",
        (
            ArgSpec(
                "max_period",
                "float",
                10_000.0,
                "Longest wave, in steps over 2π.",
                minimum=0.0,
                open_range=True,
            ),
        ),
        (SEQUENCE_IN,),
        (TENSOR_OUT,),
        call="function",
        formula="y[t, 2i] = x + sin(t / max_period^(2i/E)), y[t, 2i+1] = x + cos(…)",
        reference=VASWANI,
        synonyms=("position", "sinusoidal", "sine", "transformer", "time"),
    ),
)

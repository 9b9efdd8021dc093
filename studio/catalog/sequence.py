"""Recurrent layers: step by step along a sequence, with a state that is handed on."""

from __future__ import annotations

from studio.catalog.spec import ArgSpec, LayerSpec
from studio.graph.port import PortSpec

SEQUENCE_IN = PortSpec("input", layout="N, L, E", help="Sequences: steps before features.")

_OUTPUT = PortSpec("output", optional=True, layout="N, L, E", help="What the last layer gives at each step.")
_HIDDEN = PortSpec(
    "h_n",
    optional=True,
    layout="N, layers, E",
    help="The last state of each layer and direction.",
)
_CELL = PortSpec(
    "c_n",
    optional=True,
    layout="N, layers, E",
    help="The last cell of each layer and direction.",
)

_SIZES = (
    ArgSpec(
        "input_size",
        "int",
        None,
        "Features of a step; read off the wire when empty.",
        minimum=1,
        required=True,
        infer="features",
    ),
    ArgSpec("hidden_size", "int", 64, "Numbers of the state.", minimum=1, required=True),
    ArgSpec("num_layers", "int", 1, "Layers on top of each other.", minimum=1, maximum=256),
)
_NONLINEARITY = ArgSpec(
    "nonlinearity", "choice", "tanh", "What the state goes through.", choices=("tanh", "relu")
)
_BIAS = ArgSpec("bias", "bool", True, "Add learned constants.")
_REST = (
    ArgSpec(
        "dropout",
        "float",
        0.0,
        "Dropout between the layers, so it needs two of them.",
        minimum=0.0,
        maximum=1.0,
        step=0.05,
    ),
    ArgSpec("bidirectional", "bool", False, "Run backwards as well; twice the features come out."),
)
_PROJECTION = ArgSpec(
    "proj_size",
    "int",
    0,
    "Features that the state is mapped to before it is handed on; 0: no map.",
    minimum=0,
)


def _recurrent(
    kind: str,
    summary: str,
    formula: str,
    reference: str,
    synonyms: tuple[str, ...],
    arguments: tuple[ArgSpec, ...],
    states: tuple[PortSpec, ...],
    picks: tuple[tuple[int, ...], ...],
) -> LayerSpec:
    return LayerSpec(
        kind,
        kind,
        "sequence",
        f"torch.nn.{kind}",
        summary,
        arguments,
        (SEQUENCE_IN,),
        (_OUTPUT, *states),
        formula=formula,
        reference=f"torch.nn.{kind}; {reference}",
        synonyms=("recurrent", "sequence", "time", "language model", "text", "speech", *synonyms),
        card="{input_size} → {hidden_size}",
        fixed=(("batch_first", True),),
        picks=((0,), *picks),
        batch_second=tuple(state.name for state in states),
        stepwise=True,
        learns=True,
    )


LAYERS = (
    _recurrent(
        "RNN",
        "The plain recurrent layer: each state is made of the last one and of what comes in.",
        "hₜ = tanh(W xₜ + b + U hₜ₋₁ + c)",
        "Elman 1990, doi:10.1207/s15516709cog1402_1",
        ("elman", "simple rnn"),
        (*_SIZES, _NONLINEARITY, _BIAS, *_REST),
        (_HIDDEN,),
        ((1,),),
    ),
    _recurrent(
        "LSTM",
        "A recurrent layer whose gates decide what it keeps, takes in and shows: it remembers for long.",
        "cₜ = f ⊙ cₜ₋₁ + i ⊙ g, hₜ = o ⊙ tanh(cₜ)",
        "Hochreiter & Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735",
        ("long short-term memory", "caption", "gate"),
        (*_SIZES, _BIAS, *_REST, _PROJECTION),
        (_HIDDEN, _CELL),
        ((1, 0), (1, 1)),
    ),
    _recurrent(
        "GRU",
        "A recurrent layer with two gates and no cell: a lighter LSTM.",
        "hₜ = (1 − z) ⊙ n + z ⊙ hₜ₋₁",
        "Cho et al. 2014, arXiv:1406.1078",
        ("gated recurrent unit", "gate"),
        (*_SIZES, _BIAS, *_REST),
        (_HIDDEN,),
        ((1,),),
    ),
)

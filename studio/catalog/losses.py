"""Losses: the objective, a single number that training makes smaller.

Arguments of torch that hold tensors (class weights) are not here: a tensor cannot be drawn. Neither is
``reduction="none"``, which would leave a loss for each sample and nothing to minimise.
"""

from __future__ import annotations

from studio.catalog.spec import ArgSpec, LayerSpec
from studio.graph.port import PortSpec

_REDUCTION = ArgSpec(
    "reduction",
    "choice",
    "mean",
    "mean: average over the batch; independent of its size. sum: add everything up.",
    choices=("mean", "sum"),
)
_IGNORE = ArgSpec("ignore_index", "int", -100, "Samples with this class do not count.")
_LOSS = PortSpec("loss", carries="loss", help="The number to minimise.")


def _loss(
    kind: str,
    summary: str,
    arguments: tuple[ArgSpec, ...],
    formula: str,
    *,
    layout: str = "",
    target_help: str = "Values of the same shape as the input.",
    synonyms: tuple[str, ...] = (),
) -> LayerSpec:
    """Return the spec of a loss, which compares an output of the network with a target."""
    target = f"torch.nn.{kind}"
    return LayerSpec(
        kind,
        kind,
        "loss",
        target,
        summary,
        arguments,
        (
            PortSpec("input", layout=layout, help="Output of the network."),
            PortSpec("target", carries="target", accepts=("target", "tensor"), help=target_help),
        ),
        (_LOSS,),
        role="loss",
        formula=formula,
        reference=target,
        synonyms=("objective", "cost", "criterion", *synonyms),
    )


LAYERS = (
    _loss(
        "CrossEntropyLoss",
        "For classes: minus the log-probability of the right one. Takes raw scores and applies the softmax "
        "itself.",
        (
            _IGNORE,
            _REDUCTION,
            ArgSpec(
                "label_smoothing",
                "float",
                0.0,
                "Share of the truth spread evenly over all classes.",
                minimum=0.0,
                maximum=1.0,
                step=0.01,
            ),
        ),
        "loss = −log softmax(x)[y]",
        layout="N, C, *",
        target_help="Numbers of the classes, (N,), or their probabilities, (N, C).",
        synonyms=("softmax loss", "classification", "nll", "logits"),
    ),
    _loss(
        "NLLLoss",
        "For classes: minus the score of the right one. Takes log-probabilities, as LogSoftmax gives them.",
        (_IGNORE, _REDUCTION),
        "loss = −x[y]",
        layout="N, C, *",
        target_help="Numbers of the classes, (N,).",
        synonyms=("negative log likelihood", "classification"),
    ),
    _loss(
        "BCEWithLogitsLoss",
        "For yes or no: binary cross-entropy of each output by itself. Takes raw scores and applies the "
        "sigmoid itself.",
        (_REDUCTION,),
        "loss = −y · log σ(x) − (1 − y) · log(1 − σ(x))",
        target_help="0 or 1 for each output, in the same shape.",
        synonyms=("binary cross-entropy", "sigmoid", "multi-label", "logits"),
    ),
    _loss(
        "BCELoss",
        "Binary cross-entropy of probabilities, as Sigmoid gives them; BCEWithLogitsLoss is more exact.",
        (_REDUCTION,),
        "loss = −y · log x − (1 − y) · log(1 − x)",
        target_help="0 to 1 for each output, in the same shape.",
        synonyms=("binary cross-entropy", "probabilities", "autoencoder"),
    ),
    _loss(
        "MSELoss",
        "For values: the mean of the squared differences.",
        (_REDUCTION,),
        "loss = mean((x − y)²)",
        synonyms=("mean squared error", "l2", "regression", "squared", "autoencoder"),
    ),
    _loss(
        "L1Loss",
        "For values: the mean of the absolute differences; outliers pull less than in MSELoss.",
        (_REDUCTION,),
        "loss = mean(|x − y|)",
        synonyms=("mean absolute error", "mae", "regression"),
    ),
    _loss(
        "SmoothL1Loss",
        "Squared for small differences, straight for large ones.",
        (
            _REDUCTION,
            ArgSpec(
                "beta", "float", 1.0, "Difference at which the square becomes a line.", minimum=0.0, step=0.1
            ),
        ),
        "loss = d²/(2·beta) if |d| < beta, else |d| − beta/2, with d = x − y",
        synonyms=("huber", "regression", "robust"),
    ),
    _loss(
        "HuberLoss",
        "Squared for small differences, straight with slope delta for large ones.",
        (
            _REDUCTION,
            ArgSpec(
                "delta",
                "float",
                1.0,
                "Difference at which the square becomes a line.",
                minimum=0.0,
                open_range=True,
                step=0.1,
            ),
        ),
        "loss = d²/2 if |d| < delta, else delta · (|d| − delta/2), with d = x − y",
        synonyms=("regression", "robust"),
    ),
)

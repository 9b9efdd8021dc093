"""Losses: the objective, a single number that training makes smaller.

``reduction="none"`` is not here: it would leave a loss for each sample and nothing to minimise. Every loss
has settings of ours beside torch's arguments: its factor in the sum of several, and whether it counts in
training only (`studio.catalog.settings.LOSS`).
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
_MARGIN = ArgSpec("margin", "float", 1.0, "How far the right score must lead to cost nothing.", step=0.1)


def _numbers(name: str, help: str) -> ArgSpec:
    """Return an argument that holds one number for each class, as a tensor."""
    return ArgSpec(name, "floats", None, help, minimum=0.0, optional=True, is_tensor=True, max_items=100_000)


_CLASS_WEIGHT = _numbers("weight", "One number for each class: how much its samples count. Empty: all alike.")
_OUTPUT_WEIGHT = _numbers("weight", "One number for each output: how much it counts. Empty: all alike.")
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
            _CLASS_WEIGHT,
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
        (_CLASS_WEIGHT, _IGNORE, _REDUCTION),
        "loss = −x[y]",
        layout="N, C, *",
        target_help="Numbers of the classes, (N,).",
        synonyms=("negative log likelihood", "classification"),
    ),
    _loss(
        "BCEWithLogitsLoss",
        "For yes or no: binary cross-entropy of each output by itself. Takes raw scores and applies the "
        "sigmoid itself.",
        (
            _OUTPUT_WEIGHT,
            _REDUCTION,
            _numbers("pos_weight", "One number for each output: how much a yes counts against a no."),
        ),
        "loss = −y · log σ(x) − (1 − y) · log(1 − σ(x))",
        target_help="0 or 1 for each output, in the same shape.",
        synonyms=("binary cross-entropy", "sigmoid", "multi-label", "logits"),
    ),
    _loss(
        "BCELoss",
        "Binary cross-entropy of probabilities, as Sigmoid gives them; BCEWithLogitsLoss is more exact.",
        (_OUTPUT_WEIGHT, _REDUCTION),
        "loss = −y · log x − (1 − y) · log(1 − x)",
        target_help="0 to 1 for each output, in the same shape.",
        synonyms=("binary cross-entropy", "probabilities", "autoencoder"),
    ),
    _loss(
        "MSELoss",
        "For values: the mean of the squared differences. The lecture's loss for real inputs is their sum: "
        "set reduction to sum, which is the mean times the number of values.",
        (_REDUCTION,),
        "loss = mean((x − y)²), or sum((x − y)²)",
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
    _loss(
        "KLDivLoss",
        "How far one distribution is from another. Takes log-probabilities, as LogSoftmax gives them, and "
        "probabilities as the target.",
        (
            ArgSpec(
                "reduction",
                "choice",
                "batchmean",
                "batchmean: the divergence itself, averaged over the batch. sum: add everything up. torch's "
                "mean, divided by the number of classes too, is none.",
                choices=("batchmean", "sum"),
                required=True,  # torch's default is another: it is always said
            ),
            ArgSpec("log_target", "bool", False, "The target holds log-probabilities as well."),
        ),
        "loss = y · (log y − x)",
        target_help="Probabilities in the same shape.",
        synonyms=("kullback-leibler", "divergence", "distillation", "distribution"),
    ),
    _loss(
        "MultiMarginLoss",
        "For classes, the hinge loss: every wrong score that comes closer to the right one than the margin "
        "costs.",
        (
            ArgSpec("p", "int", 1, "1: the hinge itself. 2: its square.", minimum=1, maximum=2),
            _MARGIN,
            _CLASS_WEIGHT,
            _REDUCTION,
        ),
        "loss = Σ max(0, margin − x[y] + x[i])ᵖ / C, over i ≠ y",
        layout="N, C",
        target_help="Numbers of the classes, (N,).",
        synonyms=("hinge", "svm", "support vector", "classification", "margin"),
    ),
    _loss(
        "MultiLabelSoftMarginLoss",
        "For tags, of which a sample may have several: binary cross-entropy of each output, averaged. Takes "
        "raw scores.",
        (_OUTPUT_WEIGHT, _REDUCTION),
        "loss = −mean(y · log σ(x) + (1 − y) · log(1 − σ(x)))",
        layout="N, C",
        target_help="0 or 1 for each tag, in the same shape.",
        synonyms=("tags", "multi-label", "sigmoid", "logits"),
    ),
    _loss(
        "PoissonNLLLoss",
        "For counts: minus the log-probability of a Poisson distribution. Takes the logarithm of its mean.",
        (
            ArgSpec("log_input", "bool", True, "The input is the logarithm of the mean, not the mean."),
            ArgSpec("full", "bool", False, "Add Stirling's term, which no weight changes."),
            ArgSpec(
                "eps",
                "float",
                1e-8,
                "Added to the mean before its logarithm where log_input is off.",
                minimum=0.0,
                open_range=True,
            ),
            _REDUCTION,
        ),
        "loss = exp(x) − y · x",
        target_help="Counts, in the same shape.",
        synonyms=("counts", "poisson", "regression"),
    ),
)

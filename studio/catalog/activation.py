"""Activations: the non-linear functions between layers, most of them applied to each number by itself."""

from __future__ import annotations

from studio.catalog.spec import IMAGES_IN, TENSOR_IN, ArgSpec, LayerSpec
from studio.graph.port import PortSpec

INPLACE = ArgSpec(
    "inplace",
    "bool",
    False,
    "Overwrite the input to save memory; leave off where another layer reads the same wire.",
)
_DIM = ArgSpec(
    "dim",
    "int",
    1,
    "Dimension that sums to 1; 1 is the classes, 0 would be the batch.",
    minimum=-16,
    maximum=16,
    required=True,
)


def _activation(
    kind: str,
    summary: str,
    formula: str,
    arguments: tuple[ArgSpec, ...] = (),
    *,
    reference: str = "",
    synonyms: tuple[str, ...] = (),
    card: str = "",
    inputs: tuple[PortSpec, ...] = (TENSOR_IN,),
    learns: bool = False,
) -> LayerSpec:
    """Return the spec of an activation, which takes and gives one tensor."""
    target = f"torch.nn.{kind}"
    return LayerSpec(
        kind,
        kind,
        "activation",
        target,
        summary,
        arguments,
        inputs,
        formula=formula,
        reference=f"{target}; {reference}" if reference else target,
        synonyms=("nonlinearity", *synonyms),
        card=card,
        learns=learns,
    )


LAYERS = (
    _activation(
        "ReLU",
        "Keep what is positive, set the rest to 0. Non-decreasing, unbounded above, gives sparse activity.",
        "y = max(0, x)",
        (INPLACE,),
        reference="Nair & Hinton 2010",
        synonyms=("rectifier", "rectified linear", "reclin"),
    ),
    _activation(
        "LeakyReLU",
        "A ReLU that lets a little of what is negative through, so that no unit dies.",
        "y = x if x ≥ 0, else negative_slope · x",
        (
            ArgSpec("negative_slope", "float", 0.01, "Slope where the input is negative.", step=0.01),
            INPLACE,
        ),
        reference="Maas et al. 2013",
        synonyms=("leaky rectifier",),
        card="{negative_slope}",
    ),
    _activation(
        "PReLU",
        "A leaky ReLU whose slope is learned, one for all channels or one for each; it starts at 0.25. "
        "Non-decreasing while the slope is not negative.",
        "y = x if x ≥ 0, else weight · x",
        (
            ArgSpec(
                "num_parameters",
                "int",
                1,
                "Learned slopes: 1 for all channels, or one for each channel.",
                minimum=1,
            ),
            ArgSpec("init", "float", 0.25, "Slope at the start.", step=0.05),
        ),
        reference="He et al. 2015, arXiv:1502.01852",
        synonyms=("parametric rectifier", "learned slope"),
        learns=True,
    ),
    _activation(
        "RReLU",
        "A leaky ReLU whose slope is drawn at random in training, and is the middle in evaluation.",
        "y = x if x ≥ 0, else a · x with a drawn from lower to upper",
        (
            ArgSpec("lower", "float", 1 / 8, "Smallest slope.", step=0.05),
            ArgSpec("upper", "float", 1 / 3, "Largest slope.", step=0.05),
            INPLACE,
        ),
        reference="Xu et al. 2015, arXiv:1505.00853",
        synonyms=("randomized rectifier", "noise"),
    ),
    _activation(
        "ReLU6",
        "A ReLU that stops at 6.",
        "y = min(max(0, x), 6)",
        (INPLACE,),
        reference="Krizhevsky 2010",
        synonyms=("clipped rectifier", "mobilenet"),
    ),
    _activation(
        "ELU",
        "A ReLU with a smooth negative side that levels off at −alpha.",
        "y = x if x > 0, else alpha · (exp(x) − 1)",
        (ArgSpec("alpha", "float", 1.0, "Where the negative side levels off.", step=0.1), INPLACE),
        reference="Clevert et al. 2015, arXiv:1511.07289",
        synonyms=("exponential linear",),
    ),
    _activation(
        "CELU",
        "An ELU whose slope has no jump at zero, whatever alpha is.",
        "y = max(0, x) + min(0, alpha · (exp(x/alpha) − 1))",
        (
            ArgSpec(
                "alpha",
                "float",
                1.0,
                "Where the negative side levels off; not 0.",
                minimum=0.0,
                open_range=True,
                step=0.1,
            ),
            INPLACE,
        ),
        reference="Barron 2017, arXiv:1704.07483",
        synonyms=("continuous exponential linear",),
    ),
    _activation(
        "SELU",
        "An ELU scaled so that activations keep zero mean and unit variance by themselves.",
        "y = 1.0507 · (x if x > 0, else 1.6733 · (exp(x) − 1))",
        (INPLACE,),
        reference="Klambauer et al. 2017, arXiv:1706.02515",
        synonyms=("self-normalizing",),
    ),
    _activation(
        "GELU",
        "Weigh the input by the probability that a normal number is smaller; a smooth ReLU.",
        "y = x · Φ(x)",
        (
            ArgSpec(
                "approximate",
                "choice",
                "none",
                "none: the exact function. tanh: a faster formula close to it.",
                choices=("none", "tanh"),
            ),
        ),
        reference="Hendrycks & Gimpel 2016, arXiv:1606.08415",
        synonyms=("gaussian error linear", "transformer"),
    ),
    _activation(
        "SiLU",
        "Multiply the input by its own sigmoid; smooth, and slightly negative below 0.",
        "y = x · sigmoid(x)",
        (INPLACE,),
        reference="Elfwing et al. 2017, arXiv:1702.03118",
        synonyms=("swish",),
    ),
    _activation(
        "Mish",
        "A smooth ReLU that dips a little below 0; close to SiLU.",
        "y = x · tanh(log(1 + exp(x)))",
        (INPLACE,),
        reference="Misra 2019, arXiv:1908.08681",
        synonyms=("self-regularized",),
    ),
    _activation(
        "Hardswish",
        "SiLU made of straight lines; cheap to compute.",
        "y = x · min(max(0, x + 3), 6) / 6",
        (INPLACE,),
        reference="Howard et al. 2019, arXiv:1905.02244",
        synonyms=("swish", "mobilenet"),
    ),
    _activation(
        "Sigmoid",
        "Squash to (0, 1), strictly increasing. Not before BCEWithLogitsLoss, which does it itself.",
        "y = 1 / (1 + exp(−x))",
        synonyms=("logistic", "sigm", "squash"),
    ),
    _activation(
        "Hardsigmoid",
        "Sigmoid made of straight lines; exactly 0 below −3 and 1 above 3.",
        "y = min(max(0, x + 3), 6) / 6",
        (INPLACE,),
        synonyms=("logistic", "gate", "mobilenet"),
    ),
    _activation(
        "Tanh",
        "Squash to (−1, 1), strictly increasing, zero at zero.",
        "y = (exp(x) − exp(−x)) / (exp(x) + exp(−x))",
        synonyms=("hyperbolic tangent", "squash"),
    ),
    _activation(
        "Hardtanh",
        "Tanh made of straight lines: cut off below min_val and above max_val.",
        "y = min(max(min_val, x), max_val)",
        (
            ArgSpec("min_val", "float", -1.0, "Smallest output.", step=0.1),
            ArgSpec("max_val", "float", 1.0, "Largest output; more than min_val.", step=0.1),
            INPLACE,
        ),
        synonyms=("clip", "clamp", "hyperbolic tangent"),
    ),
    _activation(
        "Softsign",
        "Squash to (−1, 1) like Tanh, but reaching the ends much more slowly.",
        "y = x / (1 + |x|)",
        reference="Glorot & Bengio 2010",
        synonyms=("squash",),
    ),
    _activation(
        "LogSigmoid",
        "The logarithm of a sigmoid, computed exactly; always negative.",
        "y = log(1 / (1 + exp(−x)))",
        synonyms=("log probability", "logistic"),
    ),
    _activation(
        "Tanhshrink",
        "What Tanh takes away: nearly 0 near 0, nearly the input far from it.",
        "y = x − tanh(x)",
        synonyms=("sparse coding", "shrinkage"),
    ),
    _activation(
        "Softshrink",
        "Move every number towards 0 by lambd, and set to 0 what crosses it.",
        "y = sign(x) · max(0, |x| − lambd)",
        (ArgSpec("lambd", "float", 0.5, "How far numbers are moved.", minimum=0.0, step=0.1),),
        synonyms=("soft threshold", "sparse coding", "shrinkage", "ista"),
    ),
    _activation(
        "Hardshrink",
        "Set to 0 what is within lambd of it, and keep the rest.",
        "y = x if |x| > lambd, else 0",
        (ArgSpec("lambd", "float", 0.5, "How far from 0 a number is kept.", step=0.1),),
        synonyms=("hard threshold", "sparse coding", "shrinkage"),
    ),
    _activation(
        "Threshold",
        "Keep what is more than a threshold, and replace the rest by a value.",
        "y = x if x > threshold, else value",
        (
            ArgSpec(
                "threshold", "float", 0.0, "What a number must exceed to be kept.", required=True, step=0.1
            ),
            ArgSpec("value", "float", 0.0, "What the others are replaced by.", required=True, step=0.1),
            INPLACE,
        ),
        synonyms=("step", "perceptron", "rectifier"),
        card="{threshold}",
    ),
    _activation(
        "GLU",
        "Let the second half of a dimension, squashed to (0, 1), say how much of the first half passes.",
        "y = a · sigmoid(b), with [a, b] = x",
        (
            ArgSpec(
                "dim",
                "int",
                -1,
                "Dimension that is halved; 1 is the channels, -1 the last.",
                minimum=-16,
                maximum=16,
            ),
        ),
        reference="Dauphin et al. 2016, arXiv:1612.08083",
        synonyms=("gate", "gated linear unit", "halve", "wavenet"),
    ),
    _activation(
        "Softplus",
        "A smooth ReLU; always positive.",
        "y = log(1 + exp(beta · x)) / beta",
        (
            ArgSpec("beta", "float", 1.0, "Sharpness of the bend.", minimum=0.0, open_range=True, step=0.1),
            ArgSpec(
                "threshold", "float", 20.0, "Above this, beta · x is taken as it is, to stay exact.", step=1.0
            ),
        ),
        synonyms=("smooth rectifier",),
    ),
    _activation(
        "Softmax",
        "Turn scores into probabilities that sum to 1. Not before CrossEntropyLoss, which does it itself.",
        "y[c] = exp(x[c]) / Σ_k exp(x[k])",
        (_DIM,),
        synonyms=("probabilities", "normalized exponential", "classification output"),
    ),
    _activation(
        "LogSoftmax",
        "The logarithm of a softmax, computed exactly; what NLLLoss takes.",
        "y[c] = x[c] − log Σ_k exp(x[k])",
        (_DIM,),
        synonyms=("log probabilities",),
    ),
    _activation(
        "Softmax2d",
        "A softmax over the channels at every place of a map: which class is where.",
        "y[c, i, j] = exp(x[c, i, j]) / Σ_k exp(x[k, i, j])",
        synonyms=("probabilities", "segmentation"),
        inputs=(IMAGES_IN,),
    ),
    _activation(
        "Softmin",
        "A softmax in which the smallest score gets the largest probability.",
        "y[c] = exp(−x[c]) / Σ_k exp(−x[k])",
        (_DIM,),
        synonyms=("probabilities", "energy", "distance"),
    ),
    _activation(
        "Identity",
        "Pass the input on unchanged: a linear unit, or a place to hold a name.",
        "y = x",
        synonyms=("linear activation", "skip", "pass through"),
    ),
)

"""Where tensors come from and where they leave: inputs, the target, parameters, named outputs."""

from __future__ import annotations

from collections.abc import Mapping

from studio.catalog.spec import TENSOR_IN, TENSOR_OUT, ArgSpec, LayerSpec
from studio.graph.node import Value
from studio.graph.port import PortSpec


def _size(name: str, default: int, help_text: str, unit: str = "") -> ArgSpec:
    return ArgSpec(name, "int", default, help_text, minimum=1, required=True, unit=unit)


def _input(
    kind: str,
    title: str,
    summary: str,
    sizes: tuple[ArgSpec, ...],
    output: PortSpec,
    synonyms: tuple[str, ...],
    card: str,
) -> LayerSpec:
    """Return the spec of an input; its whole-number arguments are a sample's shape, in order."""
    return LayerSpec(
        kind,
        title,
        "input",
        "",
        summary,
        sizes,
        inputs=(),
        outputs=(output,),
        role="input",
        call="none",
        synonyms=("input", "placeholder", *synonyms),
        card=card,
    )


def sample_type(spec: LayerSpec, arguments: Mapping[str, Value]) -> tuple[tuple[int, ...], str]:
    """Return shape and dtype of one sample as an input takes it: whole numbers are its sizes, in order."""
    values = spec.values(arguments)
    sizes: list[int] = []
    for value in values.values():
        sizes += [size for size in (value if isinstance(value, tuple) else (value,)) if isinstance(size, int)]
    return tuple(sizes), str(values.get("dtype") or spec.outputs[0].dtype or "float32")


_SHAPE_HELP = "Sizes of the tensor; it has no batch dimension, so (1, …) to be expanded to a batch."

LAYERS = (
    _input(
        "ImageInput",
        "Image",
        "Images of the data set, one sample at a time: channels × height × width.",
        (
            _size("channels", 1, "1 for grey, 3 for colour."),
            _size("height", 28, "Height of the image.", "px"),
            _size("width", 28, "Width of the image.", "px"),
        ),
        PortSpec("output", layout="N, C, H, W", help="The image."),
        ("picture", "photo"),
        "{channels}×{height}×{width}",
    ),
    _input(
        "VectorInput",
        "Vector",
        "Rows of numbers of the data set, one sample at a time.",
        (_size("features", 2, "Numbers in a row."),),
        PortSpec("output", layout="N, E", help="The row."),
        ("table", "tabular", "row", "features"),
        "{features}",
    ),
    _input(
        "SignalInput",
        "Signal",
        "Signals over time: sound, sensors. Channels × length.",
        (
            _size("channels", 1, "1 for mono, 2 for stereo; one for each sensor."),
            _size("length", 8000, "Samples of the signal."),
        ),
        PortSpec("output", layout="N, C, L", help="The signal."),
        ("audio", "sound", "speech", "waveform", "wav", "time series", "sensor"),
        "{channels}×{length}",
    ),
    _input(
        "VolumeInput",
        "Volume",
        "Volumes or films: channels × depth × height × width.",
        (
            _size("channels", 1, "1 for a scan, 3 for a film in colour."),
            _size("depth", 16, "Slices of a volume, pictures of a film."),
            _size("height", 28, "Height of a slice.", "px"),
            _size("width", 28, "Width of a slice.", "px"),
        ),
        PortSpec("output", layout="N, C, D, H, W", help="The volume."),
        ("3d", "video", "film", "scan", "ct", "mri", "voxel", "medical"),
        "{channels}×{depth}×{height}×{width}",
    ),
    _input(
        "SequenceInput",
        "Sequence",
        "Sequences of rows, step after step: length × features.",
        (_size("length", 16, "Steps of the sequence."), _size("features", 8, "Numbers at each step.")),
        PortSpec("output", layout="N, L, E", help="The sequence, steps before features."),
        ("time series", "steps", "rnn", "frames"),
        "{length}×{features}",
    ),
    _input(
        "TokenInput",
        "Tokens",
        "Texts as whole numbers, one for each word or letter; an Embedding comes next.",
        (_size("length", 16, "Tokens of a text."),),
        PortSpec("output", dtype="int64", layout="N, L", help="The tokens."),
        ("text", "words", "characters", "language", "sentence", "nlp"),
        "{length}",
    ),
    _input(
        "IndexInput",
        "Index",
        "One whole number a sample: a user, an item, a category; an Embedding comes next.",
        (),
        PortSpec("output", dtype="int64", layout="N", help="The number."),
        ("user", "item", "category", "id", "recommender", "class"),
        "",
    ),
    _input(
        "TensorInput",
        "Tensor",
        "Data of any shape.",
        (
            ArgSpec("shape", "ints", (1,), "Shape of one sample.", minimum=1, required=True),
            ArgSpec(
                "dtype",
                "choice",
                "float32",
                "float32: measurements. int64: whole numbers.",
                choices=("float32", "int64"),
            ),
        ),
        PortSpec("output", layout="N, *", help="The data."),
        ("any shape", "array", "generic"),
        "{shape}",
    ),
    LayerSpec(
        "Target",
        "Target",
        "input",
        "",
        "What the data set says the output should be.",
        (
            ArgSpec(
                "encoding",
                "choice",
                "index",
                "index: the number of the class, (N,). one_hot: a 1 at the class, (N, C). "
                "float: the value itself, (N, 1).",
                choices=("index", "one_hot", "float"),
            ),
        ),
        inputs=(),
        outputs=(PortSpec("target", carries="target", help="The label or value."),),
        role="target",
        call="none",
        synonyms=("label", "truth", "y", "class"),
        card="{encoding}",
    ),
    LayerSpec(
        "Output",
        "Output",
        "input",
        "",
        "Hand out what comes in as a result of the network, under this node's name.",
        (),
        (TENSOR_IN,),
        (),
        role="output",
        call="none",
        synonyms=("result", "prediction", "return", "head"),
    ),
    LayerSpec(
        "Parameter",
        "Parameter",
        "input",
        "torch.nn.Parameter",
        "A learned tensor by itself: a class token, position embeddings, a layer scale.",
        (
            ArgSpec("shape", "ints", (1,), _SHAPE_HELP, minimum=1, required=True),
            ArgSpec(
                "init",
                "choice",
                "constant",
                "How it starts. constant: value everywhere. normal: around 0 with standard deviation value. "
                "uniform: between −value and value. trunc_normal: normal, cut off at twice the deviation.",
                choices=("constant", "normal", "uniform", "trunc_normal"),
            ),
            ArgSpec("value", "float", 0.0, "Constant, standard deviation or bound: see init.", step=0.01),
        ),
        inputs=(),
        outputs=(PortSpec("output", help="The tensor, without a batch dimension."),),
        call="parameter",
        formula="y = W, learned",
        reference="torch.nn.Parameter",
        synonyms=("weight", "class token", "position embedding", "layer scale", "learned", "variable"),
        card="{shape}",
    ),
    LayerSpec(
        "Constant",
        "Constant",
        "input",
        "",
        "A tensor that is never trained: a mean to take off, a mask, a scale.",
        (
            ArgSpec("shape", "ints", (1,), _SHAPE_HELP, minimum=1, required=True),
            ArgSpec(
                "value",
                "floats",
                0.0,
                "One number for all places, or one for each of them, the last dimension running fastest.",
                max_items=4096,
            ),
            ArgSpec(
                "persistent",
                "bool",
                True,
                "Keep it among the weights, as register_buffer does. Off: only the design holds it.",
            ),
        ),
        inputs=(),
        outputs=(PortSpec("output", help="The tensor, without a batch dimension."),),
        call="constant",
        formula="y = value",
        reference="torch.full; torch.nn.Module.register_buffer",
        synonyms=("buffer", "fixed", "number", "mean", "scale", "mask"),
        card="{shape}",
    ),
    LayerSpec(
        "ExpandToBatch",
        "Expand",
        "input",
        "torch.Tensor.expand",
        "Repeat a parameter for every sample of a batch, without a copy: a class token before the patches.",
        (),
        (
            PortSpec("input", help="A tensor without a batch dimension whose first side is 1."),
            PortSpec(
                "like", layout="N, *", help="Any wire of the network: it tells how many samples there are."
            ),
        ),
        (TENSOR_OUT,),
        call="expand",
        formula="(1, …) → (N, …)",
        reference="torch.Tensor.expand; Dosovitskiy et al. 2020, arXiv:2010.11929",
        synonyms=("repeat", "broadcast", "batch", "class token", "tile"),
    ),
)

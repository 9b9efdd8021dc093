"""Where data enters: the input of the network and the target it is trained towards."""

from __future__ import annotations

from studio.catalog.spec import ArgSpec, LayerSpec
from studio.graph.port import PortSpec

LAYERS = (
    LayerSpec(
        "ImageInput",
        "Image",
        "input",
        "",
        "Images of the data set, one sample at a time: channels × height × width.",
        (
            ArgSpec("channels", "int", 1, "1 for grey, 3 for colour.", minimum=1, required=True),
            ArgSpec("height", "int", 28, "Height of the image.", minimum=1, required=True, unit="px"),
            ArgSpec("width", "int", 28, "Width of the image.", minimum=1, required=True, unit="px"),
        ),
        inputs=(),
        outputs=(PortSpec("output", layout="N, C, H, W", help="The image."),),
        role="input",
        call="none",
        synonyms=("input", "picture", "photo", "placeholder"),
        card="{channels}×{height}×{width}",
    ),
    LayerSpec(
        "VectorInput",
        "Vector",
        "input",
        "",
        "Rows of numbers of the data set, one sample at a time.",
        (ArgSpec("features", "int", 2, "Numbers in a row.", minimum=1, required=True),),
        inputs=(),
        outputs=(PortSpec("output", layout="N, E", help="The row."),),
        role="input",
        call="none",
        synonyms=("input", "table", "tabular", "row", "placeholder", "features"),
        card="{features}",
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
)

"""Networks over steps: recurrent language models and classifiers, and one that describes images."""

from __future__ import annotations

from studio.catalog.spec import ArgSpec
from studio.graph.block import BlockArgument
from studio.graph.graph import Graph
from studio.zoo.arguments import check_image, classes, image
from studio.zoo.builder import Design, Inside, Network
from studio.zoo.template import Template

_CELL = ArgSpec(
    "cell",
    "choice",
    "LSTM",
    "RNN: one tanh layer a step. LSTM, GRU: gates, which remember for longer.",
    choices=("RNN", "LSTM", "GRU"),
)


def _count(name: str, default: int, text: str, minimum: int = 1, maximum: int = 100_000) -> ArgSpec:
    return ArgSpec(name, "int", default, text, minimum=minimum, maximum=maximum)


_LENGTH = _count("length", 32, "Tokens that are looked at.")
_EMBEDDING = _count("embedding_dim", 32, "Numbers that stand for one token.")
_HIDDEN = _count("hidden_size", 128, "Units of the recurrent layers.")
_LAYERS = _count("num_layers", 1, "Recurrent layers on top of each other.", maximum=100)


def char_rnn(
    vocabulary: int, length: int, embedding_dim: int, hidden_size: int, num_layers: int, cell: str
) -> Graph:
    """Build a network that says at each letter which one comes next; the text is its own target."""
    net = Network()
    text = net.chain("TokenInput", "text", length=length + 1)
    net.chain("Slice", "context", dim=1, stop=-1)
    net.chain("Embedding", "embedding", num_embeddings=vocabulary, embedding_dim=embedding_dim)
    net.chain(cell, cell.lower(), hidden_size=hidden_size, num_layers=num_layers)
    net.chain("Linear", "scores", out_features=vocabulary)
    net.chain("Transpose", "classes_first")
    following = net.add("Slice", "next", text, row=1, dim=1, start=1)
    net.loss(target=following)
    return net.graph()


def lstm_classifier(
    vocabulary: int,
    length: int,
    num_classes: int,
    embedding_dim: int,
    hidden_size: int,
    num_layers: int,
    cell: str,
    dropout: float,
) -> Graph:
    """Build a network that reads a text and classifies it after the last token."""
    net = Network()
    net.chain("TokenInput", "text", length=length)
    net.chain("Embedding", "embedding", num_embeddings=vocabulary, embedding_dim=embedding_dim)
    net.chain(cell, cell.lower(), hidden_size=hidden_size, num_layers=num_layers)
    net.chain("Select", "last_step", dim=1, index=-1)
    if dropout > 0.0:
        net.chain("Dropout", "dropout", p=dropout)
    net.chain("Linear", "fc", out_features=num_classes)
    return net.finish()


def _stage() -> Design:
    """Return a convolution that keeps the size, and a pool that halves it."""
    inside = Inside()
    inside.port()
    inside.chain("Conv2d", "conv", out_channels="=width * 2 ** index", kernel_size=3, padding=1, bias=False)
    inside.chain("BatchNorm2d", "bn")
    inside.chain("ReLU", "relu")
    inside.chain("MaxPool2d", "pool", kernel_size=2)
    inside.give()
    return inside.design(
        "ConvStage",
        "3×3 convolution, batch normalization, ReLU, pool; each of a row has twice as many filters.",
        (BlockArgument("width", 32, "Filters of the first.", minimum=1),),
    )


def _image_encoder() -> Design:
    """Return a small convolutional network that gives an image as one row."""
    inside = Inside()
    inside.port()
    inside.chain(_stage(), "stages", repeat="=stages", width="=width")
    inside.chain("AdaptiveAvgPool2d", "gap", output_size=1)
    inside.chain("Flatten", "flatten")
    inside.chain("Linear", "fc", out_features="=features")
    inside.give()
    return inside.design(
        "ImageEncoder",
        "A row of convolutions and pools, and an image's features as one row.",
        (
            BlockArgument("stages", 4, "Convolutions.", minimum=1, maximum=16),
            BlockArgument("width", 32, "Filters of the first.", minimum=1),
            BlockArgument("features", 128, "Numbers that stand for the image.", minimum=1),
        ),
    )


def image_captioner(
    input_shape: tuple[int, ...],
    vocabulary: int,
    length: int,
    embedding_dim: int,
    hidden_size: int,
    stages: int,
) -> Graph:
    """Build a convolutional network whose features are the first step of an LSTM that says the words."""
    check_image("image_captioner", input_shape, 2**stages)
    net = Network()
    net.input(input_shape)
    net.chain(_image_encoder(), "encoder", stages=stages, features=embedding_dim)
    picture = net.chain("Unsqueeze", "first_step", dim=1)
    words = net.chain("TokenInput", "words", (), row=2, length=length)
    net.chain("Slice", "said", row=1, dim=1, stop=-1)
    told = net.chain("Embedding", "embedding", num_embeddings=vocabulary, embedding_dim=embedding_dim)
    net.chain("Concat", "steps", (picture, told), dim=1)
    net.chain("LSTM", "lstm", hidden_size=hidden_size)
    net.chain("Linear", "scores", out_features=vocabulary)
    net.chain("Transpose", "classes_first")
    net.loss(target=words)
    return net.graph()


TEMPLATES = (
    Template(
        "char_rnn",
        "Character RNN",
        "Reads a text letter by letter and says at each one which comes next. The text, one letter on, is "
        "its own target.",
        (
            _count("vocabulary", 65, "Different letters.", minimum=2),
            _LENGTH,
            _EMBEDDING,
            _HIDDEN,
            _LAYERS,
            _CELL,
        ),
        char_rnn,
        "Mikolov et al. 2010; Karpathy 2015",
        family="Sequences",
        year=2010,
        parameters=93_409,
        macs=2_887_680,
    ),
    Template(
        "lstm_classifier",
        "LSTM classifier",
        "Reads a text word by word and classifies it by its state after the last one.",
        (
            _count("vocabulary", 10_000, "Different words.", minimum=2),
            _LENGTH,
            classes(2),
            _EMBEDDING,
            _HIDDEN,
            _LAYERS,
            _CELL,
            ArgSpec(
                "dropout",
                "float",
                0.0,
                "Probability of dropping a number of the last state.",
                minimum=0.0,
                maximum=0.99,
                step=0.05,
            ),
        ),
        lstm_classifier,
        "Hochreiter & Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735",
        family="Sequences",
        year=1997,
        parameters=403_202,
        macs=2_621_696,
    ),
    Template(
        "image_captioner",
        "Image captioner",
        "A convolutional network looks at the image, an LSTM says what is there: the image's features are "
        "its first step, each word said is the next.",
        (
            image(3, 64, 64),
            _count("vocabulary", 1000, "Different words.", minimum=2),
            _count("length", 12, "Words of a caption.", minimum=2),
            _count("embedding_dim", 128, "Numbers that stand for one word, or for the image."),
            _HIDDEN,
            _count("stages", 4, "Convolutions, each followed by a pool.", maximum=10),
        ),
        image_captioner,
        "Vinyals, Toshev, Bengio & Erhan 2014, arXiv:1411.4555",
        family="Sequences",
        year=2014,
        parameters=810_888,
        macs=63_303_680,
    ),
)

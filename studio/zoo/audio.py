"""Networks for sounds: a spectrogram that is computed, or filters that are learned in its place."""

from __future__ import annotations

from studio.catalog.spec import ArgSpec
from studio.errors import ZooError
from studio.graph.graph import Graph
from studio.zoo.arguments import classes
from studio.zoo.builder import Network
from studio.zoo.template import Template


def audio_classifier(
    length: int, num_classes: int, front: str, frame: int, hop: int, channels: tuple[int, ...]
) -> Graph:
    """Build a picture of the sound, convolutions over time and frequency, and a mean over both."""
    if length < frame:
        raise ZooError(
            f'Template "audio_classifier": a frame of {frame} samples is longer than the sound of {length}. '
            "Make frame smaller.",
            argument="frame",
        )
    net = Network()
    net.chain("SignalInput", "signal", length=length)
    if front == "spectrogram":
        net.chain("Spectrogram", "spectrogram", n_fft=frame, hop_length=hop)
        # Ears hear ratios of energy: the logarithm, of silence too.
        net.chain("Affine", "above_zero", shift=1e-6)
        net.chain("Log", "log")
    else:
        num_filters = frame // 2 + 1
        net.chain(
            "Conv1d", "filters", out_channels=num_filters, kernel_size=frame, stride=hop, padding=frame // 2
        )
        net.chain("ReLU", "relu")
        net.chain("Unsqueeze", "picture", dim=1)
    net.chain("BatchNorm2d", "norm")
    net.line()
    for number, width in enumerate(channels, 1):
        net.chain("Conv2d", f"conv{number}", out_channels=width, kernel_size=3, stride=2, padding=1)
        net.chain("ReLU", f"relu{number}")
    net.line()
    net.chain("AdaptiveAvgPool2d", "gap", output_size=1)
    net.chain("Flatten", "flatten")
    net.chain("Linear", "fc", out_features=num_classes)
    return net.finish()


TEMPLATES = (
    Template(
        "audio_classifier",
        "Sound classifier",
        "The spectrogram of a sound, a fixed feature without weights, and convolutions over it; or learned "
        "filters in its place, to compare the two.",
        (
            ArgSpec("length", "int", 8000, "Samples of a sound.", minimum=16, maximum=100_000_000),
            classes(8),
            ArgSpec(
                "front",
                "choice",
                "spectrogram",
                "What comes first. spectrogram: computed, nothing is learned. learned: a Conv1d of the same "
                "size.",
                choices=("spectrogram", "learned"),
            ),
            ArgSpec("frame", "int", 256, "Samples of a frame.", minimum=2, maximum=65_536),
            ArgSpec("hop", "int", 128, "Samples from frame to frame.", minimum=1, maximum=65_536),
            ArgSpec(
                "channels",
                "ints",
                (16, 32, 64),
                "Filters of each convolution.",
                minimum=1,
                maximum=100_000,
                max_items=12,
            ),
        ),
        audio_classifier,
        "Davis & Mermelstein 1980; Abdel-Hamid et al. 2014",
        family="Sequences",
        year=2014,
        parameters=23_818,
        macs=5_239_808,
    ),
)

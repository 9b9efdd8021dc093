"""Where layers stand in the deep-learning lecture that the program follows: what it says of them, put right.

Keys are kinds of the catalog. Where the lecture or its slides are imprecise, what is true stands here.
"""

from __future__ import annotations

_SHORTCUT = (
    "The residual block computes F(x) + x: pushing F to zero is easier than fitting an identity, so "
    "more layers never have to make a network worse."
)
_BATCH_NORM = (
    "It normalizes each unit's pre-activation, so it stands before the nonlinearity, and the bias of "
    "the layer before it does nothing. In training the statistics are those of the batch, afterwards "
    "stored ones, so that a single sample can be answered. Weight and bias are learned and can undo the "
    "normalization."
)
_DROPOUT = (
    "Each hidden unit is set to 0 with probability 0.5 in training, so that units cannot rely on each "
    "other; it stands after the activation, and never on the output. The lecture multiplies by the "
    "expectation at test time; here, as in torch, numbers are scaled in training instead and testing "
    "changes nothing."
)
_GATE = "Highway networks let a learned gate T weigh what a layer computes against what it passes on."
_AUDIO = (
    "One of the hand-made features that learned representations replaced; a fixed layer without "
    "parameters, to be compared with learned ones on the same data."
)
_SPARSE = "In sparse coding this is the step that sets small codes to exactly zero."
_RECONSTRUCTION = (
    "The loss of autoencoders with binary inputs: the cross-entropy between each input and its "
    "reconstruction, summed over the inputs."
)

NOTES: dict[str, str] = {
    "Linear": (
        "The pre-activation a(x) = b + W x of a layer of neurons. Each row of W is one neuron's weights; "
        "its bias only shifts where the unit turns on, not how steeply."
    ),
    "Identity": ("The linear activation g(a) = a. A network with no other collapses to a single matrix."),
    "Sigmoid": (
        "Squashes to (0, 1): positive, bounded, strictly increasing, with g′ = g · (1 − g). Far from 0 "
        "the unit is saturated and its gradient vanishes: in deep networks this stops learning."
    ),
    "Tanh": ("Squashes to (−1, 1): positive or negative, bounded, strictly increasing, with g′ = 1 − g²."),
    "ReLU": (
        "Bounded below by 0, unbounded above, and gives sparse activity. It is non-decreasing: constant "
        "below 0 and increasing above, so it is not strictly increasing."
    ),
    "PReLU": (
        "The rectifier whose negative slope is learned, of the networks that first claimed to beat people "
        "on ImageNet; the slope starts at 0.25."
    ),
    "Softmax": (
        "The output for classification: strictly positive numbers that sum to 1, read as p(y = c | x). "
        "Adding a constant to all scores changes nothing."
    ),
    "NLLLoss": (
        "The training loss −log f(x)[y], a surrogate for the classification error, which has no useful "
        "gradient."
    ),
    "CrossEntropyLoss": (
        "The training loss −log f(x)[y] with the softmax inside. It is a surrogate for the classification "
        "error, which has no useful gradient."
    ),
    "MSELoss": (
        "The lecture's loss for real inputs is the sum of the squared differences; torch's default is "
        "their mean."
    ),
    "BCELoss": _RECONSTRUCTION,
    "BCEWithLogitsLoss": f"{_RECONSTRUCTION} Here the sigmoid is inside.",
    "Target": ("The y of a supervised example (x, y)."),
    "Dropout": _DROPOUT,
    "Dropout1d": _DROPOUT,
    "Dropout2d": _DROPOUT,
    "Dropout3d": _DROPOUT,
    "BatchNorm1d": _BATCH_NORM,
    "BatchNorm2d": f"{_BATCH_NORM} "
    "For maps, one mean and variance belong to a channel, over batch and places.",
    "BatchNorm3d": f"{_BATCH_NORM} "
    "For volumes, one mean and variance belong to a channel, over batch and places.",
    "LayerNorm": (
        "Statistics of a single sample discard its absolute scale: LayerNorm(c·x) is LayerNorm(x) for any "
        "positive c."
    ),
    "LocalResponseNorm": (
        "AlexNet's normalization between channels. The paper sums the squares where torch averages: "
        "torch's alpha is size times the paper's."
    ),
    "Conv2d": (
        "Stacks of convolution and pooling, then fully connected layers, lead from pixels to classes. A "
        "1×1 convolution changes the number of channels only: GoogLeNet reduces with it before the costly "
        "filters."
    ),
    "Conv1d": ("The convolution of speech and other signals over time: the same filters at every step."),
    "MaxPool2d": (
        "Pooling makes the representation smaller and less sensitive to small shifts; LeNet averaged, "
        "later networks take the largest."
    ),
    "AvgPool2d": (
        "Pooling makes the representation smaller and less sensitive to small shifts; LeNet averaged."
    ),
    "AdaptiveAvgPool2d": (
        "With output size 1 this is global average pooling: GoogLeNet and ResNet need no fully connected "
        "layers but the last."
    ),
    "Concat": (
        "How an Inception module puts its branches together, channel after channel; also how features of "
        "an early stage skip to the classifier."
    ),
    "Add": _SHORTCUT,
    "ZeroPadShortcut": f"{_SHORTCUT} Option A: where the number of channels grows, the new ones are zero.",
    "OneMinus": f"{_GATE} What is passed on gets 1 − T.",
    "Multiply": f"{_GATE} Each is multiplied by its share.",
    "Average": ("An ensemble takes the mean of its networks' probabilities."),
    "Maximum": ("A maxout unit takes the largest of several linear pieces."),
    "RNN": (
        "Vanishing gradients are well known from recurrent networks: every step back in time multiplies "
        "by the same matrix."
    ),
    "LSTM": (
        "Its cell is added to from step to step instead of being multiplied by a matrix, so gradients "
        "last longer than in a plain recurrent network."
    ),
    "Embedding": (
        "Neural language models learn a vector for each word, and similar words get similar vectors."
    ),
    "Bilinear": ("Weighs every pair of numbers of two inputs, as recommenders weigh users and items."),
    "DotProduct": ("Matrix factorization: a user's vector times an item's vector is the rating."),
    "Spectrogram": _AUDIO,
    "MFCC": _AUDIO,
    "MelSpectrogram": _AUDIO,
    "ZeroCrossingRate": f"{_AUDIO} A sine of frequency f at rate r changes its sign 2f/r times a sample.",
    "SpectralRolloff": _AUDIO,
    "SpectralFlux": _AUDIO,
    "HOG": ("One of the hand-made features (SIFT, HoG, GIST) that learned representations replaced."),
    "Softshrink": _SPARSE,
    "Hardshrink": _SPARSE,
    "StochasticDepth": (
        "Trains a residual network as if whole blocks were missing at times, as dropout does with units."
    ),
    "ConvTranspose2d": ("The decoder of a convolutional autoencoder enlarges its maps with it."),
}
"""A sentence or three for each kind that the lecture speaks of."""

"""Functions of torch that do what a layer of the catalog does: which, and what their arguments are called."""

from __future__ import annotations

_MAX = "kernel_size stride padding dilation ceil_mode"
_AVG = "kernel_size stride padding ceil_mode count_include_pad divisor_override"
_LP = "norm_type kernel_size stride ceil_mode"

TWINS: dict[str, tuple[str, str]] = {
    # activations
    "relu": ("ReLU", "inplace"),
    "relu6": ("ReLU6", "inplace"),
    "leaky_relu": ("LeakyReLU", "negative_slope inplace"),
    "elu": ("ELU", "alpha inplace"),
    "celu": ("CELU", "alpha inplace"),
    "selu": ("SELU", "inplace"),
    "gelu": ("GELU", "approximate"),
    "silu": ("SiLU", "inplace"),
    "mish": ("Mish", "inplace"),
    "hardswish": ("Hardswish", "inplace"),
    "hardsigmoid": ("Hardsigmoid", "inplace"),
    "hardtanh": ("Hardtanh", "min_val max_val inplace"),
    "sigmoid": ("Sigmoid", ""),
    "logsigmoid": ("LogSigmoid", ""),
    "log_sigmoid": ("LogSigmoid", ""),
    "tanh": ("Tanh", ""),
    "tanhshrink": ("Tanhshrink", ""),
    "hardshrink": ("Hardshrink", "lambd"),
    "softshrink": ("Softshrink", "lambd"),
    "softplus": ("Softplus", "beta threshold"),
    "softsign": ("Softsign", ""),
    "threshold": ("Threshold", "threshold value inplace"),
    "softmax": ("Softmax", "dim"),
    "log_softmax": ("LogSoftmax", "dim"),
    "softmin": ("Softmin", "dim"),
    "glu": ("GLU", "dim"),
    # pools
    "max_pool1d": ("MaxPool1d", _MAX),
    "max_pool2d": ("MaxPool2d", _MAX),
    "max_pool3d": ("MaxPool3d", _MAX),
    "avg_pool1d": ("AvgPool1d", "kernel_size stride padding ceil_mode count_include_pad"),
    "avg_pool2d": ("AvgPool2d", _AVG),
    "avg_pool3d": ("AvgPool3d", _AVG),
    "lp_pool1d": ("LPPool1d", _LP),
    "lp_pool2d": ("LPPool2d", _LP),
    "adaptive_avg_pool1d": ("AdaptiveAvgPool1d", "output_size"),
    "adaptive_avg_pool2d": ("AdaptiveAvgPool2d", "output_size"),
    "adaptive_avg_pool3d": ("AdaptiveAvgPool3d", "output_size"),
    "adaptive_max_pool1d": ("AdaptiveMaxPool1d", "output_size"),
    "adaptive_max_pool2d": ("AdaptiveMaxPool2d", "output_size"),
    "adaptive_max_pool3d": ("AdaptiveMaxPool3d", "output_size"),
    # noise
    "dropout": ("Dropout", "p training inplace"),
    "dropout1d": ("Dropout1d", "p training inplace"),
    "dropout2d": ("Dropout2d", "p training inplace"),
    "dropout3d": ("Dropout3d", "p training inplace"),
    "alpha_dropout": ("AlphaDropout", "p training inplace"),
    "feature_alpha_dropout": ("FeatureAlphaDropout", "p training inplace"),
    "local_response_norm": ("LocalResponseNorm", "size alpha beta k"),
    # shapes
    "flatten": ("Flatten", "start_dim end_dim"),
    "unflatten": ("Unflatten", "dim unflattened_size"),
    "swapaxes": ("Transpose", "dim0 dim1"),
    "swapdims": ("Transpose", "dim0 dim1"),
    "unsqueeze": ("Unsqueeze", "dim"),
    "select": ("Select", "dim index"),
    "roll": ("Roll", "shifts dims"),
    "pixel_shuffle": ("PixelShuffle", "upscale_factor"),
    "pixel_unshuffle": ("PixelUnshuffle", "downscale_factor"),
    "channel_shuffle": ("ChannelShuffle", "groups"),
    "interpolate": (
        "Interpolate",
        "size scale_factor mode align_corners recompute_scale_factor antialias",
    ),
    "pad": ("Pad", "pad mode value"),
    # arithmetic
    "mean": ("Mean", "dim keepdim"),
    "sum": ("Sum", "dim keepdim"),
    "amax": ("AMax", "dim keepdim"),
    "exp": ("Exp", ""),
    "log": ("Log", ""),
    "sqrt": ("Sqrt", ""),
    "abs": ("Abs", ""),
    "absolute": ("Abs", ""),
    "sin": ("Sin", ""),
    "cos": ("Cos", ""),
    "clamp": ("Clamp", "min max"),
    "clip": ("Clamp", "min max"),
    "detach": ("Detach", ""),
    "data": ("Detach", ""),
}
"""Layer and arguments in order, after the tensor that it works on, by the function's name."""

MERGES: dict[str, str] = {
    "maximum": "Maximum",
    "minimum": "Minimum",
    "matmul": "MatMul",
    "__matmul__": "MatMul",
    "bmm": "MatMul",
    "cosine_similarity": "CosineSimilarity",
    "scaled_dot_product_attention": "ScaledDotProductAttention",
}
"""Layers of several tensors, without arguments that a call may set."""

NOTHING = {
    *("contiguous", "clone", "requires_grad_", "alias", "cpu", "cuda", "type_as", "to", "float"),
    *("view_as", "expand_as", "requires_grad"),
}
"""Functions that give the same numbers in the same shape, where they do."""

IGNORED = {"_stacklevel", "out", "memory_format", "inplace"}
"""Keywords that say nothing about the numbers."""

WRITERS = {"__setitem__", "__set__", "copy_", "index_put_", "masked_fill_", "fill_", "zero_"}
"""Functions that write into a tensor."""

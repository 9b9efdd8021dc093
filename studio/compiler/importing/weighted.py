"""Functions called with a module's own weights: ``F.linear(x, self.weight, self.bias)`` is a Linear layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor

from studio.compiler.importing.layers import plain
from studio.compiler.importing.recorder import Recorder
from studio.compiler.importing.recording import Call
from studio.graph.block import TIED_TO
from studio.graph.node import Value


def _linear(weight: Tensor, given: dict[str, Any]) -> dict[str, Any]:
    return {"in_features": weight.shape[1], "out_features": weight.shape[0]}


def _conv(weight: Tensor, given: dict[str, Any]) -> dict[str, Any]:
    words = ("stride", "padding", "dilation", "groups")
    own = {word: given[word] for word in words if given.get(word) is not None}
    groups = own.get("groups", 1)
    return {
        "in_channels": weight.shape[1] * groups,
        "out_channels": weight.shape[0],
        "kernel_size": tuple(weight.shape[2:]),
        **own,
    }


def _transposed(weight: Tensor, given: dict[str, Any]) -> dict[str, Any]:
    words = ("stride", "padding", "output_padding", "groups", "dilation")
    own = {word: given[word] for word in words if given.get(word) is not None}
    return {
        "in_channels": weight.shape[0],
        "out_channels": weight.shape[1] * own.get("groups", 1),
        "kernel_size": tuple(weight.shape[2:]),
        **own,
    }


def _layer_norm(weight: Tensor, given: dict[str, Any]) -> dict[str, Any]:
    shape = given["normalized_shape"]
    return {"normalized_shape": tuple(shape), "eps": given.get("eps", 1e-5)}


def _rms_norm(weight: Tensor, given: dict[str, Any]) -> dict[str, Any]:
    return {"normalized_shape": tuple(given["normalized_shape"]), "eps": given.get("eps")}


def _group_norm(weight: Tensor, given: dict[str, Any]) -> dict[str, Any]:
    sizes = {"num_groups": given["num_groups"], "num_channels": weight.shape[0]}
    return {**sizes, "eps": given.get("eps", 1e-5)}


def _prelu(weight: Tensor, given: dict[str, Any]) -> dict[str, Any]:
    return {"num_parameters": weight.shape[0]}


def _embedding(weight: Tensor, given: dict[str, Any]) -> dict[str, Any]:
    return {"num_embeddings": weight.shape[0], "embedding_dim": weight.shape[1]}


_CONV = "input weight bias stride padding dilation groups"
_TRANSPOSED = "input weight bias stride padding output_padding groups dilation"

LAYERS: dict[str, tuple[str, str, Callable[[Tensor, dict[str, Any]], dict[str, Any]]]] = {
    "linear": ("Linear", "input weight bias", _linear),
    "conv1d": ("Conv1d", _CONV, _conv),
    "conv2d": ("Conv2d", _CONV, _conv),
    "conv3d": ("Conv3d", _CONV, _conv),
    "conv_transpose1d": ("ConvTranspose1d", _TRANSPOSED, _transposed),
    "conv_transpose2d": ("ConvTranspose2d", _TRANSPOSED, _transposed),
    "conv_transpose3d": ("ConvTranspose3d", _TRANSPOSED, _transposed),
    "layer_norm": ("LayerNorm", "input normalized_shape weight bias eps", _layer_norm),
    "rms_norm": ("RMSNorm", "input normalized_shape weight eps", _rms_norm),
    "group_norm": ("GroupNorm", "input num_groups weight bias eps", _group_norm),
    "prelu": ("PReLU", "input weight", _prelu),
    "embedding": ("Embedding", "input weight padding_idx", _embedding),
}
"""Layer, names of the arguments in order, and how the layer's own are found, by the function's name."""

_SWITCH = {"LayerNorm": "elementwise_affine", "RMSNorm": "elementwise_affine", "GroupNorm": "affine"}
"""The argument that says whether a layer has a weight at all."""


def record(recorder: Recorder, call: Call) -> Tensor:
    """Write down a function of a tensor and weights as the layer that has these weights.

    Raises:
        ImportingError: The weights are computed, or called otherwise than the layer calls them.
    """
    kind, words, arguments_of = LAYERS[call.name]
    given = call.given(*words.split())
    weight, bias = given.get("weight"), given.get("bias")
    turned = recorder.weight_turned(weight) if kind == "Linear" else None
    arguments = _bare(recorder, call, given) if weight is None else arguments_of(weight, given)
    if "bias" in words.split() and weight is not None:
        arguments = {**arguments, "bias": bias is not None}
    plainly: dict[str, Value] = {key: plain(value) for key, value in arguments.items()}
    keys = {"weight": _key(recorder, call, weight)} if weight is not None and turned is None else {}
    first = recorder.user_of(keys.get("weight", ""))
    if turned is not None:
        first = recorder.user_of(_key(recorder, call, turned))
        plainly.update({TIED_TO: "", "tied_as": "transposed"})
    elif first is not None:
        keys = {}
        plainly.update({TIED_TO: "", "tied_as": "all"})
    if isinstance(bias, Tensor) and (first is None or turned is not None):
        keys["bias"] = _key(recorder, call, bias)
    if turned is not None and first is None:
        raise recorder.refusal("uses a weight turned over that no layer before it has as its own")
    wires = [recorder.wire(given["input"])]
    step = recorder.emit(kind, wires, plainly, [call.result], path=_path(keys), keys=keys, infer=True)
    if first is not None:
        step.again = first
        step.home = first.path.rpartition(".")[0]
        step.name = step.name if keys else first.name
    result: Tensor = call.result
    return result


def _bare(recorder: Recorder, call: Call, given: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of a normalization without weights."""
    kind = LAYERS[call.name][0]
    if kind not in _SWITCH:
        raise recorder.refusal(f"calls {call.name} without a weight")
    if kind == "GroupNorm":
        return {"num_groups": given["num_groups"], "eps": given.get("eps", 1e-5), "affine": False}
    own = {"normalized_shape": tuple(given["normalized_shape"]), "eps": given.get("eps", 1e-5)}
    return {**own, _SWITCH[kind]: False}


def _key(recorder: Recorder, call: Call, weight: Tensor) -> str:
    key = recorder.key(weight)
    if key is None:
        raise recorder.refusal(
            f"calls {call.name} with a weight that is computed; a layer's weight is its own"
        )
    return key


def _path(keys: dict[str, str]) -> str:
    """Return the path of the module that a layer stands for: the weight's owner, if it calls it so."""
    own, key = next(iter(keys.items()), ("", ""))
    owner, _, called = key.rpartition(".")
    return owner if called == own else key

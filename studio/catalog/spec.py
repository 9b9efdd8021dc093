"""A layer is data: the frozen specs of which the catalog is made.

One spec feeds the library, the inspector, the compiler, the exported source and the tests. Shapes are
not in it: those are asked of PyTorch.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from studio.catalog import settings
from studio.catalog.arguments import ArgSpec as ArgSpec
from studio.catalog.arguments import ArgType as ArgType
from studio.catalog.arguments import Infer as Infer
from studio.catalog.arguments import show as show
from studio.graph.node import Value
from studio.graph.port import PortSpec, Role

Family: TypeAlias = Literal[
    "input",
    "convolution",
    "normalization",
    "activation",
    "pooling",
    "linear",
    "sequence",
    "regularization",
    "shape",
    "merge",
    "feature",
    "loss",
    "block",
    "custom",
]
"""Groups of the library, in its order; also what gives a node its colour."""

FAMILIES: dict[Family, str] = {
    "input": "Inputs & parameters",
    "convolution": "Convolution",
    "normalization": "Normalization",
    "activation": "Activation",
    "pooling": "Pooling",
    "linear": "Linear",
    "sequence": "Sequences & attention",
    "regularization": "Regularization",
    "shape": "Shape",
    "merge": "Merge & arithmetic",
    "feature": "Fixed features",
    "loss": "Loss",
    "block": "Blocks",
    "custom": "Custom",
}

STEMS: dict[Family, str] = {
    "convolution": "conv",
    "normalization": "norm",
    "pooling": "pool",
    "loss": "loss",
    "custom": "custom",
}
"""Names of new nodes by family; elsewhere the layer's title says it best."""

Call: TypeAlias = Literal[
    "module", "function", "fold", "list", "reshape", "slice", "parameter", "constant", "expand", "none"
]
"""How the compiled network calls `LayerSpec.target`.

``module``: a submodule, called with the inputs in order. ``function``: a function of the inputs in order,
with the arguments as keywords. ``fold``: a function of two tensors, applied from the first wire to the
last. ``list``: a function of a list of tensors. ``reshape``: the sizes after the batch dimension are
replaced. ``slice``: Python's own ``x[:, start:stop:step]``. ``parameter``: a learned tensor of the size
``shape``, without a batch dimension. ``constant``: a fixed one. ``expand``: the first input, which has
no batch dimension, is repeated for every sample of the second. ``none``: nothing is called.
"""

TENSOR_IN = PortSpec("input", help="What the layer works on.")
IMAGES_IN = PortSpec("input", layout="N, C, H, W", help="Images or feature maps.")
TENSOR_OUT = PortSpec("output", help="What the layer gives.")


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """One kind of layer.

    Attributes:
        kind: Its name in files and in code; torch's class name where there is one.
        title: Its name on screen.
        family: Its group in the library, and its colour.
        target: The torch class or function as text: ``torch.nn.Conv2d``.
        summary: One line that says what it does.
        arguments: In torch's order.
        inputs: Input ports, top to bottom. Where a port states a layout, the compiler holds the number of
            dimensions to it (``*`` is any number, alternatives are separated by ``or``), because torch
            reads a batch of one dimension fewer as a single sample without a batch.
        outputs: Output ports, top to bottom.
        role: What it is to the network.
        call: How the compiled network calls the target.
        formula: What it computes, in plain Unicode.
        reference: Where to read about it.
        synonyms: Other words people search for.
        card: What the node's card says under the name, with arguments in braces:
            ``{kernel_size:pair}, {out_channels}``; ``:pair`` writes 3 as 3×3.
        fixed: Further keywords that the target always gets, with their values (``batch_first``).
        picks: Where each output lies in a result that is a tuple: ``((0,), (1, 0))``; empty if the result
            is the output. Where torch gives None, the port gives nothing.
        batch_second: Outputs whose dimension 1 is the batch in torch's result; they are transposed.
        outputs_by: Argument that says how many outputs there are, by its value (Chunk) or by how many values
            it has (Split); `outputs` then holds the first.
        learns: It may have weights, so that initialization, regularization, freezing and tying apply.
        causal: The argument that hides from each step what comes after it, and the keyword under which the
            target then takes a mask: ``("is_causal", "src_mask")``. The compiler makes the mask.
        stepwise: It does the same at every place of dimension 1, so that PyTorch is asked about one of them.
    """

    kind: str
    title: str
    family: Family
    target: str
    summary: str
    arguments: tuple[ArgSpec, ...] = ()
    inputs: tuple[PortSpec, ...] = (TENSOR_IN,)
    outputs: tuple[PortSpec, ...] = (TENSOR_OUT,)
    role: Role = "layer"
    call: Call = "module"
    formula: str = ""
    reference: str = ""
    synonyms: tuple[str, ...] = ()
    card: str = ""
    fixed: tuple[tuple[str, Value], ...] = ()
    picks: tuple[tuple[int, ...], ...] = ()
    batch_second: tuple[str, ...] = ()
    outputs_by: str = ""
    learns: bool = False
    causal: tuple[str, str] | None = None
    stepwise: bool = False

    @property
    def settings(self) -> tuple[ArgSpec, ...]:
        """What can be set on a node beside the layer's own arguments: see `studio.catalog.settings`."""
        return settings.of(self)

    @property
    def stem(self) -> str:
        """What a new node of this kind is called, before its number: ``conv``."""
        return STEMS.get(self.family) or re.sub(r"[^a-z0-9]", "", self.title.lower())

    def argument(self, name: str) -> ArgSpec | None:
        """Return one argument's spec, or None if the layer has no such argument."""
        return next((argument for argument in self.arguments if argument.name == name), None)

    def setting(self, name: str) -> ArgSpec | None:
        """Return the spec of an argument or a setting, or None if the layer has neither."""
        found = self.argument(name)
        return found or next((setting for setting in self.settings if setting.name == name), None)

    def is_inferred(self, name: str) -> bool:
        """Say whether an argument is read off the wire when it is None."""
        argument = self.argument(name)
        return argument is not None and argument.infer != ""

    def values(self, given: Mapping[str, Value]) -> dict[str, Value]:
        """Return every argument's value: the one given, else the default."""
        return {spec.name: spec.coerce(given.get(spec.name, spec.default)) for spec in self.arguments}

    def setting_values(self, given: Mapping[str, Value]) -> dict[str, Value]:
        """Return every setting's value: the one given, else the default."""
        return {spec.name: spec.coerce(given.get(spec.name, spec.default)) for spec in self.settings}

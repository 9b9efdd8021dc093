from __future__ import annotations

import ast
from pathlib import Path

import pytest

from studio.catalog.code_templates import GAUSSIAN, RESIDUAL_SCALE, STRAIGHT_THROUGH, SWISH
from studio.compiler.exporting.codes import Codes
from studio.compiler.exporting.export import export
from studio.compiler.exporting.source import network_source
from studio.errors import CompileError, ExportError
from studio.graph.graph import Graph
from studio.project import trust
from studio.project.project import Project
from tests.helpers.custom_code import around_code, canary, layer
from tests.helpers.drawing import block, draw

OTHER = SWISH.replace(
    "torch.sigmoid(self.beta * input)", "Swish.twice(torch.tanh(self.beta * input))"
).replace("    def forward", "    @staticmethod\n    def twice(x):\n        return 2 * x\n\n    def forward")
FUTURE = layer("return x * math.pi").replace(
    "import torch\n", "from __future__ import annotations\nimport math, torch\n"
)


@pytest.fixture
def graph() -> Graph:
    for code in (OTHER, FUTURE):
        trust.store().trust(code)
    inner = block(
        "Mine",
        ("i", "BlockInput"),
        ("m", "Custom", "i", {"code": OTHER, "beta": "=2 * 1.5"}),
        ("o", "BlockOutput", "m"),
    )
    return draw(
        ("x", "ImageInput", {"channels": 3, "height": 4, "width": 4}),
        ("swish", "Custom", "x"),
        ("again", "Custom", "swish", {"beta": 0.5}),
        ("scaled", "Custom", "again x", {"code": RESIDUAL_SCALE}),
        ("sign", "Custom", "scaled", {"code": STRAIGHT_THROUGH}),
        ("drawn", "Custom", "sign scaled", {"code": GAUSSIAN}),
        ("future", "Custom", "drawn", {"code": FUTURE}),
        ("row", "block:Mine", "future", {"repeat": 2}),
        blocks=[inner],
    )


def test_python_source_holds_each_code_once_and_computes_the_same(graph: Graph, tmp_path: Path) -> None:
    done = export(Project(graph=graph), "python", tmp_path / "net.py")
    assert done.difference == 0.0
    text = (tmp_path / "net.py").read_text()
    tree = ast.parse(text)
    classes = [node.name for node in tree.body if isinstance(node, ast.ClassDef)]
    assert len(classes) == len(set(classes))
    # Swish is there twice, with different code; Mine is the block's name and the layer's.
    assert {"Swish", "Swish_2", "Mine", "Mine_2", "Binarize", "SignFunction"} <= set(classes)
    assert "Swish_2.twice" in text or "Swish.twice" in text
    assert text.startswith("from __future__ import annotations\n\nimport math\n\nimport torch\n")
    assert text.count("import torch\n") == 1
    assert "studio" not in text


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("form", ["pt2", "safetensors", pytest.param("onnx", marks=pytest.mark.slow)])
def test_other_forms_compute_the_same(graph: Graph, form: str, tmp_path: Path) -> None:
    assert export(Project(graph=graph), form, tmp_path / f"net.{form}").difference < 1e-5  # type: ignore[arg-type]


def test_untrusted_code_is_not_exported(tmp_path: Path) -> None:
    code = canary(tmp_path / "canary")
    with pytest.raises(CompileError, match="not been trusted"):
        network_source(around_code(code, trusted=False))
    assert not (tmp_path / "canary").exists()


def test_names_are_told_apart_but_attributes_keywords_and_texts_stay() -> None:
    codes = Codes(["helper"])
    code = layer("return helper(x, helper=1) + self.helper + len('helper')").replace(
        "class", "def helper(x, helper=0):\n    return x\n\n\nclass"
    )
    assert codes.class_of(code) == "Mine"
    (text,) = codes.texts()
    assert "def helper_2(x, helper=0)" in text
    assert "return helper_2(x, helper=1) + self.helper + len('helper')" in text


def test_an_import_under_a_name_that_is_taken_is_refused() -> None:
    codes = Codes()
    with pytest.raises(ExportError, match='imports something else as "nn"'):
        codes.class_of(layer("return x").replace("from torch import Tensor, nn", "import math as nn"))


def test_imports_are_gathered_and_a_head_without_layers_stays_as_it_is() -> None:
    head = ["import torch", "from torch import nn"]
    assert Codes().imports(head) == head
    codes = Codes()
    codes.class_of(
        layer("return x").replace("import torch\n", "import os.path as p, torch\nfrom math import pi as π\n")
    )
    assert codes.imports(head) == [
        "import os.path as p",
        "from math import pi as π",
        "",
        "import torch",
        "from torch import Tensor, nn",
    ]

from __future__ import annotations

import pytest

from studio.catalog.code_reading import MAX_CODE, read, why_not
from studio.catalog.code_templates import SHIPPED, TEMPLATES, CodeTemplate
from studio.errors import CodeError
from tests.helpers.custom_code import layer


def arguments(text: str) -> dict[str, tuple[object, ...]]:
    found = read(layer("return x", arguments=text)).arguments
    return {one.name: (one.type, one.default, one.optional, one.infer) for one in found}


def test_ports_and_arguments_stand_in_the_code() -> None:
    found = read(layer("y = a + b; return y, a", arguments="width: int = 3", inputs="a, b, mask=None, *rest"))
    assert found.name == "Mine"
    assert [(port.name, port.optional, port.variadic) for port in found.inputs] == [
        ("a", False, False),
        ("b", False, False),
        ("mask", True, False),
        ("rest", False, True),
    ]
    assert [port.name for port in found.outputs] == ["y", "a"]
    assert [argument.name for argument in found.arguments] == ["width"]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.title)
def test_templates_can_be_read_and_say_what_they_are(template: CodeTemplate) -> None:
    found = read(template.code)
    assert found.summary.endswith(".")
    assert all(not argument.help.startswith("Argument ") for argument in found.arguments)
    assert template.code in SHIPPED


def test_a_static_forward_is_an_autograd_functions() -> None:
    code = (
        layer("return x") + "class F(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x):\n"
    )
    assert read(f"{code}        return x\n").name == "Mine"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: int = 3", ("int", 3, False, "")),
        ("a: float = 3", ("float", 3, False, "")),
        ("a: bool = True", ("bool", True, False, "")),
        ("a: str = 'max'", ("text", "max", False, "")),
        ("a: int | None = None", ("int", None, True, "")),
        ("a: Optional[float] = None", ("float", None, True, "")),
        ("a: tuple[int, ...] = (1, 2)", ("ints", (1, 2), False, "")),
        ("a: list[float] = [0.5]", ("floats", (0.5,), False, "")),
        ("a: int | tuple[int, int] = (3, 5)", ("pair", (3, 5), False, "")),
        ("a: Literal['sum', 'mean'] = 'sum'", ("choice", "sum", False, "")),
        ("a=1e-5", ("float", 1e-5, False, "")),
        ("a=False", ("bool", False, False, "")),
        ("*, a=-2", ("int", -2, False, "")),
        ("num_features: int", ("int", None, False, "channels")),
        ("in_features", ("int", None, False, "features")),
    ],
)
def test_types_of_arguments(text: str, expected: tuple[object, ...]) -> None:
    assert next(iter(arguments(text).values())) == expected


@pytest.mark.parametrize(
    ("code", "line", "words"),
    [
        ("", 0, "no layer"),
        ("x = 1", 0, "no layer"),
        ("class A:\n    def forward(self, x):\n        return x +\n", 3, "invalid syntax"),
        ("class A:\n\tdef forward(self):\n\t\treturn 1", 2, "takes no input"),
        ("class A:\n    def forward(self, x=None):\n        return x", 2, "cannot be left out"),
        ("class A:\n    def forward(self, x, y=1):\n        return x", 2, "belongs into __init__"),
        ("class A:\n    def forward(self, x, *, y):\n        return x", 2, "by its name"),
        ("class A:\n    def forward(self, x, **y):\n        return x", 2, "by its name"),
        ("class A:\n    def forward(self, größe):\n        return größe", 2, "name of a port"),
        ("class A:\n    def forward(self, x):\n        pass", 2, "returns nothing"),
        ("class A:\n    def forward(self, x):\n        return ()", 2, "empty tuple"),
        (
            "class A:\n    def forward(self, x):\n        if x: return x, x\n        return x",
            3,
            "one tensor here",
        ),
        ("class A:\n def forward(self, x):\n  if x: return x, x\n  return x, x, x", 4, "2 and 3 tensors"),
        (layer("return x", arguments="a"), 4, "has no default"),
        (layer("return x", arguments="a: Tensor = None"), 4, "of the type Tensor"),
        (layer("return x", arguments="a=None"), 4, "does not say its type"),
        (layer("return x", arguments="a=print('hello')"), 4, "must be a plain value"),
        (layer("return x", arguments="a=1e999"), 4, "must be a plain value"),
        (layer("return x", arguments="a: int = 'x'"), 4, "the default of"),
        (layer("return x", arguments="frozen=True"), 4, "has a setting"),
        (layer("return x", arguments="code=1"), 4, "has a setting"),
        (layer("return x", arguments="*sizes"), 4, "Name each argument"),
        ("x = '\u202e'\n", 1, "U+202E"),
        ("a\nx = '\u200b'\n", 2, "U+200B"),
        ("x\r\n", 1, "U+000D"),
        ("\ud800", 1, "U+D800"),
        ("a" * (MAX_CODE + 1), 0, "are allowed"),
        ("x = " + "(" * 10_000, 1, "nested"),
        ("x = " + "-" * 30_000 + "1", 0, "nested too deeply"),
        ("x = a" + ".a" * 15_000, 0, "nested too deeply"),
        ("x = " + "9" * 10_000, 1, "cannot read it"),
    ],
)
def test_what_cannot_be_a_layer_is_refused_at_its_line(code: str, line: int, words: str) -> None:
    with pytest.raises(CodeError) as caught:
        read(code)
    assert caught.value.line == line
    assert words in caught.value.message
    assert str(why_not(code)) == caught.value.message


def test_several_outputs_are_named_where_they_can_be() -> None:
    assert [port.name for port in read(layer("return x, x + 1")).outputs] == ["x", "output1"]
    assert [port.name for port in read(layer("return x, x")).outputs] == ["output", "output1"]
    code = layer("return self.both(x)").replace("self, x):", "self, x) -> tuple[Tensor, Tensor, Tensor]:")
    assert [port.name for port in read(code).outputs] == ["output", "output1", "output2"]


def test_what_an_inner_function_returns_is_not_the_layers() -> None:
    code = layer(
        "def twice(y):;     return y, y; return twice(x)[0]".replace(";     ", "; ").replace("; r", "; r")
    )
    code = code.replace("        return y, y", "            return y, y")
    assert len(read(code).outputs) == 1


def test_reading_runs_nothing() -> None:
    read(layer("return x", arguments="a: int = 3").replace("import torch", "raise SystemExit\nimport torch"))

from __future__ import annotations

import pytest

from studio.catalog.custom import MAX_ALL_CODE, code_of
from studio.catalog.recoding import set_code, set_code_everywhere
from studio.errors import GraphError
from studio.graph.graph import Graph
from tests.helpers.custom_code import layer
from tests.helpers.drawing import block, draw

ONE = layer("return x", arguments="width: int = 3, depth: int = 1")
TWO = layer("return a, a", arguments="depth: int = 2", inputs="a, b=None")


def wires(graph: Graph) -> set[str]:
    return {f"{edge.source}.{edge.source_port} {edge.target}.{edge.target_port}" for edge in graph.edges()}


def test_wires_go_to_the_port_at_their_place_and_arguments_stay_where_they_fit() -> None:
    given = {"code": ONE, "width": 5, "depth": 7, "frozen": True, "enabled": False}
    graph = draw(("x", "ImageInput"), ("mine", "Custom", "x", given), ("r", "ReLU", "mine"))
    new = set_code(graph, ["mine"], TWO)
    assert wires(new) == {"x.output mine.a", "mine.output r.input"}
    assert dict(new.node("mine").arguments) == {"code": TWO, "depth": 7, "frozen": True, "enabled": False}
    assert set_code(new, ["mine"], ONE).node("mine").arguments.get("depth") == 7


def test_a_wire_whose_port_is_gone_goes() -> None:
    graph = draw(("x", "ImageInput"), ("mine", "Custom", "x x", {"code": TWO}))
    assert wires(set_code(graph, ["mine"], ONE)) == {"x.output mine.x"}


def test_all_layers_with_the_code_follow_in_blocks_too() -> None:
    inner = block("B", ("i", "BlockInput"), ("m", "Custom", "i", {"code": ONE}), ("o", "BlockOutput", "m"))
    graph = draw(
        ("x", "ImageInput"),
        ("a", "Custom", "x", {"code": ONE}),
        ("b", "block:B", "a"),
        ("c", "Custom", "b", {"code": layer("return -x")}),
        blocks=[inner],
    )
    new = set_code_everywhere(graph, ONE, TWO)
    assert [code_of(new.node(name)) for name in "ac"] == [TWO, layer("return -x")]
    assert code_of(new.blocks["B"].graph.node("m")) == TWO
    assert wires(new.blocks["B"].graph) == {"i.output m.a", "m.output o.input"}
    assert not new.blocks["B"].graph.blocks


def test_other_layers_and_too_much_code_are_refused() -> None:
    graph = draw(("x", "ImageInput"), ("mine", "Custom", "x", {"code": ONE}))
    with pytest.raises(GraphError, match='"x" is no custom layer'):
        set_code(graph, ["x"], TWO)
    with pytest.raises(GraphError, match="letters of code"):
        set_code(graph, ["mine"], "#" * (MAX_ALL_CODE + 1))

from __future__ import annotations

from studio.app.help.code_section import _EXAMPLE, code_section
from studio.app.help.page import layer_page
from studio.catalog.code_arguments import CHANNELS, FEATURES
from studio.catalog.code_reading import read
from studio.catalog.registry import get


def test_the_example_is_a_layer() -> None:
    found = read("\n".join(_EXAMPLE))
    assert (found.name, [one.name for one in found.arguments]) == ("Scale", ["factor"])


def test_the_page_of_custom_layers_says_how_and_what_trust_is() -> None:
    page = layer_page(get("Custom"))
    assert code_section() in page
    assert "no sandbox" in page
    assert "import torch" not in page  # the code of a node is not an argument to be listed
    assert all(name in page for name in CHANNELS | FEATURES)
    assert code_section() not in layer_page(get("ReLU"))

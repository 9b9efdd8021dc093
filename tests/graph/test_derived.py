from __future__ import annotations

import gc
from dataclasses import replace

from studio.graph.block import Block
from studio.graph.derived import Derived
from studio.graph.graph import Graph


def test_it_is_computed_once_for_each_definition() -> None:
    asked: list[str] = []

    def name(block: Block) -> str:
        asked.append(block.name)
        return block.name

    derived = Derived(name)
    one, twin = Block("one", Graph()), Block("one", Graph())
    assert [derived(block) for block in (one, one, twin, replace(one, name="two"))] == [
        "one",
        "one",
        "one",
        "two",
    ]
    assert asked == ["one", "one", "two"]


def test_it_is_forgotten_with_its_block() -> None:
    derived = Derived(lambda block: len(block.graph))
    blocks = [Block(f"block {number}", Graph()) for number in range(100)]
    assert {derived(block) for block in blocks} == {0}
    assert len(derived) == 100
    kept = blocks.pop()
    blocks.clear()
    gc.collect()
    assert len(derived) == 1
    assert derived(kept) == 0

"""Any sequence of edits with blocks keeps every level sound, survives its file, and changes no past value."""

from __future__ import annotations

from collections.abc import Callable

import networkx as nx
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from studio.catalog import blocks as block_specs
from studio.errors import GraphError
from studio.graph import block_arguments, block_ports, definitions, edits, levels, topology
from studio.graph.block import BLOCK_NAME, INPUT, OUTPUT, BlockArgument, block_name
from studio.graph.expansion import expand
from studio.graph.graph import Graph
from studio.graph.grouping import group_at
from studio.graph.node import Node
from studio.graph.port import Signature
from studio.graph.ungrouping import ungroup
from studio.project import format as document
from tests.helpers.designs import check_invariants, names, signature
from tests.helpers.meaning import meaning

inner_kinds = st.sampled_from(["Layer", "Split", "Sum", "Mystery", INPUT, OUTPUT])
block_names = st.sampled_from(["Stem", "Tower", "Stem2", "Unit"])
argument_names = st.sampled_from(["width", "depth"])


def known(graph: Graph) -> Callable[[Node], Signature | None]:
    """The ports of the small catalog, of blocks and of their ports."""
    ends = {spec.kind: spec for spec in block_specs.LAYERS}

    def found(node: Node) -> Signature | None:
        name = block_name(node)
        if name is None:
            return ends.get(node.kind) or signature(node)
        block = graph.blocks.get(name)
        return block_specs.spec_of(block) if block is not None else None

    return found


class EditingBlocks(RuleBasedStateMachine):
    """A person who makes blocks, opens them and edits them at any depth."""

    def __init__(self) -> None:
        super().__init__()
        self.graph = Graph()
        self.past: list[tuple[Graph, str]] = []

    def edit(self, change: Callable[[], Graph]) -> Graph | None:
        """Make an edit, which may be refused, but not by anything else than a reason."""
        try:
            graph = change()
        except GraphError:
            return None
        self.past.append((self.graph, document.strict_json.write(document.graph_to_data(self.graph))))
        self.graph = graph
        return graph

    def at(self, path: tuple[str, ...], change: Callable[[Graph], Graph]) -> None:
        """Make an edit at a level."""
        self.edit(lambda: levels.edit_level(self.graph, path, change))

    def paths(self) -> list[tuple[str, ...]]:
        """Every level, by one way to it, three deep at most."""
        found: list[tuple[str, ...]] = [()]
        for path in found:
            level = levels.level(self.graph, path)
            if len(path) < 3:
                ids = [node.id for node in level.ordered() if block_name(node) in self.graph.blocks]
                found += [(*path, node_id) for node_id in ids[:2]]
        return found

    def place(self, data: st.DataObject) -> tuple[tuple[str, ...], Graph]:
        path = data.draw(st.sampled_from(self.paths()))
        return path, levels.level(self.graph, path)

    def pick(self, data: st.DataObject, level: Graph, size: int = 1) -> list[str]:
        ids = st.sampled_from([node.id for node in level.ordered()] or ["n1"])
        return data.draw(st.lists(ids, min_size=1, max_size=size, unique=True))

    @initialize()
    def start(self) -> None:
        for kind in ("Input", "Layer", "Layer", "Sum", "Layer"):
            self.graph = edits.add_node(self.graph, edits.new_node(self.graph, kind))
        for source, target, port in (("1", "2", "input"), ("2", "3", "input"), ("2", "4", "inputs"),
                                     ("3", "4", "inputs"), ("4", "5", "input")):  # fmt: skip
            self.graph = edits.connect(
                self.graph, f"n{source}", "output", f"n{target}", port, known(self.graph)
            )

    @rule(data=st.data(), name=block_names)
    def group(self, data: st.DataObject, name: str) -> None:
        path, level = self.place(data)
        chosen = self.pick(data, level, 3)
        before, sound = self.graph, meaning(self.graph, known(self.graph))
        after = self.edit(lambda: group_at(self.graph, path, chosen, name, known(self.graph)))
        if after is not None and not expand(before, known(before)).problems:
            assert meaning(after, known(after)) == sound

    @rule(data=st.data())
    def ungroup(self, data: st.DataObject) -> None:
        path, level = self.place(data)
        (chosen,) = self.pick(data, level)
        self.at(path, lambda level: ungroup(level, chosen, known(self.graph))[0])

    @rule(data=st.data(), kind=inner_kinds, name=block_names, is_block=st.booleans())
    def add(self, data: st.DataObject, kind: str, name: str, is_block: bool) -> None:
        path, _ = self.place(data)
        wanted = f"block:{name}" if is_block else kind
        self.at(path, lambda level: edits.add_node(level, edits.new_node(level, wanted)))

    @rule(data=st.data())
    def connect(self, data: st.DataObject) -> None:
        path, level = self.place(data)
        (source,), (target,) = self.pick(data, level), self.pick(data, level)
        if source not in level or target not in level:
            return
        sign = known(self.graph)
        out, into = sign(level.node(source)), sign(level.node(target))
        outs = [port.name for port in out.outputs] if out else ["a"]
        intos = [port.name for port in into.inputs] if into else ["b"]
        if outs and intos:
            one, other = data.draw(st.sampled_from(outs)), data.draw(st.sampled_from(intos))
            self.at(path, lambda level: edits.connect(level, source, one, target, other, sign))

    @rule(data=st.data(), close=st.booleans())
    def remove(self, data: st.DataObject, close: bool) -> None:
        path, level = self.place(data)
        chosen = self.pick(data, level, 2)

        def change(level: Graph) -> Graph:
            if close:
                return edits.remove_and_reconnect(level, chosen, known(self.graph))
            return edits.remove_nodes(level, chosen)

        self.at(path, change)

    @rule(data=st.data())
    def copy(self, data: st.DataObject) -> None:
        (here, level), (there, _) = self.place(data), self.place(data)
        chosen = self.pick(data, level, 3)

        def paste(level: Graph) -> Graph:
            return edits.paste(level, edits.subgraph(levels.level(self.graph, here), chosen), 1.0, 2.0)[0]

        self.at(there, paste)

    @rule(data=st.data(), name=names, repeat=st.sampled_from([None, 1, 3, "=width", 0]))
    def change(self, data: st.DataObject, name: str, repeat: int | str | None) -> None:
        path, level = self.place(data)
        (chosen,) = self.pick(data, level)
        self.at(path, lambda level: edits.rename(level, chosen, name))
        self.at(path, lambda level: definitions.set_repeat(level, chosen, repeat))
        self.at(path, lambda level: edits.set_argument(level, chosen, "size", "=width * 2"))

    @rule(data=st.data(), old=block_names, new=block_names)
    def define(self, data: st.DataObject, old: str, new: str) -> None:
        path, level = self.place(data)
        (chosen,) = self.pick(data, level)
        match data.draw(st.sampled_from(["rename", "unique", "sweep", "import"])):
            case "rename":
                self.edit(lambda: definitions.rename_block(self.graph, old, new))
            case "unique":
                self.at(path, lambda level: definitions.make_unique(level, chosen))
            case "sweep":
                self.edit(lambda: definitions.remove_unused(self.graph))
            case _ if self.past:
                other = data.draw(st.sampled_from(self.past))[0]
                self.edit(lambda: definitions.import_blocks(self.graph, other, [old])[0])

    @rule(data=st.data(), block=block_names, one=argument_names, other=argument_names)
    def set_up(self, data: st.DataObject, block: str, one: str, other: str) -> None:
        path, level = self.place(data)
        (chosen,) = self.pick(data, level)
        like = BlockArgument("", 7)
        match data.draw(st.sampled_from(["add", "rename", "remove", "expose", "conceal", "port"])):
            case "add":
                self.edit(lambda: block_arguments.add_argument(self.graph, block, BlockArgument(one, 3)))
            case "rename":
                self.edit(lambda: block_arguments.rename_argument(self.graph, block, one, other))
            case "remove":
                self.edit(lambda: block_arguments.remove_argument(self.graph, block, one))
            case "expose":
                self.edit(lambda: block_arguments.expose(self.graph, path, chosen, "size", one, like))
            case "conceal":
                self.edit(lambda: block_arguments.conceal(self.graph, path, chosen, "size"))
            case _:
                self.edit(lambda: block_ports.add_port(self.graph, block, "input"))
                self.edit(lambda: block_ports.rename_port(self.graph, block, "input", "input", one))
                self.edit(lambda: block_ports.remove_port(self.graph, block, "input", one))

    @invariant()
    def every_level_is_sound(self) -> None:
        for level in (self.graph, *(block.graph for block in self.graph.blocks.values())):
            check_invariants(level)
            assert nx.is_directed_acyclic_graph(topology.to_networkx(level))
        for name, block in self.graph.blocks.items():
            assert name == block.name
            assert BLOCK_NAME.fullmatch(name)
            assert not block.graph.blocks
            assert not definitions.is_recursive(self.graph.blocks, name)

    @invariant()
    def it_opens_without_a_circle(self) -> None:
        problems = expand(self.graph, known(self.graph)).problems
        assert {problem.code for problem in problems} <= {"expression"}

    @invariant()
    def it_comes_back_from_its_file(self) -> None:
        data = document.graph_to_data(self.graph)
        assert document.graph_from_data(data) == self.graph

    @invariant()
    def no_edit_changed_an_older_value(self) -> None:
        for graph, text in self.past[-2:]:
            assert document.strict_json.write(document.graph_to_data(graph)) == text


EditingBlocks.TestCase.settings = settings(max_examples=20, stateful_step_count=20, deadline=None)
TestEditingBlocks = EditingBlocks.TestCase

"""Explanations for recurrent layers, attention, embeddings and windows; see `studio.compiler.explain`."""

from __future__ import annotations

import math
from collections.abc import Mapping

from studio.compiler.case import Case
from studio.compiler.explain_elements import Explainer
from studio.compiler.question import Answer
from studio.graph.graph import Graph
from studio.graph.problems import Fix, Problem


def guard_heads(width: str, heads: str) -> Explainer:
    """Return the check that features can be dealt out to heads evenly."""

    def check(case: Case) -> Problem | None:
        features, count = case.number(width), case.number(heads)
        if features % count == 0:
            return None
        best = math.gcd(features, count)
        if best == 1:
            best = max(one for one in range(1, min(count, features) + 1) if features % one == 0)
        return case.problem(
            f'{features} features from "{case.wires[0].source.name}" cannot be split into {count} heads.',
            f"Set {heads} to {best}, or to another divisor of {features}.",
            argument=heads,
            fix=case.set_fix(heads, best),
        )

    return check


def withheld(graph: Graph, answers: Mapping[str, Answer]) -> list[Problem]:
    """Return an error for each attention whose weights are wired while it does not give them.

    Args:
        graph: A flat graph.
        answers: PyTorch's answers by node id.
    """
    nodes = [graph.nodes[node_id] for node_id, answer in answers.items() if None in answer.outputs]
    return [
        Problem(
            "error",
            "shape",
            f'Attention "{node.name}" gives no weights while need_weights is off, and "weights" has a wire.',
            node.id,
            "weights",
            "need_weights",
            "Set need_weights to on.",
            fixes=(Fix("Set need_weights to on", "set", node.id, argument="need_weights", value=True),),
        )
        for node in nodes
        if node.kind == "MultiheadAttention" and graph.outputs_of(node.id, "weights")
    ]


def explain_attention(case: Case) -> Problem | None:
    """Explain keys, values and queries that do not fit each other."""
    query, key, value = (wire.type.shape for wire in case.wires[:3])
    names = [f'"{wire.source.name}"' for wire in case.wires]
    if key[:-1] != value[:-1]:
        return case.problem(
            f"compares {key[-2]} steps of the key from {names[1]} and mixes {value[-2]} of the value from "
            f"{names[2]}.",
            "Give key and value the same number of steps.",
            port="value",
        )
    if case.spec.kind == "ScaledDotProductAttention" and query[-1] != key[-1]:
        return case.problem(
            f"compares rows of {query[-1]} features from {names[0]} with rows of {key[-1]} from {names[1]}.",
            "Give query and key the same number of features.",
            port="key",
        )
    if len({len(query), len(key)}) > 1 or query[:-2] != key[:-2]:
        return case.problem(
            f"query {case.wires[0].type.batched} from {names[0]} and key {case.wires[1].type.batched} from "
            f"{names[1]} may differ in the number of steps only.",
            "Give both the same number of heads.",
            port="key",
        )
    return None


def explain_memory(case: Case) -> Problem | None:
    """Explain a memory with other features than the sequence that looks at it."""
    tgt, memory = case.wires
    if tgt.type.shape[-1] == memory.type.shape[-1]:
        return None
    width = tgt.type.shape[-1]
    fix = case.insert_fix("Linear", "memory", out_features=width)
    return case.problem(
        f'"{memory.source.name}" gives {memory.type.shape[-1]} features at "memory", and "{tgt.source.name}" '
        f'{width} at "tgt".',
        f"Insert a Linear with {width} outputs before memory.",
        port="memory",
        fix=fix,
    )


def explain_recurrent(case: Case) -> Problem | None:
    """Explain a projection that does not make the state smaller."""
    size, hidden = case.values.get("proj_size", 0), case.number("hidden_size")
    if not isinstance(size, int) or size < hidden:
        return None
    return case.problem(
        f"proj_size {size} must be smaller than hidden_size, which is {hidden}.",
        "Set proj_size to 0, which leaves the state as it is.",
        argument="proj_size",
        fix=case.set_fix("proj_size", 0),
    )


def explain_embedding(case: Case) -> Problem | None:
    """Explain a padding index that is no row of the table."""
    index, rows = case.values["padding_idx"], case.number("num_embeddings")
    if not isinstance(index, int) or -rows <= index < rows:
        return None
    return case.problem(
        f"padding_idx {index} is no row of a table of {rows}.",
        f"Set padding_idx to {rows - 1} or less, or clear it.",
        argument="padding_idx",
        fix=case.set_fix("padding_idx", None, "Clear padding_idx"),
    )


def guard_windows(case: Case) -> Problem | None:
    """Explain windows and shifts that are not two numbers."""
    for name in ("window_size", "shift_size"):
        value = case.values[name]
        if isinstance(value, tuple) and len(value) == 2:
            continue
        side = value[0] if isinstance(value, tuple) else value
        return case.problem(
            f"{name} must be two numbers, height and width.",
            f"Set {name} to {side}×{side}.",
            argument=name,
            fix=case.set_fix(name, (side, side), f"Set {name} to {side}×{side}"),
        )
    return guard_heads("dim", "num_heads")(case)


def explain_partition(case: Case) -> Problem | None:
    """Explain maps that windows do not fill."""
    p, wire = case.number("p"), case.wires[0]
    height, width = wire.type.sample[1:]
    if height % p == 0 and width % p == 0:
        return None
    best = max(side for side in range(1, p + 1) if math.gcd(height, width) % side == 0)
    return case.problem(
        f'windows of {p}×{p} do not fill the {height}×{width} maps from "{wire.source.name}".',
        f"Set p to {best}, or to another divisor of {math.gcd(height, width)}.",
        argument="p",
        fix=case.set_fix("p", best),
    )


def explain_departition(case: Case) -> Problem | None:
    """Explain windows that do not make up the maps asked for."""
    wire, p = case.wires[0], case.number("p")
    down, across = case.number("h_partitions"), case.number("w_partitions")
    windows, places = wire.type.sample[:2]
    if places != p * p:
        return case.problem(
            f'windows of {p}×{p} have {p * p} places, and those from "{wire.source.name}" have {places}.',
            f"Set p to {math.isqrt(places)}."
            if math.isqrt(places) ** 2 == places
            else "Set p to their side.",
            argument="p",
            fix=case.set_fix("p", math.isqrt(places)) if math.isqrt(places) ** 2 == places else None,
        )
    if windows == down * across:
        return None
    return case.problem(
        f'{down}×{across} windows are asked for, and "{wire.source.name}" gives {windows}.',
        "Set h_partitions and w_partitions to their number from top to bottom and from left to right.",
        argument="h_partitions",
    )


def guard_relative(case: Case) -> Problem | None:
    """Explain groups of another size than the learned table of positions is for."""
    wire, stated = case.wires[0], case.number("max_seq_len")
    places, features, width = wire.type.sample[1], case.number("feat_dim"), case.number("head_dim")
    if features % width:
        best = math.gcd(features, width)
        return case.problem(
            f'{features} features from "{wire.source.name}" cannot be split into heads of {width}.',
            f"Set head_dim to {best}, or to another divisor of {features}.",
            argument="head_dim",
            fix=case.set_fix("head_dim", best),
        )
    if math.isqrt(places) ** 2 != places:
        return case.problem(
            f'groups are squares, and those from "{wire.source.name}" have {places} places.',
            "Wire it to a WindowPartition.",
        )
    if stated == places:
        return None
    return case.problem(
        f'its table is for groups of {stated} places, and those from "{wire.source.name}" have {places}.',
        f"Set max_seq_len to {places}.",
        argument="max_seq_len",
        fix=case.set_fix("max_seq_len", places),
    )

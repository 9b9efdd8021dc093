"""Why a run failed, in words for the person who drew the network."""

from __future__ import annotations

import traceback
from typing import Any

import torch
from torch import Tensor, fx

from studio.compiler.custom import line_of
from studio.compiler.inline import inline
from studio.errors import StudioError
from studio.graph.block import block_name
from studio.graph.graph import Graph
from studio.runs.records import OUT_OF_MEMORY
from studio.training import devices

_MEMORY_WORDS = ("out of memory", "can't allocate memory", "not enough memory")


def is_out_of_memory(error: BaseException) -> bool:
    """Say whether an exception means that memory ran out, on whatever device."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(word in str(error).lower() for word in _MEMORY_WORDS)


def explain(error: BaseException, *, step: int, batch_size: int, device: str, node: str) -> str:
    """Return what failed, what was found and what to do."""
    if isinstance(error, StudioError):
        return error.message
    where = f' in "{node}"' if node else ""
    line = line_of(error)
    if line:
        where += f", line {line} of its code" if node else f" in line {line} of a custom layer's code"
    if is_out_of_memory(error):
        return (
            f"{device} {OUT_OF_MEMORY} at step {step}{where}, with batches of {batch_size}. "
            f"{_smaller(batch_size)}ake the network smaller, or train on another device."
        )
    if type(error).__module__.startswith(("torch._dynamo", "torch._inductor")):
        return f"The network could not be compiled: {first_line(error)}. Set compile to false."
    if "does not have a deterministic implementation" in str(error):
        return (
            f"Step {step} failed{where}: {str(error).partition(' ')[0]} has no algorithm on {device} that "
            "gives the same bits each time. Set deterministic to false, or take another layer."
        )
    first = first_line(error)
    return f"Step {step} failed{where}: {first} ({type(error).__name__})."


def first_line(error: BaseException) -> str:
    """Return what an error says in its first line; its kind, if it says nothing."""
    return (str(error).strip() or type(error).__name__).splitlines()[0][:500]


def _smaller(batch_size: int) -> str:
    """Return the offer of a smaller batch, if there can be one, and the first letter of what comes next."""
    return f"Lower batch_size to {batch_size // 2}, m" if batch_size > 1 else "M"


def find_node(error: BaseException, module: fx.GraphModule, inputs: tuple[Tensor, ...]) -> str:
    """Run a forward pass again, node by node, and return the dotted name of the drawn node that fails.

    Empty if none does: the failure was in the loss or the backward pass. Empty as well where running
    again tells nothing: there is no memory for it, or CUDA answers every call with the first error.
    """
    if is_out_of_memory(error) or "CUDA error" in str(error):
        return ""
    rerun = _Rerun(inline(module))
    try:
        with torch.no_grad(), torch.random.fork_rng(devices=devices.rng_devices(inputs[0].device)):
            rerun.run(*inputs)
    except Exception:
        return rerun.node
    return ""


def name_at(graph: Graph, path: str) -> str:
    """Return the dotted name of the node at a path: ``n5[2]/n3`` → ``layer1.2.fc``, or nothing."""
    names: list[str] = []
    level = graph
    for part in path.split("/"):
        node_id, _, copy = part.rstrip("]").partition("[")
        node = level.nodes.get(node_id)
        if node is None:
            return ""
        names += [node.name, copy] if copy else [node.name]
        block = graph.blocks.get(block_name(node) or "")
        level = block.graph if block is not None else Graph()
    return ".".join(names)


def free_memory(error: BaseException) -> None:
    """Let go of the outputs that the failed step held, so that the next run has a chance.

    They hang on the frames of the traceback, and would stay as long as somebody keeps the error.
    """
    if not is_out_of_memory(error):
        return
    traceback.clear_frames(error.__traceback__)
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


class _Rerun(fx.Interpreter):
    """Interprets a network, and remembers where it is."""

    node = ""

    def run_node(self, n: fx.Node) -> Any:
        self.node = str(n.meta.get("node", ""))
        return super().run_node(n)

"""How the exported script computes: its precision, memory format, compilation and determinism."""

from __future__ import annotations

from studio.project.config import TrainingConfig

_DTYPES = {"bf16": "torch.bfloat16", "fp16": "torch.float16"}


def definitions(training: TrainingConfig) -> list[str]:
    """Return the function that runs a network in 16 bits, if the settings ask for that."""
    if training.precision == "float32":
        return []
    return [
        "",
        "def run(network, inputs):",
        '    """Return what the network gives, computed in 16 bits where that does no harm."""',
        f"    with torch.autocast(inputs.device.type, {_DTYPES[training.precision]}):",
        "        outputs = network(inputs)",
        "    return tuple(one.float() for one in outputs) if isinstance(outputs, tuple) else outputs.float()",
        "",
    ]


def called(training: TrainingConfig, line: str) -> str:
    """Return a statement that calls the network as one that calls it in the settings' precision."""
    return line if training.precision == "float32" else line.replace("network(", "run(network, ")


def before(training: TrainingConfig) -> list[str]:
    """Return the statements on the network that come before the optimizer is made."""
    lines = []
    if training.deterministic:
        lines.append("torch.use_deterministic_algorithms(True)")
    if training.channels_last:
        lines += [
            "if train_x.dim() == 4:",
            "    network.to(memory_format=torch.channels_last)",
            "    train_x = train_x.contiguous(memory_format=torch.channels_last)",
        ]
    if training.compile:
        mode = ', mode="reduce-overhead"' if training.cuda_graphs == "on" else ""
        lines.append(f"network.compile(dynamic=False{mode})")
    elif training.cuda_graphs == "on":
        lines.append('network.compile(backend="cudagraphs", dynamic=False)')
    if training.precision == "fp16":
        lines.append("scaler = torch.amp.GradScaler(device.type)")
    return lines


def backward(training: TrainingConfig, loss: str) -> str:
    """Return the statement that sends a loss back."""
    return f"scaler.scale({loss}).backward()" if training.precision == "fp16" else f"{loss}.backward()"


def unscaled(training: TrainingConfig) -> list[str]:
    """Return the statements before the gradient is looked at."""
    return _for_each(training, "scaler.unscale_({})") if training.precision == "fp16" else []


def moves(training: TrainingConfig) -> list[str]:
    """Return the statements by which the optimizers move."""
    if training.precision == "fp16":
        return [*_for_each(training, "scaler.step({})"), "scaler.update()"]
    return _for_each(training, "{}.step()")


def _for_each(training: TrainingConfig, statement: str) -> list[str]:
    """Return a statement about the optimizer, or about each where there are several."""
    if training.optimizer != "muon":
        return [statement.format("optimizer")]
    return ["for one in optimizers:", f"    {statement.format('one')}"]

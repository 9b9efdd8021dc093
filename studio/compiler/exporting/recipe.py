"""The training settings as statements of the exported script: optimizer, schedule, steps and stopping."""

from __future__ import annotations

from studio.compiler.exporting import augmenting, computing
from studio.graph.graph import Graph
from studio.project.config import DataConfig, TrainingConfig

_TRAINABLE = "[one for one in network.parameters() if one.requires_grad]"
_AVERAGE = "torch.optim.swa_utils"
_OWN = {"lr_factor", "weight_decay"}
"""What a layer may have of its own."""


def imports(training: TrainingConfig) -> list[str]:
    """Return the imports that the statements need beside torch's."""
    return ["import time"] if training.max_minutes else []


def carried(training: TrainingConfig) -> set[str]:
    """Return what of the program's own the statements use."""
    return {"studio.training.kfac.KFAC"} if training.optimizer == "kfac" else set()


def before(training: TrainingConfig, graph: Graph) -> list[str]:
    """Return the statements before the first epoch: what is optimized, how, and what is kept in mind."""
    lines = [*computing.before(training), *_groups(training, graph), *_optimizer(training)]
    steps = f"{training.epochs} * -(-len(train_x) // {training.batch_size * training.accumulate})"
    if training.schedule_by == "step" or training.schedule == "one_cycle":
        lines.append(f"total = {steps}")
    lines += _schedulers(training)
    if training.ema_decay:
        lines.append(
            f"average = {_AVERAGE}.AveragedModel(network, "
            f"multi_avg_fn={_AVERAGE}.get_ema_multi_avg_fn({training.ema_decay}))"
        )
    if training.patience:
        lines += ['best, best_loss, waited = None, float("inf"), 0']
    if training.max_steps:
        lines.append("steps = 0")
    if training.max_minutes:
        lines.append("began = time.monotonic()")
    return lines


def _groups(training: TrainingConfig, graph: Graph) -> list[str]:
    """Return the statements that sort the parameters by how they learn; none if all learn alike.

    Args:
        training: The settings.
        graph: The network without blocks, its expressions worked out.
    """
    own = {node.name: node.arguments for node in graph.ordered() if _OWN & set(node.arguments)}
    if training.optimizer == "lbfgs" or (not own and training.decay_bias):
        return [f"parameters = {_TRAINABLE}"]
    spared = "" if training.decay_bias else " if one.dim() > 1 else 0.0"
    lines = [
        "parameters = []",
        "for name, one in network.named_parameters():",
        "    if not one.requires_grad:",
        "        continue",
        f"    lr, weight_decay = {training.lr}, {training.weight_decay}{spared}",
    ]
    for name, arguments in own.items():
        lines.append(f'    if name == "{name}" or name.startswith("{name}."):')
        if "lr_factor" in arguments:
            lines.append(f"        lr = {training.lr} * {arguments['lr_factor']}")
        if arguments.get("weight_decay") is not None:
            lines.append(f"        weight_decay = {arguments['weight_decay']}")
    return [*lines, '    parameters.append({"params": [one], "lr": lr, "weight_decay": weight_decay})']


def _optimizer(training: TrainingConfig) -> list[str]:
    """Return the statements that make the optimizer."""
    decay = f", weight_decay={training.weight_decay}"
    adam = f"lr={training.lr}, betas={training.betas}, eps={training.eps}{decay}"
    match training.optimizer:
        case "adam" | "adamw" | "nadam":
            name = {"adam": "Adam", "adamw": "AdamW", "nadam": "NAdam"}[training.optimizer]
            call = f"{name}(parameters, {adam})"
        case "rmsprop":
            call = (
                f"RMSprop(parameters, lr={training.lr}, alpha={training.alpha}, eps={training.eps}, "
                f"momentum={training.momentum}{decay})"
            )
        case "adagrad":
            call = f"Adagrad(parameters, lr={training.lr}{decay})"
        case "lbfgs":
            call = (
                f"LBFGS(parameters, lr={training.lr}, max_iter={training.max_iter}, "
                'line_search_fn="strong_wolfe")'
            )
        case "kfac":
            return [
                f"optimizer = KFAC(parameters, network, lr={training.lr}, momentum={training.momentum}, "
                f"damping={training.damping}, update_interval={training.update_interval}, "
                f"kl_clip={training.kl_clip}{decay})"
            ]
        case "muon":
            return _muon(training, adam, decay)
        case _:
            dampening = f", dampening={training.dampening}" if training.dampening else ""
            call = (
                f"SGD(parameters, lr={training.lr}, momentum={training.momentum}{dampening}, "
                f"nesterov={training.nesterov}{decay})"
            )
    return [f"optimizer = torch.optim.{call}"]


def _muon(training: TrainingConfig, adam: str, decay: str) -> list[str]:
    """Return the statements for Muon on matrices and AdamW on all else; one of them may have nothing."""
    muon = (
        f"torch.optim.Muon(matrices, lr={training.lr}, momentum={training.momentum}, "
        f'nesterov={training.nesterov}{decay}, adjust_lr_fn="match_rms_adamw")'
    )
    return [
        'groups = [one if isinstance(one, dict) else {"params": [one]} for one in parameters]',
        'matrices = [group for group in groups if group["params"][0].dim() == 2]',
        'others = [group for group in groups if group["params"][0].dim() != 2]',
        f"optimizers = [{muon}] if matrices else []",
        f"optimizers += [torch.optim.AdamW(others, {adam})] if others else []",
    ]


def _schedulers(training: TrainingConfig) -> list[str]:
    """Return the statements that make the schedule of each optimizer."""
    total = "total" if training.schedule_by == "step" or training.schedule == "one_cycle" else training.epochs
    home = "torch.optim.lr_scheduler"
    made = {
        "step": f"{home}.StepLR($, {training.step_size}, {training.gamma})",
        "multistep": f"{home}.MultiStepLR($, {list(training.milestones)}, {training.gamma})",
        "plateau": f"{home}.ReduceLROnPlateau($, factor={training.gamma}, "
        f"patience={training.plateau_patience}, min_lr={training.min_lr})",
        "cosine": f"{home}.CosineAnnealingLR($, {total}, {training.min_lr})",
        "exponential": f"{home}.ExponentialLR($, {training.total_factor} ** (-1 / max({total} - 1, 1)))",
        "one_cycle": f"{home}.OneCycleLR($, {training.lr}, {total}, pct_start={training.pct_start}, "
        "cycle_momentum=False)",
    }.get(training.schedule)
    many = "optimizers" if training.optimizer == "muon" else "[optimizer]"
    lines = [f"schedulers = [{made.replace('$', 'one')} for one in {many}]"] if made else []
    if training.warmup_steps:
        lines.append(
            f"warmups = [{home}.LinearLR(one, 1 / {training.warmup_steps}, 1.0, {training.warmup_steps} - 1)"
            f" for one in {many}]  # the schedule is not held back while it warms up"
        )
    return lines


def step(training: TrainingConfig, data: DataConfig) -> list[str]:
    """Return the statements of one optimizer step, on data with these transforms."""
    lines: list[str] = []
    gradient = _gradient(training, data)
    if training.optimizer == "lbfgs":
        lines += ["def closure():", *(f"    {line}" for line in gradient), "    return loss", ""]
        lines.append("optimizer.step(closure)")
    else:
        lines += [*gradient, *computing.moves(training)]
    if training.ema_decay:
        lines.append("average.update_parameters(network)")
    if training.schedule != "constant" and (
        training.schedule_by == "step" or training.schedule == "one_cycle"
    ):
        lines += ["for scheduler in schedulers:", "    scheduler.step()"]
    if training.warmup_steps:
        lines += ["for warmup in warmups:", "    warmup.step()"]
    if training.max_steps:
        lines += ["steps += 1", f"if steps >= {training.max_steps}:", "    break"]
    if training.max_minutes:
        lines += [f"if {_late(training)}:", "    break"]
    return lines


def _late(training: TrainingConfig) -> str:
    return f"time.monotonic() - began >= {60.0 * training.max_minutes}"


def order(training: TrainingConfig) -> str:
    """Return what gives the samples of an epoch, step by step."""
    count = f"len(train_x) // {training.batch_size} * {training.batch_size}"
    kept = f"[: {count}]" if training.drop_last else ""
    size = training.batch_size * training.accumulate
    return f"torch.randperm(len(train_x), device=device){kept}.split({size})"


def _gradient(training: TrainingConfig, data: DataConfig) -> list[str]:
    lines = ["network.zero_grad()"]
    if training.accumulate == 1:
        lines += [computing.called(training, line) for line in _loss(training, data, "batch", "loss", "")]
        lines.append(computing.backward(training, "loss"))
    else:
        part = _loss(training, data, "part", "share", " * (len(part) / len(batch))")
        lines += [
            "loss = 0.0",
            f"for part in batch.split({training.batch_size}):",
            *(f"    {computing.called(training, line)}" for line in part),
            f"    {computing.backward(training, 'share')}",
            "    loss += share.detach()",
        ]
    if training.clip_value or training.max_grad_norm:
        lines += computing.unscaled(training)
    if training.clip_value:
        lines.append(f"nn.utils.clip_grad_value_(network.parameters(), {training.clip_value})")
    if training.max_grad_norm:
        lines.append(f"nn.utils.clip_grad_norm_(network.parameters(), {training.max_grad_norm})")
    return lines


def _loss(training: TrainingConfig, data: DataConfig, rows: str, name: str, factor: str) -> list[str]:
    """Return the statements that compute the loss over some samples, changed as the transforms say."""
    lines = _changed_loss(data, rows, name, factor)
    if training.optimizer != "kfac":
        return lines
    share = "len(part) / len(batch)" if rows == "part" else ""
    observe = f"optimizer.observe(outputs, {name})"
    return [f"optimizer.listen({share})", *_with_outputs(lines), observe]


def _with_outputs(lines: list[str]) -> list[str]:
    """Return the statements of a loss with the network's outputs in a variable of their own."""
    found: list[str] = []
    for line in lines:
        before, call, after = line.partition("loss_of(network, network(")
        inputs, _, rest = after.partition("), ")
        if call:
            found += [f"outputs = network({inputs})", f"{before}loss_of(network, outputs, {rest}"]
        else:
            found.append(line)
    return found


def _changed_loss(data: DataConfig, rows: str, name: str, factor: str) -> list[str]:
    if not augmenting.is_random(data):
        return [f"{name} = loss_of(network, network(train_x[{rows}]), train_y[{rows}]){factor}"]
    if not augmenting.mixes(data):
        return [
            f"inputs, _, _ = changed(changes, train_x[{rows}], train_y[{rows}])",
            f"{name} = loss_of(network, network(inputs), train_y[{rows}]){factor}",
        ]
    return [
        f"inputs, others, own = changed(changes, train_x[{rows}], train_y[{rows}])",
        "outputs = network(inputs)",
        f"{name} = own * loss_of(network, outputs, train_y[{rows}])",
        f"{name} = ({name} + (1 - own) * loss_of(network, outputs, others)){factor}",
    ]


def after_epoch(training: TrainingConfig) -> list[str]:
    """Return the statements after each pass over the data."""
    kept = "average.module" if training.ema_decay else "network"
    lines = []
    if training.ema_decay:
        lines += [
            "for own, other in zip(average.module.buffers(), network.buffers()):",
            "    own.copy_(other)",
        ]
    lines += [
        f"loss, accuracy = evaluate({kept}, valid_x, valid_y)",
        'print(f"epoch {epoch + 1}: validation loss {loss:.4f}, accuracy {accuracy:.4f}")',
    ]
    if training.schedule == "plateau":
        lines += ["for scheduler in schedulers:", "    scheduler.step(loss)"]
    elif training.schedule not in ("constant", "one_cycle") and training.schedule_by == "epoch":
        lines += ["for scheduler in schedulers:", "    scheduler.step()"]
    lines += _stops(training, kept)
    return lines


def _stops(training: TrainingConfig, kept: str) -> list[str]:
    """Return the statements that end the run, and keep the best weights."""
    lines = []
    if training.patience:
        lines += [
            "waited += 1",
            "if loss < best_loss:",
            f"    best = {{name: value.clone() for name, value in {kept}.state_dict().items()}}",
            "    best_loss, waited = loss, 0",
        ]
    ends = []
    if training.patience:
        ends.append(f"waited >= {training.patience}")
    if training.target_accuracy:
        ends.append(f"accuracy >= {training.target_accuracy}")
    if training.target_loss:
        ends.append(f"loss <= {training.target_loss}")
    if training.max_steps:
        ends.append(f"steps >= {training.max_steps}")
    if training.max_minutes:
        ends.append(_late(training))
    return [*lines, f"if {' or '.join(ends)}:", "    break"] if ends else lines


def after_all(training: TrainingConfig) -> list[str]:
    """Return the statements after the last epoch: which weights are kept."""
    if training.patience:
        return ["if best is not None:", "    network.load_state_dict(best)"]
    return ["network.load_state_dict(average.module.state_dict())"] if training.ema_decay else []

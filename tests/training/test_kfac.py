"""K-FAC against the exact natural gradient, Newton's step, and SGD."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.autograd.functional import hessian, jacobian

from studio import zoo
from studio.errors import TrainingError
from studio.project.config import TrainingConfig
from studio.project.project import Project
from studio.training import optimizers
from studio.training.kfac import KFAC, curvature_root, damped_inverses, layers_of
from studio.training.run import train

Make = Callable[..., Project]
CPU = torch.device("cpu")
NEWTON: dict[str, Any] = {"lr": 1.0, "momentum": 0.0, "damping": 1e-26, "kl_clip": 0.0}


@pytest.fixture(autouse=True)
def double() -> Any:
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(0)
    yield
    torch.set_default_dtype(torch.float32)


def take(optimizer: KFAC, model: nn.Module, inputs: Tensor, loss_of: Callable[[Tensor], Tensor]) -> float:
    """Take a step as the trainer does, and return the loss before it."""
    optimizer.zero_grad()
    optimizer.listen()
    outputs = model(inputs)
    loss = loss_of(outputs)
    optimizer.observe(outputs, loss)
    loss.backward()
    optimizer.step()
    return loss.item()


@pytest.mark.parametrize("wide", [1, 3], ids=["one-output", "three-outputs"])
def test_one_step_solves_linear_least_squares(wide: int) -> None:
    # Row 120 of the lecture. The columns differ by a factor of 1000: gradient descent would crawl.
    inputs = torch.randn(50, 4) * torch.tensor([1e-2, 1.0, 3.0, 10.0]) + 1.0
    targets = torch.randn(50, wide)
    model = nn.Linear(4, wide)
    take(KFAC(model.parameters(), model, **NEWTON), model, inputs, lambda y: (y - targets).square().mean())
    best = torch.linalg.lstsq(torch.cat([inputs, torch.ones(50, 1)], 1), targets).solution
    found = torch.cat([model.weight, model.bias.unsqueeze(1)], 1).T
    assert torch.allclose(found, best, rtol=1e-6, atol=1e-8)


def test_one_step_solves_least_squares_of_a_convolution() -> None:
    # A kernel as large as the picture with stride makes each output a linear function of one patch.
    inputs, targets = torch.randn(40, 2, 4, 4), torch.randn(40, 3, 2, 2)
    model = nn.Conv2d(2, 3, 2, stride=2)
    take(KFAC(model.parameters(), model, **NEWTON), model, inputs, lambda y: (y - targets).square().mean())
    rows = nn.functional.unfold(inputs, 2, stride=2).transpose(1, 2).reshape(-1, 8)
    ones = torch.cat([rows, torch.ones(len(rows), 1)], 1)
    best = torch.linalg.lstsq(ones, targets.flatten(2).transpose(1, 2).reshape(-1, 3)).solution
    found = torch.cat([model.weight.flatten(1), model.bias.unsqueeze(1)], 1).T
    assert torch.allclose(found, best, rtol=1e-6, atol=1e-8)


def test_a_linear_models_step_is_the_exact_natural_gradient() -> None:
    model, inputs, targets = nn.Linear(3, 2, bias=False), torch.randn(20, 3), torch.randn(20, 2)

    def loss_of(weight: Tensor) -> Tensor:
        return (inputs @ weight.T - targets).square().mean()

    start = model.weight.detach().clone()
    fisher = hessian(loss_of, start).reshape(6, 6)
    gradient = jacobian(loss_of, start).reshape(6)
    settings = {**NEWTON, "lr": 0.3}
    take(KFAC(model.parameters(), model, **settings), model, inputs, lambda y: (y - targets).square().mean())
    natural = torch.linalg.solve(fisher, gradient).reshape(2, 3)
    assert torch.allclose(model.weight, start - 0.3 * natural, rtol=1e-8)


def test_softmax_of_equal_probabilities_has_an_exact_factored_fisher() -> None:
    # At zero weights every sample has the same probabilities: the Fisher matrix is A ⊗ G without error.
    model, inputs, targets = nn.Linear(4, 3, bias=False), torch.randn(30, 4), torch.arange(30) % 3
    nn.init.zeros_(model.weight)
    optimizer = KFAC(model.parameters(), model, **NEWTON)
    take(optimizer, model, inputs, lambda y: nn.functional.cross_entropy(y, targets))
    state = optimizer.state[model.weight]

    def loss_of(weight: Tensor) -> Tensor:
        return nn.functional.cross_entropy(inputs @ weight.T, targets)

    exact = hessian(loss_of, torch.zeros(3, 4)).reshape(12, 12)
    assert torch.allclose(torch.kron(state["output_factor"], state["input_factor"]), exact, atol=1e-12)


@pytest.mark.parametrize("loss", ["softmax", "squares", "logits"])
def test_root_of_the_losses_second_derivative(loss: str) -> None:
    outputs, targets = torch.randn(5, 4, requires_grad=True), torch.randint(0, 4, (5,))
    wanted = nn.functional.one_hot(targets, 4).double()
    losses: dict[str, Callable[[Tensor], Tensor]] = {
        "softmax": lambda y: nn.functional.cross_entropy(y, targets, label_smoothing=0.1),
        "squares": lambda y: nn.functional.mse_loss(y, wanted),
        "logits": lambda y: nn.functional.binary_cross_entropy_with_logits(y, wanted),
    }
    root = curvature_root((outputs,), losses[loss](outputs))
    whole = hessian(losses[loss], outputs.detach())
    own = torch.stack([whole[sample, :, sample] for sample in range(5)])
    assert torch.allclose(root @ root.transpose(1, 2), own, atol=1e-12)


def test_many_outputs_are_drawn_from_without_a_bias() -> None:
    model, inputs = nn.Linear(2, 20), torch.randn(4000, 2)
    optimizer = KFAC(model.parameters(), model, **NEWTON)
    take(optimizer, model, inputs, lambda y: y.square().mean())
    factor = optimizer.state[model.weight]["output_factor"]
    assert torch.allclose(factor, torch.eye(20) * 0.1, atol=0.1 * 0.08)


def test_damping_is_shared_out_by_the_size_of_the_factors() -> None:
    # (A + 2 √λ I) and (G + √λ / 2 I), for the mean of A's diagonal is four times G's.
    first, second = damped_inverses(torch.eye(2) * 4.0, torch.eye(3), 0.04)
    assert torch.allclose(first, torch.eye(2) / 4.4)
    assert torch.allclose(second, torch.eye(3) / 1.1)


def test_a_singular_factor_has_a_finite_inverse_without_damping() -> None:
    found, _ = damped_inverses(torch.ones(200, 200).float(), torch.eye(2).float(), 1e-30)
    assert found.isfinite().all()
    assert (found.diagonal() > 0).all()


@pytest.mark.parametrize("size", [1, 2, 4], ids=lambda one: f"kernel{one}")
@pytest.mark.parametrize("padding", ["same", 1, 0])
def test_a_convolution_sees_the_patches_that_torch_sees(size: int, padding: Any) -> None:
    model = nn.Conv2d(2, 3, size, padding=padding, dilation=2, padding_mode="zeros")
    optimizer = KFAC(model.parameters(), model, **NEWTON)
    rows: list[Tensor] = []
    model.register_forward_hook(lambda layer, inputs, output: rows.append(output.detach()))
    inputs = torch.randn(6, 2, 7, 7)
    take(optimizer, model, inputs, lambda y: y.square().mean())
    weight = torch.cat([model.weight.flatten(1), model.bias.unsqueeze(1)], 1)
    # Σ y² over outputs is tr(W A Wᵀ) · N for the weights before the step.
    with torch.no_grad():
        seen = (model(inputs).square().sum() / 6).item()
    factor = optimizer.state[model.weight]["input_factor"]
    assert (weight @ factor @ weight.T).trace().item() == pytest.approx(seen, rel=1e-8)


def test_it_looks_as_often_as_it_is_told_to() -> None:
    model, inputs = nn.Linear(3, 1), torch.randn(10, 3)
    optimizer = KFAC(model.parameters(), model, lr=0.1, update_interval=3)
    for _ in range(7):
        take(optimizer, model, inputs, lambda y: y.square().mean())
    assert (optimizer.state[model.weight]["looks"], optimizer.state[model.weight]["steps"]) == (3, 7)


def test_kl_clip_bounds_a_step_by_its_size_in_the_curvature() -> None:
    model, inputs = nn.Linear(3, 2, bias=False), torch.randn(30, 3)
    start = model.weight.detach().clone()
    optimizer = KFAC(model.parameters(), model, **{**NEWTON, "kl_clip": 1e-4})
    take(optimizer, model, inputs, lambda y: (y * 5 - 3).square().mean())
    moved = (model.weight - start).detach()
    state = optimizer.state[model.weight]
    size = (moved * (state["output_factor"] @ moved @ state["input_factor"])).sum().item()
    assert size == pytest.approx(1e-4, rel=1e-6)


def test_in_place_activations_do_not_hide_a_layers_output() -> None:
    factors = []
    for inplace in (False, True):
        torch.manual_seed(1)
        model = nn.Sequential(nn.Linear(4, 6), nn.ReLU(inplace), nn.Linear(6, 2))
        optimizer = KFAC(model.parameters(), model, lr=0.1)
        take(optimizer, model, torch.ones(8, 4), lambda y: y.square().mean())
        factors.append(optimizer.state[model[0].weight]["output_factor"])
    assert torch.equal(*factors)


def test_a_copy_of_the_network_is_no_part_of_the_curvature() -> None:
    model, inputs = nn.Linear(3, 1), torch.randn(10, 3)
    optimizer = KFAC(model.parameters(), model, lr=0.1)
    copy = deepcopy(model)
    optimizer.listen()
    outputs = model(inputs)
    copy(inputs * 100)
    loss = outputs.square().mean()
    optimizer.observe(outputs, loss)
    loss.backward()
    optimizer.step()
    rows = torch.cat([inputs, torch.ones(10, 1)], 1)
    assert torch.allclose(optimizer.state[model.weight]["input_factor"], rows.T @ rows / 10)


def test_layers_that_share_a_weight_or_are_frozen_or_grouped_are_left_to_sgd() -> None:
    model = nn.Sequential(*(nn.Linear(3, 3) for _ in range(4)), nn.Conv2d(2, 2, 1, groups=2))
    model[1].weight = model[0].weight
    model[2].requires_grad_(False)
    assert layers_of(model) == [model[3]]


def test_it_falls_faster_than_sgd_where_inputs_differ_in_size() -> None:
    # Row 120 of the lecture.
    inputs = torch.randn(256, 6) * torch.logspace(-2, 1, 6)
    targets = torch.tanh(inputs[:, :3] * torch.tensor([100.0, 10.0, 1.0])).sum(1, keepdim=True)

    def end(make: Callable[[nn.Module], torch.optim.Optimizer]) -> float:
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 1))
        found = make(model)
        for _ in range(60):
            if isinstance(found, KFAC):
                take(found, model, inputs, lambda y: (y - targets).square().mean())
            else:
                found.zero_grad()
                (model(inputs) - targets).square().mean().backward()
                found.step()
        return (model(inputs) - targets).square().mean().item()

    rates = (1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1.0)
    plain = [end(lambda m, lr=lr: torch.optim.SGD(m.parameters(), lr=lr, momentum=0.9)) for lr in rates]
    ours = end(lambda m: KFAC(m.parameters(), m, lr=0.3, damping=1e-3, update_interval=1, kl_clip=0.1))
    assert ours < 0.75 * min(one for one in plain if one == one)


def test_it_refuses_what_it_cannot_take() -> None:
    with pytest.raises(TrainingError, match="no such layer learns"):
        optimizers.make(TrainingConfig(optimizer="kfac"), nn.Sequential(nn.BatchNorm1d(3)), CPU)
    outputs = torch.randn(4, 2, requires_grad=True)
    with pytest.raises(ValueError, match="second derivative"):
        curvature_root((outputs,), outputs.abs().mean())
    wide = torch.randn(2, 257, requires_grad=True)
    with pytest.raises(ValueError, match="says 257"):
        curvature_root((wide,), wide.square().mean())


@pytest.mark.parametrize(
    "settings", [{"precision": "bf16"}, {"compile": True}, {"checkpointing": True}], ids=str
)
def test_it_refuses_settings_that_hide_the_layers(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(settings))} must be .* with kfac"):
        TrainingConfig.model_validate({"optimizer": "kfac", **settings})


def test_the_trainer_takes_the_steps_of_a_loop_by_hand(make_project: Make, tmp_path: Any) -> None:
    torch.set_default_dtype(torch.float32)
    project = make_project(optimizer="kfac", lr=0.1, epochs=2, update_interval=2, patience=0)
    run = train(project, runs_folder=tmp_path)
    assert by_hand(project).keys() == run.checkpoint("last").keys()
    assert all(torch.equal(run.checkpoint("last")[name], value) for name, value in by_hand(project).items())


def by_hand(project: Project) -> dict[str, Tensor]:
    """Return the weights after the steps of a plain loop over the session's batches."""
    from studio.training.session import prepare_session

    with torch.random.fork_rng():
        session = prepare_session(project, None, CPU)
        optimizer, model = session.optimizer, session.module
        assert isinstance(optimizer, KFAC)
        for epoch in range(1, project.training.epochs + 1):
            for rows in session.order(epoch):
                inputs, targets = session.train.take(rows)
                take(optimizer, model, inputs, lambda y, t=targets: nn.functional.cross_entropy(y, t))
        return dict(model.state_dict())


def test_parts_of_a_batch_make_the_curvature_of_the_whole(make_project: Make, tmp_path: Any) -> None:
    torch.set_default_dtype(torch.float32)
    ends = []
    for size, parts in ((64, 1), (16, 4)):
        project = make_project(
            optimizer="kfac", lr=0.1, epochs=1, batch_size=size, accumulate=parts, damping=0.1, patience=0
        )
        ends.append(train(project, runs_folder=tmp_path).checkpoint("last"))
    for name, value in ends[0].items():
        assert torch.allclose(ends[1][name], value, rtol=1e-3, atol=1e-5), name


def test_a_convolutional_network_learns(make_project: Make, tmp_path: Any) -> None:
    torch.set_default_dtype(torch.float32)
    graph = zoo.build("small_cnn", input_shape=(1, 8, 8), num_classes=10)
    project = make_project(
        graph, optimizer="kfac", lr=0.1, epochs=2, data={"dataset": "digits", "options": {}}
    )
    best = train(project, runs_folder=tmp_path).best
    assert best is not None
    assert best.val_accuracy > 0.9

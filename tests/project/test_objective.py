"""What training minimises, in a formula."""

from __future__ import annotations

from studio import zoo
from studio.graph import edits
from studio.graph.graph import Graph
from studio.project.objective import objective_of
from studio.project.training_config import TrainingConfig


def mlp(**arguments: object) -> Graph:
    graph = zoo.build("mlp", input_shape=(4,), hidden=(8,), num_classes=3)
    for name, value in arguments.items():
        node, _, argument = name.partition("__")
        graph = edits.set_argument(graph, graph.named(node).id, argument, value)  # type: ignore[arg-type]
    return graph


def test_a_loss_alone_is_its_name_and_what_it_compares() -> None:
    found = objective_of(mlp(), TrainingConfig())
    assert (found.formula, found.notes) == ("CrossEntropyLoss(fc2, target)", ())


def test_layers_that_are_regularized_alike_make_one_term() -> None:
    found = objective_of(mlp(fc1__l2=0.001, fc2__l2=0.001, fc2__l1=0.0), TrainingConfig())
    assert found.formula == "CrossEntropyLoss(fc2, target) + 0.001 · Σ w²"
    assert found.notes == ("w: weights of fc1, fc2.",)
    both = objective_of(mlp(fc1__l1=0.5, fc1__l2=0.25, loss__loss_weight=2.0), TrainingConfig())
    assert both.formula == "2 · CrossEntropyLoss(fc2, target) + 0.5 · Σ |w| + 0.25 · Σ w²"


def test_weight_decay_is_a_term_where_it_is_one() -> None:
    found = objective_of(mlp(), TrainingConfig(weight_decay=1e-4, decay_bias=False))
    assert found.formula.endswith(" + ½ · 0.0001 · Σ θ²")
    assert "without biases" in found.notes[0]
    decoupled = objective_of(mlp(), TrainingConfig(weight_decay=1e-4, optimizer="adamw"))
    assert "θ²" not in decoupled.formula
    assert decoupled.notes[0].startswith("adamw also takes lr · 0.0001 · θ")


def test_without_a_loss_there_is_no_formula() -> None:
    graph = mlp()
    assert objective_of(edits.remove_nodes(graph, [graph.named("loss").id]), TrainingConfig()).formula == ""

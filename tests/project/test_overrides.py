from __future__ import annotations

import pytest
from immutables import Map

from studio.errors import ProjectError
from studio.graph.graph import Graph
from studio.graph.node import Node, Value
from studio.project.config import DataConfig
from studio.project.overrides import apply, literal
from studio.project.project import Project
from tests.helpers.drawing import stage


def project() -> Project:
    nodes = [
        Node("n1", "ImageInput", "image"),
        Node("n2", "Conv2d", "conv1", Map({"out_channels": 8})),
        Node("n3", "Mystery", "odd"),
    ]
    return Project("p", Graph.of(nodes), DataConfig(dataset="moons", options={"noise": 0.3}))


def test_nothing_set_changes_nothing() -> None:
    assert apply(project(), []) == project()


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("lr=0.1", "lr", 0.1),
        ("lr=1", "lr", 1.0),
        (" lr = 1e-3 ", "lr", 1e-3),
        ("epochs=7", "epochs", 7),
        ("optimizer=adam", "optimizer", "adam"),
        ("device=cuda:1", "device", "cuda:1"),
        ("nesterov=true", "nesterov", True),
        ("drop_last=True", "drop_last", True),
        ("betas=0.8,0.9", "betas", (0.8, 0.9)),
        ("betas=[0.8, 0.9]", "betas", (0.8, 0.9)),
    ],
)
def test_training_settings(text: str, field: str, value: object) -> None:
    found = getattr(apply(project(), [f"training.{text}".replace(". ", ".")]).training, field)
    assert found == value
    assert type(found) is type(value)


def test_settings_that_only_go_together_come_in_any_order() -> None:
    start = apply(project(), ["training.momentum=0"])
    settings = ["training.nesterov=true", "training.momentum=0.9"]
    for order in (settings, settings[::-1]):
        assert apply(start, order).training.nesterov
    changed = apply(project(), ["data.validation_fraction=0.6", "data.test_fraction=0.3"])
    assert changed.data.validation_fraction == 0.6


def test_the_last_of_two_settings_holds() -> None:
    assert apply(project(), ["training.epochs=3", "training.epochs=4"]).training.epochs == 4


def test_data_settings() -> None:
    changed = apply(project(), ["data.options.samples=50", "data.options.noise=1", "data.folder=../x"]).data
    assert changed.options == {"noise": 1.0, "samples": 50}
    assert isinstance(changed.options["noise"], float)
    assert changed.folder == "../x"


def test_another_data_set_drops_options_that_it_does_not_have() -> None:
    assert apply(project(), ["data.dataset=digits"]).data.options == {}
    changed = apply(project(), ["data.options.turns=2", "data.dataset=spirals"]).data
    assert changed.options == {"noise": 0.3, "turns": 2.0}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("out_channels=16", 16),
        ("kernel_size=5", 5),
        ("kernel_size=3,5", (3, 5)),
        ("kernel_size=(3, 5)", (3, 5)),
        ("kernel_size=3,3", 3),
        ("padding=same", "same"),
        ("padding_mode=reflect", "reflect"),
        ("bias=false", False),
        ("in_channels=auto", None),
    ],
)
def test_layer_settings(text: str, value: Value) -> None:
    node = apply(project(), [f"graph.conv1.{text}"]).graph.node("n2")
    found = node.arguments[text.partition("=")[0]]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("training.lr", r'"training.lr" is not a setting\. Write section\.name=value, such as'),
        ("=1", "is not a setting"),
        ("lr=1", "is not a setting"),
        ("trainig.lr=1", r'no section "trainig"; did you mean "training"\? Use one of'),
        ("training.lrr=1", r'no setting "training.lrr"; did you mean "lr"\? There are accumulate, alpha'),
        ("training.lr=fast", r'must be a number, not "fast" \(allowed: more than 0 and at most 1000000\)'),
        ("training.lr=-1", r"training.lr must be more than 0, not -1"),
        ("training.lr=nan", r"training.lr must be a finite number, not nan"),
        ("training.lr=", r'training.lr must be a number, not ""'),
        ("training.epochs=2.5", r"training.epochs must be a whole number, not 2.5 \(allowed: at least 1"),
        ("training.epochs=1e3", r"training.epochs must be a whole number, not 1000.0"),
        ("training.epochs=" + "9" * 5000, r"training.epochs must be"),
        ("training.nesterov=maybe", r'training.nesterov must be true or false, not "maybe"'),
        ("training.optimizer=sdg", r"training.optimizer must be 'sgd', 'adam', .* or 'lbfgs', not \"sdg\""),
        ("training.device=tpu", r"training.device must be auto, cpu, mps, cuda or one of several"),
        ("training.betas=0.9", r"training.betas must be a list, not 0.9"),
        ("training.betas=0.9,1.5", r"training: betas must lie in \[0, 1\)"),
        ("data.validation_fraction=0.9", r"data: validation_fraction and test_fraction together must leave"),
        ("data.dataset=mnits", r'no data set "mnits"; did you mean "mnist"'),
        ("data.options.nois=1", r'Two moons has no setting .*nois"; did you mean "noise"\? It has samples'),
        ("data.options.noise=-1", r"data.options.noise must be at least 0, not -1 \(allowed: at least"),
        ("data.options=1", r"data.options must be an object"),
        ("graph.conv1=1", r'"graph.conv1" is not a setting'),
        ("graph.conv2.bias=1", r'no node named "conv2"; did you mean "conv1"'),
        ("graph.conv1.out_chanels=1", r'"conv1" has no setting .*; did you mean "out_channels"\? It has'),
        ("graph.conv1.out_channels=0", r"out_channels must be at least 1, not 0 \(allowed: at least 1\)"),
        ("graph.conv1.out_channels=many", r'must be a whole number, not the text "many"'),
        ("graph.conv1.kernel_size=1,2,3", r"must be one number or two"),
        ("graph.conv1.padding_mode=mirror", r"must be one of zeros, reflect, replicate, circular"),
        ("graph.odd.x=1", r'"odd" is a Mystery, which this version does not know'),
    ],
)  # fmt: skip
def test_what_is_refused_and_why(text: str, message: str) -> None:
    with pytest.raises(ProjectError, match=message):
        apply(project(), [text])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1), ("-2.5", -2.5), ("true", True), ("FALSE", False), ("a", "a"), ("", ""), ("1,2", (1, 2)),
        ("[1]", (1,)), ("()", ()), ("3,", (3,)), ("a,1.5", ("a", 1.5)), ("[", "["),
    ],
)  # fmt: skip
def test_literals(text: str, value: Value) -> None:
    assert literal(text) == value
    assert type(literal(text)) is type(value)


# Blocks --------------------------------------------------------------------------------------------------


def with_blocks() -> Project:
    return Project(graph=stage())


@pytest.mark.parametrize(
    ("text", "node", "value"),
    [
        ("graph.stage.conv.out_channels=8", "n2", 8),
        ("graph.stage.conv.kernel_size=3,5", "n2", (3, 5)),
        ("graph.stage.conv.stride==width // 2", "n2", "=width // 2"),
        ("graph.stage.conv.l2=0.001", "n2", 0.001),
        ("graph.stage.drop.enabled=false", "n3", False),
    ],
)
def test_a_dotted_name_sets_what_is_in_the_definition(text: str, node: str, value: object) -> None:
    graph = apply(with_blocks(), [text]).graph
    argument = text.partition("=")[0].rpartition(".")[2]
    assert graph.block("Stage").graph.node(node).arguments[argument] == value
    assert graph.node("n2") == stage().node("n2")


def test_arguments_and_settings_of_an_instance() -> None:
    graph = apply(with_blocks(), ["graph.stage.width=7", "graph.stage.repeat=2"]).graph
    assert dict(graph.node("n2").arguments) == {"width": 7, "repeat": 2}
    assert graph.blocks == stage().blocks


def test_a_setting_of_a_layer() -> None:
    assert apply(project(), ["graph.conv1.l2=0.001"]).graph.node("n2").arguments["l2"] == 0.001


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("graph.stage.cnov.stride=2", 'no node named "cnov"; did you mean "conv"'),
        ("graph.stage.0.conv.stride=2", 'all copies of "stage" follow one definition. Leave out the number'),
        ("graph.x.conv.stride=2", '"x" is a layer: there is nothing inside'),
        ("graph.stage.conv.stirde=2", 'no setting "graph.stage.conv.stirde"; did you mean "stride"'),
        ("graph.stage.conv.l2=-1", "graph.stage.conv.l2 must be at least 0, not -1"),
        ("graph.stage.width==2", "graph.stage.width must be a whole number"),
        ("graph.stage.repeat=0", "graph.stage.repeat must be at least 1, not 0"),
    ],
)
def test_what_is_refused_in_blocks(text: str, message: str) -> None:
    with pytest.raises(ProjectError, match=message):
        apply(with_blocks(), [text])

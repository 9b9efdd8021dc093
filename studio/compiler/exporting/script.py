"""The training script that goes with the exported classes: the project's data, settings and losses."""

from __future__ import annotations

from string import Template
from typing import Any

from studio.catalog import registry
from studio.compiler.analysis import Analysis
from studio.compiler.exporting import augmenting, computing, recipe
from studio.compiler.exporting.outputs import outputs_of
from studio.compiler.exporting.wording import literal, target_text, wrapped
from studio.compiler.objective import CLASS_LOSSES
from studio.errors import DataError, ExportError
from studio.graph.graph import Graph
from studio.graph.node import Node
from studio.project import datasets, generators, synthetic
from studio.project.config import DataConfig
from studio.project.generators import Generator
from studio.project.project import Project
from studio.project.sample import Sample

_MAIN = Template('''
def load_data():
    """Return inputs and targets for training and for validation."""
$data
$statistics
    return train_x, train_y, valid_x, valid_y$changes


def loss_of(network, outputs, targets):
    """Return what is minimised, over one batch."""
$loss


def evaluate(network, inputs, targets):
    """Return loss and accuracy over a data set."""
    network.eval()
    with torch.no_grad():
        outputs = $call
        loss = loss_of(network, outputs, targets).item()
$accuracy
    return loss, accuracy
$mix

def main():
    """Train the network and keep its weights."""
    torch.manual_seed($seed)
    device = $device
$load
    network = $network().to(device)
$optimizer
    for epoch in range($epochs):
        network.train()
        for batch in $order:
$step
$epoch
$end
    torch.save(network.state_dict(), "weights.pt")


if __name__ == "__main__":
    main()
''')


_CIFAR = [
    'found = datasets.NAME("data", train=True, download=True)',
    'inputs = found.data.transpose(0, 3, 1, 2).astype("float32") / 255',
    "targets = torch.tensor(found.targets).numpy()",
]
_PHOTOGRAPHS = {
    "cifar10": [line.replace("NAME", "CIFAR10") for line in _CIFAR],
    "cifar100": [line.replace("NAME", "CIFAR100") for line in _CIFAR],
    "svhn": [
        'found = datasets.SVHN("data", split="train", download=True)',
        'inputs, targets = found.data.astype("float32") / 255, found.labels',
    ],
}
"""Statements that load photographs as torchvision has them."""


def training_script(project: Project, analysis: Analysis, network: str) -> tuple[list[str], str]:
    """Return the imports and the text of a script that trains a network as the project does.

    Args:
        project: Its data, settings and losses.
        analysis: Of its graph.
        network: Name of the network's class.

    Raises:
        ExportError: There is no loss.
    """
    losses = [node for node in project.graph.ordered() if _role(node) == "loss"]
    if not losses:
        raise ExportError("The network has no loss, so there is no training to write down. Add one.")
    imports, data = _data(project.data)
    training = project.training
    text = _MAIN.substitute(
        data=_indented([*data, *augmenting.statements(project.data)], 1),
        changes=", changes" if augmenting.is_random(project.data) else "",
        call=computing.called(training, "network(inputs)"),
        mix="\n".join([*computing.definitions(training), *augmenting.mix(project.data), ""]),
        load=_indented(_load(project.data), 1),
        statistics=_indented(_statistics(project.data), 1),
        loss=_indented(_loss(project.graph, losses, analysis, training.class_weights), 1),
        accuracy=_indented(_accuracy(losses), 1),
        seed=training.seed,
        device=_device(training.device),
        network=network,
        optimizer=_indented(
            [*_class_weights(project, losses, analysis), *recipe.before(training, analysis.expansion.graph)],
            1,
        ),
        epochs=training.epochs,
        order=recipe.order(training),
        step=_indented(recipe.step(training, project.data), 3),
        epoch=_indented(recipe.after_epoch(training), 2),
        end=_indented(recipe.after_all(training), 1),
    )
    lines = [part for line in text.strip().splitlines() for part in wrapped(line)]
    return [*imports, *augmenting.imports(project.data), *recipe.imports(training)], "\n".join(lines) + "\n"


def _role(node: Node) -> str:
    spec = registry.find(node.kind)
    return spec.role if spec is not None else "layer"


def _load(data: DataConfig) -> list[str]:
    """Return the statements that put the data on the device."""
    names = "train_x, train_y, valid_x, valid_y"
    if not augmenting.is_random(data):
        return [f"{names} = (tensor.to(device) for tensor in load_data())"]
    return ["*parts, changes = load_data()", f"{names} = (tensor.to(device) for tensor in parts)"]


def _is_classifier(losses: list[Node]) -> bool:
    return losses[0].kind in ("CrossEntropyLoss", "NLLLoss")


def _indented(lines: list[str], depth: int) -> str:
    return "\n".join("    " * depth + line if line else "" for line in lines)


def _data(config: DataConfig) -> tuple[list[str], list[str]]:
    """Return the imports and the statements that load a data set and split it."""
    options = datasets.options_of(config)
    drawn = generators.BY_KEY.get(config.dataset)
    is_value = config.dataset == "diabetes" or (drawn is not None and not drawn.sample(options).classes)
    held_out = config.validation_fraction + (
        0.0 if datasets.get(config.dataset).brings_test else config.test_fraction
    )
    split = [
        "train_x, rest_x, train_y, rest_y = train_test_split("
        f"inputs, targets, test_size={held_out:g}, random_state={config.split_seed},"
        f" stratify={'targets' if config.stratify and not is_value else None})",
        f"count = round(len(rest_x) * {config.validation_fraction / held_out:g})  # the rest is for testing",
        "valid_x, valid_y = rest_x[:count], rest_y[:count]",
        "train_x, train_y = torch.tensor(train_x), torch.tensor(train_y)",
        "valid_x, valid_y = torch.tensor(valid_x), torch.tensor(valid_y)",
    ]
    imports = ["from sklearn.model_selection import train_test_split"]
    if config.dataset in ("mnist", "fashion_mnist"):
        name = "MNIST" if config.dataset == "mnist" else "FashionMNIST"
        return [*imports, "from torchvision import datasets"], [
            f'found = datasets.{name}("data", train=True, download=True)',
            "inputs, targets = found.data.unsqueeze(1).float().numpy() / 255, found.targets.numpy()",
            *split,
        ]
    if config.dataset in _PHOTOGRAPHS:
        return [*imports, "from torchvision import datasets"], [*_PHOTOGRAPHS[config.dataset], *split]
    if config.dataset == "digits":
        return [*imports, "from sklearn.datasets import load_digits"], [
            "found = load_digits()",
            'inputs = found.images[:, None].astype("float32") / 16',
            "targets = found.target",
            *split,
        ]
    if config.dataset in ("iris", "wine", "breast_cancer", "diabetes"):
        values = ['targets = targets.astype("float32")'] if is_value else []
        return [*imports, f"from sklearn.datasets import load_{config.dataset}"], [
            f"inputs, targets = load_{config.dataset}(return_X_y=True)",
            'inputs = inputs.astype("float32")',
            *values,
            *split,
        ]
    if config.dataset == synthetic.KEY:
        return ["import numpy as np", *imports], [
            *_random_samples(options, datasets.sample_of(config)),
            *split,
        ]
    if drawn is not None:
        return [*imports, f"from sklearn.datasets import {drawn.function}"], [*_drawn(drawn, options), *split]
    return _toy(config, options, imports, split)


def _drawn(drawn: Generator, options: dict[str, Any]) -> list[str]:
    """Return the statements that draw points as scikit-learn does."""
    given = ", ".join(f"{generators.THEIRS.get(name, name)}={value!r}" for name, value in options.items())
    targets = "targets.clip(0).astype" if drawn.key == "hastie" else "targets.astype"
    dtype = "int64" if drawn.sample(options).classes else "float32"
    return [
        f"inputs, targets = {drawn.function}({given})",
        f'inputs, targets = inputs.astype("float32"), {targets}("{dtype}")',
    ]


def _toy(
    config: DataConfig, options: dict[str, Any], imports: list[str], split: list[str]
) -> tuple[list[str], list[str]]:
    """Return the same for points of the plane."""
    samples, noise, seed = options["samples"], options["noise"], options["seed"]
    if config.dataset in ("moons", "circles"):
        factor = f", factor={options['factor']}" if config.dataset == "circles" else ""
        call = f"make_{config.dataset}({samples}, noise={noise}, random_state={seed}{factor})"
        return [*imports, f"from sklearn.datasets import make_{config.dataset}"], [
            f"inputs, targets = {call}",
            'inputs = inputs.astype("float32")',
            *split,
        ]
    if config.dataset == "spirals":
        points = [
            f"targets = np.arange({samples}) % 2",
            f"radius = np.sqrt(generator.uniform(0.02, 1.0, {samples}))",
            f"angle = 2 * np.pi * ({options['turns']} * radius + targets / 2)",
            "points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)",
        ]
    elif config.dataset == "xor":
        points = [
            f"points = generator.uniform(-1.0, 1.0, ({samples}, 2))",
            "targets = ((points[:, 0] > 0) != (points[:, 1] > 0)).astype(np.int64)",
        ]
    else:
        raise DataError(f'The data set "{config.dataset}" cannot be written into a script.')
    return ["import numpy as np", *imports], [
        f"generator = np.random.default_rng({seed})",
        *points,
        f'inputs = (points + generator.normal(0.0, {noise}, points.shape)).astype("float32")',
        *split,
    ]


def _random_samples(options: dict[str, Any], sample: Sample) -> list[str]:
    """Return the statements that make the samples of `studio.data.synthetic`, number for number."""
    start = [
        f"generator = np.random.default_rng({options['seed']})",
        f"shape, classes = {sample.shape}, {min(len(sample.classes), options['samples'])}",
        f"targets = np.arange({options['samples']}) % classes",
    ]
    if sample.dtype == "int64":
        return [
            *start,
            f"inputs = generator.integers(0, {sample.vocabulary}, (len(targets), *shape))",
            f"motifs = generator.integers(0, {sample.vocabulary}, (classes, 4))",
            "own = motifs[targets][:, np.arange(np.prod(shape, dtype=int)) % 4].reshape(inputs.shape)",
            "inputs = np.where(generator.random(inputs.shape) < 0.5, own, inputs)",
        ]
    return [
        *start,
        "inputs = generator.standard_normal((len(targets), *shape), dtype=np.float32)",
        "inputs = inputs * np.float32(0.1) + np.float32(0.5)",
        "for axis, size in enumerate(shape):",
        "    cycles = np.exp(generator.uniform(0.0, np.log(max(size / 4, 1.0)), (classes, 1)))",
        "    phase = generator.uniform(0.0, 1.0, (classes, 1))",
        "    waves = np.cos(2 * np.pi * (cycles * np.arange(size) / size + phase)) * (0.3 / len(shape))",
        "    place = [size if other == axis else 1 for other in range(len(shape))]",
        '    inputs += waves.astype("float32")[targets].reshape(-1, *place)',
        "inputs = inputs.clip(0.0, 1.0)",
    ]


def _statistics(config: DataConfig) -> list[str]:
    """Return the statements that normalize by the training part; whole numbers stay as they are."""
    sample = datasets.sample_of(config)
    if sample.dtype != "float32":
        return ["# Whole numbers stay as they are."]
    rank = len(sample.shape)
    dims = "0" if rank == 1 else str((0, *range(2, rank + 1)))
    keep = f"dim={dims}, keepdim=True"
    seen = "seen" if config.transforms else "train_x"
    lines = ["mean, std = 0.0, 1.0"]
    if config.normalization == "standardize":
        lines = [f"mean = {seen}.mean({keep})", f"std = {seen}.std({keep}, correction=0).clamp_min(1e-12)"]
    elif config.normalization == "scale":
        lines = [f"mean = {seen}.amin({keep})", f"std = ({seen}.amax({keep}) - mean).clamp_min(1e-12)"]
    lines += _target_scaling(config, sample)
    if not augmenting.is_random(config):
        return [*lines, "train_x, valid_x = (train_x - mean) / std, (valid_x - mean) / std"]
    if config.normalization != "none":
        lines.append(
            "changes.append(lambda inputs: (inputs - mean.to(inputs.device)) / std.to(inputs.device))"
        )
    return [*lines, "valid_x = (valid_x - mean) / std"]


def _target_scaling(config: DataConfig, sample: Sample) -> list[str]:
    """Return the statements that scale the values to predict, if they are to be."""
    if config.target_scaling == "none" or sample.classes:
        return []
    return [
        "center, spread = train_y.mean(), train_y.std(correction=0).clamp_min(1e-12)  # of the values",
        "train_y, valid_y = (train_y - center) / spread, (valid_y - center) / spread",
    ]


def _loss(graph: Graph, losses: list[Node], analysis: Analysis, class_weights: str) -> list[str]:
    """Return the statements that compute the weighted sum of the losses, and what regularizes."""
    wanted, early = outputs_of(graph)
    lines = []
    if len(wanted) > 1:
        lines.append("outputs = outputs if isinstance(outputs, tuple) else (outputs,)")
    terms = []
    for node in losses:
        edge, truth = (graph.inputs_of(node.id, port)[0] for port in ("input", "target"))
        source = (edge.source, edge.source_port)
        output = f"outputs[{wanted.index(source)}]" if len(wanted) > 1 else "outputs"
        place = (
            wanted.index((truth.source, truth.source_port))
            if (truth.source, truth.source_port) in wanted
            else -1
        )
        target = f"outputs[{place}]" if place >= 0 else _target(graph.nodes[truth.source], output)
        share = node.arguments.get("share", 1.0)
        factor = "" if share == 1.0 else f"{share} * "
        balanced = class_weights != "none" and place < 0
        term = f"{factor}{_criterion(node, balanced)}({output}, {target})"
        condition = " if network.training else 0.0" if early and source not in early else ""
        terms.append(f"({term}{condition})" if condition else term)
    lines.append(f"loss = {' + '.join(terms)}")
    lines += _penalties(analysis)
    lines.append("return loss")
    return lines


def _class_weights(project: Project, losses: list[Node], analysis: Analysis) -> list[str]:
    """Return the statements that give the classes their weights by the training part."""
    loss = next((node for node in losses if node.kind in CLASS_LOSSES), None)
    if project.training.class_weights == "none" or loss is None:
        return []
    edge = project.graph.inputs_of(loss.id, "input")[0]
    classes = analysis.shapes.outputs[edge.source, edge.source_port].shape[0]
    return [
        f"counts = torch.bincount(train_y, minlength={classes})",
        "weights = len(train_y) / ((counts > 0).sum() * counts.clamp_min(1))",
        'network.register_buffer("class_weights", weights, persistent=False)',
    ]


def _criterion(node: Node, balanced: bool) -> str:
    """Return the call that makes a loss, with the weights of the classes if it knows such."""
    spec = registry.get(node.kind)
    arguments = ["weight=network.class_weights"] if balanced and node.kind in CLASS_LOSSES else []
    for argument in spec.arguments:
        value = argument.coerce(node.arguments.get(argument.name, argument.default))
        if value != argument.default:
            text = literal(value)
            arguments.append(f"{argument.name}={f'torch.tensor({text})' if argument.is_tensor else text}")
    return f"{target_text(spec.target)}({', '.join(arguments)})"


def _target(node: Node, output: str) -> str:
    """Return the truth in the form that a loss takes."""
    encoding = node.arguments.get("encoding", "index")
    if encoding == "one_hot":
        return f"nn.functional.one_hot(targets, {output}.shape[1]).to({output}.dtype)"
    return f"targets.to({output}.dtype).unsqueeze(1)" if encoding == "float" else "targets"


def _penalties(analysis: Analysis) -> list[str]:
    """Return the statements that add what regularizes single layers."""
    lines = []
    for node in analysis.expansion.graph.ordered():
        for name, form in (("l1", "abs()"), ("l2", "square()")):
            strength = node.arguments.get(name, 0.0)
            if strength:
                names = "" if node.arguments.get("regularize_bias") is True else ' if "bias" not in name'
                module = f'network.get_submodule("{node.name}")'
                lines.append(
                    f"loss = loss + {strength} * sum(value.{form}.sum() "
                    f"for name, value in {module}.named_parameters(){names})"
                )
    return lines


def _accuracy(losses: list[Node]) -> list[str]:
    """Return the statement that computes the accuracy, where that has a meaning."""
    if not _is_classifier(losses):
        return ['accuracy = float("nan")  # this network does not classify']
    return [
        "scores = outputs[0] if isinstance(outputs, tuple) else outputs",
        "accuracy = (scores.argmax(1) == targets).float().mean().item()",
    ]


def _device(device: str) -> str:
    if device == "auto":
        return 'torch.device("cuda" if torch.cuda.is_available() else "cpu")'
    return f'torch.device("{device}")'

"""``studio new``: writes a project made from a template."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from studio.cli.options import allow_typed, with_settings
from studio.cli.output import note, print_json
from studio.cli.state import json_option, wants_json
from studio.errors import ProjectError

if TYPE_CHECKING:
    from studio.graph.node import Value
    from studio.project.config import DataConfig
    from studio.project.project import Project
    from studio.zoo.template import Template

SECTIONS = ("training.", "data.", "graph.")


@click.command("new", short_help="Make a project from a template.")
@click.argument("name")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="The file to write; NAME.flow if not given."
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="An argument of the template (hidden=256,64) or a setting of the project (data.dataset=digits).",
)
@click.option("--force", is_flag=True, help="Write over a file that is there; it is kept as .bak.")
@json_option
def command(name: str, output: Path | None, settings: tuple[str, ...], force: bool) -> int:
    """Make a project from the template NAME; "studio templates" lists them.

    Where the template has input_shape and num_classes, they are those of the data set it suits, or of the
    one chosen with --set data.dataset=NAME. A network that no data set suits starts with random samples.
    """
    from studio.project import synthetic
    from studio.project.files import write
    from studio.project.lock import writing

    file = output or Path(f"{name}.flow")
    project = _make(name, file, settings)
    if file.exists() and not force:
        raise ProjectError(f'"{file}" is there already. Choose another name with -o, or add --force.')
    with writing(file):
        write(project, file)
    if project.data.dataset == synthetic.KEY and not _chooses_data(settings):
        note(_no_data(name))
    if wants_json():
        print_json({"file": str(file), "template": name, "nodes": len(project.graph)})
    else:
        click.echo(f"Wrote {file}. Open it: studio {file}    Train it: studio train {file}")
    return 0


def _make(name: str, file: Path, settings: tuple[str, ...]) -> Project:
    """Return the project that a template and some settings make.

    Raises:
        click.UsageError: The template, an argument or a setting does not exist or cannot be so.
    """
    from studio import zoo
    from studio.errors import ZooError
    from studio.project.matching import data_for
    from studio.project.project import Project

    template = _template(name)
    early = tuple(text for text in settings if text.startswith(("training.", "data.")))
    late = tuple(text for text in settings if text.startswith("graph."))
    arguments = _arguments(settings)
    data = _data_config(template)
    if template.dataset or _chooses_data(settings):
        if _chooses_data(settings):
            data = with_settings(Project(data=data), early).data
            allow_typed(early, data.folder, file.absolute().parent)
        arguments = {**_of_data(template, data, file.absolute().parent), **arguments}
    try:
        graph = zoo.build(name, **arguments)
        if not _chooses_data(settings):
            data = data_for(graph, template.dataset, template.normalization)
    except ZooError as error:
        raise click.UsageError(error.message, click.get_current_context()) from error
    return with_settings(Project(file.stem, graph, data), (*early, *late))


def _chooses_data(settings: tuple[str, ...]) -> bool:
    return any(text.startswith("data.dataset=") for text in settings)


def _template(name: str) -> Template:
    """Return a template.

    Raises:
        click.UsageError: There is none of this name.
    """
    from studio.errors import ZooError
    from studio.zoo import shelf

    try:
        return shelf.get(name)
    except ZooError as error:
        raise click.UsageError(error.message, click.get_current_context()) from error


def _data_config(template: Template) -> DataConfig:
    """Return the data settings that suit a template."""
    from studio.project.config import DataConfig

    wanted = {"dataset": template.dataset, "normalization": template.normalization}
    return DataConfig.model_validate({key: value for key, value in wanted.items() if value})


def _no_data(name: str) -> str:
    """Return what to say of a network that none of the program's data sets suits as it is."""
    arguments = {argument.name for argument in _template(name).arguments}
    advice = "The project has random samples, which train it, but teach it nothing of use."
    if "input_shape" in arguments:
        advice += " To fit the network to a data set: --set data.dataset=NAME."
    return f"No data set of the program has what {name} takes. {advice}"


def _arguments(settings: tuple[str, ...]) -> dict[str, Value]:
    """Return the settings that are arguments of the template."""
    from studio.project.overrides import literal

    arguments: dict[str, Value] = {}
    for text in settings:
        if text.startswith(SECTIONS):
            continue
        key, sign, value = text.partition("=")
        if not sign or not key.isidentifier():
            raise click.UsageError(f'--set "{text}": write ARGUMENT=VALUE, such as hidden=256,64.')
        arguments[key] = literal(value.strip())
    return arguments


def _of_data(template: Template, config: DataConfig, folder: Path) -> dict[str, Value]:
    """Return the arguments that the data set decides: the shape of a sample, the number of classes.

    Raises:
        click.UsageError: Its options do not go together, its file is missing or damaged, or it gives values
            to a network of classes.
    """
    from studio.data import datasets
    from studio.errors import DataError
    from studio.project.datasets import options_of

    try:
        sample = datasets.sample_of(config, folder)
    except DataError as error:
        raise click.UsageError(error.message, click.get_current_context()) from error
    names = {argument.name for argument in template.arguments}
    if "length" in names and "input_shape" not in names and len(sample.shape) > 2:
        raise click.UsageError(
            f"{template.title} takes one row of numbers after the other, and a sample of this data set is a "
            f"picture of {' x '.join(map(str, sample.shape))}. Choose a template for pictures, such as "
            f"small_cnn{', or data.options.features=waveform' if 'features' in options_of(config) else ''}.",
            click.get_current_context(),
        )
    known: dict[str, Value] = {"input_shape": sample.shape, "num_classes": len(sample.classes)}
    if sample.shape and "input_shape" not in names:
        known["length"] = sample.shape[-1] - _beyond_length(template)
    if sample.vocabulary:
        known["vocabulary"] = sample.vocabulary
    if not sample.classes and "num_classes" in names:
        raise click.UsageError(
            f"{template.title} tells classes apart, and this data set gives values. Choose another target or "
            "data set, or draw the network in the window.",
            click.get_current_context(),
        )
    return {key: value for key, value in known.items() if key in names}


def _beyond_length(template: Template) -> int:
    """Return how many samples of its input a template takes beyond its length: its target, too."""
    from studio import zoo
    from studio.project.matching import inputs_of, taken

    length = next((one.default for one in template.arguments if one.name == "length"), None)
    if not isinstance(length, int):
        return 0
    shape, _ = taken(inputs_of(zoo.build(template.name))[0])
    return shape[-1] - length if shape else 0

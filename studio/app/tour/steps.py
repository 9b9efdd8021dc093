"""The steps of the tour, as data: what is said, what is pointed at, and when it is done.

Keys stand in a text as the name of their action in braces, ``{edit.undo}``: the person may have changed them.
"""

from __future__ import annotations

from dataclasses import dataclass

from studio.app.tour import conditions
from studio.app.tour.conditions import Condition
from studio.app.tour.snapshot import Snapshot

PROJECT = "cnn-digits"
"""The sample project that the tour goes through."""


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes:
        key: What it is called in code.
        title: What it is about, in a few words.
        why: What it is good to know.
        todo: What to do.
        done: When it is done.
        spots: What is lit: ``node:conv1`` is the node of a name, ``kind:Dropout`` are all nodes of a kind,
            ``tab:panel.filters`` is the tab of a panel, anything else the object name of a widget.
        shows: Object name of a panel that is brought on show when the step begins.
        goes_on: The tour goes on by itself, a moment after it is done; else there is something to look at.
        needs: What must be so for the step to make sense; else `instead` is said.
        fits: The whole network is brought into view when the step begins.
        instead: What is said, and what can be done, where it is not so.
    """

    key: str
    title: str
    why: str
    todo: str
    done: Condition
    spots: tuple[str, ...] = ()
    shows: str = ""
    goes_on: bool = True
    fits: bool = False
    needs: Condition = conditions.always
    instead: str = ""


def _has_dropout(_start: Snapshot, now: Snapshot) -> bool:
    return bool(now.kinds("Dropout"))


def _was_broken(start: Snapshot, now: Snapshot) -> bool:
    return start.has_errors or now.index != start.index


def _is_idle(_start: Snapshot, now: Snapshot) -> bool:
    return now.state not in ("starting", "running", "paused")


def _has_trained(_start: Snapshot, now: Snapshot) -> bool:
    return bool(now.run)


STEPS: tuple[Step, ...] = (
    Step(
        "select",
        "This network reads digits",
        "Cards are layers, and a picture of 8×8 pixels flows along the wires from left to right. Where "
        "there is room, a wire says the shape of what flows through it: zoom in with the wheel.",
        "Click conv1, the first convolution.",
        conditions.selected("conv1"),
        spots=("node:conv1",),
    ),
    Step(
        "argument",
        "Give it more filters",
        "The inspector shows what can be set on the selected layer.",
        "Make out_channels 32 and press Enter. PyTorch is asked at once: look at the shapes and the "
        "number of parameters.",
        conditions.argument_changed("conv1", "out_channels"),
        spots=("argument.out_channels", "node:conv1"),
        goes_on=False,
        needs=conditions.selected("conv1"),
        instead="Click conv1 first: the inspector shows what is selected.",
    ),
    Step(
        "search",
        "Add a layer by its name",
        "Dropout switches units off at random in training, so that none leans on another.",
        "Click flatten, press Space, type dropout and press Enter.",
        conditions.added("Dropout"),
        fits=True,
        spots=("node:flatten",),
    ),
    Step(
        "wire",
        "Wire it in",
        "The new layer is fed by flatten, but leads nowhere yet.",
        "Drag from the ring at the right of dropout to the ring at the left of fc. The old wire makes way.",
        conditions.wired_to("Dropout", "fc"),
        fits=True,
        spots=("kind:Dropout", "node:fc"),
        needs=_has_dropout,
        instead="There is no Dropout layer on the canvas. Go back to add one, or go on.",
    ),
    Step(
        "break",
        "Break it on purpose",
        "A Linear layer wants one row of numbers for each sample, and flatten makes it.",
        "Click flatten and press Delete. The gap closes by itself, and something is wrong.",
        conditions.broken,
        fits=True,
        spots=("node:flatten",),
    ),
    Step(
        "mend",
        "Read the problem, and mend it",
        "Every problem says what was found where, and how to put it right.",
        "Press the button that inserts a Flatten before fc. {edit.undo} would bring the old one back, too.",
        conditions.mended,
        spots=("panel.problems",),
        shows="panel.problems",
        needs=_was_broken,
        instead="Nothing is wrong just now. Go back to delete flatten, or go on.",
    ),
    Step(
        "train",
        "Train it",
        "The data set comes with the program: 1,797 digits, of which a part is kept for validation.",
        "Press Train, or {train.start}.",
        conditions.run_started,
        spots=("training.train",),
        shows="panel.curves",
        needs=_is_idle,
        instead="A run is going on already. Go on to watch it.",
    ),
    Step(
        "watch",
        "Watch it learn",
        "The loss falls, on the training part and, if all is well, on the validation part too. If only "
        "the first falls, the network learns by heart.",
        "Let a few epochs go by.",
        conditions.epochs_seen(3),
        spots=("panel.curves", "training.words"),
        shows="panel.curves",
        goes_on=False,
        needs=_has_trained,
        instead="Nothing was trained yet. Go back to press Train, or go on.",
    ),
    Step(
        "look",
        "Look inside",
        "What has the first layer learned to look for?",
        "Click conv1, then the tab Filters: each picture is one of its filters.",
        conditions.looked_into("conv1", "panel.filters"),
        fits=True,
        spots=("node:conv1", "tab:panel.filters", "panel.filters"),
        goes_on=False,
    ),
    Step(
        "rate",
        "Change the learning rate",
        "It says how far each step goes: too small and nothing moves, too large and the loss jumps.",
        "Set lr to 0.5. If you like, train again and compare the curves.",
        conditions.rate_changed,
        spots=("training.lr",),
        needs=_is_idle,
        instead="Settings are locked while a run goes on: wait for it to end, or press Stop.",
    ),
    Step(
        "undo",
        "Take it back",
        "Everything you do to a network is one step that can be undone, settings too.",
        "Press {edit.undo}: the old learning rate is back.",
        conditions.undone,
        spots=("bar.action.edit.undo", "training.lr"),
    ),
    Step(
        "end",
        "That was the tour",
        "{file.new} starts from a known network, from a perceptron to a Vision Transformer. "
        "{help.layer} explains the selected layer. {view.commands} finds every command by its name.",
        "The network is yours: save it, or close it.",
        conditions.always,
        goes_on=False,
    ),
)
"""In order."""

"""What each column of a table is for, as the options of the data set say it, and back."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from studio.project.setting_types import OptionValue
from studio.project.tables import column_list

Role: TypeAlias = Literal["feature", "target", "group", "part", "ignore"]
Type: TypeAlias = Literal["auto", "number", "words"]

ROLES: dict[Role, str] = {
    "feature": "What the network learns from.",
    "target": "What it is to predict.",
    "group": "Rows with the same field stay together: no group is in two parts.",
    "part": "Says train, val or test of each row.",
    "ignore": "Left out.",
}
TYPES: dict[Type, str] = {
    "auto": "Numbers where most fields are numbers, else words.",
    "number": "Numbers; what is none counts as missing.",
    "words": "Names of something, even where they are numbers.",
}
SINGLE = ("target", "group", "part")
"""Roles that one column has at most."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column and what it is for."""

    name: str
    role: Role = "feature"
    type: Type = "auto"


def read(options: Mapping[str, OptionValue], names: Sequence[str]) -> tuple[Column, ...]:
    """Return what the options make of a table's columns; names that it does not have are passed over.

    Args:
        options: Of the data set; what is not there has its default.
        names: Of the columns, in their order.
    """
    single = {str(options.get(role) or ""): role for role in SINGLE}
    if "" in single and not options.get("target"):
        single[names[-1]] = "target"
    wanted = column_list(str(options.get("features") or ""))
    kept = [name for name in wanted if name in names]
    dropped = {name.removeprefix("-") for name in wanted if name not in names}
    types: dict[str, Type] = dict.fromkeys(column_list(str(options.get("numbers") or "")), "number")
    types |= dict.fromkeys(column_list(str(options.get("words") or "")), "words")

    def role(name: str) -> Role:
        if name in single:
            return single[name]  # type: ignore[return-value]
        return "ignore" if name in dropped or (kept and name not in kept) else "feature"

    return tuple(Column(name, role(name), types.get(name, "auto")) for name in names)


def write(options: Mapping[str, OptionValue], columns: Sequence[Column]) -> dict[str, OptionValue]:
    """Return the options that say what columns are for; those of their default are left out.

    Args:
        options: Of the data set; all others stay.
        columns: All of the table, in their order; one of them is the target.
    """
    by_role = {role: [column.name for column in columns if column.role == role] for role in ROLES}
    ignored, features = by_role["ignore"], by_role["feature"]
    listed = [f"-{name}" for name in ignored] if len(ignored) <= len(features) else features
    target = by_role["target"][0] if by_role["target"] else ""
    found = {
        "target": "" if target == columns[-1].name else target,
        "group": "".join(by_role["group"][:1]),
        "part": "".join(by_role["part"][:1]),
        "features": _joined(listed) if ignored else "",
        "words": _joined([column.name for column in columns if column.type == "words"]),
        "numbers": _joined([column.name for column in columns if column.type == "number"]),
    }
    kept = {name: value for name, value in options.items() if name not in found}
    return {**kept, **{name: text for name, text in found.items() if text}}


def with_role(columns: Sequence[Column], name: str, role: Role) -> tuple[Column, ...]:
    """Return the columns with another role for one; whoever had a role that only one can have, learns."""
    found = []
    for column in columns:
        if column.name == name:
            column = replace(column, role=role)
        elif role in SINGLE and column.role == role:
            column = replace(column, role="feature")
        found.append(column)
    return tuple(found)


def why_not(columns: Sequence[Column]) -> str:
    """Return why columns cannot be learned from as they are; empty if they can."""
    roles = [column.role for column in columns]
    if "target" not in roles:
        return "No column is the target: say which is to be predicted."
    return "" if "feature" in roles else "No column is a feature: say what is to be learned from."


def _joined(names: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(names)
    return text.getvalue() if names else ""

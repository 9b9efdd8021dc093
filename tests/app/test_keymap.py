from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from studio.app.keymap import Keymap, chord
from studio.app.settings import Settings


def keymap_of(path: Path) -> Keymap:
    keymap = Keymap(Settings(path / "settings.json"))
    keymap.register("edit.duplicate", ["Ctrl+D"])
    keymap.register("block.group", ["Ctrl+G"])
    keymap.register("view.fit", ["F", "Home"])
    return keymap


@pytest.fixture
def keymap(tmp_path: Path) -> Keymap:
    return keymap_of(tmp_path)


def test_action_has_its_default_keys(keymap: Keymap) -> None:
    assert keymap.keys("view.fit") == ("F", "Home")
    assert keymap.owner("Home") == "view.fit"
    assert keymap.owner("Ctrl+K") is None


def test_bound_keys_outlive_the_program(keymap: Keymap, tmp_path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(keymap.changed):
        keymap.bind("view.fit", ["Ctrl+K"])
    again = keymap_of(tmp_path)
    assert again.keys("view.fit") == ("Ctrl+K",)
    assert again.is_changed("view.fit")
    assert again.owner("F") is None


def test_taking_keys_over_takes_them_from_the_other(keymap: Keymap) -> None:
    keymap.bind("edit.duplicate", ["Ctrl+G"])
    assert keymap.owner("Ctrl+G") == "edit.duplicate"
    assert keymap.keys("block.group") == ()


def test_resetting_who_took_gives_the_keys_back(keymap: Keymap) -> None:
    keymap.bind("edit.duplicate", ["Ctrl+G"])
    keymap.reset("edit.duplicate")
    assert keymap.keys("block.group") == ("Ctrl+G",)
    assert not keymap.is_changed("edit.duplicate")


def test_resetting_who_lost_takes_the_keys_back(keymap: Keymap) -> None:
    keymap.bind("edit.duplicate", ["Ctrl+D", "Ctrl+G"])
    keymap.reset("block.group")
    assert keymap.keys("block.group") == ("Ctrl+G",)
    assert keymap.keys("edit.duplicate") == ("Ctrl+D",)


def test_reset_all_leaves_nothing_in_the_settings(keymap: Keymap, tmp_path: Path) -> None:
    keymap.bind("edit.duplicate", ["Ctrl+G"])
    keymap.bind("view.fit", [])
    keymap.reset_all()
    assert keymap.keys("view.fit") == ("F", "Home")
    assert json.loads((tmp_path / "settings.json").read_text())["keys"] == {}


def test_chosen_key_is_kept_from_the_default_of_a_later_version(tmp_path: Path) -> None:
    keymap_of(tmp_path).bind("edit.duplicate", ["N"])
    later = keymap_of(tmp_path)
    later.register("mark.note", ["N", "Ctrl+N"])
    assert later.owner("N") == "edit.duplicate"
    assert later.keys("mark.note") == ("Ctrl+N",)


def test_keys_of_an_action_that_is_no_more_are_free(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text(json.dumps({"keys": {"gone.for_good": ["F"]}}))
    assert keymap_of(tmp_path).owner("F") == "view.fit"


def test_nonsense_in_the_settings_is_left_out(tmp_path: Path) -> None:
    keys = {"view.fit": ["Blah+Q", "Ctrl+K, Ctrl+S", "G"], "edit.duplicate": ["G", "Ctrl+U"]}
    (tmp_path / "settings.json").write_text(json.dumps({"keys": keys}))
    keymap = keymap_of(tmp_path)
    assert keymap.keys("view.fit") == ("G",)
    assert keymap.keys("edit.duplicate") == ("Ctrl+U",)


@pytest.mark.parametrize("keys", ["Esc", "Left", "Shift+Down"])
def test_fixed_keys_say_what_they_are_for(keymap: Keymap, keys: str) -> None:
    assert "is kept to" in keymap.why_not(keys)


def test_menu_keys_are_fixed_once_said(keymap: Keymap) -> None:
    assert keymap.why_not("Alt+F") == ""
    keymap.fix("Alt+F", "open the File menu")
    assert keymap.why_not("Alt+F") == "Alt+F is kept to open the File menu."


@pytest.mark.parametrize(("keys", "kept"), [("ctrl+shift+p", "Ctrl+Shift+P"), ("?", "?"), ("Ctrl+K, A", "")])
def test_chord_is_spelled_one_way(qapp: object, keys: str, kept: str) -> None:
    assert chord(keys) == kept


CHORDS = ("Ctrl+D", "Ctrl+G", "F", "Home", "Ctrl+K", "N")
NAMES = ("edit.duplicate", "block.group", "view.fit")
CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("bind"), st.sampled_from(NAMES), st.lists(st.sampled_from(CHORDS), max_size=3)),
        st.tuples(st.just("reset"), st.sampled_from(NAMES), st.just([])),
        st.tuples(st.just("reset_all"), st.just(""), st.just([])),
    ),
    max_size=12,
)


@given(changes=CHANGES)
@settings(max_examples=60, deadline=None)
def test_whatever_is_changed_each_chord_has_one_owner_and_is_found_again(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[str, str, list[str]]]
) -> None:
    folder = tmp_path_factory.mktemp("keys")
    keymap = keymap_of(folder)
    for what, name, keys in changes:
        if what == "bind":
            keymap.bind(name, keys)
            assert keymap.keys(name) == tuple(dict.fromkeys(keys))
        elif what == "reset":
            keymap.reset(name)
            assert keymap.keys(name) == keymap.defaults(name)
        else:
            keymap.reset_all()
    held = [key for name in NAMES for key in keymap.keys(name)]
    assert len(held) == len(set(held))
    again = keymap_of(folder)
    assert [again.keys(name) for name in NAMES] == [keymap.keys(name) for name in NAMES]
    keymap.reset_all()
    assert not any(map(keymap.is_changed, NAMES))

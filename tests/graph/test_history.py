from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from studio.graph.history import History


def recorded(*values: str, limit: int = 1000) -> History[str]:
    history = History("start", limit)
    for value in values:
        history.record(value, f"to {value}")
    return history


def line(history: History[str]) -> list[str]:
    return [entry.value for entry in history.entries]


def test_undo_and_redo_walk_the_line() -> None:
    history = recorded("a", "b")
    assert [history.undo(), history.undo(), history.undo()] == ["a", "start", "start"]
    assert [history.redo(), history.redo(), history.redo()] == ["a", "b", "b"]


def test_labels_say_what_would_happen() -> None:
    history = recorded("a", "b")
    assert (history.undo_label, history.redo_label) == ("to b", "")
    history.undo()
    assert (history.undo_label, history.redo_label) == ("to a", "to b")
    history.undo()
    assert (history.undo_label, history.redo_label) == ("", "to a")
    assert (history.can_undo, history.can_redo) == (False, True)


def test_recording_after_undo_drops_what_could_be_redone() -> None:
    history = recorded("a", "b")
    history.undo()
    history.record("c", "to c")
    assert line(history) == ["start", "a", "c"]


def test_recording_the_same_value_leaves_no_step() -> None:
    history = recorded("a")
    history.record("a", "again")
    assert line(history) == ["start", "a"]


def test_go_to_jumps_and_stays_inside() -> None:
    history = recorded("a", "b")
    assert [history.go_to(1), history.go_to(-3), history.go_to(99)] == ["a", "start", "b"]


def test_the_oldest_steps_are_forgotten() -> None:
    history = recorded("a", "b", "c", limit=2)
    assert line(history) == ["a", "b", "c"]
    assert [history.undo(), history.undo(), history.undo()] == ["b", "a", "a"]


# Gestures --------------------------------------------------------------------------------------------


def test_a_gesture_is_one_step_with_its_own_label() -> None:
    history = recorded("a")
    history.begin_gesture("drag")
    for value in ("b", "c", "d"):
        history.record(value, "move")
        assert history.value == value
    history.end_gesture()
    assert line(history) == ["start", "a", "d"]
    assert history.undo_label == "drag"
    assert history.undo() == "a"


def test_a_gesture_that_ends_where_it_began_leaves_no_trace() -> None:
    history = recorded("a", "b")
    history.undo()
    history.begin_gesture("drag")
    history.record("x", "move")
    history.record("a", "move")
    history.end_gesture()
    assert line(history) == ["start", "a", "b"]
    assert history.redo() == "b"


def test_a_cancelled_gesture_leaves_no_trace() -> None:
    history = recorded("a", "b")
    history.undo()
    history.begin_gesture("drag")
    history.record("x", "move")
    assert history.cancel_gesture() == "a"
    assert history.redo() == "b"


def test_a_gesture_without_a_change_keeps_what_can_be_redone() -> None:
    history = recorded("a")
    history.undo()
    history.begin_gesture("drag")
    history.end_gesture()
    assert history.redo() == "a"


def test_undo_in_mid_gesture_takes_the_gesture_back() -> None:
    history = recorded("a")
    history.begin_gesture("drag")
    history.record("b", "move")
    assert history.undo() == "a"
    history.record("c", "to c")
    assert line(history) == ["start", "a", "c"]


def test_a_gesture_inside_a_gesture_is_part_of_it() -> None:
    history = recorded()
    history.begin_gesture("outer")
    history.record("a", "")
    history.begin_gesture("inner")
    history.record("b", "")
    history.end_gesture()
    assert line(history) == ["start", "b"]
    assert history.undo_label == "outer"


def test_a_gesture_without_a_label_takes_that_of_its_last_change() -> None:
    history = recorded()
    history.begin_gesture("")
    history.record("a", "move")
    history.end_gesture()
    assert history.undo_label == "move"


def test_a_gesture_cancelled_at_the_limit_loses_no_step() -> None:
    history = recorded("a", "b", limit=2)
    history.begin_gesture("drag")
    history.record("c", "move")
    history.cancel_gesture()
    assert line(history) == ["start", "a", "b"]


def test_a_gesture_at_the_limit_forgets_one_step() -> None:
    history = recorded("a", "b", limit=2)
    history.begin_gesture("drag")
    history.record("c", "move")
    history.record("d", "move")
    history.end_gesture()
    assert line(history) == ["a", "b", "d"]
    assert history.value == "d"


def test_closing_a_gesture_that_was_never_opened_does_nothing() -> None:
    history = recorded("a", "b")
    history.undo()
    history.end_gesture()
    assert history.cancel_gesture() == "a"
    assert line(history) == ["start", "a", "b"]


# Saved or not ----------------------------------------------------------------------------------------


def test_saved_is_a_value_and_not_a_place() -> None:
    history = recorded()
    assert history.is_saved
    history.record("a", "")
    assert not history.is_saved
    history.mark_saved()
    history.undo()
    assert not history.is_saved
    history.record("a", "")
    assert history.is_saved


def test_an_unsaved_project_is_unsaved_at_every_step() -> None:
    history = recorded("a")
    history.mark_unsaved()
    assert not history.is_saved
    history.undo()
    assert not history.is_saved


actions = st.lists(
    st.one_of(
        st.tuples(st.just("record"), st.integers(0, 3)),
        st.sampled_from(["begin", "end", "cancel", "undo", "redo"]).map(lambda name: (name, 0)),
    ),
    max_size=40,
)


@given(actions, st.integers(1, 5))
def test_any_use_keeps_the_line_sound(found: list[tuple[str, int]], limit: int) -> None:
    history = History(0, limit)
    for name, value in found:
        if name == "record":
            history.record(value, "x")
            assert history.value == value
        elif name == "begin":
            history.begin_gesture("g")
        elif name == "end":
            value_before = history.value
            history.end_gesture()
            assert history.value == value_before
        elif name == "cancel":
            history.cancel_gesture()
        else:
            getattr(history, name)()
        assert 0 <= history.index < len(history.entries)
        assert history.entries[history.index].value == history.value
    history.end_gesture()
    assert len(history.entries) <= limit + 1
    values = [entry.value for entry in history.entries]
    assert all(one != other for one, other in pairwise(values))

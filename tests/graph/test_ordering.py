from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from immutables import Map

from studio.graph import ordering
from studio.graph.difference import difference
from studio.graph.node import id_key
from studio.graph.ordering import in_order

numbers = st.integers(0, 400)


def many(count: int) -> Map[str, int]:
    return Map({f"n{i}": i for i in range(count)})


@settings(deadline=None)
@given(st.lists(st.tuples(numbers, st.booleans()), max_size=90))
def test_the_order_is_that_of_the_ids_after_any_edits(steps: list[tuple[int, bool]]) -> None:
    found = many(300)
    in_order(found)
    for number, stays in steps:
        key = f"n{number}"
        found = found.set(key, number) if stays else found.delete(key) if key in found else found
    assert in_order(found) == tuple(sorted(found, key=id_key))


def test_a_map_with_the_same_keys_is_not_sorted_again(monkeypatch) -> None:
    found = many(500)
    before = in_order(found)
    monkeypatch.setattr(ordering, "id_key", None)  # sorting would call it
    assert in_order(found.set("n7", -1)) is before


@given(st.dictionaries(numbers.map(str), numbers), st.dictionaries(numbers.map(str), st.none() | numbers))
def test_difference_tells_what_changed_and_what_is_gone(start, edits) -> None:
    old = Map(start)
    new = old
    for key, value in edits.items():
        new = new.delete(key) if value is None and key in new else new.set(key, object())
    changed, gone = difference(old, new)
    assert set(changed) == {key for key in new if key not in old or old[key] is not new[key]}
    assert set(gone) == set(old) - set(new)

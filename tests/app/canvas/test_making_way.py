from __future__ import annotations

from PySide6.QtCore import QRectF

from studio.app.canvas.making_way import made_way

BOXES = {
    "card": (100.0, 100.0, 100.0, 50.0),
    "before": (0.0, 100.0, 50.0, 50.0),
    "after": (250.0, 110.0, 100.0, 50.0),
    "above": (100.0, -80.0, 100.0, 50.0),
    "below": (100.0, 200.0, 100.0, 50.0),
}


def test_each_side_goes_as_far_as_its_edge_and_what_is_above_as_far_as_it_must() -> None:
    assert made_way(BOXES, "card", QRectF(100, 50, 300, 160)) == {
        "after": (450.0, 110.0),
        "above": (100.0, -88.0),  # its lower edge was at -30, and 88 above the card is -38
        "below": (100.0, 260.0),
    }


def test_what_is_far_enough_above_stays() -> None:
    assert "above" not in made_way(BOXES, "card", QRectF(100, 60, 300, 150))


def test_growing_and_shrinking_leaves_all_in_their_places() -> None:
    places = made_way(BOXES, "card", QRectF(100, 80, 300, 150))
    grown = {i: (*places.get(i, box[:2]), *box[2:]) for i, box in BOXES.items()}
    grown["card"] = (100.0, 80.0, 300.0, 150.0)
    back = made_way(grown, "card", QRectF(*BOXES["card"]))
    assert {i: back.get(i, box[:2]) for i, box in BOXES.items()} == {i: box[:2] for i, box in BOXES.items()}


def test_what_would_lie_on_another_card_does_not_move_back() -> None:
    boxes = {
        "card": (0.0, 0.0, 300.0, 200.0),
        "after": (400.0, 100.0, 100.0, 50.0),
        "put there since": (180.0, 90.0, 100.0, 50.0),
    }
    assert made_way(boxes, "card", QRectF(0, 0, 100, 50)) == {}

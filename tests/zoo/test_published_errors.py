"""Published error rates: what the lecture quotes of them comes out."""

from __future__ import annotations

from studio.zoo.published_errors import TABLES, Row


def row(table: int, network: str) -> Row:
    return next(row for row in TABLES[table].rows if row.network == network)


def test_differences_that_the_papers_text_states_come_out() -> None:
    plain, residual = row(0, "plain-34"), row(0, "ResNet-34 A")
    assert plain.top1 is not None
    assert residual.top1 is not None
    assert round(plain.top1 - residual.top1, 2) == 3.51  # "reduces the top-1 error by 3.5 %"
    assert row(1, "ResNet-152").top5 == 4.49  # "single-model top-5 validation error of 4.49 %"
    assert row(2, "ResNet (ILSVRC'15)").top5 == 3.57  # "3.57 % top-5 error on the test set"


def test_deeper_residual_networks_are_better_throughout() -> None:
    for table in TABLES[:2]:
        names = ["ResNet-34 C", "ResNet-50", "ResNet-101", "ResNet-152"]
        errors = [(found.top1, found.top5) for found in table.rows if found.network in names]
        assert errors == sorted(errors, reverse=True)
        assert len(errors) == 4
    assert {table.how for table in TABLES} == {"10-crop", "single", "ensemble"}

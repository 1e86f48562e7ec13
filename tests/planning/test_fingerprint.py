"""The fingerprint of a problem's next version is the same whether or not the lines of the last one are known."""

from __future__ import annotations

import gc

from harvest_planner.planning import fingerprint as module
from harvest_planner.planning.fingerprint import fingerprint
from tests.planning.small import order, problem


def test_known_lines_do_not_change_what_is_told() -> None:
    before = problem(orders=[order(id=f"o{n}") for n in range(4)])
    fingerprint(before)
    changed = before.orders[1].model_copy(update={"state": "cancelled"})
    for orders in (
        (before.orders[0], changed, *before.orders[2:]),
        (*before.orders, before.orders[0].model_copy(update={"id": "new"})),
        before.orders[2:],
        before.orders[::-1],
    ):
        after = before.model_copy(update={"orders": orders})
        known = fingerprint(after, before=before)
        afresh = after.model_copy()
        assert known == fingerprint(afresh)
        assert (known == fingerprint(before)) == (orders == before.orders[::-1])


def test_lines_are_kept_no_longer_than_their_problem() -> None:
    asked = problem()
    fingerprint(asked)
    key = id(asked)
    assert key in module._LINES
    del asked
    gc.collect()
    assert key not in module._LINES

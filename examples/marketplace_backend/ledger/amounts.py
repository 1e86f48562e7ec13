"""What takes add up to: those of one resource that share a name count once, with the largest of their amounts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import harvest_planner as hp

Share = tuple[str, str]
"""A resource, and the name that takes of it share."""


def shares_of(takes: Iterable[hp.Take]) -> dict[Share, int]:
    """The largest amount of each share."""
    largest: dict[Share, int] = defaultdict(int)
    for take in takes:
        if take.shared_by is not None:
            share = (take.resource, take.shared_by)
            largest[share] = max(largest[share], take.amount)
    return dict(largest)


def added(takes: Iterable[hp.Take], before: Mapping[Share, int]) -> dict[str, int]:
    """What the takes add to each resource, where the shares hold `before` already."""
    takes = tuple(takes)
    more: dict[str, int] = {}
    for take in takes:
        more[take.resource] = more.get(take.resource, 0) + (take.amount if take.shared_by is None else 0)
    for share, amount in shares_of(takes).items():
        more[share[0]] += max(0, amount - before.get(share, 0))
    return more

"""What a grower's reputation is worth in the plan, without starving those of whom nothing is known."""

from __future__ import annotations

from harvest_planner.schema.people import Grower
from harvest_planner.schema.policy import Policy

USUAL_SHARE = 0.8
"""Share of good deliveries of a grower of whom nothing is known; the usual `accepts_share`; an assumption."""
OPTIMISM = 0.1
"""A new grower is taken for so much better, that there be deliveries to judge by; an assumption."""
NEW_GROWER_SHARE = USUAL_SHARE + OPTIMISM


def reputation_vnd_per_kg(grower: Grower, policy: Policy) -> float:
    """What a shipped kilogram of the grower counts more or less than one of a new grower [VND/kg].

    reputation_weight · (reputation − 0.9), and 0 where the reputation is not known: a new grower stands beside the good
    ones and before the usual ones (0.8), so fruit is ordered from him until his own deliveries tell (optimism in the
    face of uncertainty; Lai & Robbins 1985, 10.1016/0196-8858(85)90002-8). It is a price, not money: what the
    plan earns does not change by it, only which batch is preferred and whether an order is worth its fruit.

    Examples
    --------
    >>> round(reputation_vnd_per_kg(Grower(id="g1", reputation=0.7), Policy(reputation_weight=10_000)))
    -2000
    >>> reputation_vnd_per_kg(Grower(id="g2"), Policy(reputation_weight=10_000))
    0.0
    """
    if grower.reputation is None:
        return 0.0
    return policy.reputation_weight * (grower.reputation - NEW_GROWER_SHARE)

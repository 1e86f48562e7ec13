"""Ageing on the tree: how old a batch is on a day, and until when it hangs."""

from __future__ import annotations

import math

EDGE_D20 = 1e-9
"""Rounding allowed for where an age meets the age of dropping; a tie counts as dropped."""


def age_on_tree(stage_age_d20: float, *, on_tree_d20_per_day: float, days: float, age_shift_d20: float = 0.0) -> float:
    """Mean age of a batch some days after a picker saw its stage [d20].

    Parameters
    ----------
    stage_age_d20 : age the observed stage stands for [d20].
    on_tree_d20_per_day : ageing while on the tree [d20 per day].
    days : days since the observation, or what they count for where warmth counts [d].
    age_shift_d20 : correction by a field check [d20].

    Examples
    --------
    >>> age_on_tree(0.0, on_tree_d20_per_day=0.6, days=4, age_shift_d20=-0.5)
    1.9
    """
    return stage_age_d20 + on_tree_d20_per_day * days + age_shift_d20


def last_day_on_tree(
    stage_age_d20: float,
    *,
    sd_d20: float,
    on_tree_d20_per_day: float,
    drops_at_d20: float | None,
    age_shift_d20: float = 0.0,
) -> int | None:
    """Last whole day after the observation on which mean age + 1 sd is still below the age of dropping.

    Returns
    -------
    int | None : days since the observation; −1: gone already; None: it never drops.

    Examples
    --------
    >>> last_day_on_tree(0.0, sd_d20=1.2, on_tree_d20_per_day=0.6, drops_at_d20=6.5)
    8
    """
    if drops_at_d20 is None:
        return None
    left_d20 = drops_at_d20 - sd_d20 - stage_age_d20 - age_shift_d20 - EDGE_D20
    if left_d20 <= 0.0:
        return -1
    days = left_d20 / on_tree_d20_per_day if on_tree_d20_per_day > 0.0 else math.inf
    return None if math.isinf(days) else math.ceil(days) - 1

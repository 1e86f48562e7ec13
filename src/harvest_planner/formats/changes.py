"""What a re-plan changes, in sentences: one list for each grower, one for the orders."""

from __future__ import annotations

from collections.abc import Iterator

from harvest_planner.formats.names import clean
from harvest_planner.formats.words import Words, words
from harvest_planner.planning.replan.difference import OrderChange, PickChange, PlanDifference
from harvest_planner.planning.replan.on_the_way import ExpectedCondition

KG_EPSILON = 1e-6


def describe_changes(diff: PlanDifference, *, grower_id: str | None = None, language: str = "vi") -> tuple[str, ...]:
    """The difference in sentences: a grower's own, or of all growers and orders.

    Parameters
    ----------
    diff : the second answer of `replan`.
    grower_id : one grower's sheet alone; None: everything.
    language : vi or en.

    Raises
    ------
    ValueError : there is no such language.
    """
    voice = words(language)
    if grower_id is not None:
        found = [_pick(change, diff, voice) for change in diff.of_grower(grower_id)]
    else:
        found = [*(_pick(change, diff, voice) for change in diff.picks), *_orders(diff, voice)]
    return tuple(found) or (voice.say("changes.none"),)


def advise(condition: ExpectedCondition, *, language: str = "vi") -> str:
    """What to do about a shipment on its way, in one sentence for the seller.

    Parameters
    ----------
    condition : the answer of `expected_condition`.
    language : vi or en.

    Raises
    ------
    ValueError : there is no such language.
    """
    return words(language).say(
        f"on_the_way.{condition.advice}",
        order=clean(condition.order_id),
        eat_until_on=condition.eat_until_on,
        arrive_on=condition.arrive_p50_at.date(),
    )


def _pick(change: PickChange, diff: PlanDifference, voice: Words) -> str:
    batch = diff.problem.batch(change.batch_id)
    key = "new_trip" if change.before_kg <= KG_EPSILON else "no_trip" if change.after_kg <= KG_EPSILON else "more"
    return voice.say(
        f"changes.{key}",
        day=change.pick_on,
        plot=clean(batch.plot or batch.id),
        batch=clean(batch.id),
        kg=change.after_kg,
        before_kg=change.before_kg,
    )


def _orders(diff: PlanDifference, voice: Words) -> Iterator[str]:
    for change in diff.orders:
        key = _key(change)
        told = {"kg": change.after_kg, "before_kg": change.before_kg, "hours": abs(change.later_h)}
        yield voice.say(f"changes.{key}", order=clean(change.order_id), **told)


def _key(change: OrderChange) -> str:
    before, after = change.before_kg > KG_EPSILON, change.after_kg > KG_EPSILON
    if not before:
        return "served" if after else "refused"
    if not after:
        return "dropped"
    if abs(change.before_kg - change.after_kg) > KG_EPSILON:
        return "changed"
    if change.repicked or change.rerouted:
        return "repicked" if change.repicked else "rerouted"
    return "later" if change.later_h > 0 else "earlier"

"""`explain`: why a plan serves or refuses an order as it does, in data and in sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from harvest_planner.formats.lines import reason_sentence
from harvest_planner.formats.names import clean, crop_name, place_name
from harvest_planner.formats.words import Words, words
from harvest_planner.planning.explain import explained
from harvest_planner.schema.goods import Order
from harvest_planner.schema.plan import Change, HarvestPlan, Reason, Refusal
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.schema.quantities import Record

LEAST_VND_PER_KG = 0.5
LEAST_VND = 0.5


class Explanation(Record):
    """Why a plan serves or refuses an order as it does."""

    order_id: str
    sentence: str
    """A few whole sentences, in the language asked for."""
    data: dict[str, Any]
    """The same in numbers, texts and lists: what JSON can hold."""


def explain(plan: HarvestPlan, problem: PlanningProblem, order_id: str, *, language: str = "vi") -> Explanation:
    """Why each shipment of an order is picked on its day, and why what is refused is refused.

    For each shipment: what one day later and one day earlier would do to the good share and the worth, all else of the
    plan as it is, and the rule, or the limit with its price, that forbids that day. For each refusal: its reason, with
    the smallest change that would have worked. Reads the plan once for each order asked about.

    Parameters
    ----------
    plan : the answer of `plan_harvest`.
    problem : its question.
    order_id : the order.
    language : vi or en.

    Returns
    -------
    Explanation
        In `data`, `shipments` hold what their days of waiting and lateness cost, and `earlier` and `later` (none where
        the day was a commitment), each with its `code`, what `binds`, whether the day is `blocked`, and as far as they
        can be told `good_share`, `good_share_change`, `value_vnd` and `value_change_vnd` of the shipment and
        `plan_change_vnd`, trips included; a limit has a `resource`, its `room_kg` and its `vnd_per_kg`. `refusals` hold
        `kg` and `reasons` with `would_work_if`.

    Raises
    ------
    UnknownIdError : the problem has no such order.
    ValueError : no such language, or the plan is not this problem's.

    Examples
    --------
    >>> import datetime as dt
    >>> import harvest_planner as hp
    >>> batch = hp.Batch(id="b1", grower_id="g1", crop_id="na-chi-lang", place_id="chi-lang", quantity_kg=50,
    ...                  stage_id="S2", observed_on=dt.date(2026, 8, 10))
    >>> order = hp.Order(id="o1", crop_id="na-chi-lang", quantity_kg=5, destination_id="ca-mau",
    ...                  deliver_until_at="2026-08-14T18:00:00+07:00", price_vnd_per_kg=60000)
    >>> problem = hp.PlanningProblem(as_of="2026-08-10T00:00:00+07:00", batches=(batch,), orders=(order,),
    ...                              growers=(hp.Grower(id="g1"),))
    >>> found = hp.explain(hp.plan_harvest(problem), problem, "o1", language="en")
    >>> found.data["shipments"][0]["later"]["binds"]
    'transit'
    """
    spoken = words(language)
    data = explained(plan, problem, order_id)
    return Explanation(order_id=order_id, sentence=" ".join(_sentences(data, problem, spoken)), data=data)


def describe_refusal(
    refusal: Refusal, problem: PlanningProblem, *, order: Order | None = None, language: str = "vi"
) -> tuple[str, ...]:
    """Why an order is not served, and the nearest wish that works, in whole sentences.

    Parameters
    ----------
    refusal : of a plan or of a quote.
    problem : the question of the plan.
    order : the order, where the problem does not hold it: what a quote was asked for.
    language : vi or en.

    Raises
    ------
    UnknownIdError : the problem has no such order, and none is given.
    ValueError : no such language.

    Examples
    --------
    >>> import harvest_planner as hp
    >>> order = hp.Order(id="o1", crop_id="na-chi-lang", quantity_kg=5, destination_id="ca-mau",
    ...                  deliver_until_at="2026-08-14T18:00:00+07:00", price_vnd_per_kg=60000)
    >>> reason = hp.Reason(code="no_fruit", message="no batch")
    >>> problem = hp.PlanningProblem(as_of="2026-08-10T00:00:00+07:00")
    >>> describe_refusal(hp.Refusal(order_id="o1", kg=5, reasons=(reason,)), problem, order=order, language="en")[0]
    'Order o1: 5 kg are refused, because no batch of Sugar apple of Chi Lang can be picked within the horizon.'
    """
    known = problem if order is None else problem.model_copy(update={"orders": (order,)})
    data = refusal.model_dump(mode="json")
    return tuple(_of_refusal(refusal.order_id, data, known, words(language)))


def _sentences(data: Mapping[str, Any], problem: PlanningProblem, spoken: Words) -> Iterator[str]:
    order_id = data["order_id"]
    if not data["shipments"] and not data["refusals"]:
        state = "shipped_before" if data["state"] == "shipped" else data["state"]
        yield spoken.say(f"explained.{state}", order=clean(order_id))
    for shipment in data["shipments"]:
        yield spoken.say(
            "explained.committed" if shipment["committed"] else "explained.shipped",
            order=clean(order_id),
            batch=clean(shipment["batch_id"]),
            kg=shipment["kg"],
            day=dt.date.fromisoformat(shipment["pick_on"]),
            arrive_p95_at=dt.datetime.fromisoformat(shipment["arrive_p95_at"]),
            good_share=shipment["good_share"],
        )
        for key, days, cost_vnd in (("waits", "wait_days", "wait_vnd"), ("is_late", "late_days", "late_vnd")):
            if shipment[cost_vnd] > LEAST_VND:
                yield spoken.say(f"explained.{key}", **{days: shipment[days], cost_vnd: shipment[cost_vnd]})
        for other in (shipment["later"], shipment["earlier"]):
            if other is not None:
                yield from _of_another_day(other, place_name(problem, problem.order(order_id).destination_id), spoken)
    for refusal in data["refusals"]:
        yield from _of_refusal(order_id, refusal, problem, spoken)


def _of_another_day(other: Mapping[str, Any], destination: str, spoken: Words) -> Iterator[str]:
    change = other.get("plan_change_vnd", 0.0)
    known: dict[str, Any] = {name: value for name, value in other.items() if isinstance(value, (int, float))}
    known |= {"day": dt.date.fromisoformat(other["pick_on"]), "destination": destination}
    yield spoken.say(f"explained_day.{other['code']}", **known, loss_vnd=-change, gain_vnd=change)
    price = other.get("vnd_per_kg", 0.0)
    if price > LEAST_VND_PER_KG:
        yield spoken.say(f"explained_price.{other['code']}", vnd_per_kg=round(price))


def _of_refusal(order_id: str, refusal: Mapping[str, Any], problem: PlanningProblem, spoken: Words) -> Iterator[str]:
    for row in refusal["reasons"]:
        reason = Reason.model_validate(row)
        yield spoken.say(
            "explained.refused",
            order=clean(order_id),
            kg=refusal["kg"],
            reason=reason_sentence(order_id, reason, problem, spoken),
        )
        for change in reason.would_work_if:
            yield from _of_change(order_id, reason, change, problem, spoken)


def _of_change(order_id: str, reason: Reason, change: Change, problem: PlanningProblem, spoken: Words) -> Iterator[str]:
    """The sentence of a change; none where its value is not known."""
    order, value, field = problem.order(order_id), change.value, change.field.rpartition(".")[2]
    told: dict[str, Any] = {
        "crop": crop_name(problem, order.crop_id),
        "destination": place_name(problem, order.destination_id),
    }
    if field == "lanes":
        field = reason.code
    elif field == "grade" and value is None:
        field = "any_grade"
    elif field == "rest_days":
        told["day"] = dt.date.fromisoformat(str(reason.params["day"]))
    elif field == "min_good_share":
        told["good_share"] = value
    elif field in ("confirm_by_at", "deliver_until_at"):
        told["value"] = dt.datetime.fromisoformat(str(value))
    elif field == "pick_on":
        told["value"] = dt.date.fromisoformat(str(value))
    elif field == "price_vnd_per_kg":
        told["value_vnd"] = value
    elif value is None:
        return
    else:
        told["value"] = clean(value) if isinstance(value, str) else value
    yield spoken.say(f"explained_change.{field}", **told)

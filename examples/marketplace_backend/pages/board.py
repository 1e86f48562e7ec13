"""What the board shows, drawn from the plan: the picks of a day, and the orders at risk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import harvest_planner as hp
from examples.marketplace_backend.clock import LOCAL
from examples.marketplace_backend.pages.texts import Texts
from examples.marketplace_backend.settings import settings
from harvest_planner.formats.names import grower_name, local_text, place_name

MOST_AT_RISK = 50


@dataclass(frozen=True)
class PickLine:
    """A pick in words."""

    hours: str
    grower: str
    plot: str
    stage: str
    kg: str
    places: str


@dataclass(frozen=True)
class RiskLine:
    """An order at risk in words."""

    order_id: str
    destination: str
    kg: str
    refused: bool
    content: str


def picks_of(plan: hp.HarvestPlan, problem: hp.PlanningProblem, day: dt.date, texts: Texts) -> list[PickLine]:
    """The picks of a day, by hour and grower."""
    rows = sorted((one for one in plan.picks if one.pick_on == day), key=lambda one: (one.from_at, one.grower_id))
    return [_pick(one, problem, texts) for one in rows]


def at_risk(plan: hp.HarvestPlan, problem: hp.PlanningProblem, texts: Texts) -> tuple[list[RiskLine], int]:
    """Refused orders, then shipments least likely to please: as many as a page holds, and how many more there are."""
    lines = list(_risks(plan, problem, texts))
    return lines[:MOST_AT_RISK], max(0, len(lines) - MOST_AT_RISK)


def days_of(plan: hp.HarvestPlan) -> list[dt.date]:
    """The days on which something is picked."""
    return sorted({one.pick_on for one in plan.picks})


def _risks(plan: hp.HarvestPlan, problem: hp.PlanningProblem, texts: Texts) -> Iterator[RiskLine]:
    for refusal in sorted(plan.refusals, key=lambda one: one.order_id):
        place = place_name(problem, problem.order(refusal.order_id).destination_id)
        yield RiskLine(refusal.order_id, place, texts.number(refusal.kg), True, "")
    below = [one for one in plan.shipments if one.parcel_good_share < settings().at_risk_below]
    for one in sorted(below, key=lambda row: (row.parcel_good_share, row.order_id)):
        place = place_name(problem, problem.order(one.order_id).destination_id)
        yield RiskLine(one.order_id, place, texts.number(one.kg), False, texts.share(one.parcel_good_share))


def _pick(pick: hp.Pick, problem: hp.PlanningProblem, texts: Texts) -> PickLine:
    batch = problem.batch(pick.batch_id)
    stage = problem.crop(batch.crop_id).stage(pick.stage_id)
    places = list(dict.fromkeys(place_name(problem, place_id) for place_id in pick.destination_ids))
    if pick.surplus_kg > 0:
        places.append(texts.say("local_market"))
    name = local_text(stage.name, stage.name_vi).get(texts.language, "")
    return PickLine(
        hours=f"{pick.from_at.astimezone(LOCAL):%H:%M}–{pick.until_at.astimezone(LOCAL):%H:%M}",
        grower=grower_name(problem, pick.grower_id),
        plot=batch.plot or batch.id,
        stage=f"{pick.stage_id} {name}".strip(),
        kg=texts.number(pick.kg),
        places=", ".join(places),
    )

"""A trace and the findings of a log in sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import lru_cache

from harvest_planner.formats.names import clean, crop_name, place_name
from harvest_planner.formats.records.checking import LogFinding
from harvest_planner.formats.words import Words
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.schema.traces import LotOrigin, LotParcel, Trace


@lru_cache(maxsize=1)
def _catalogue() -> PlanningProblem:
    """Names come from the catalogue alone: a log stands without its problem."""
    return PlanningProblem(as_of=dt.datetime(2000, 1, 1, tzinfo=dt.UTC))


def finding_sentence(finding: LogFinding, words: Words) -> str:
    """What is wrong or missing, in one sentence."""
    order = clean(finding.order_id) if finding.order_id else words.say("batches.local_market")
    return words.say(f"finding.{finding.code}", lot=finding.lot_code, order=order)


def trace_lines(trace: Trace, words: Words) -> Iterator[str]:
    """Lot, plot, treatment, parcels: a sentence each. Names and addresses of receivers are not among them."""
    back = trace.back
    unstated = words.say("log.not_stated")
    yield words.say(
        "log.lot",
        lot=trace.lot_code,
        crop=crop_name(_catalogue(), back.crop_id),
        batch=clean(back.batch_id),
        stage=clean(back.stage_id),
    )
    yield words.say(
        "log.to_be_picked" if back.picked_from_at is None else "log.picked",
        picked_on=back.picked_on,
        picker=clean(back.picker or back.grower_id),
        place=place_name(_catalogue(), back.place_id),
        plot=clean(back.plot or unstated),
    )
    if back.planting_area_code:
        until_on = back.planting_area_valid_until
        known = {} if until_on is None else {"full_day": until_on}
        yield words.say(
            "log.area" if until_on is None else "log.area_until", code=clean(back.planting_area_code), **known
        )
    yield _treatment(back, words, unstated)
    for parcel in trace.forward:
        yield _parcel(parcel, words)
    yield words.say("log.keep_until", keeper=clean(trace.kept_by), full_day=trace.keep_until_on)


def _treatment(back: LotOrigin, words: Words, unstated: str) -> str:
    if back.interval_check in ("unknown", "no_treatment"):
        return words.say(f"log.{back.interval_check}")
    return words.say(
        f"log.{back.interval_check}",
        spray_on=back.last_spray_on,
        product=clean(back.last_spray_product or unstated),
        interval_days=back.pre_harvest_interval_days,
        lawful_on=back.lawful_from_on,
    )


def _parcel(parcel: LotParcel, words: Words) -> str:
    planned = "_planned" if parcel.actual_kg is None else ""
    kg = parcel.planned_kg if parcel.actual_kg is None else parcel.actual_kg
    if parcel.order_id is None:
        return words.say(f"log.market{planned}", kg=kg)
    place = place_name(_catalogue(), parcel.destination_id) if parcel.destination_id else words.say("log.not_stated")
    return words.say(f"log.parcel{planned}", order=clean(parcel.order_id), kg=kg, place=place)

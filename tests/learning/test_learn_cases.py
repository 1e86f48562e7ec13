"""What a marketplace hands back is incomplete: each outcome teaches what it can, and what it cannot is counted."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest
from pydantic import ValidationError

import harvest_planner as hp
from tests.planning.small import batch, lane, order, problem

FRUIT = {
    "id": "durable",
    "ready_at_d20": 6,
    "window_d20": 2,
    "stages": [{"id": "only", "age_d20": 4, "sd_d20": 1.0, "batch_sd_d20": 0.5}],
    "reference_stage_id": "only",
    "temperature_law": {"law": "square_root", "tmin_degc": -10},
    "goods": "fresh-fruit",
    "fruit_per_kg": 4,
}
LANES = [
    lane(id="road", transit_p50_h=20, transit_p95_h=30),
    lane(id="to-hub", destination_id="hub", transit_p50_h=8, transit_p95_h=12),
    lane(id="from-hub", origin_id="hub", transit_p50_h=10, transit_p95_h=14),
]
HUB = {"id": "hub", "latitude_deg": 21.3, "longitude_deg": 106.1, "ambient_degc": 25}


def believed(**changes: Any) -> hp.PlanningProblem:
    """A farm, a hub and a town; two orders and two growers."""
    small = problem(lanes=LANES[:1])
    return hp.PlanningProblem.model_validate(
        {
            "as_of": small.as_of,
            "places": [*small.places, HUB],
            "crops": [FRUIT],
            "lanes": LANES,
            "growers": [{"id": "g1"}, {"id": "g2", "reputation": 0.7}],
            "batches": [batch(), batch(id="b2", grower_id="g2")],
            "orders": [order(), order(id="o2"), order(id="early", deliver_from_at="2026-08-13T00:00:00+07:00")],
            **changes,
        }
    )


def came(**changes: Any) -> dict[str, Any]:
    """The first order, by road, a day on its way, just right."""
    return {
        "order_id": "o1",
        "batch_id": "b1",
        "pick_on": "2026-08-11",
        "lane_ids": ["road"],
        "departed_at": "2026-08-11T12:00:00+07:00",
        "delivered_at": "2026-08-12T12:00:00+07:00",
        "stars": 5,
        "reason": "just_right",
        **changes,
    }


def learned(*outcomes: dict[str, Any], **options: Any) -> hp.Evidence:
    return hp.learn(outcomes, believed(), **options)[1]


def test_a_whole_outcome_teaches_lane_batch_rate_and_reputation() -> None:
    evidence = learned(came())
    assert evidence.counts == {}
    assert evidence.used == {"lanes": 1, "ripening": 1, "reputation": 1}
    assert {update.kind for update in evidence.updates} == {"lane", "batch_age", "ripening_rate", "reputation"}
    road = evidence.update("lane", "road")
    assert (road.was, road.outcomes, road.order_ids) == (20.0, 1, ("o1",))
    assert 20.0 < road.now < 22.0
    assert road.low < road.now < road.high


@pytest.mark.parametrize(
    ("changes", "code", "used"),
    [
        ({"order_id": "o9"}, "unknown_order", {"lanes": 1, "ripening": 0, "reputation": 0}),
        ({"batch_id": "b9"}, "unknown_batch", {"lanes": 1, "ripening": 0, "reputation": 0}),
        ({"lane_ids": ["rail"]}, "unknown_lane", {"lanes": 0, "ripening": 0, "reputation": 1}),
        (
            {"delivered_at": "2026-08-11T11:00:00+07:00"},
            "arrived_before_departure",
            {"lanes": 0, "ripening": 0, "reputation": 1},
        ),
        ({"reason": None}, "no_reason", {"lanes": 1, "ripening": 0, "reputation": 1}),
        ({"reason": None, "stars": 3}, "no_reason", {"lanes": 1, "ripening": 0, "reputation": 0}),
        ({"reason": "late"}, "reason_late", {"lanes": 1, "ripening": 0, "reputation": 0}),
        ({"reason": "damaged"}, "reason_damaged", {"lanes": 1, "ripening": 0, "reputation": 1}),
        ({"pick_on": None}, "missing", {"lanes": 1, "ripening": 0, "reputation": 1}),
        ({"batch_id": None}, "missing", {"lanes": 1, "ripening": 0, "reputation": 0}),
        ({"pick_on": "2026-08-12"}, "departed_before_picking", {"lanes": 1, "ripening": 0, "reputation": 1}),
        ({"stars": 6}, "unreadable", {"lanes": 0, "ripening": 0, "reputation": 0}),
        ({"reason": "meh"}, "unreadable", {"lanes": 0, "ripening": 0, "reputation": 0}),
        ({"delivered_at": "2026-08-12T12:00:00"}, "unreadable", {"lanes": 0, "ripening": 0, "reputation": 0}),
        ({"colour": "green"}, "unreadable", {"lanes": 0, "ripening": 0, "reputation": 0}),
        (
            {"lane_ids": ["to-hub", "from-hub"]},
            "only_the_whole_way",
            {"lanes": 0, "ripening": 1, "reputation": 1},
        ),
    ],
)
def test_an_incomplete_outcome_is_counted_and_still_teaches_the_rest(
    changes: dict[str, Any], code: str, used: dict[str, int]
) -> None:
    evidence = learned(came(**changes))
    assert evidence.counts == {code: 1}
    assert evidence.used == used
    (fault,) = evidence.faults
    assert (fault.row, fault.order_id) == (1, changes.get("order_id", "o1"))


def test_what_came_after_as_of_is_not_known_yet() -> None:
    evidence = learned(came(), came(order_id="o2"), as_of=dt.datetime(2026, 8, 12, 11, tzinfo=dt.UTC))
    assert evidence.counts == {}
    evidence = learned(came(), as_of=dt.datetime(2026, 8, 12, 4, tzinfo=dt.UTC))
    assert evidence.counts == {"after_as_of": 1}
    assert evidence.used == {"lanes": 0, "ripening": 0, "reputation": 1}


def test_only_what_was_learned_can_be_undone() -> None:
    problem, evidence = hp.learn([came()], believed())
    with pytest.raises(ValueError, match=r"record_ids: 'b9' is none of what was learned: .*'b1'.*'road'"):
        evidence.undo(problem, record_ids=["b9"])
    with pytest.raises(ValueError, match="kinds: 'lanes' is none of what was learned: 'batch_age', 'lane'"):
        evidence.undo(problem, kinds=["lanes"])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="record_ids: 'b9'"):
        evidence.applied_to(problem, record_ids=["road", "b9"])


def test_every_outcome_is_used_or_counted() -> None:
    outcomes = [came(), came(order_id="o9"), came(reason=None, stars=None), "nothing", came()]
    _, evidence = hp.learn(outcomes, believed())
    assert evidence.outcomes == 5
    assert evidence.counts == {"unknown_order": 1, "unreadable": 1, "duplicate": 1}
    assert evidence.used["lanes"] == 2


def test_a_delivery_that_nobody_reviewed_teaches_the_lane_alone() -> None:
    evidence = learned(came(reason=None, stars=None))
    assert evidence.counts == {}
    assert evidence.used == {"lanes": 1, "ripening": 0, "reputation": 0}


def test_lateness_is_no_sign_of_the_tree() -> None:
    late = {"delivered_at": "2026-08-15T12:00:00+07:00"}
    evidence = learned(came(reason="late", **late), came(order_id="o2", stars=1, reason=None, **late))
    assert evidence.of("batch_age") == ()
    assert evidence.of("reputation") == ()


def test_a_batch_of_another_crop_is_a_mistake() -> None:
    other = believed(
        crops=[FRUIT, {**FRUIT, "id": "other"}], batches=[batch(), batch(id="b2", grower_id="g2", crop_id="other")]
    )
    _, evidence = hp.learn([came(batch_id="b2")], other)
    assert evidence.counts == {"wrong_crop": 1}


def test_legs_with_their_hours_teach_each_lane() -> None:
    legs = [
        {"lane_id": "to-hub", "departed_at": "2026-08-11T12:00:00+07:00", "arrived_at": "2026-08-11T22:00:00+07:00"},
        {"lane_id": "from-hub", "departed_at": "2026-08-12T12:00:00+07:00", "arrived_at": "2026-08-13T00:00:00+07:00"},
    ]
    evidence = learned(came(lane_ids=[], legs=legs, departed_at=None, delivered_at="2026-08-13T00:10:00+07:00"))
    assert evidence.counts == {}
    assert {update.subject: update.outcomes for update in evidence.of("lane")} == {
        "to-hub": 1,
        "from-hub": 1,
        "road": 0,
    }


def test_a_parcel_that_has_not_come_yet_makes_the_lane_slower() -> None:
    on_its_way = came(delivered_at=None, reason=None, stars=None)
    early, late = (
        learned(on_its_way, as_of=dt.datetime.fromisoformat(f"2026-08-{day}:00:00+07:00")) for day in ("11T20", "13T12")
    )
    assert early.update("lane", "road").now == pytest.approx(20.0, rel=0.01)
    assert late.update("lane", "road").now > 21.0


def test_a_parcel_that_never_comes_is_lost_and_no_slow_one() -> None:
    evidence = learned(came(delivered_at=None), as_of=dt.datetime.fromisoformat("2026-09-11T12:00:00+07:00"))
    assert evidence.counts == {"lost": 1, "no_delivery": 1}
    assert evidence.of("lane") == ()


def test_who_had_to_wait_for_the_buyer_does_not_make_the_lane_slower() -> None:
    taken = came(order_id="early", delivered_at="2026-08-13T00:00:00+07:00")
    assert learned(taken).counts == {"missing": 1}
    assert learned(taken).of("lane") == ()
    assert learned({**taken, "delivered_at": "2026-08-13T03:00:00+07:00"}).update("lane", "road").now > 20.0


def test_the_plan_tells_what_the_marketplace_does_not_know() -> None:
    question = believed(policy={"min_good_share": 0.05, "horizon_days": 4})
    plan = hp.plan_harvest(question)
    row = next(each for each in plan.shipments if each.order_id == "o1")
    bare = {
        "order_id": "o1",
        "departed_at": row.legs[0].departs_at,
        "delivered_at": row.arrive_p95_at,
        "reason": "too_ripe",
    }
    assert hp.learn([bare], question)[1].counts == {"missing": 2}
    _, evidence = hp.learn([bare], question, plan=plan)
    assert evidence.counts == {}
    assert evidence.update("batch_age", row.batch_id).now > 0.0


CSV = """order_id,batch_id,pick_on,lane_ids,leg_departed_at,leg_arrived_at,delivered_at,stars,reason
o1,b1,2026-08-11,road,2026-08-11T12:00:00+07:00,2026-08-12T10:00:00+07:00,2026-08-12T12:00:00+07:00,4,Còn cứng
o2,b1,2026-08-11,to-hub|from-hub,2026-08-11T12:00:00+07:00|2026-08-12T12:00:00+07:00,2026-08-11T20:00:00+07:00|,\
2026-08-13T00:00:00+07:00,,just right
o3,,,,,,,,
"""


def test_a_csv_file_is_read_with_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "outcomes.csv"
    path.write_text(CSV, encoding="utf-8")
    _, evidence = hp.learn(path, believed())
    assert evidence.used == {"lanes": 2, "ripening": 2, "reputation": 2}
    assert evidence.update("batch_age", "b1").note == "1 × just_right, 1 × too_hard"
    assert evidence.update("lane", "from-hub").outcomes == 1
    assert [(fault.row, fault.code) for fault in evidence.faults] == [(4, "missing"), (4, "unknown_order")]


def test_records_dicts_and_frames_say_the_same() -> None:
    rows = [came(), came(order_id="o2", reason="too_hard", stars=None)]
    flat = [{**row, "lane_ids": "road"} for row in rows]
    answers = [
        hp.learn(given, believed())
        for given in (
            rows,
            [hp.DeliveryOutcome.model_validate(row) for row in rows],
            pd.DataFrame(flat),
            pl.DataFrame(flat),
        )
    ]
    assert all(answer == answers[0] for answer in answers[1:])


def test_the_order_of_the_outcomes_does_not_matter() -> None:
    rows = [came(), came(order_id="o2", reason="too_hard"), came(order_id="o2", batch_id="b2", reason="damaged")]
    assert hp.learn(rows, believed())[0] == hp.learn(rows[::-1], believed())[0]


@pytest.mark.parametrize("outcomes", [[], 7, {"order_id": "o1"}])
def test_what_is_no_table_of_outcomes_is_refused_in_one_sentence(outcomes: Any) -> None:
    with pytest.raises(hp.FitError, match=r"^outcomes: "):
        hp.learn(outcomes, believed())


def test_a_naive_as_of_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        hp.learn([came()], believed(), as_of=dt.datetime(2026, 8, 12))


def test_without_scipy_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "scipy", None)
    with pytest.raises(hp.MissingExtraError, match=r"learn needs scipy.*\[fit\]"):
        hp.learn([came()], believed())


def test_a_reason_is_one_of_five() -> None:
    with pytest.raises(ValidationError, match="just_right"):
        hp.DeliveryOutcome(order_id="o1", reason="tasty")


def test_one_kind_or_one_record_can_be_taken_back_alone() -> None:
    question = believed()
    after, evidence = hp.learn([came(), came(order_id="o2", batch_id="b2", reason="too_hard")], question)
    no_lanes = evidence.undo(after, kinds=["lane"])
    assert no_lanes.lanes == question.lanes
    assert no_lanes.batches == after.batches
    one = evidence.undo(after, record_ids=["b2"])
    assert one.batch("b2") == question.batch("b2")
    assert one.batch("b1") == after.batch("b1") != question.batch("b1")


def test_what_was_changed_since_is_not_undone_over_the_head_of_who_changed_it() -> None:
    after, evidence = hp.learn([came()], believed())
    moved = after.model_copy(
        update={"growers": tuple(each.model_copy(update={"reputation": 0.5}) for each in after.growers)}
    )
    with pytest.raises(ValueError, match=r"growers 'g1': reputation was changed since.*nothing was undone"):
        evidence.undo(moved)
    assert evidence.undo(moved, kinds=["lane", "batch_age", "ripening_rate"]).lanes == believed().lanes
    with pytest.raises(ValueError, match="not in the problem any more"):
        evidence.undo(after.model_copy(update={"growers": ()}), kinds=["reputation"])


def test_evidence_is_kept_as_a_document() -> None:
    after, evidence = hp.learn([came()], believed())
    kept = hp.Evidence.model_validate_json(evidence.model_dump_json())
    assert kept == evidence
    assert kept.undo(after) == believed()
    assert "lane road: transit_p50_h 20 → " in str(evidence)


def test_next_week_goes_by_what_was_learned() -> None:
    after, evidence = hp.learn([came()], believed())
    next_week = believed(orders=[order(id="o7")], batches=[batch(id="b7")])
    carried = evidence.applied_to(next_week)
    assert carried.lanes == after.lanes
    assert carried.grower("g1").reputation == after.grower("g1").reputation
    assert carried.crop("durable") == after.crop("durable")
    assert carried.batches == next_week.batches


def test_a_problem_that_goes_by_the_catalogue_gets_what_was_learned_of_it_and_loses_it_again() -> None:
    question = hp.PlanningProblem.model_validate(
        {
            "as_of": "2026-08-10T00:00:00+07:00",
            "growers": [{"id": "g1"}],
            "batches": [batch(crop_id="na-chi-lang", stage_id="S2", place_id="chi-lang")],
            "orders": [order(crop_id="na-chi-lang", destination_id="ha-noi")],
        }
    )
    plan = hp.plan_harvest(question)
    (row,) = plan.shipments
    outcome = {
        "order_id": "o1",
        "departed_at": row.legs[0].departs_at,
        "delivered_at": row.arrive_p95_at,
        "reason": "too_ripe",
    }
    after, evidence = hp.learn([outcome], question, plan=plan)
    assert evidence.counts == {}
    assert [crop.id for crop in after.crops] == ["na-chi-lang"]
    assert row.legs[0].lane_id in {each.id for each in after.lanes}
    assert hp.plan_harvest(after).status
    assert evidence.undo(after) == question

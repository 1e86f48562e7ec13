"""`learn`: what came back of the deliveries corrects lanes, ripening and reputations, with the evidence for each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from harvest_planner.learning.extra import require_scipy
from harvest_planner.schema.outcome import DeliveryOutcome
from harvest_planner.schema.plan import HarvestPlan
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.transit.instants import hours_of

if TYPE_CHECKING:
    from harvest_planner.learning.batch_ages import CropAges
    from harvest_planner.learning.evidence import Evidence
    from harvest_planner.learning.lanes import Learned
    from harvest_planner.learning.outcomes import Outcomes, Read
    from harvest_planner.learning.passages import Reader

Z = 1.6448536269514722


def learn(
    outcomes: Outcomes,
    problem: PlanningProblem,
    *,
    plan: HarvestPlan | None = None,
    as_of: dt.datetime | None = None,
) -> tuple[PlanningProblem, Evidence]:
    """The problem with what its deliveries taught, and the evidence for every number that changed.

    Parameters
    ----------
    outcomes : `DeliveryOutcome` records, dicts of their fields, a data frame with a column for each, or the path of
        such a CSV file. Hand in each outcome once: a second time it would count twice.
    problem : what was believed when they were sent: its orders, batches, lanes and growers.
    plan : the plan they were sent by; it tells batch, day and lanes where an outcome does not.
    as_of : until when it is known what came; None: the last instant among the outcomes. A parcel that had not come by
        then teaches that it takes longer.

    Returns
    -------
    (problem, evidence) : lanes with new `transit_p50_h`, `transit_p95_h`, `transit_min_h` and `on_schedule_share` (or
        `transit_samples_h`), batches with new `age_shift_d20` and `age_shift_sd_d20`, crops with a new
        `temperature_law`, growers with a new `reputation`; and each update with what it was, is, its 90 % interval and
        its outcomes, every outcome that could not be used with its reason, `.undo(problem)` and
        `.applied_to(next_problem)`.

    Raises
    ------
    FitError : the outcomes are no table, or there is none.
    ValueError : a naive `as_of`.
    MissingExtraError : scipy is not installed (extra `fit`).

    Notes
    -----
    See docs/explanation/learning.md for the models and what each kind of incomplete outcome still teaches.

    Examples
    --------
    >>> import harvest_planner as hp
    >>> problem = hp.PlanningProblem(
    ...     as_of="2026-08-10T00:00:00+07:00",
    ...     growers=[{"id": "g1"}],
    ...     batches=[{"id": "b1", "grower_id": "g1", "crop_id": "na-chi-lang", "place_id": "chi-lang",
    ...               "quantity_kg": 50, "stage_id": "S2", "observed_on": "2026-08-10"}],
    ...     orders=[{"id": f"o{i}", "crop_id": "na-chi-lang", "quantity_kg": 5, "destination_id": "ha-noi",
    ...              "deliver_until_at": "2026-08-16T20:00:00+07:00", "price_vnd_per_kg": 60_000} for i in range(5)],
    ...     lanes=[{"id": "road", "origin_id": "chi-lang", "destination_id": "ha-noi", "transit_p50_h": 20,
    ...             "transit_p95_h": 36, "departures": "FREQ=DAILY;BYHOUR=18"}],
    ... )
    >>> came = [
    ...     {"order_id": f"o{i}", "batch_id": "b1", "pick_on": "2026-08-11", "lane_ids": ["road"], "reason": "too_hard",
    ...      "departed_at": "2026-08-11T18:00+07:00", "delivered_at": f"2026-08-12T{hour}:00+07:00"}
    ...     for i, hour in enumerate((16, 18, 19, 20, 22))
    ... ]
    >>> learned, evidence = hp.learn(came, problem)
    >>> round(learned.lanes[0].transit_p50_h, 1), round(learned.batches[0].age_shift_d20, 1), evidence.counts
    (22.4, -0.6, {})
    >>> evidence.undo(learned) == problem
    True
    """  # fmt: skip
    require_scipy("learn")
    from harvest_planner.learning.ages import learned_ages
    from harvest_planner.learning.lanes import learned_lanes
    from harvest_planner.learning.ledger import applied
    from harvest_planner.learning.outcomes import read_outcomes
    from harvest_planner.learning.standing import learned_reputations

    read = read_outcomes(outcomes, plan)
    reader = _reader(read, problem, as_of)
    found = reader.found
    lanes = learned_lanes(reader.lanes, found.rides, now_h=reader.now_h)
    batches_and_rates, ages = learned_ages(problem, found.ripe)
    reputations = learned_reputations(problem.growers, found.verdicts)
    evidence = _evidence(read, reader, [*lanes, *batches_and_rates, *reputations], ages)
    return applied(problem, evidence.changes), evidence


def _reader(read: Read, problem: PlanningProblem, as_of: dt.datetime | None) -> Reader:
    """The outcomes, read against the problem as it stood at the last instant that is known."""
    from harvest_planner.learning.passages import Reader

    if as_of is not None and as_of.tzinfo is None:
        raise ValueError(f"as_of = {as_of.isoformat()} is naive; give it an offset such as +07:00")
    reader = Reader(problem, hours_of(as_of or _last([told.outcome for told in read.told]) or problem.as_of))
    for told in read.told:
        reader.read(told)
    return reader


def _last(outcomes: Sequence[DeliveryOutcome]) -> dt.datetime | None:
    instants = [
        at
        for one in outcomes
        for at in (
            one.departed_at,
            one.delivered_at,
            *(leg.departed_at for leg in one.legs),
            *(leg.arrived_at for leg in one.legs),
        )
        if at is not None
    ]
    return max(instants, default=None)


def _evidence(read: Read, reader: Reader, learned: Sequence[Learned], ages: dict[str, CropAges]) -> Evidence:
    from harvest_planner.learning.evidence import Evidence

    changes = {(one.change.table, one.change.record_id): one.change for one in learned}
    faults = sorted((*read.faults, *reader.found.faults), key=lambda fault: (fault.row, fault.code))
    return Evidence(
        outcomes=read.rows,
        used={
            "lanes": len({ride.order_id for ride in reader.found.rides}),
            "ripening": len(reader.found.ripe),
            "reputation": len(reader.found.verdicts),
        },
        updates=tuple(one.update for one in learned),
        changes=tuple(changes.values()),
        faults=tuple(faults),
        lateness_d20={
            crop_id: (mean - Z * sd, mean, mean + Z * sd)
            for crop_id, found in ages.items()
            for mean, sd in (found.lateness_d20,)
        },
        buyers_sd_d20={crop_id: found.buyers_sd_d20 for crop_id, found in ages.items()},
    )

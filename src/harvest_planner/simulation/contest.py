"""The policies of a comparison: each decides by what it knows, all are played in the same runs."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.simulation.beliefs import by_mean, by_promise
from harvest_planner.simulation.bench import Bench
from harvest_planner.simulation.comparison import PolicyComparison, PolicyMeasures, PolicyName, PolicyRow
from harvest_planner.simulation.decisions import Decisions
from harvest_planner.simulation.foresight import Foresight
from harvest_planner.simulation.lead_times import LeadTimes, Tuned
from harvest_planner.simulation.luck import Floats, Luck
from harvest_planner.simulation.market import play_market, trips_to_market
from harvest_planner.simulation.played import FATES, Played, interval, interval_of_kg, interval_of_shares, play
from harvest_planner.simulation.report import Estimate
from harvest_planner.simulation.scene import Scene
from harvest_planner.simulation.world import World


class Contest:
    """One problem and the runs in which all policies are played.

    Parameters
    ----------
    problem : the question.
    runs, seed : of the luck that all policies meet.
    """

    def __init__(self, problem: PlanningProblem, *, runs: int, seed: int) -> None:
        self._problem, self._runs, self._seed = problem, runs, seed
        self._scene = Scene(problem, World())
        self._luck = Luck(seed, runs)
        self._bench = Bench.of(problem)
        self._plan = self._play(self._bench.decide())
        self._hung_kg = math.fsum(batch.quantity_kg for batch in problem.batches)

    def compared(self, foresight_runs: int, tuning_runs: int) -> PolicyComparison:
        """Every policy played."""
        one, by_region = self._lead_times(tuning_runs)
        played: dict[PolicyName, Played] = {
            "plan": self._plan,
            "market": play_market(trips_to_market(self._scene), self._scene, self._luck),
            "one_lead_time": self._play(one.decisions),
            "lead_time_by_region": self._play(by_region.decisions),
            "promise": self._play(Bench.of(by_promise(self._problem)).decide()),
            "mean": self._play(Bench.of(by_mean(self._problem)).decide()),
        }
        rows = [self._row(policy, each) for policy, each in played.items()]
        foresight, gain = self._foresight(foresight_runs)
        return PolicyComparison(
            rows=(*rows, foresight),
            runs=self._runs,
            foresight_runs=foresight_runs,
            seed=self._seed,
            lead_days=next(iter(one.lead_days.values())),
            lead_days_by_region=dict(by_region.lead_days),
            value_of_stochastic_solution_vnd=interval(self._plan.income_vnd - played["mean"].income_vnd),
            value_of_perfect_information_vnd=gain,
        )

    def _play(self, decisions: Decisions) -> Played:
        return play(decisions, self._scene, self._luck)

    def _lead_times(self, tuning_runs: int) -> tuple[Tuned, Tuned]:
        luck = Luck(self._seed + 1, tuning_runs)

        def worth(decisions: Decisions) -> float:
            return float(play(decisions, self._scene, luck).income_vnd.mean())

        tried = LeadTimes(self._bench, worth)
        return tried.one(), tried.by_region()

    def _row(self, policy: PolicyName, played: Played) -> PolicyRow:
        gain = interval(self._plan.income_vnd - played.income_vnd)
        return PolicyRow(
            policy=policy,
            runs=self._runs,
            income_vnd=float(played.income_vnd.mean()),
            good_share=_bounded(played.share("good").mean),
            late_share=_bounded(played.share("late").mean),
            harmed_share=_bounded(played.share("harmed").mean),
            shipped_kg=played.promised_kg,
            waste_kg=max(0.0, float(played.waste_kg.mean())),
            plan_minus_vnd=gain.mean,
            plan_minus_low_vnd=gain.low,
            plan_minus_high_vnd=gain.high,
            plan_minus_good_share=interval(_shares(self._plan) - _shares(played)),
            measures=self._measures(_runs(played)),
        )

    def _foresight(self, runs: int) -> tuple[PolicyRow, Estimate]:
        """Each run planned with what it will bring; means are the plan's of all runs plus the difference in these."""
        luck = Luck(self._seed, runs)
        foresight = Foresight(self._bench, self._scene, luck)
        rows = [_run(play(foresight.decisions(run), self._scene, luck), run) for run in range(runs)]
        each = _Runs(*np.array(rows, dtype=np.float64).T)
        gain = interval(_minus(each.income_vnd, self._plan.income_vnd))
        shipped = float(each.shipped_kg.mean())

        def share(kg: Floats) -> float:
            return _bounded(float(kg.mean()) / shipped if shipped else 0.0)

        row = PolicyRow(
            policy="perfect_foresight",
            runs=runs,
            income_vnd=float(self._plan.income_vnd.mean()) + gain.mean,
            good_share=share(each.good_kg),
            late_share=share(each.late_kg),
            harmed_share=share(each.harmed_kg),
            shipped_kg=shipped,
            waste_kg=max(0.0, float(each.waste_kg.mean())),
            plan_minus_vnd=-gain.mean,
            plan_minus_low_vnd=-gain.high,
            plan_minus_high_vnd=-gain.low,
            plan_minus_good_share=interval(-_minus(each.share(each.good_kg), _shares(self._plan))),
            measures=self._measures(each),
        )
        return row, gain

    def _measures(self, each: _Runs) -> PolicyMeasures:
        parcels = each.parcels > 0.0
        content = each.content / np.maximum(each.parcels, 1.0)
        return PolicyMeasures(
            good_share=interval_of_shares(each.share(each.good_kg)),
            under_ripe_share=interval_of_shares(each.share(each.under_kg)),
            over_ripe_share=interval_of_shares(each.share(each.over_kg)),
            late_share=interval_of_shares(each.share(each.late_kg)),
            harmed_share=interval_of_shares(each.share(each.harmed_kg)),
            parcel_good_share=interval_of_shares(content) if parcels.any() else None,
            waste_kg=interval_of_kg(each.waste_kg),
            income_vnd=interval(each.income_vnd),
            income_vnd_per_kg=interval(each.income_vnd / max(self._hung_kg, 1e-9)),
        )


class _Runs(NamedTuple):
    """What a policy came to in each run."""

    income_vnd: Floats
    waste_kg: Floats
    shipped_kg: Floats
    parcels: Floats
    content: Floats
    good_kg: Floats
    under_kg: Floats
    over_kg: Floats
    late_kg: Floats
    harmed_kg: Floats

    def share(self, kg: Floats) -> Floats:
        """Of what was to be shipped in each run; 0 where nothing was."""
        return np.asarray(kg / np.maximum(self.shipped_kg, 1e-9), dtype=np.float64)


def _run(played: Played, run: int) -> list[float]:
    """One run of what was played, in the order of `_Runs`."""
    totals = (played.income_vnd[run], played.waste_kg[run], played.promised_kg, played.parcels, played.content[run])
    return [float(total) for total in (*totals, *(played.kg[fate][run] for fate in FATES))]


def _runs(played: Played) -> _Runs:
    """All runs of one set of decisions."""
    shipped, parcels = (np.full(played.runs, float(total)) for total in (played.promised_kg, played.parcels))
    kg = (played.kg[fate] for fate in FATES)
    return _Runs(played.income_vnd, played.waste_kg, shipped, parcels, played.content, *kg)


def _shares(played: Played) -> Floats:
    """The share good in each run; 0 where nothing is shipped."""
    return np.asarray(played.kg["good"] / max(played.promised_kg, 1e-9), dtype=np.float64)


def _minus(few: Floats, many: Floats) -> Floats:
    """The difference in those runs that both have."""
    return np.asarray(few - many[: len(few)], dtype=np.float64)


def _bounded(share: float) -> float:
    return min(1.0, max(0.0, share))

"""What a question for journeys costs: `python -m benchmarks.journeys [--questions N] [--compared N]`, from the root.

A made-up network over the 63 provinces (`benchmarks.national_lanes`), asked for the journeys of sugar apples between
two random provinces from a random moment on, all that are on offer, with their distributions. Each question is asked
once; the connections that it meets first are worked out then, so a first pass over other moments is reported by itself
("cold"). Some of the questions are also answered as one would without a search: networkx walks the time-expanded graph
of all departures, once for each first departure, every chain it finds gets its exact law, and what is outdone is left
out; both must give the same journeys. A table and one JSON object are printed; a ratio is the median of those of single
questions.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import statistics
import time
from itertools import pairwise
from typing import Any

import harvest_planner as hp
from benchmarks.national_lanes import departures, network
from harvest_planner import catalogue
from harvest_planner.planning.curves import curve_of
from harvest_planner.planning.roads import Travel
from harvest_planner.transit.instants import hours_of
from harvest_planner.transit.law import ChainLaw, Ends, Laws
from harvest_planner.transit.lines import Ageing, Line
from harvest_planner.transit.search import MOST_LANES

CROP = "na-chi-lang"
_FAR = 1e-9
Question = tuple[str, str, dt.datetime]


def questions(problem: hp.PlanningProblem, count: int, *, seed: int) -> list[Question]:
    """Pairs of provinces and moments in the first eleven days."""
    rng = random.Random(seed)
    provinces = [place for place in catalogue.place_ids() if catalogue.province_id(place) == place]
    return [
        (*rng.sample(provinces, 2), problem.as_of + dt.timedelta(hours=rng.uniform(2, 264)))  # type: ignore[misc]
        for _ in range(count)
    ]


class TimeExpanded:
    """All departures as nodes, each joined to the departure that its median parcel makes on every line that follows."""

    def __init__(self, problem: hp.PlanningProblem) -> None:
        import networkx as nx

        travel = Travel(problem, problem.lanes)
        crop = hp.crop(CROP)
        ends = [Ends(lane.id, lane.origin_id, lane.destination_id) for lane in problem.lanes]
        dated = travel.network._service
        self.laws = Laws(
            ends, lambda lane_id: dated(lane_id, crop.goods), Ageing(curve_of(crop).clocks[0], travel.ambient)
        )
        self.lines: dict[str, tuple[Line, ...]] = {each.origin_id: self.laws.leaving(each.origin_id) for each in ends}
        self.graph = nx.DiGraph()
        every = [line for lines in self.lines.values() for line in lines]
        self.to: dict[str, list[tuple[Line, int]]] = {}
        for line in every:
            median_h = line.duration.quantile(0.5)
            for number, departs_h in enumerate(line.departures_h):
                self.to.setdefault(line.destination_id, []).append((line, number))
                self.graph.add_node((line.number, number), line=line)
                for following in self.lines.get(line.destination_id, ()):
                    caught = following.service.first_index(departs_h + median_h)
                    if caught < len(following.departures_h):
                        self.graph.add_edge((line.number, number), (following.number, caught))

    def journeys(self, origin: str, destination: str, ready_at: dt.datetime) -> set[tuple[str, ...]]:
        """The lanes of every journey that no other outdoes."""
        import networkx as nx

        ready_h = hours_of(ready_at)
        waiting_per_h = self.laws.ageing.waiting_per_h(origin, ready_h)
        ends = {(line.number, number) for line, number in self.to[destination]}
        found: dict[tuple[str, ...], tuple[float, ...]] = {}
        for line in self.lines[origin]:
            first = line.service.first_index(ready_h)
            if first == len(line.departures_h):
                continue
            start = (line.number, first)
            paths = [[start]] if start in ends else nx.all_simple_paths(self.graph, start, ends, cutoff=MOST_LANES - 1)
            for path in paths:
                lines = [self.graph.nodes[node]["line"] for node in path]
                places = [origin, *(each.destination_id for each in lines)]
                if len(set(places)) < len(places):
                    continue
                waited_d20 = waiting_per_h * (line.departures_h[first] - ready_h)
                law: ChainLaw | None = self.laws.begun(line, first, age_d20=waited_d20)
                for _, following in pairwise(lines):
                    law = None if law is None else self.laws.extended(law, following)
                if law is not None:
                    names = tuple(each.service.lane.id for each in lines)
                    found[names] = (*law.quantiles_h, law.cost_vnd_per_kg, law.age_d20)
        return {names for names, figures in found.items() if not any(_outdoes(one, figures) for one in found.values())}


def _outdoes(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return all(a <= b + _FAR for a, b in zip(one, other, strict=True)) and any(
        a < b - _FAR for a, b in zip(one, other, strict=True)
    )


def asked(problem: hp.PlanningProblem, question: Question) -> tuple[float, tuple[hp.Itinerary, ...]]:
    """Seconds and answer."""
    origin, destination, ready_at = question
    started = time.perf_counter()
    found = hp.journeys(problem, origin, destination, ready_at=ready_at, goods=CROP, limit=None)
    return time.perf_counter() - started, found


def measured(*, count: int, compared: int, seed: int = 1) -> dict[str, Any]:
    """The figures of one run."""
    problem = network()
    cold = [asked(problem, question)[0] for question in questions(problem, count, seed=seed + 1)]
    asked_for = questions(problem, count, seed=seed)
    answers = [asked(problem, question) for question in asked_for]
    took = sorted(seconds for seconds, _ in answers)
    expanded = TimeExpanded(problem)
    ratios, faults = [], 0
    for question, (_, found) in list(zip(asked_for, answers, strict=True))[:compared]:
        started = time.perf_counter()
        plain = expanded.journeys(*question)
        walked = time.perf_counter() - started
        # A day later: asked anew, not remembered.
        again, _ = asked(problem, (*question[:2], question[2] + dt.timedelta(hours=24)))
        ratios.append(walked / again)
        faults += plain != {each.lane_ids for each in found}
    return {
        "departures": departures(problem),
        "lanes": len(problem.lanes),
        "questions": count,
        "journeys_per_question": round(statistics.mean(len(found) for _, found in answers), 2),
        "median_ms": round(1e3 * statistics.median(took), 2),
        "p99_ms": round(1e3 * took[int(0.99 * count)], 2),
        "cold_median_ms": round(1e3 * statistics.median(cold), 2),
        "cold_p99_ms": round(1e3 * sorted(cold)[int(0.99 * count)], 2),
        "compared": compared,
        "networkx_ratio": round(statistics.median(ratios), 1),
        "faults": faults,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=1000)
    parser.add_argument("--compared", type=int, default=12)
    given = parser.parse_args()
    found = measured(count=given.questions, compared=given.compared)
    for name, value in found.items():
        print(f"{name:24}{value:>12}")
    print(json.dumps(found))


if __name__ == "__main__":
    main()

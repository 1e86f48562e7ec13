"""How well learning finds a truth that is known: `python -m benchmarks.learning [--repeats N] [--only NAME]`.

Each repeat draws a week of deliveries (`benchmarks/histories.py`) and learns from it. Printed are root mean square
errors before and after, how many are near enough, and how often the 90 % intervals hold the truth. The rows beyond the
first six are worlds for which the priors were not made; they have no mark to reach.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

import harvest_planner as hp
from benchmarks.histories import AS_OF, HANOI, History, Size, Spread, history
from benchmarks.limits import batches_at_best, lanes_at_best, told_of
from harvest_planner.learning.hierarchy import KIN_SD, LANE_SCALE

CASES = {
    "500 outcomes": (Size(), Spread()),
    "5 outcomes": (Size(orders=5), Spread()),
    "500, nobody reviews": (Size(review_share=0.0), Spread()),
    "5, nobody reviews": (Size(orders=5, review_share=0.0), Spread()),
    "5, nobody reviews, lanes as far off as believed": (
        Size(orders=5, review_share=0.0),
        Spread(kin=KIN_SD, lane=LANE_SCALE),
    ),
    "500, half of them reviewed": (Size(review_share=0.5), Spread()),
    "500 by one lane, nobody reviews": (Size(batches=1, markets=1, review_share=0.0), Spread()),
    "500 of one batch by one lane, rates as believed": (Size(batches=1, markets=1), Spread(rate=0, area_rate=0)),
    "500 of one batch by four lanes, rates as believed": (Size(batches=1), Spread(rate=0, area_rate=0)),
    "500, as believed but for rates": (Size(), Spread(kin=0, lane=0, lane_sd=0, batch_d20=0.0)),
    "500, rates as believed": (Size(), Spread(rate=0, area_rate=0)),
    "500, truth twice as far off": (Size(), Spread(kin=0.16, lane=0.2, lane_sd=0.4, batch_d20=1.2)),
    "500, buyers who differ by 0.8": (Size(), Spread(buyers_d20=0.8)),
}
ENOUGH = (5, 20, 100, 200, 500)
"""Outcomes of one lane or of one batch."""
NEAR = {"lane": 0.05, "batch": 0.3, "delivered": 0.3, "rate": 0.05}


@dataclass
class Errors:
    """Errors before and after learning, and whether the interval held the truth."""

    before: list[float] = field(default_factory=list)
    after: list[float] = field(default_factory=list)
    held: list[bool] = field(default_factory=list)

    def add(self, before: float, after: float, *, held: bool | None = None) -> None:
        self.before.append(before)
        self.after.append(after)
        if held is not None:
            self.held.append(held)

    def line(self, near: float) -> str:
        """RMS before and after, near enough, intervals that hold the truth."""
        return f"{rms(self.before):7.3f} {rms(self.after):7.3f}  {self._shares(near)}"

    def sizes_line(self, near: float) -> str:
        """The median error and the 95th of a hundred, near enough, intervals that hold the truth."""
        median, p95 = np.quantile(np.abs(self.after), (0.5, 0.95))
        return f"{median:7.3f} {p95:6.3f}  {self._shares(near)}"

    def _shares(self, near: float) -> str:
        held = f"{np.mean(self.held):6.1%}" if self.held else "     –"
        return f"{np.mean(np.abs(self.after) <= near):6.1%} within {near:g}  {held}"


def rms(values: list[float]) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(np.square(values))))


def judged(case: History) -> dict[str, Errors]:
    """What learning made of one history: lanes' medians (relative), batches' shifts, ages at delivery, areas' rates."""
    learned, evidence = hp.learn(case.outcomes, case.believed)
    found: dict[str, Errors] = defaultdict(Errors)
    for update in evidence.of("lane"):
        true = case.truth.medians_h[update.subject]
        assert update.was is not None
        held = update.low <= true <= update.high
        found["lane"].add(update.was / true - 1.0, update.now / true - 1.0, held=held)
    gained, speed = _gained(case), _speed(case.believed, learned)
    for update in evidence.of("batch_age"):
        true = case.truth.shifts_d20[update.subject]
        place = case.believed.batch(update.subject).place_id
        held = update.low <= true <= update.high
        found["batch"].add(-true, update.now - true, held=held)
        at_delivery = true + (case.truth.rates[place] - 1.0) * gained[update.subject]
        found["delivered"].add(-at_delivery, update.now + (speed - 1.0) * gained[update.subject] - at_delivery)
    places = {"Lạng Sơn": "chi-lang-farm", "Quảng Ninh": "dong-trieu-farm"}
    for update in evidence.of("ripening_rate"):
        true = case.truth.rates[places[update.subject.split(" × ")[1]]]
        found["rate"].add(1.0 - true, update.now - true, held=update.low <= true <= update.high)
    return found


def histories_judged(size: Size, *, spread: Spread = Spread(), seeds: Iterable[int]) -> dict[str, Errors]:  # noqa: B008
    """The same of several histories together."""
    every = [judged(history(seed, size, spread)) for seed in seeds]
    return {what: _joined([one[what] for one in every if what in one]) for what in NEAR}


def _gained(case: History) -> dict[str, float]:
    """What the parcels of each batch gained on the way, by what is believed of the clock [d20]."""
    by_batch: dict[str, list[float]] = defaultdict(list)
    for ripe in told_of(case).found.ripe:
        by_batch[ripe.batch_id].append(ripe.gained_d20)
    return {batch: float(np.mean(each)) for batch, each in by_batch.items()}


def _speed(before: hp.PlanningProblem, after: hp.PlanningProblem) -> float:
    laws = [problem.crop("na-chi-lang").temperature_law for problem in (before, after)]
    first, second = (law.points[0][1] for law in laws if isinstance(law, hp.RateTable))
    return second / first


def reputations(seed: int) -> Errors:
    """Growers with known shares: some hundred deliveries spread unevenly over a dozen growers."""
    rng = np.random.default_rng(seed)
    believed = history(seed, Size(orders=1, batches=12)).believed
    order = believed.orders[0]
    shares = {grower.id: float(rng.beta(14, 3)) for grower in believed.growers}
    given = rng.multinomial(300, rng.dirichlet(np.ones(12)))
    orders, outcomes = [], []
    for number, (grower, count) in enumerate(zip(believed.growers, given, strict=True)):
        for i in range(count):
            name = f"{grower.id}-{i}"
            orders.append(order.model_copy(update={"id": name}))
            good = rng.random() < shares[grower.id]
            outcomes.append({"order_id": name, "batch_id": f"b{number}", "stars": 5 if good else 1})
    _, evidence = hp.learn(
        outcomes, believed.model_copy(update={"orders": tuple(orders)}), as_of=AS_OF.astimezone(HANOI)
    )
    found = Errors()
    for update in evidence.of("reputation"):
        true = shares[update.subject]
        bare = int(update.note.split()[0]) / update.outcomes
        found.add(bare - true, update.now - true, held=update.low <= true <= update.high)
    return found


def main() -> None:
    """Draw, learn, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=40)
    parser.add_argument("--only", choices=[*CASES, "reputation", "limits", "enough"], help="one row")
    options = parser.parse_args()
    print(f"{options.repeats} repeats; errors before and after (RMS), near enough, 90 % intervals that hold the truth")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", hp.OutsideCalibrationWarning)
        for name, (size, spread) in CASES.items():
            if options.only in (None, name):
                _print_case(name, size, spread, options.repeats)
        if options.only in (None, "reputation"):
            every = [reputations(seed) for seed in range(options.repeats)]
            print(f"reputation (before: the bare share)\n  {'share':9s} {_joined(every).line(0.1)}")
        if options.only in (None, "limits"):
            _print_limits(options.repeats)
        if options.only in (None, "enough"):
            _print_enough(options.repeats)


def _print_case(name: str, size: Size, spread: Spread, repeats: int) -> None:
    start = time.perf_counter()
    found = histories_judged(size, spread=spread, seeds=range(repeats))
    print(f"{name} ({(time.perf_counter() - start) / repeats:.1f} s each, drawing included)")
    for what, near in NEAR.items():
        if found[what].after:
            print(f"  {what:9s} {found[what].line(near)}")


def _print_limits(repeats: int) -> None:
    """Beside what 500 outcomes taught, what they could at the most."""
    learned = histories_judged(Size(), seeds=range(repeats))
    lanes = [error for seed in range(repeats) for error in lanes_at_best(history(seed), Spread())]
    batches = [errors for seed in range(repeats) for errors in batches_at_best(history(seed), Spread())]
    law, rates = ([getattr(each, name) for each in batches] for name in ("told_the_law", "told_the_rates"))
    print("limits of 500 outcomes: errors (RMS), near enough")
    for what, name, errors in (
        ("lane", "learned", learned["lane"].after),
        ("lane", "told all but the lane's own factor", lanes),
        ("batch", "learned", learned["batch"].after),
        ("batch", "told how truths are drawn", law),
        ("batch", "told rates and lateness besides", rates),
    ):
        near = np.mean(np.abs(errors) <= NEAR[what])
        print(f"  {what:6s} {name:35s} {rms(errors):.3f}  {near:.1%} within {NEAR[what]:g}")


def _print_enough(repeats: int) -> None:
    """How many outcomes one lane and one batch need: sizes of errors, near enough, intervals that hold the truth."""
    print(f"{'':36s} median    p95  near enough")
    for name, markets, asked in (
        ("one batch by one lane", 1, ("lane", "batch", "delivered")),
        ("one batch by four lanes", 4, ("batch", "delivered")),
    ):
        for orders in ENOUGH:
            found = histories_judged(Size(orders, batches=1, markets=markets), seeds=range(repeats))
            for what in asked:
                print(f"{f'{orders} outcomes of {name}':36s} {found[what].sizes_line(NEAR[what])}  {what}", flush=True)


def _joined(parts: list[Errors]) -> Errors:
    return Errors(*([x for part in parts for x in getattr(part, name)] for name in ("before", "after", "held")))


if __name__ == "__main__":
    main()

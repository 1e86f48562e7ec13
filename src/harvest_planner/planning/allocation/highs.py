"""HiGHS behind a small door: a programme of rows and columns that is minimised, and what it answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from harvest_planner.errors import MissingExtraError
from harvest_planner.planning.allocation.model import Floats, Ints
from harvest_planner.planning.patience import Patience

if TYPE_CHECKING:
    from harvest_planner.planning.allocation.rows import Row

KG_TOLERANCE = 1e-9
LEAST_S = 0.01
AFRESH: tuple[dict[str, object], ...] = (
    {},
    {"simplex_scale_strategy": 0},
    {"solver": "ipm"},
    {"solver": "ipm", "primal_feasibility_tolerance": 1e-7, "dual_feasibility_tolerance": 1e-7},
)
"""Options of further runs, each from nothing, where one ends without an answer: the warm start may be at fault."""


def require_highs() -> Any:
    """The highspy module.

    Raises
    ------
    MissingExtraError : it is not installed; it belongs to the package's own dependencies.
    """
    try:
        import highspy
    except ImportError:
        raise MissingExtraError("highspy", extra=None, needed_for="plan_harvest (the joint optimum)") from None
    return highspy


class Entries(NamedTuple):
    """Entries of columns, column after column: how many each has, and of each its row and its coefficient."""

    lengths: Ints
    rows: Ints
    values: Floats


class Programme:
    """A linear or mixed-integer programme, minimised.

    Parameters
    ----------
    costs, lowers, uppers : per column.
    seed : of the solver's random choices.
    """

    def __init__(self, costs: Floats, lowers: Floats, uppers: Floats, *, seed: int) -> None:
        self._highspy = require_highs()
        self._highs = self._highspy.Highs()
        for option, value in {
            "output_flag": False,
            "threads": 1,
            "random_seed": seed,
            "primal_feasibility_tolerance": KG_TOLERANCE,
            "dual_feasibility_tolerance": KG_TOLERANCE,
            "mip_feasibility_tolerance": 1e-7,
        }.items():
            self._highs.setOptionValue(option, value)
        self._heeded: Patience | None = None
        self.columns = 0
        self.rows = 0
        self.add_columns(costs, lowers, uppers)

    def add_columns(self, costs: Floats, lowers: Floats, uppers: Floats, entries: Entries | None = None) -> None:
        """Append columns with their entries in rows that exist."""
        lengths, rows, values = entries or _no_entries(len(costs))
        starts = (np.cumsum(lengths) - lengths).astype(np.int32)
        self._highs.addCols(len(costs), costs, lowers, uppers, len(rows), starts, rows.astype(np.int32), values)
        self.columns += len(costs)

    def add_rows(self, rows: Iterable[Row]) -> range:
        """Append rows over columns that exist; their numbers."""
        given = list(rows)
        if given:
            lowers = np.array([row[0] for row in given])
            uppers = np.array([row[1] for row in given])
            starts, index, value = _packed([row[2] for row in given], [row[3] for row in given])
            self._highs.addRows(len(given), lowers, uppers, len(index), starts, index, value)
        first, self.rows = self.rows, self.rows + len(given)
        return range(first, self.rows)

    def set_costs(self, costs: Floats) -> None:
        """Replace the objective."""
        self._highs.changeColsCost(len(costs), np.arange(len(costs), dtype=np.int32), costs)

    def set_bounds(self, columns: Ints, lowers: Floats, uppers: Floats) -> None:
        """Replace the bounds of these columns."""
        self._highs.changeColsBounds(len(columns), columns.astype(np.int32), lowers, uppers)

    def make_integer(self, columns: Ints) -> None:
        """Let these columns take whole numbers only."""
        kind = np.full(len(columns), int(self._highspy.HighsVarType.kInteger), dtype=np.uint8)
        self._highs.changeColsIntegrality(len(columns), columns.astype(np.int32), kind)

    def start_from(self, values: Floats) -> None:
        """A solution to begin with."""
        solution = self._highspy.HighsSolution()
        solution.col_value = values.tolist()
        solution.value_valid = True
        self._highs.setSolution(solution)

    def as_given(self) -> None:
        """Leave out the solver's presolve."""
        self._highs.setOptionValue("presolve", "off")

    def stop_at(self, objective: float) -> None:
        """End a mixed-integer run at the first solution at least this good."""
        self._highs.setOptionValue("objective_target", objective)

    def most_nodes(self, count: int) -> None:
        """Branch no further than so many nodes: a limit that, unlike time, is the same on every machine."""
        self._highs.setOptionValue("mip_max_nodes", count)

    def solve(self, *, relative_gap: float = 0.0, absolute_gap: float = 1e-6, patience: Patience | None = None) -> str:
        """Run; "optimal" (within the gaps), "node_limit", "time_limit" or "infeasible"."""
        self._highs.setOptionValue("mip_rel_gap", relative_gap)
        self._highs.setOptionValue("mip_abs_gap", absolute_gap)
        # HiGHS counts its time over all runs of one instance
        left_s = np.inf if patience is None else max(LEAST_S, patience.left_s)
        self._highs.setOptionValue("time_limit", self._highs.getRunTime() + left_s)
        self._heed(patience)
        status = self._run()
        known = self._highspy.HighsModelStatus
        if status == known.kOptimal:
            return "optimal"
        if status == known.kObjectiveTarget:
            return "optimal"
        if status == known.kSolutionLimit:
            return "node_limit"
        if status in (known.kTimeLimit, known.kInterrupt):
            return "time_limit"
        if status in (known.kInfeasible, known.kUnboundedOrInfeasible):
            return "infeasible"
        raise RuntimeError(f"HiGHS stopped with {self._highs.modelStatusToString(status)}")

    def _heed(self, patience: Patience | None) -> None:
        """Stop where somebody interrupts; the solver asks now and then, which lets Python see to signals."""
        if patience is self._heeded:
            return
        self._heeded = patience
        asks = (self._highs.cbSimplexInterrupt, self._highs.cbIpmInterrupt, self._highs.cbMipInterrupt)
        for ask in asks:
            ask.clear()
            if patience is not None:
                ask.subscribe(partial(_stop, patience))

    def _run(self) -> Any:
        """Run, and where that ends without an answer run again from nothing; the status."""
        self._highs.run()
        known = self._highspy.HighsModelStatus
        for options in AFRESH:
            if self._highs.getModelStatus() not in (known.kUnknown, known.kNotset, known.kSolveError):
                break
            before = {name: self._highs.getOptionValue(name)[1] for name in options}
            self._highs.clearSolver()
            for name, value in options.items():
                self._highs.setOptionValue(name, value)
            self._highs.run()
            for name, value in before.items():
                self._highs.setOptionValue(name, value)
        return self._highs.getModelStatus()

    @property
    def objective(self) -> float:
        """Objective of the solution found."""
        return float(self._highs.getInfo().objective_function_value)

    @property
    def bound(self) -> float:
        """Proven lower bound of the mixed-integer programme."""
        return float(self._highs.getInfo().mip_dual_bound)

    @property
    def has_solution(self) -> bool:
        """Whether a feasible solution is at hand."""
        feasible = self._highspy.SolutionStatus.kSolutionStatusFeasible
        return bool(self._highs.getInfo().primal_solution_status == int(feasible))

    @property
    def values(self) -> Floats:
        """Column values of the solution found."""
        return np.array(self._highs.getSolution().col_value)

    @property
    def row_duals(self) -> Floats:
        """Change of the objective per unit of each row's right side."""
        return np.array(self._highs.getSolution().row_dual)


def _stop(patience: Patience, asked: Any) -> None:
    if patience.interrupted:
        asked.interrupt()


def _no_entries(columns: int) -> Entries:
    return Entries(np.zeros(columns, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0))


def _packed(index: Sequence[Sequence[int]], values: Sequence[Sequence[float]]) -> tuple[Any, Any, Any]:
    lengths = np.array([len(row) for row in index], dtype=np.int64)
    starts = np.concatenate(([0], np.cumsum(lengths)))[:-1].astype(np.int32)
    flat = np.array([i for row in index for i in row], dtype=np.int32)
    return starts, flat, np.array([v for row in values for v in row], dtype=np.float64)

"""`fit_ripening`: a cooperative's own looks at its own fruit become the numbers of a crop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harvest_planner.learning.crossings import scale_of
from harvest_planner.learning.extra import require_scipy
from harvest_planner.learning.families import family_of, held, law_named
from harvest_planner.learning.observations import observations_of
from harvest_planner.learning.tables import Table
from harvest_planner.learning.told import told_by
from harvest_planner.schema.crop import DEFAULT_LAW, Crop, TemperatureLaw
from harvest_planner.schema.problem import catalogue_crop

if TYPE_CHECKING:
    from harvest_planner.learning.censored import Sample
    from harvest_planner.learning.fitted import RipeningFit
    from harvest_planner.learning.search import Found


def fit_ripening(
    observations: Table,
    crop: Crop | str | None = None,
    *,
    temperature_law: TemperatureLaw | str | None = None,
    ripe_at: float | None = None,
    over_at: float | None = None,
) -> RipeningFit:
    """A crop's clock from looks at single fruit: when it is ready, how long it stays good, its spread and its law.

    Each fruit begins at an age that is normal about that of its stage and ripens on the library's clock; the moment
    it becomes ready lies between two looks. The numbers are those of greatest likelihood.

    Parameters
    ----------
    observations : a data frame, rows of dicts or the path of a CSV file with the columns `fruit`, `day` (days since
        the fruit's clock began [d]), `temperature` (at which it was kept since the look before [°C], −30 to 60) and
        exactly one of `score` (a grade by eye, or a measure that rises or falls with ripeness), `firmness` (falls) and
        `ripe` (yes or no); `stage` where fruit was picked at several stages. An empty score is a day without a look.
    crop : a crop or its id, from which all is kept that the data do not tell; none: a crop `fitted` of one stage of
        age 0.
    temperature_law : None: the crop's kind of law (else the square-root law), its numbers fitted where fruit was kept
        at more than one temperature; "arrhenius", "square_root" or "rate_table": that kind; a law: held as it is.
    ripe_at : the score or firmness from which on a fruit is good to eat; none: half-way along what was seen, with a
        warning.
    over_at : the score or firmness from which on it is past its best; none: for grades the next after `ripe_at`, with
        a warning; else the window is kept.

    Returns
    -------
    RipeningFit : `.crop`, `.parameters`, `.standard_errors`, `.warnings`, goodness of fit and more.

    Raises
    ------
    FitError : cells that cannot be used (all are listed), or fruit that tells nothing: all alike, never ripe, always
        ripe, or most of it ripe first and unripe later.
    UnknownIdError : unknown crop or stage.
    MissingExtraError : scipy is not installed (extra `fit`).

    Notes
    -----
    Normal regression with interval-censored crossings (Turnbull 1976, 10.1111/j.2517-6161.1976.tb01597.x), one clock
    for all temperatures; see docs/explanation/fitting.md.

    Examples
    --------
    >>> days = {"a": 3, "b": 4, "c": 4, "d": 5, "e": 5, "f": 5, "g": 6, "h": 6, "i": 7, "j": 8}
    >>> rows = [
    ...     {"fruit": fruit, "day": day, "temperature": 20, "ripe": day >= ripe}
    ...     for fruit, ripe in days.items()
    ...     for day in range(10)
    ... ]
    >>> fit = fit_ripening(rows, "na-chi-lang")
    >>> round(fit.crop.ready_at_d20, 2), round(fit.standard_errors["ready_at_d20"], 2)
    (4.8, 0.45)
    """
    require_scipy("fit_ripening")
    from harvest_planner.learning.answer import answer_of
    from harvest_planner.learning.sampling import sample_of

    known = catalogue_crop(crop) if isinstance(crop, str) else crop
    seen = observations_of(observations)
    stages = tuple(fruit.stage or "start" if known is None else known.stage(fruit.stage).id for fruit in seen.fruit)
    scale = scale_of(seen, ripe_at=ripe_at, over_at=over_at)
    told = told_by(seen, scale)
    sample = sample_of(seen, told.crossings, stages)
    law = _law(known, temperature_law)
    fixed = temperature_law is not None and not isinstance(temperature_law, str)
    found = _search(sample, known, law, stages, fixed=fixed)
    return answer_of(seen, scale, told, found, crop=known, stages=tuple(sorted(set(stages))), law=law, law_held=fixed)


def _law(crop: Crop | None, wanted: TemperatureLaw | str | None) -> TemperatureLaw:
    """The law to begin at, and to keep where the fruit tell none."""
    law = DEFAULT_LAW if crop is None else crop.temperature_law
    if wanted is None:
        return law
    return law_named(wanted, law) if isinstance(wanted, str) else wanted


def _search(sample: Sample, crop: Crop | None, law: TemperatureLaw, stages: tuple[str, ...], *, fixed: bool) -> Found:
    from harvest_planner.learning.search import search

    family = held(law) if fixed or len(sample.degc) == 1 else family_of(law, sample.degc)
    return search(
        sample,
        family,
        law=law,
        stops_below_degc=None if crop is None else crop.stops_below_degc,
        sd_d20=None if crop is None else crop.stage(stages[0]).sd_d20,
    )

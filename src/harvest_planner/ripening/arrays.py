"""The shares for many batches at once: numpy forms that equal the plain ones to 1e-12."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harvest_planner.ripening.normal import ROOT_HALF
from harvest_planner.ripening.parcel import ParcelTable

Floats = NDArray[np.float64]

# Cody 1969, "Rational Chebyshev approximations for the error function", Math. Comp. 23:631-637,
# 10.1090/S0025-5718-1969-0247736-4; the coefficients as in his routine CALERF (netlib, specfun), highest power first.
_SMALL = 0.46875
_NEAR = 4.0
_NEAR_TOP = (
    2.15311535474403846e-8,
    5.64188496988670089e-1,
    8.88314979438837594e0,
    6.61191906371416295e1,
    2.98635138197400131e2,
    8.81952221241769090e2,
    1.71204761263407058e3,
    2.05107837782607147e3,
    1.23033935479799725e3,
)
_NEAR_BOTTOM = (
    1.0,
    1.57449261107098347e1,
    1.17693950891312499e2,
    5.37181101862009858e2,
    1.62138957456669019e3,
    3.29079923573345963e3,
    4.36261909014324716e3,
    3.43936767414372164e3,
    1.23033935480374942e3,
)
_SMALL_TOP = (
    1.85777706184603153e-1,
    3.16112374387056560e0,
    1.13864154151050156e2,
    3.77485237685302021e2,
    3.20937758913846947e3,
)
_SMALL_BOTTOM = (
    1.0,
    2.36012909523441209e1,
    2.44024637934444173e2,
    1.28261652607737228e3,
    2.84423683343917062e3,
)
_FAR_TOP = (
    1.63153871373020978e-2,
    3.05326634961232344e-1,
    3.60344899949804439e-1,
    1.25781726111229246e-1,
    1.60837851487422766e-2,
    6.58749161529837803e-4,
)
_FAR_BOTTOM = (
    1.0,
    2.56852019228982242e0,
    1.87295284992346725e0,
    5.27905102951428412e-1,
    6.05183413124413191e-2,
    2.33520497626869185e-3,
)
_ROOT_INVERSE_PI = 5.6418958354775628695e-1
_UNDERFLOW = 26.6
"""erfc is below the smallest normal number from here on."""


def complementary_error(x: ArrayLike) -> Floats:
    """erfc of an array, for x ≥ 0, by the rational approximations of Cody 1969 (10.1090/S0025-5718-1969-0247736-4).

    Examples
    --------
    >>> float(complementary_error(1.0).round(9))
    0.157299207
    """
    y = np.asarray(x, dtype=np.float64)
    flat, result = y.ravel(), np.zeros(y.size)
    # One look for each end of a piece, as positions: a mask would be gone through again for each value read or written.
    low, high = flat <= _SMALL, flat > _NEAR
    for piece, law in ((low, _erfc_small), (~(low | high), _erfc_near), (high & (flat < _UNDERFLOW), _erfc_far)):
        at = np.flatnonzero(piece)
        if len(at):
            result[at] = law(flat[at])
    return result.reshape(y.shape)


def _erfc_small(y: Floats) -> Floats:
    return 1.0 - y * _ratio(_SMALL_TOP, _SMALL_BOTTOM, y * y)


def _erfc_near(y: Floats) -> Floats:
    return _exp_minus_square(y) * _ratio(_NEAR_TOP, _NEAR_BOTTOM, y)


def _erfc_far(y: Floats) -> Floats:
    inverse = 1.0 / (y * y)
    return _exp_minus_square(y) * (_ROOT_INVERSE_PI - inverse * _ratio(_FAR_TOP, _FAR_BOTTOM, inverse)) / y


def _ratio(top: Sequence[float], bottom: Sequence[float], x: Floats) -> Floats:
    return _polynomial(top, x) / _polynomial(bottom, x)


def _polynomial(coefficients: Sequence[float], x: Floats) -> Floats:
    value = coefficients[0] * x
    value += coefficients[1]
    for coefficient in coefficients[2:]:
        value *= x
        value += coefficient
    return value


def _exp_minus_square(y: Floats) -> Floats:
    """exp(−y²) without the rounding of y²: y is split at sixteenths (Cody's routine)."""
    head = np.trunc(y * 16.0) / 16.0
    return np.asarray(np.exp(-head * head) * np.exp(-(y - head) * (y + head)))


def shares_between(means: ArrayLike, sd: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Floats:
    """P(lower ≤ A ≤ upper) for A normal, element by element; the array form of `window.share_between`.

    Parameters
    ----------
    means : mean ages [d20].
    sd : spreads [d20]; where 0, A is its mean.
    lower, upper : bounds [d20]; no share where lower > upper. All four broadcast together.

    Examples
    --------
    >>> shares_between([5.0, 9.0], 1.2, 4.0, 7.25).round(4).tolist()
    [0.7673, 0.0724]
    """
    mean, spread, low, high = np.broadcast_arrays(
        *(np.asarray(array, dtype=np.float64) for array in (means, sd, lower, upper))
    )
    inside = (low <= mean) & (mean <= high)
    fixed = spread == 0.0
    with np.errstate(over="ignore"):
        scale = np.where(fixed, 1.0, spread)
        a, b = (low - mean) / scale * ROOT_HALF, (high - mean) / scale * ROOT_HALF
    near, far = complementary_error(np.abs(np.stack((a, b))))
    outer = 0.5 * np.where(a > 0.0, near - far, far - near)
    share = np.where((a > 0.0) | (b < 0.0), outer, 1.0 - 0.5 * (near + far))
    share = np.where(fixed, inside, np.clip(share, 0.0, 1.0))
    return np.asarray(np.where(low <= high, share, 0.0), dtype=np.float64)


def parcel_shares(table: ParcelTable, means: ArrayLike) -> Floats:
    """Probability that a parcel passes at each mean age of its batch; the array form of `ParcelTable.at`.

    Examples
    --------
    >>> from harvest_planner.ripening.parcel import parcel_table
    >>> table = parcel_table(lower=4.0, upper=7.25, sd=1.2, batch_sd=0.6, fruit=20, needed=16)
    >>> parcel_shares(table, [5.6, 9.0]).round(2).tolist()
    [0.73, 0.0]
    """
    mean = np.asarray(means, dtype=np.float64)
    if table.always:
        return np.ones(mean.shape)
    if table.exact_sd is not None:
        return shares_between(mean, table.exact_sd, table.lower, table.upper)
    if not table.grid:
        return np.zeros(mean.shape)
    found = np.interp(mean, table.grid, table.values, left=0.0, right=0.0)
    return np.asarray(np.clip(found, 0.0, 1.0), dtype=np.float64)

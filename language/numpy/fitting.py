"""The roots of polynomials, and the polynomials next to points; the highest power's coefficient comes first."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..dispatch import lift
from ..dtypes import complex_of, finfo, to_inexact
from .creation import arange, asarray, diag, full_like, ones, zeros
from .manipulation import atleast_1d, expand_dims
from .moving import roll
from .polynomials import vander
from .products import matmul
from .promotion import array_of, dtypes_only
from .reductions import sum
from .searching import where
from .updates import IndexedUpdate


def roots(p: Any, *, strip_zeros: bool = True) -> Array:
    """The zeros of a polynomial: the eigenvalues of its companion matrix, in the order of `verax.lax.linalg.eig`.

    Args:
        p: coefficients, a vector.
        strip_zeros: leave out leading zeros, which must be known then; else NaN stands for the roots that they lack,
            at the end.

    Returns:
        Complex numbers, one fewer than coefficients.

    Raises:
        ValueError: ``p`` is no vector.
        ConcretizationTypeError: ``strip_zeros`` is True, and ``p`` is traced.
    """
    (given,) = dtypes_only("roots", atleast_1d(array_of("roots", p)), rule=to_inexact)
    if given.ndim != 1:
        raise ValueError(f"`p` of roots must be a vector, got shape {given.shape}.")
    size = given.shape[0]
    if size < 2:
        return zeros(0, complex_of(given.dtype))
    some = lax.ne(given, lax.full_like(given, 0))
    leading = where(lax.reduce_or(some, (0,)), lax.argmax(some, 0, np.int32), size)
    if strip_zeros:
        return _of_companion(given[int(leading) :])
    # A polynomial that is zero has no companion: 1 in its place.
    given = where(leading == size, full_like(given, 1), given)
    found = _of_companion(roll(given, -leading))
    zero = lax.eq(found, lax.full_like(found, 0))
    _, found = lax.sort_key_val(zero, found)
    kept: Array = where(arange(size - 1) < size - 1 - leading, found, complex(np.nan, np.nan))
    return kept


def _of_companion(p: Array) -> Array:
    from .linalg import eigvals

    if p.shape[0] < 2:
        return zeros(0, complex_of(p.dtype))
    below = diag(ones(p.shape[0] - 2, p.dtype), -1)
    first = lax.div(lax.neg(p[1:]), lax.broadcast(p[0], (p.shape[0] - 1,)))
    return eigvals(IndexedUpdate(below)[0, :].set(first))


def polyfit(
    x: Any,
    y: Any,
    deg: Any,
    rcond: float | None = None,
    full: bool = False,
    w: Any = None,
    cov: bool | str = False,
) -> Array | tuple[Array, ...]:
    """The polynomial of least squares through points.

    Args:
        x: places, a vector of n.
        y: values, shape (n,) or (n, k).
        deg: the degree, at least 0.
        rcond: singular values below this part of the largest count as zero; None: n eps.
        full: whether the residuals, the rank, the singular values and ``rcond`` are wanted too.
        w: weights of the differences, a vector of n.
        cov: whether the coefficients' covariance is wanted; "unscaled": not scaled by the residuals.

    Returns:
        Shape (deg + 1,) or (deg + 1, k); with ``full`` or ``cov`` a tuple that begins with it.

    Raises:
        ValueError: ``deg`` is negative, or there are too few points for a covariance.
        TypeError: the shapes do not fit.
    """
    from .linalg import inv, lstsq

    order = operator.index(deg) + 1
    if order < 1:
        raise ValueError(f"`deg` of polyfit must not be negative, got {deg}.")
    places, values = array_of("polyfit", x), array_of("polyfit", y)
    if places.ndim != 1 or not places.shape[0]:
        raise TypeError(f"`x` of polyfit must be a vector of at least one element, got shape {places.shape}.")
    if values.ndim not in (1, 2) or values.shape[0] != places.shape[0]:
        raise TypeError(
            f"`y` of polyfit must have shape ({places.shape[0]},) or ({places.shape[0]}, k), got {values.shape}."
        )
    least = places.shape[0] * float(finfo(to_inexact(places.dtype)).eps) if rcond is None else float(rcond)
    powers = vander(places, order)
    if w is not None:
        (weights,) = dtypes_only("polyfit", w, rule=to_inexact)
        if weights.shape != places.shape:
            raise TypeError(
                f"`w` of polyfit must have the shape of `x`, {places.shape}, got {weights.shape}."
            )
        powers = powers * expand_dims(weights, 1)
        values = values * (expand_dims(weights, 1) if values.ndim == 2 else weights)
    # Columns of length 1 are better conditioned.
    scale = lax.sqrt(lift(dtypes_only("polyfit", sum(powers * powers, axis=0), rule=to_inexact)[0]))
    powers = powers / scale
    found, residuals, rank, singular = lstsq(powers, values, least)
    fitted: Array = found / (expand_dims(scale, 1) if found.ndim > 1 else scale)
    if full:
        return fitted, residuals, rank, singular, asarray(least)
    if not cov:
        return fitted
    base = inv(matmul(powers.T, powers)) / (expand_dims(scale, 1) * scale)
    if cov != "unscaled":
        if places.shape[0] <= order:
            raise ValueError(
                f"`x` of polyfit must have more than {order} elements for a scaled covariance, got {places.shape[0]}."
            )
        residuals = residuals / (places.shape[0] - order)
    factor = ones(1, base.dtype) if cov == "unscaled" else residuals
    if values.ndim == 1:
        return fitted, base * factor
    return fitted, expand_dims(base, 2) * factor

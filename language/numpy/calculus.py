"""Differences, integrals and interpolation of sampled functions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..dispatch import lift
from ..dtypes import finfo, is_complex, is_integer, to_inexact
from ..shapes import canonical_axes
from .arithmetic import floor_divide, remainder, true_divide
from .elementwise import absolute
from .joining import concatenate
from .limits import clip
from .manipulation import moveaxis, reshape
from .promotion import array_of, convert, dtypes_only, promote_inexact
from .reductions import sum
from .running import cumsum, diff, part_of
from .searching import searchsorted, take, where


def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int | None = None) -> Any:
    """The slopes of sampled values: central differences inside, one-sided ones at the ends.

    Args:
        f: the samples; integers become floats.
        varargs: the distance of samples or, as a vector, their places: one for all axes, or one for each.
        axis: the axes to take slopes along; all by default.
        edge_order: must be None.

    Returns:
        An array of f's shape, or a list of as many as there are axes.

    Raises:
        ValueError: an axis has fewer than 2 samples, places do not fit, or ``edge_order`` is given.
        TypeError: there are neither one nor as many distances as axes.
    """
    if edge_order is not None:
        raise ValueError(f"`edge_order` must be None, got {edge_order}: the ends have first order.")
    given = [array_of("gradient", x) for x in (f, *varargs)]
    samples, *steps = dtypes_only("gradient", *given, rule=to_inexact)
    axes = canonical_axes(axis, samples.ndim)
    if any(samples.shape[i] < 2 for i in axes):
        raise ValueError(
            f"`f` of gradient must have at least 2 samples along axes {axes}, got shape {samples.shape}."
        )
    steps = steps * len(axes) if len(steps) == 1 else steps
    if steps and len(steps) != len(axes):
        raise TypeError(f"`varargs` must hold none, one or {len(axes)} distances, got {len(steps)}.")
    distances = steps or [lift(convert(1.0, samples.dtype, samples.weak_type))] * len(axes)
    found = [_slopes(samples, h, i) for h, i in zip(distances, axes, strict=True)]
    return found[0] if len(found) == 1 else found


def _slopes(f: Array, h: Array, axis: int) -> Array:
    size = f.shape[axis]
    first = part_of(f, axis, 1, 2) - part_of(f, axis, 0, 1)
    last = part_of(f, axis, size - 1, size) - part_of(f, axis, size - 2, size - 1)
    low, middle, high = (
        part_of(f, axis, 0, size - 2),
        part_of(f, axis, 1, size - 1),
        part_of(f, axis, 2, size),
    )
    if h.ndim == 0:
        return concatenate([first / h, (high - low) * 0.5 / h, last / h], axis)
    if h.shape != (size,):
        raise ValueError(f"The places of gradient must be {size}, one for each sample, got shape {h.shape}.")
    steps = reshape(diff(h), tuple(size - 1 if i == axis else 1 for i in range(f.ndim)))
    before, after = part_of(steps, axis, 0, size - 2), part_of(steps, axis, 1, size - 1)
    # The slope in the middle of the parabola through three samples (Fornberg, Math. Comp. 51, 1988).
    outer = before + after
    inner = (
        -after / (before * outer) * low
        + (after - before) / (before * after) * middle
        + before / (after * outer) * high
    )
    return concatenate(
        [first / part_of(steps, axis, 0, 1), inner, last / part_of(steps, axis, size - 2, size - 1)], axis
    )


def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Array:
    """The integral of sampled values along an axis: the areas of trapezia.

    Args:
        y: the samples; integers become floats.
        x: their places: a vector, or an array of y's shape.
        dx: their distance, where ``x`` is not given.
        axis: the axis that is integrated over.

    Returns:
        Floats of y's shape without the axis.

    Raises:
        TypeError: an argument is no array and no number.
    """
    given = dtypes_only("trapezoid", y, *(() if x is None else (x,)), rule=to_inexact)
    samples = moveaxis(given[0], axis, -1)
    if x is None:
        widths = array_of("trapezoid", dx)
        widths = (
            moveaxis(reshape(widths, (1,) * (samples.ndim - widths.ndim) + widths.shape), axis, -1)
            if widths.ndim
            else widths
        )
        if widths.ndim == 0 or widths.shape[-1] == 1:  # JAX multiplies the sum, which is strong
            samples = lift(convert(samples, samples.dtype))
    else:
        widths = diff(given[1]) if given[1].ndim == 1 else moveaxis(diff(given[1], axis=axis), axis, -1)
    areas: Array = sum(widths * (samples[..., 1:] + samples[..., :-1]) * 0.5, -1)
    return areas


def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Array:
    """The values at ``x`` of the straight lines between given points.

    Args:
        x: where to look; integers become floats.
        xp: the points' places, rising.
        fp: their values.
        left: what stands before the first place; its value by default; 'extrapolate' goes on with the first line.
        right: what stands after the last place; its value by default; 'extrapolate' goes on with the last line.
        period: the period of the function; then the places may be in any order, and there is nothing beyond them.

    Returns:
        Floats of x's shape and fp's dtype.

    Raises:
        ValueError: the points are no vectors of one size, or a string is not 'extrapolate'.
    """
    at, places = dtypes_only("interp", x, xp, rule=to_inexact)
    values = lift(*promote_inexact("interp", array_of("interp", fp)))
    if places.ndim != 1 or values.shape != places.shape:
        raise ValueError(
            f"`xp` and `fp` must be vectors of one size, got shapes {places.shape} and {values.shape}."
        )
    for name, end in (("left", left), ("right", right)):
        if isinstance(end, str) and end != "extrapolate":
            raise ValueError(f"`{name}` must be a number or 'extrapolate', got {end!r}.")
    if period is not None:
        at, places, values = _wrapped(at, places, values, period)
    i = clip(searchsorted(places, at, side="right"), 1, places.size - 1)
    low, high = take(places, i - 1), take(places, i)
    rise, step = take(values, i) - take(values, i - 1), high - low
    flat = lax.le(absolute(step), lax.full_like(step, float(np.spacing(finfo(step.dtype).eps))))
    share = (at - low) / where(flat, 1, step)
    found: Array = where(flat, take(values, i - 1), take(values, i - 1) + share * rise)
    if period is not None:
        return found
    if not isinstance(left, str):
        found = where(at < places[0], values[0] if left is None else left, found)
    if not isinstance(right, str):
        found = where(at > places[-1], values[-1] if right is None else right, found)
    return found


def _wrapped(at: Array, places: Array, values: Array, period: Any) -> tuple[Array, Array, Array]:
    if np.ndim(period):
        raise ValueError(f"`period` must be a number, got shape {np.shape(period)}.")
    period = absolute(period)
    at, places = remainder(at, period), remainder(places, period)
    places, values = lax.sort_key_val(places, values)
    places = concatenate([places[-1:] - period, places, places[:1] + period])
    return at, places, concatenate([values[-1:], values, values[:1]])


def unwrap(p: Any, discont: Any = None, axis: int = -1, period: Any = 2 * math.pi) -> Array:
    """Angles with their jumps taken out: each differs from the one before by at most half a period.

    Args:
        p: the angles.
        discont: the least jump that is taken out; half a period by default.
        axis: along which they follow each other.
        period: what a jump is a multiple of.

    Returns:
        An array of p's shape, in the common dtype of ``p`` and ``period``.

    Raises:
        TypeError: an argument is no array and no number, or is complex.
    """
    angles, cycle = dtypes_only("unwrap", p, period)
    if is_complex(angles.dtype):
        raise TypeError(f"`p` of unwrap must hold real angles, got {angles.dtype}.")
    if angles.shape[axis] == 0:
        return angles
    half = floor_divide(cycle, 2) if is_integer(angles.dtype) else cycle / 2
    steps = diff(angles, axis=axis)
    inside = remainder(steps + half, cycle) - half
    inside = where((inside == -half) & (steps > 0), half, inside)
    least = true_divide(cycle, 2) if discont is None else discont
    moved = where(absolute(steps) < least, 0, inside - steps)
    axis = axis % angles.ndim
    rest: Array = part_of(angles, axis, 1, angles.shape[axis]) + cumsum(moved, axis)
    return concatenate([part_of(angles, axis, 0, 1), rest], axis)

"""Histograms: how many elements fall into each of a row of bins, each of which holds its lower edge; the last both."""

from __future__ import annotations

import builtins
import math
import operator
from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..dispatch import lift
from ..dtypes import to_inexact
from .creation import asarray, linspace, ones_like
from .grids import ix_
from .joining import stack
from .manipulation import ravel, reshape
from .places import ravel_multi_index
from .promotion import array_of, convert, dtypes_only
from .reductions import max, min, sum
from .running import diff
from .searching import bincount, searchsorted, where
from .updates import IndexedUpdate


def histogram_bin_edges(a: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Array:
    """The edges of evenly spaced bins.

    Args:
        a: the elements.
        bins: how many; or a vector, the edges themselves.
        range: the first and the last edge; the least and the largest element by default, half a unit further apart
            each where they are equal.
        weights: accepted for NumPy's sake.

    Returns:
        A vector of floats.

    Raises:
        TypeError: ``bins`` is neither an integer nor edges.
        ValueError: ``range`` is no pair.
    """
    if isinstance(bins, str):
        raise TypeError(f"`bins` must be how many or their edges, got {bins!r}: no rule chooses them here.")
    a = array_of("histogram_bin_edges", a)
    dtype = to_inexact(a.dtype)
    if np.ndim(bins) == 1:
        return asarray(bins, dtype)
    count = operator.index(bins)
    ends = [min(a), max(a)] if range is None else list(range)
    if len(ends) != 2:
        raise ValueError(f"`range` must be a first and a last edge, got {range!r}.")
    low, high = (asarray(x, dtype) for x in ends)
    apart = where(lax.eq(low, high), 0.5, 0.0)
    edges: Array = linspace(low - apart, high + apart, count + 1, dtype=dtype)
    return edges


def _bins(edges: Array, a: Array) -> Array:
    """The number of edges up to each element; what lies on the last edge falls into the last bin."""
    found = searchsorted(edges, a, side="right")
    on_last = lax.eq(a, lax.broadcast_in_dim(edges[-1], a.shape, ()))
    result: Array = where(on_last, edges.size - 1, found)
    return result


def histogram(
    a: Any, bins: Any = 10, range: Any = None, weights: Any = None, density: bool | None = None
) -> tuple[Array, Array]:
    """How many elements fall into each bin.

    Args:
        a: the elements, of any shape.
        bins: how many bins, or their edges.
        range: the first and the last edge.
        weights: how much each element counts.
        density: whether to divide by the bins' widths and the sum, so that the integral is 1.

    Returns:
        The counts, as floats, and the edges.

    Raises:
        ValueError: the weights have another shape than the elements.
    """
    given = array_of("histogram", a)
    x, amounts = dtypes_only(
        "histogram", given, ones_like(given) if weights is None else weights, rule=to_inexact
    )
    if x.shape != amounts.shape:
        raise ValueError(
            f"`weights` of histogram must have the shape of `a`, {x.shape}, got {amounts.shape}."
        )
    edges = histogram_bin_edges(x, bins, range)
    start = lax.full((edges.size,), np.zeros((), amounts.dtype)[()])
    # Place 0 is for what lies below the first edge; what lies above the last is dropped.
    counts = IndexedUpdate(start)[ravel(_bins(edges, x))].add(ravel(amounts), mode="drop")[1:]
    return (counts / diff(edges) / sum(counts) if density else counts), edges


def histogram2d(
    x: Any, y: Any, bins: Any = 10, range: Any = None, weights: Any = None, density: bool | None = None
) -> tuple[Array, Array, Array]:
    """How many points fall into each rectangle: `histogramdd` of two coordinates, with its arguments and errors.

    Returns:
        The counts, and the edges along x and y.
    """
    try:
        alike = len(bins) not in (1, 2)
    except TypeError:
        alike = False
    points = stack([array_of("histogram2d", x), array_of("histogram2d", y)], 1)
    counts, edges = histogramdd(
        lift(convert(points, points.dtype)),
        [bins, bins] if alike else bins,
        range,
        weights,
        density,
    )
    return counts, edges[0], edges[1]


def histogramdd(
    sample: Any, bins: Any = 10, range: Any = None, weights: Any = None, density: bool | None = None
) -> tuple[Array, list[Array]]:
    """How many points fall into each box.

    Args:
        sample: a point in each row, shape (n, d).
        bins: how many bins along every axis; or for each axis how many, or their edges.
        range: for each axis None, or the first and the last edge.
        weights: how much each point counts, shape (n,).
        density: whether to divide by the boxes' volumes and the sum, so that the integral is 1.

    Returns:
        The counts, integers unless there are weights or a density, and the edges along each axis.

    Raises:
        ValueError: bins, ranges or weights do not fit.
    """
    given = [array_of("histogramdd", sample), *(() if weights is None else (weights,))]
    points, *amounts = dtypes_only("histogramdd", *given, rule=to_inexact)
    (n, d) = points.shape
    if amounts and amounts[0].shape != (n,):
        raise ValueError(f"`weights` of histogramdd must have shape ({n},), got {amounts[0].shape}.")
    each = list(bins) if isinstance(bins, (list, tuple)) or np.ndim(bins) else [bins] * d
    ranges = [None] * d if range is None else list(range)
    if len(each) != d or len(ranges) != d:
        raise ValueError(
            f"`bins` and `range` of histogramdd must be one for each of {d} axes, got {bins!r}, {range!r}."
        )
    columns = [points[:, i] for i in builtins.range(d)]
    edges = [histogram_bin_edges(c, b, r) for c, b, r in zip(columns, each, ranges, strict=True)]
    shape = tuple(e.size + 1 for e in edges)
    boxes = ravel_multi_index([_bins(e, c) for e, c in zip(edges, columns, strict=True)], shape, mode="clip")
    flat = bincount(boxes, amounts[0] if amounts else None, length=math.prod(shape))
    counts = reshape(flat, shape)[(slice(1, -1),) * d]
    if density:
        counts = lift(convert(counts, points.dtype))
        counts = counts / sum(counts)
        for widths in ix_(*(diff(e) for e in edges)):
            counts = counts / widths
    return counts, edges

"""Grids: arrays of coordinates, and arrays put together by indexing syntax."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..dispatch import lift
from ..dtypes import bool_, canonical
from .creation import arange, array, linspace, meshgrid
from .joining import concatenate, stack
from .manipulation import expand_dims, transpose
from .promotion import array_of, dtypes_only

index_exp = np.index_exp
s_ = np.s_


def _line(entry: slice) -> Array:
    """A slice as numbers: an imaginary step is how many, from end to end."""
    start, step = entry.start or 0, entry.step or 1
    if isinstance(step, complex):
        found: Array = linspace(start, entry.stop, int(abs(step)))
        return found
    return arange(start, entry.stop, step)


class Grid:
    """``mgrid`` and ``ogrid``: coordinates of the grid that slices span, full or open.

    ``grid[0:3]`` is a vector; ``grid[0:3, 0:1:5j]`` takes one slice an axis. Integers unless a bound is a float.
    """

    def __init__(self, name: str, sparse: bool) -> None:
        self.name, self.sparse = name, sparse

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            return _line(key)
        lines = [_line(entry) for entry in key]
        if not lines:
            return [] if self.sparse else arange(0)
        found = meshgrid(*dtypes_only(self.name, *lines), indexing="ij", sparse=self.sparse)
        return found if self.sparse else stack(found, 0)

    def __repr__(self) -> str:
        return f"verax.numpy.{self.name}"


mgrid, ogrid = Grid("mgrid", sparse=False), Grid("ogrid", sparse=True)


class Joined:
    """``r_`` and ``c_``: arrays, numbers and slices, put together along the first or the last axis.

    A first entry that is a string, such as '0,2,1', says the axis, the least rank, and where the axes of shorter
    arrays go; 'r' and 'c' make a row or a column of a vector.
    """

    def __init__(self, name: str, axis: int, rank: int, place: int) -> None:
        self.name, self.plan = name, (axis, rank, place)

    def __getitem__(self, key: Any) -> Array:
        entries = list(key) if isinstance(key, tuple) else [key]
        (axis, rank, place), matrix = self.plan, None
        if isinstance(entries[0], str):
            directive = entries.pop(0)
            if directive in ("r", "c"):
                matrix = "rc".index(directive)
            else:
                axis, rank, place = self._directed(directive)
        found = concatenate([self._part(entry, rank, place) for entry in entries], axis)
        return found if matrix is None or found.ndim != 1 else expand_dims(found, matrix)

    def _directed(self, directive: str) -> list[int]:
        try:
            given = [int(word) for word in directive.split(",")]
        except ValueError as err:
            raise ValueError(
                f"The first entry of {self.name} may be 'r', 'c' or up to three integers such as '0,2,1', "
                f"got {directive!r}."
            ) from err
        return [*given, *self.plan[len(given) :]][:3]

    def _part(self, entry: Any, rank: int, place: int) -> Array:
        if isinstance(entry, str):
            raise ValueError(
                f"A string may be the first entry of {self.name} only, got {entry!r} after others."
            )
        given = _line(entry) if isinstance(entry, slice) else array(entry)
        count = given.ndim
        found = array(given, ndmin=rank)
        if rank <= count:
            return found
        # The array's own axes begin at `place` among those put in; below 0 it counts from the end.
        new = rank - count
        at = place + new + 1 if place < 0 else place
        order = list(range(rank))
        return transpose(found, tuple(order[:at] + order[new:] + order[at:new]))

    def __len__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return f"verax.numpy.{self.name}"


r_, c_ = Joined("r_", 0, 1, -1), Joined("c_", -1, 2, 0)


def indices(dimensions: Sequence[int], dtype: Any = None, sparse: bool = False) -> Any:
    """The index of each place along each axis.

    Args:
        dimensions: the shape.
        dtype: of the indices; integer by default.
        sparse: whether to return one array an axis, each with sizes of 1 elsewhere, and not all in one.

    Returns:
        An array of shape (rank, *dimensions), or a tuple of arrays that broadcast to ``dimensions``.

    Raises:
        TypeError: a size is no integer.
    """
    shape = tuple(operator.index(n) for n in dimensions)
    wanted = canonical(int if dtype is None else dtype)
    found = []
    for i, n in enumerate(shape):
        lane = tuple(n if j == i else 1 for j in range(len(shape))) if sparse else shape
        found.append(lax.broadcast_in_dim(lax.iota(wanted, n), lane, (i,)))
    if sparse:
        return tuple(found)
    return stack(found, 0) if found else array([], wanted)


def ix_(*args: Any) -> tuple[Array, ...]:
    """Vectors of indices so that together they select a rectangle: the i-th gets axis i of as many.

    Returns:
        A tuple of integer arrays, each with one axis longer than 1.

    Raises:
        ValueError: an argument is no vector.
        TypeError: an argument is a mask.
    """
    vectors = [array_of("ix_", x) for x in args]
    found = []
    for i, x in enumerate(vectors):
        if x.ndim != 1:
            raise ValueError(f"The arguments of ix_ must be vectors, got shape {x.shape}.")
        if x.dtype == bool_:
            raise TypeError("The arguments of ix_ must be indices, got a mask. Use nonzero first.")
        shape = tuple(x.shape[0] if j == i else 1 for j in range(len(vectors)))
        empty = lift(np.zeros(shape, canonical(int)))
        found.append(lax.broadcast_in_dim(x, shape, (i,)) if x.size else empty)
    return tuple(found)

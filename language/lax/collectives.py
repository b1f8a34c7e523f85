"""Lanes of named axes that meet."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import catalogue as rows
from .. import dispatch, trees
from ..arrays import Array
from ..dispatch import aval_of
from ..dtypes import bool_, int32, is_complex, is_inexact, to_inexact
from ..primitive import Primitive
from ..shapes import canonical_axis
from .conversion import convert_element_type
from .creation import full_like
from .elementwise import div
from .lane_groups import group_of
from .operands import bind, is_python
from .reductions import reduce_max, reduce_min, reduce_sum
from .slicing import dynamic_index_in_dim, index_in_dim
from .structural import concatenate, reshape, transpose


def _names(axis_name: Any) -> tuple[Any, ...]:
    return tuple(axis_name) if isinstance(axis_name, (tuple, list)) else (axis_name,)


def axis_size(axis_name: Any) -> int:
    """The number of lanes of a named axis (of several: their product).

    Returns:
        An integer.

    Raises:
        CollectiveError: an axis is not named here, or the lanes disagree.
    """
    size = 1
    for name in _names(axis_name):
        size *= dispatch.axis_frame(name).size
    return size


def axis_index(axis_name: Any) -> Array:
    """The index of this lane along a named axis (along several: counted row by row).

    Returns:
        A scalar int32.

    Raises:
        CollectiveError: an axis is not named here, or the lanes disagree.
    """
    return bind(rows.axis_index_p, axes=_names(axis_name))


def psum(x: Any, axis_name: Any, *, axis_index_groups: Any = None) -> Any:
    """The sum over the lanes of named axes (of their groups, where there are any), leaf by leaf; of a Python
    number it is known at once.

    Raises:
        CollectiveError: an axis is not named here, or the lanes disagree.
    """
    group = group_of("psum", axis_name, axis_index_groups)

    def summed(leaf: Any) -> Any:
        if is_python(leaf):
            return leaf * (group.size if group else axis_size(axis_name))
        given = convert_element_type(leaf, int32) if aval_of(leaf).dtype == bool_ else leaf
        if group:
            return group.reduced(given, reduce_sum)
        return bind(rows.psum_p, given, axes=_names(axis_name))

    return trees.map(summed, x)


def pmean(x: Any, axis_name: Any, *, axis_index_groups: Any = None) -> Any:
    """The mean over the lanes of named axes (of their groups), leaf by leaf.

    Raises:
        CollectiveError: an axis is not named here, or the lanes disagree.
    """
    group = group_of("pmean", axis_name, axis_index_groups)

    def averaged(total: Any) -> Any:
        size = group.size if group else axis_size(axis_name)
        if is_python(total):
            return total / size
        found = aval_of(total)
        if not is_inexact(found.dtype):
            total = convert_element_type(total, to_inexact(found.dtype))
        return div(total, float(size))

    return trees.map(averaged, psum(x, axis_name, axis_index_groups=axis_index_groups))


def pmax(x: Any, axis_name: Any, *, axis_index_groups: Any = None) -> Any:
    """The largest over the lanes of named axes (of their groups), leaf by leaf.

    Raises:
        CollectiveError: an axis is not named here, or the lanes disagree.
    """
    group = group_of("pmax", axis_name, axis_index_groups)
    if group:
        return trees.map(lambda leaf: group.reduced(leaf, reduce_max), x)
    return trees.map(lambda leaf: _extreme(rows.pmax_p, reduce_max, leaf, axis_name), x)


def pmin(x: Any, axis_name: Any, *, axis_index_groups: Any = None) -> Any:
    """The smallest over the lanes of named axes (of their groups), leaf by leaf.

    Raises:
        CollectiveError: an axis is not named here, or the lanes disagree.
    """
    group = group_of("pmin", axis_name, axis_index_groups)
    if group:
        return trees.map(lambda leaf: group.reduced(leaf, reduce_min), x)
    return trees.map(lambda leaf: _extreme(rows.pmin_p, reduce_min, leaf, axis_name), x)


def _extreme(primitive: Primitive, reduction: Callable[..., Array], leaf: Any, axis_name: Any) -> Array:
    """Of complex numbers, which no lane compares, all are gathered first."""
    if not is_complex(aval_of(leaf).dtype):
        return bind(primitive, leaf, axes=_names(axis_name))
    found: Array = leaf
    for name in reversed(_names(axis_name)):
        found = reduction(all_gather(found, name), (0,))
    return found


# -- exchanges ---------------------------------------------------------------------------------------------
def all_gather(
    x: Any,
    axis_name: Any,
    *,
    axis_index_groups: Any = None,
    axis: int = 0,
    tiled: bool = False,
    to: str = "varying",
) -> Any:
    """What all lanes of named axes hold, leaf by leaf, in order along an axis.

    Args:
        x: a tree of arrays.
        axis_name: the name, or several, whose lanes are counted row by row.
        axis_index_groups: groups of lanes that meet, a partition; all lanes by default.
        axis: where the lanes go: a new axis, or with ``tiled`` the one that they are concatenated along.
        tiled: whether they are concatenated, not stacked.
        to: accepted for JAX's sake: how results may differ between lanes is not tracked here.

    Raises:
        CollectiveError: an axis is not named here, or the lanes disagree.
    """
    group = group_of("all_gather", axis_name, axis_index_groups)

    def gathered(leaf: Any) -> Array:
        found = dispatch.lift(leaf)
        place = canonical_axis(axis, found.ndim + (not tiled))
        if group:
            stacked = group.gathered(found)
            order = list(range(1, stacked.ndim))
            order.insert(place, 0)
            found = transpose(stacked, order)
            return _merged(found, place) if tiled else found
        for name in reversed(_names(axis_name)):
            size = axis_size(name)
            found = bind(rows.all_gather_p, found, axes=(name,), axis=place, axis_size=size)
            if tiled or name != _names(axis_name)[-1]:
                found = _merged(found, place)
        return found

    return trees.map(gathered, x)


def _merged(x: Array, axis: int) -> Array:
    """An axis and the one after it made one."""
    shape = x.shape
    return reshape(x, (*shape[:axis], shape[axis] * shape[axis + 1], *shape[axis + 2 :]))


def _cut(x: Array, axis: int, count: int, function: str, argument: str) -> Array:
    """An axis cut into ``count`` equal pieces: it becomes two."""
    shape = x.shape
    if shape[axis] % count:
        raise ValueError(
            f"`x` of {function} must have a multiple of {count}, the number of lanes, along {argument} {axis}, "
            f"got shape {shape}. Pad it."
        )
    return reshape(x, (*shape[:axis], count, shape[axis] // count, *shape[axis + 1 :]))


def psum_scatter(
    x: Any,
    axis_name: Any,
    *,
    scatter_dimension: int = 0,
    axis_index_groups: Any = None,
    tiled: bool = False,
) -> Any:
    """The sum over the lanes of named axes, leaf by leaf, of which each lane gets its own part.

    Args:
        x: a tree of arrays.
        axis_name: the name, or several, whose lanes are counted row by row.
        scatter_dimension: the axis along which the sum is handed out.
        axis_index_groups: groups of lanes that meet, a partition; all lanes by default.
        tiled: whether a lane gets a stretch of that axis, not one entry without it.

    Raises:
        CollectiveError: an axis is not named here, or the lanes disagree.
    """
    group = group_of("psum_scatter", axis_name, axis_index_groups)

    def scattered(leaf: Any) -> Array:
        found = dispatch.lift(leaf)
        place = canonical_axis(scatter_dimension, found.ndim, "scatter_dimension")
        names = _names(axis_name)
        lanes = group.size if group else axis_size(names)
        if not tiled and found.shape[place] != lanes:
            raise ValueError(
                f"`x` of psum_scatter must have size {lanes}, the number of lanes, along axis {place}, got "
                f"shape {found.shape}. Pass tiled=True for several elements a lane."
            )
        if group:
            found = _cut(found, place, lanes, "psum_scatter", "scatter_dimension") if tiled else found
            return group.part(group.reduced(found, reduce_sum), place)
        for name in names:
            size = axis_size(name)
            if tiled or name != names[-1]:
                found = _cut(found, place, size, "psum_scatter", "scatter_dimension")
            found = bind(rows.reduce_scatter_p, found, axes=(name,), scatter_dimension=place, axis_size=size)
        return found

    return trees.map(scattered, x)


def all_to_all(
    x: Any,
    axis_name: Any,
    split_axis: int,
    concat_axis: int,
    *,
    axis_index_groups: Any = None,
    tiled: bool = False,
) -> Any:
    """Each lane sends its i-th part to lane i, leaf by leaf.

    Args:
        x: a tree of arrays.
        axis_name: the name, or several, whose lanes are counted row by row.
        split_axis: the axis along which a lane's parts lie.
        concat_axis: where the lanes that parts come from go: a new axis once ``split_axis`` is gone, or with
            ``tiled`` the one that they are concatenated along.
        axis_index_groups: groups of lanes that meet, a partition; all lanes by default.
        tiled: whether the parts are stretches that keep their axis.

    Raises:
        CollectiveError: an axis is not named here, or the lanes disagree.
    """
    names = _names(axis_name)
    group = group_of("all_to_all", names, axis_index_groups)
    size = group.size if group else axis_size(names)

    def exchanged(leaf: Any) -> Array:
        found = dispatch.lift(leaf)
        split = canonical_axis(split_axis, found.ndim, "split_axis")
        to = canonical_axis(concat_axis, found.ndim, "concat_axis")
        if tiled:
            found = _cut(found, split, size, "all_to_all", "split_axis")
        found = group.exchanged(found, split, to) if group else _exchanged(found, names, split, to)
        return _merged(found, to) if tiled else found

    return trees.map(exchanged, x)


def _exchanged(x: Array, names: Sequence[Any], split: int, to: int) -> Array:
    """Part i sent to lane i, counted along all axes: along one after the other, each by its own digit of i."""
    if len(names) == 1:
        size = axis_size(names)
        return bind(rows.all_to_all_p, x, axes=tuple(names), split_axis=split, concat_axis=to, axis_size=size)
    rest = [i for i in range(x.ndim) if i != split]
    front = transpose(x, (split, *rest))
    found = reshape(front, (*map(axis_size, names), *front.shape[1:]))
    for digit, name in enumerate(names):
        size = axis_size(name)
        found = bind(
            rows.all_to_all_p, found, axes=(name,), split_axis=digit, concat_axis=digit, axis_size=size
        )
    order = list(range(1, x.ndim))
    order.insert(to, 0)
    return transpose(reshape(found, front.shape), order)


def pswapaxes(x: Any, axis_name: Any, axis: int, *, axis_index_groups: Any = None) -> Any:
    """A named axis and an axis of the arrays exchanged, leaf by leaf.

    Raises:
        CollectiveError: an axis is not named here, or the lanes disagree.
    """
    return all_to_all(x, axis_name, axis, axis, axis_index_groups=axis_index_groups)


def ppermute(x: Any, axis_name: Any, perm: Sequence[tuple[int, int]]) -> Any:
    """What another lane holds, leaf by leaf; zeros where nobody sends.

    Args:
        x: a tree of arrays.
        axis_name: the name, or several, whose lanes are counted row by row.
        perm: pairs (source, destination), each lane at most once in either place.

    Raises:
        ValueError: a lane is named twice, or is none.
    """
    names = _names(axis_name)
    pairs = tuple((operator.index(source), operator.index(to)) for source, to in perm)
    size = axis_size(names)
    if any(not 0 <= lane < size for pair in pairs for lane in pair):
        raise ValueError(f"`perm` of ppermute must name lanes in [0, {size}), got {pairs}.")
    if len(names) == 1:
        return trees.map(lambda leaf: bind(rows.ppermute_p, leaf, axes=names, perm=pairs), x)
    sources = {to: source for source, to in pairs}
    if len(sources) < len(pairs) or len(set(sources.values())) < len(pairs):
        raise ValueError(f"`perm` of ppermute must name each lane at most once in either place, got {pairs}.")

    def received(leaf: Any) -> Array:
        # One more for lanes that nobody sends to.
        everyone = all_gather(leaf, names)
        table = np.array([sources.get(lane, size) for lane in range(size)], np.int32)
        here = dynamic_index_in_dim(table, axis_index(names), 0, keepdims=False)
        padded = concatenate([everyone, full_like(everyone, 0, shape=(1, *everyone.shape[1:]))], 0)
        return dynamic_index_in_dim(padded, here, 0, keepdims=False)

    return trees.map(received, x)


def pshuffle(x: Any, axis_name: Any, perm: Sequence[int]) -> Any:
    """What lane ``perm[i]`` holds, in lane i, leaf by leaf.

    Raises:
        ValueError: ``perm`` is no permutation of the lanes.
    """
    if sorted(perm) != list(range(axis_size(axis_name))):
        raise ValueError(
            f"`perm` of pshuffle must be a permutation of {axis_size(axis_name)} lanes, got {tuple(perm)}."
        )
    return ppermute(x, axis_name, [(source, to) for to, source in enumerate(perm)])


def pbroadcast(x: Any, axis_name: Any, source: int) -> Any:
    """What one lane holds, leaf by leaf.

    Raises:
        CollectiveError: an axis is not named here, or the lanes disagree.
    """
    return trees.map(lambda leaf: index_in_dim(all_gather(leaf, axis_name), source, 0, keepdims=False), x)

"""Lanes of named axes that meet."""

from __future__ import annotations

from typing import Any

from .. import catalogue as rows
from .. import dispatch, trees
from ..arrays import Array
from ..dispatch import aval_of
from ..dtypes import as_dtype, bool_, int32, is_float, promote
from .conversion import convert_element_type
from .elementwise import div
from .operands import bind, is_python


def _names(axis_name: Any) -> tuple[Any, ...]:
    return tuple(axis_name) if isinstance(axis_name, (tuple, list)) else (axis_name,)


def axis_size(axis_name: Any) -> int:
    """The number of lanes of a named axis (of several: their product)."""
    size = 1
    for name in _names(axis_name):
        size *= dispatch.axis_frame(name).size
    return size


def axis_index(axis_name: Any) -> Array:
    """The index of this lane along a named axis (along several: counted row by row)."""
    return bind(rows.axis_index_p, axes=_names(axis_name))


def psum(x: Any, axis_name: Any) -> Any:
    """The sum over the lanes of named axes, leaf by leaf; of a Python number it is known at once."""

    def summed(leaf: Any) -> Any:
        if is_python(leaf):
            return leaf * axis_size(axis_name)
        given = convert_element_type(leaf, int32) if aval_of(leaf).dtype == bool_ else leaf
        return bind(rows.psum_p, given, axes=_names(axis_name))

    return trees.map(summed, x)


def pmean(x: Any, axis_name: Any) -> Any:
    """The mean over the lanes of named axes, leaf by leaf."""

    def averaged(total: Any) -> Any:
        size = axis_size(axis_name)
        if is_python(total):
            return total / size
        found = aval_of(total)
        if not is_float(found.dtype):
            dtype, _ = promote([(found.dtype, found.weak_type), (as_dtype(float), True)])
            total = convert_element_type(total, dtype)
        return div(total, float(size))

    return trees.map(averaged, psum(x, axis_name))


def pmax(x: Any, axis_name: Any) -> Any:
    """The largest over the lanes of named axes, leaf by leaf."""
    return trees.map(lambda leaf: bind(rows.pmax_p, leaf, axes=_names(axis_name)), x)


def pmin(x: Any, axis_name: Any) -> Any:
    """The smallest over the lanes of named axes, leaf by leaf."""
    return trees.map(lambda leaf: bind(rows.pmin_p, leaf, axes=_names(axis_name)), x)

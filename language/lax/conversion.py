"""From dtype to dtype, and out of reach of derivatives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from .. import catalogue as rows
from .. import dispatch, trees
from ..arrays import Array
from ..dispatch import Operand, aval_of
from ..dtypes import canonical, is_inexact
from .operands import bind, is_python


def convert_element_type(operand: Operand, new_dtype: Any, weak_type: bool = False) -> Array:
    """The same numbers in another dtype, 64-bit ones narrowed unless x64 is enabled.

    Raises:
        ValueError: no dtype was given.
    """
    if new_dtype is None:
        raise ValueError("`new_dtype` of convert_element_type must be a dtype, got None.")
    dtype = canonical(new_dtype)
    if is_python(operand) and not weak_type and (is_inexact(dtype) or np.isfinite(operand)):
        # Straight to the dtype: a large Python int need not fit the default one.
        with np.errstate(over="ignore"):
            return dispatch.lift(np.asarray(operand).astype(dtype))
    found = aval_of(operand)
    if found.dtype == dtype and found.weak_type == weak_type:
        return dispatch.lift(operand)
    return bind(rows.convert_element_type_p, operand, new_dtype=dtype, weak_type=weak_type)


def bitcast_convert_type(operand: Operand, new_dtype: Any) -> Array:
    """The same bits as another dtype; a wider one takes the last axis, a narrower one adds it.

    Raises:
        ValueError: the last axis does not fit the wider dtype.
    """
    return bind(rows.bitcast_convert_type_p, operand, new_dtype=canonical(new_dtype))


def stop_gradient(x: Any) -> Any:
    """The tree, constant to derivatives.

    Raises nothing of its own.
    """
    watcher = _WATCHER.get()

    def stopped(leaf: Any) -> Any:
        seen = leaf if watcher is None else watcher(leaf)
        return bind(rows.stop_gradient_p, seen) if is_inexact(aval_of(seen).dtype) else seen

    return trees.map(stopped, x)


_WATCHER: ContextVar[Callable[[Any], Any] | None] = ContextVar("verax_stop_gradient", default=None)


@contextmanager
def watching_stop_gradient(watcher: Callable[[Any], Any]) -> Iterator[None]:
    """Inside, what passes through `stop_gradient` is first what ``watcher`` makes of it."""
    token = _WATCHER.set(watcher)
    try:
        yield
    finally:
        _WATCHER.reset(token)

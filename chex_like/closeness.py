"""Assertions on the values in trees. Failures name the worst leaf by its path, with both values in hex."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..language import dtypes
from . import jitted_values as jitted
from .array_kinds import dtype_of, host, wide
from .assertion import value_assertion
from .leaves import leaves_with_paths, shown
from .structures import assert_trees_all_equal_comparator

Values = np.ndarray[Any, Any]


def _hex(x: Any) -> str:
    return float(x).hex() if isinstance(x, (float, np.floating)) else str(x)


@value_assertion(jitted.all_finite)
def assert_tree_all_finite(tree_like: Any) -> None:
    """Assert that no leaf holds an infinity or NaN.

    >>> import numpy as np
    >>> assert_tree_all_finite({"w": np.ones(3), "b": 0.0})
    """
    wrong = []
    for path, leaf in leaves_with_paths(tree_like):
        x = wide(host(leaf))
        bad = ~np.isfinite(x) if dtypes.is_inexact(x.dtype) else np.zeros(x.shape, bool)
        if bad.any():
            where = np.argwhere(bad)[0].tolist()
            wrong.append(
                f"'{shown(path)}'{where or ''} is {x[tuple(where)]} ({int(bad.sum())} of {x.size} not finite)"
            )
    if wrong:
        raise AssertionError(f"Tree contains non-finite value: {'; '.join(wrong)}.")


def _differ(a: Any, b: Any, x: Values, y: Values, strict: bool) -> str | None:
    """How two leaves cannot be compared element by element, if they cannot.

    A scalar is compared with each element of an array unless ``strict``, as NumPy's testing does.
    """
    if x.shape != y.shape and (strict or (x.shape and y.shape)):
        return f"(shapes {x.shape}, {y.shape} mismatch)"
    if strict and dtype_of(a) != dtype_of(b):
        return f"(dtypes {dtype_of(a)}, {dtype_of(b)} mismatch)"
    return None


def _worst(x: Values, y: Values, same: Values) -> str:
    """How many elements differ, and the one that differs most."""
    x, y = np.broadcast_to(x, same.shape), np.broadcast_to(y, same.shape)
    with np.errstate(invalid="ignore", over="ignore"):
        if x.dtype.kind in "iufc" and y.dtype.kind in "iufc":
            far = np.nan_to_num(np.abs(x.astype(complex) - y.astype(complex)), nan=np.inf, posinf=np.inf)
        else:
            far = np.ones(same.shape)
    at = np.unravel_index(int(np.argmax(np.where(same, -1.0, far))), same.shape)
    return (
        f"at {int((~same).sum())} of {same.size} elements; worst at {[int(i) for i in at]}: "
        f"{x[at]} ({_hex(x[at])}) against {y[at]} ({_hex(y[at])})"
    )


def _exactly(x: Values, y: Values) -> Values:
    """Where elements are equal; NaN is equal to NaN."""
    with np.errstate(invalid="ignore"):
        same = np.asarray(x == y)
        if dtypes.is_inexact(x.dtype) and dtypes.is_inexact(y.dtype):
            same = same | (np.isnan(x) & np.isnan(y))
    return same


@value_assertion(jitted.all_equal)
def assert_trees_all_equal(*trees: Any, strict: bool = False) -> None:
    """Assert that trees have one structure and leaves with equal values. NaN equals NaN, and -0 equals 0.

    Args:
        trees: two at least; random keys are compared by their bits.
        strict: whether shapes and dtypes must be equal too; else a scalar is compared with each element.

    >>> import numpy as np
    >>> assert_trees_all_equal({"w": np.ones(3)}, {"w": np.ones(3)})

    Raises:
        ValueError: fewer than two trees were given.
    """

    def told(a: Any, b: Any) -> str | None:
        x, y = wide(host(a)), wide(host(b))
        odd = _differ(a, b, x, y, strict)
        if odd is None and (same := _exactly(x, y)).all():
            return None
        return (
            f"Error in value equality check: Values not exactly equal: {odd or _worst(x, y, same)}. "
            f"Original dtypes: {dtype_of(a)}, {dtype_of(b)}"
        )

    assert_trees_all_equal_comparator(lambda a, b: told(a, b) is None, lambda a, b: str(told(a, b)), *trees)


@value_assertion(jitted.all_close)
def assert_trees_all_close(*trees: Any, rtol: float = 1e-06, atol: float = 0.0, strict: bool = False) -> None:
    """Assert that trees have one structure and leaves with ``|a - b| <= atol + rtol * |b|``.

    Here for code that comes from Chex: a tolerance must be picked, and `assert_accurate` needs none.
    NaN equals NaN and infinities must be equal. Shapes must agree, but that a scalar is compared with each
    element; with ``strict`` it is not, and dtypes must agree too.

    Raises:
        ValueError: fewer than two trees were given.
    """

    def told(a: Any, b: Any) -> str | None:
        x, y = wide(host(a)), wide(host(b))
        odd = _differ(a, b, x, y, strict)
        if odd is None and (same := _nearly(x, y, rtol, atol)).all():
            return None
        return (
            f"Error in value equality check: Values not approximately equal, allowed rtol={rtol}, atol={atol}: "
            f"{odd or _worst(x, y, same)}. Original dtypes: {dtype_of(a)}, {dtype_of(b)}"
        )

    assert_trees_all_equal_comparator(lambda a, b: told(a, b) is None, lambda a, b: str(told(a, b)), *trees)


def _nearly(x: Values, y: Values, rtol: float, atol: float) -> Values:
    same = _exactly(x, y)
    if (
        x.dtype.kind in "biu" and y.dtype.kind in "biu"
    ):  # Python's integers: NumPy's wrap, and its floats round
        x, y = x.astype(object), y.astype(object)
        near: Values = np.asarray(abs(x - y) <= atol + rtol * abs(y), dtype=bool)
        return np.asarray(same | near)
    with np.errstate(invalid="ignore", over="ignore"):
        x, y = np.asarray(x, np.result_type(x, 1.0)), np.asarray(y, np.result_type(y, 1.0))
        near = (np.abs(x - y) <= atol + rtol * np.abs(y)) & np.isfinite(x) & np.isfinite(y)
    return np.asarray(same | near)

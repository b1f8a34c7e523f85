"""Assertions on the values in trees. Failures name the worst leaf by its path, with both values in hex."""

from __future__ import annotations

from typing import Any

import numpy as np
import optree

from ..language import dtypes, trees
from .assertion import assertion


def _leaves(tree: Any) -> list[tuple[str, np.ndarray[Any, Any]]]:
    paths = optree.tree_accessors(tree, namespace=trees.NAMESPACE)
    found = [np.asarray(x) for x in trees.leaves(tree)]
    return [(accessor.codify("tree"), x) for accessor, x in zip(paths, found, strict=True)]


def _wide(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Floats in float64, where the comparison itself costs no digits."""
    return x.astype(np.float64) if dtypes.is_float(x.dtype) else x


def _hex(x: Any) -> str:
    return float(x).hex() if isinstance(x, (float, np.floating)) else str(x)


@assertion
def assert_tree_all_finite(tree_like: Any) -> None:
    """Assert that no leaf holds an infinity or NaN.

    >>> import numpy as np
    >>> assert_tree_all_finite({"w": np.ones(3), "b": 0.0})
    """
    wrong = []
    for path, x in _leaves(tree_like):
        bad = ~np.isfinite(_wide(x)) if dtypes.is_float(x.dtype) else np.zeros(x.shape, bool)
        if bad.any():
            where = np.argwhere(bad)[0].tolist()
            wrong.append(
                f"{path}{where or ''} is {x[tuple(where)]} ({int(bad.sum())} of {x.size} not finite)"
            )
    if wrong:
        raise AssertionError(f"Tree contains non-finite values: {'; '.join(wrong)}.")


@assertion
def assert_trees_all_close(
    *trees_: Any, rtol: float = 1e-06, atol: float = 0.0, strict: bool = False
) -> None:
    """Assert that trees have one structure and leaves with ``|a - b| <= atol + rtol * |b|``.

    Here for code that comes from Chex: a tolerance must be picked, and `assert_accurate` needs none.
    NaN equals NaN and infinities must be equal. Shapes must agree; with ``strict`` dtypes too.

    Raises:
        ValueError: fewer than two trees were given.
    """
    if len(trees_) < 2:
        raise ValueError(f"`assert_trees_all_close` must have at least 2 trees, got {len(trees_)}.")
    first = trees_[0]
    for number, other in enumerate(trees_[1:], start=1):
        if trees.structure(first) != trees.structure(other):
            raise AssertionError(
                f"Trees 0 and {number} differ in structure: {trees.structure(first)} and {trees.structure(other)}."
            )
        for (path, a), (_, b) in zip(_leaves(first), _leaves(other), strict=True):
            _check_leaf(path, number, a, b, rtol, atol, strict)


def _check_leaf(
    path: str,
    number: int,
    a: np.ndarray[Any, Any],
    b: np.ndarray[Any, Any],
    rtol: float,
    atol: float,
    strict: bool,
) -> None:
    if a.shape != b.shape:
        raise AssertionError(f"{path} has shape {a.shape} in tree 0 and {b.shape} in tree {number}.")
    if strict and a.dtype != b.dtype:
        raise AssertionError(f"{path} has dtype {a.dtype} in tree 0 and {b.dtype} in tree {number}.")
    x, y = _wide(a), _wide(b)
    close = np.isclose(x, y, rtol=rtol, atol=atol, equal_nan=True)
    if close.all():
        return
    with np.errstate(invalid="ignore", over="ignore"):
        apart = np.where(close, -1.0, np.nan_to_num(np.abs(x - y), nan=np.inf, posinf=np.inf))
    worst = np.unravel_index(int(np.argmax(apart)), x.shape)
    raise AssertionError(
        f"{path} of trees 0 and {number} differs at {int((~close).sum())} of {x.size} elements; worst at "
        f"{[int(i) for i in worst]}: {a[worst]} ({_hex(x[worst])}) against {b[worst]} ({_hex(y[worst])}), "
        f"allowed rtol={rtol}, atol={atol}."
    )

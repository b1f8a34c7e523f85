"""Reductions of windows that slide over an array."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import product
from typing import Any

import numpy as np

from .. import catalogue as rows
from .. import trees
from ..arrays import Array
from ..catalogue.windows import dilated
from ..dispatch import Operand, aval_of
from ..shapes import Shape
from .creation import full
from .elementwise import select
from .folds import known
from .operands import bind, typed
from .slicing import slice
from .structural import pad

Padding = str | Sequence[tuple[int, int]]


def padtype_to_pads(
    in_shape: Sequence[int], window_shape: Sequence[int], window_strides: Sequence[int], padding: str
) -> list[tuple[int, int]]:
    """(low, high) along each axis for 'VALID' (none), 'SAME' or 'SAME_LOWER' (as many windows as strides begin).

    'SAME' puts the odd one behind, 'SAME_LOWER' before.

    Returns:
        A list of pairs of integers.

    Raises:
        ValueError: there is no such padding.
    """
    name = padding.upper()
    if name not in ("VALID", "SAME", "SAME_LOWER"):
        raise ValueError(f"`padding` must be 'VALID', 'SAME', 'SAME_LOWER' or pairs, got {padding!r}.")
    if name == "VALID":
        return [(0, 0)] * len(in_shape)
    found = []
    for size, window, stride in zip(in_shape, window_shape, window_strides, strict=True):
        total = (-(-size // stride) - 1) * stride + window - size
        less, more = sorted((total // 2, total - total // 2)) if total > 0 else (0, 0)
        found.append((less, more) if name == "SAME" else (more, less))
    return found


def pairs(padding: Sequence[Any]) -> tuple[tuple[int, int], ...]:
    """Padding that was given as (low, high) along each axis."""
    return tuple((int(low), int(high)) for low, high in padding)


def reduce_window(
    operand: Any,
    init_value: Any,
    computation: Callable[..., Any],
    window_dimensions: Sequence[int],
    window_strides: Sequence[int] | None = None,
    padding: Padding = "VALID",
    base_dilation: Sequence[int] | None = None,
    window_dilation: Sequence[int] | None = None,
) -> Any:
    """What ``computation`` makes of each window of an array (or of several of one shape).

    Args:
        operand: an array, or a tree of them.
        init_value: a scalar for each: where each window starts; padding does not count.
        computation: ``computation(a, b)``, associative and commutative; it gets arrays of many windows' values.
        window_dimensions: the size of a window along each axis.
        window_strides: how far apart windows begin; 1 by default.
        padding: (low, high) along each axis, or 'VALID', 'SAME', 'SAME_LOWER'.
        base_dilation: how far apart the operand's elements are; 1 by default.
        window_dilation: how far apart a window's elements are; 1 by default.

    Raises:
        ValueError: a window, stride or dilation is below 1, or there is not one for each axis.
        TypeError: operands and initial values differ in dtype.
    """
    given, tree = trees.flatten(operand)
    if not given or trees.structure(init_value) != tree:
        raise ValueError(
            "`operand` and `init_value` of reduce_window must be equal trees of at least one array."
        )
    shape = aval_of(given[0]).shape
    window = tuple(int(n) for n in window_dimensions)
    params: dict[str, Any] = {
        "window_dimensions": window,
        "window_strides": _or_ones(window_strides, window),
        "base_dilation": _or_ones(base_dilation, window),
        "window_dilation": _or_ones(window_dilation, window),
    }
    if isinstance(padding, str):
        extent = [dilated(n, d) for n, d in zip(window, params["window_dilation"], strict=True)]
        padding = padtype_to_pads(shape, extent, params["window_strides"], padding)
    params["padding"] = pairs(padding)
    starts = trees.leaves(init_value)
    row = known(computation, given, starts, windows=True)
    if row is not None:
        return trees.unflatten(tree, [bind(row, given[0], **params)])
    operands = [typed(two) for two in zip(given, starts, strict=True)]
    # The rule of a row says what does not fit, and the shape of the result.
    (result,) = rows.reduce_window_max_p.infer([aval_of(given[0]).with_dtype(np.dtype(np.float32))], params)
    found: Any = trees.unflatten(tree, [full(result.shape, start) for _, start in operands])
    for place in product(*map(range, window)):
        inside = _inside(place, params, shape, result.shape)
        parts = [_at(x, start, place, params, result.shape) for x, start in operands]
        combined = computation(found, trees.unflatten(tree, parts))
        found = trees.map(partial(select, inside), combined, found)
    return found


def _or_ones(sizes: Sequence[int] | None, window: Sequence[int]) -> tuple[int, ...]:
    return (1,) * len(window) if sizes is None else tuple(int(n) for n in sizes)


def _inside(place: Sequence[int], params: dict[str, Any], shape: Shape, counts: Shape) -> Any:
    """Whether an element stands at one place of each window, and not padding."""
    found: Any = np.ones((), bool)
    for d, k in enumerate(place):
        at = np.arange(counts[d]) * params["window_strides"][d] + k * params["window_dilation"][d]
        at, base = at - params["padding"][d][0], params["base_dilation"][d]
        found = found[..., None] & (at >= 0) & (at % base == 0) & (at // base < shape[d])
    return found


def _at(x: Operand, start: Operand, place: Sequence[int], params: dict[str, Any], counts: Shape) -> Array:
    """The element at one place of each window."""
    config = [
        (low, high, d - 1) for (low, high), d in zip(params["padding"], params["base_dilation"], strict=True)
    ]
    wide = pad(x, start, config)
    first = [k * d for k, d in zip(place, params["window_dilation"], strict=True)]
    limits = [
        low + (n - 1) * stride + 1 if n else low
        for low, n, stride in zip(first, counts, params["window_strides"], strict=True)
    ]
    if 0 in counts:
        return full(counts, start)
    return slice(wide, first, limits, params["window_strides"])

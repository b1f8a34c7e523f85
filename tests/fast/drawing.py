"""Primitives with operands whose derivatives are finite, and small enough to be exact where they can be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import verax
from verax.language.catalogue import PRIMITIVES
from verax.language.dispatch import lift
from verax.language.dtypes import is_float
from verax.property_tests.primitive_cases import case_of

# Where every derivative of these is finite, and some are away from the values that come by chance.
_INSIDE = {
    "acos": (-3, 4, 4), "asin": (-3, 4, 4), "atanh": (-3, 4, 4), "acosh": (2, 6, 1), "cbrt": (1, 5, 1),
    "digamma": (1, 5, 1), "div": (1, 5, 1), "lgamma": (1, 5, 1), "log": (1, 5, 1), "log1p": (0, 5, 1),
    "pow": (1, 4, 1), "rem": (1, 9, 1), "rsqrt": (1, 5, 1), "sqrt": (1, 5, 1), "integer_pow": (1, 4, 1),
    "atan2": (1, 5, 1), "erf_inv": (-3, 4, 4), "igamma": (1, 5, 1), "igammac": (1, 5, 1), "zeta": (1, 5, 1),
    "igamma_grad_a": (1, 5, 1), "random_gamma_grad": (1, 5, 1), "polygamma": (1, 5, 1),
    "regularized_incomplete_beta": (1, 4, 4),
}  # fmt: skip


def drawn(name: str, seed: int) -> tuple[Callable[..., Any], list[np.ndarray[Any, Any]]]:
    """A primitive as a function, and machine values for its operands: float32 where floating."""
    case = case_of(name, seed)
    rng = np.random.default_rng([seed, *name.encode()])
    low, high, parts = _INSIDE.get(name, (-3, 4, 1))
    operands = []
    for spec in case.operands:
        shape = tuple(int(d.expression) for d in spec.dimensions)
        if spec.index is not None:
            operands.append(rng.integers(0, int(spec.index.size), shape).astype(spec.dtype))
        elif is_float(spec.dtype):
            operands.append((rng.integers(low, high, shape) / parts).astype(np.float32))
        else:
            operands.append(rng.integers(0 if spec.dtype.kind in "ub" else -3, 4, shape).astype(spec.dtype))
    return case.function, operands


def of_floats(
    function: Callable[..., Any], operands: list[np.ndarray[Any, Any]]
) -> tuple[Callable[..., Any], list[Any]]:
    """``function`` of its floating operands, giving its floating results; and these operands."""
    arrays = [lift(x) for x in operands]
    places = [i for i, x in enumerate(arrays) if is_float(x.dtype)]

    def restricted(*xs: Any) -> Any:
        full = list(arrays)
        for i, x in zip(places, xs, strict=True):
            full[i] = x
        return tuple(y for y in verax.tree.leaves(function(*full)) if is_float(y.dtype))

    restricted.__name__ = getattr(function, "__name__", "function")
    return restricted, [arrays[i] for i in places]


NAMES = sorted(PRIMITIVES)

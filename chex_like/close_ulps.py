"""`assert_trees_all_close_ulp`: how many numbers of their format lie between two."""

from __future__ import annotations

from typing import Any

import numpy as np

from .array_kinds import dtype_of, host
from .assertion import PREFIX, value_assertion
from .structures import assert_trees_all_equal_comparator
from .ulps import is_floating, ulp_counts

Values = np.ndarray[Any, Any]


def no_jit(*trees: Any, maxulp: int = 1) -> Any:
    """Refuse: steps are counted in bits, which a traced program has not.

    Raises:
        NotImplementedError: always.
    """
    raise NotImplementedError(  # the bits of results can be compared outside
        f"{PREFIX}assert_trees_all_close_ulp is not supported within JIT contexts. Return the values, and compare "
        "them outside."
    )


@value_assertion(no_jit)
def assert_trees_all_close_ulp(*trees: Any, maxulp: int = 1) -> None:
    """Assert that the leaves of trees are at most ``maxulp`` numbers of their format apart.

    Every float format of NumPy's and ml_dtypes' is known; leaves of two formats are compared in the one that holds
    both, integers by their difference. NaN equals NaN, -0 equals 0, and an infinity is near nothing but itself.

    >>> import numpy as np
    >>> assert_trees_all_close_ulp(np.float32(1), np.nextafter(np.float32(1), np.float32(2)))

    Raises:
        ValueError: fewer than two trees were given.
    """

    def told(a: Any, b: Any) -> str | None:
        x, y = host(a), host(b)
        if x.shape != y.shape and x.shape and y.shape:
            return f"shapes: {x.shape} != {y.shape}"
        worst, kind = _steps(x, y)
        if worst <= maxulp:
            return None
        narrow = kind.kind == "V"  # Chex names bfloat16, and counts in floats there
        shown = worst if narrow or np.isinf(worst) else int(worst)
        return (
            f"Arrays are not almost equal up to {maxulp} ULP{f' for {kind}' if narrow else ''} (max difference is "
            f"{shown} ULP) Original dtypes: {dtype_of(a)}, {dtype_of(b)}"
        )

    assert_trees_all_equal_comparator(lambda a, b: told(a, b) is None, lambda a, b: str(told(a, b)), *trees)


def _steps(x: Values, y: Values) -> tuple[float, np.dtype[Any]]:
    """The most steps between two elements, and the format in which they are counted."""
    kind = _common(x.dtype, y.dtype)
    if kind.kind == "c":
        parts = [_steps(x.real, y.real)[0], _steps(x.imag, y.imag)[0]]
        return max(parts), kind
    x, y = np.broadcast_arrays(np.asarray(x, kind), np.asarray(y, kind))
    counts = ulp_counts(x, y) if is_floating(kind) else abs(x.astype(object) - y.astype(object))
    return float(np.max(counts, initial=0)), kind


def _common(a: np.dtype[Any], b: np.dtype[Any]) -> np.dtype[Any]:
    """A format that holds the numbers of both."""
    if a == b:
        return a
    try:
        return np.promote_types(a, b)
    except TypeError:  # float16 and bfloat16, of which neither holds the other
        return np.dtype(np.float32)

"""NumPy, called as our rows call `verax.numpy`; what it lacks of JAX's names is written with its own functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ml_dtypes
import mpmath
import numpy as np
from tests.language import test_numpy_against_numpy as seeded

from verax.language.dtypes import finfo

# What `seeded` puts at 50 digits in the place of NumPy's functions: NumPy's own are asked first.
NUMPY_S = (
    *(
        "sinc",
        "i0",
        "blackman",
        "hamming",
        "bartlett",
        "linspace",
        "logspace",
        "quantile",
        "percentile",
        "nanquantile",
    ),
    *("nanpercentile", "polyint"),
)


class NumPy(seeded.Oracle):
    """NumPy."""

    @staticmethod
    def sort(x: Any, axis: Any = -1, descending: bool = False) -> Any:
        """Stable, as ours: which of two zeros comes first is left open by the default.

        NumPy has no order downwards: JAX's is the order upwards, read from its end.
        """
        ordered = np.sort(x, axis, kind="stable")
        return np.flip(ordered, axis) if descending else ordered

    @staticmethod
    def partition(x: Any, kth: int, axis: int = -1) -> Any:
        """What it leaves open, the order beside the place, is that of the sorted array."""
        np.partition(x, kth, axis)
        return np.sort(x, axis, kind="stable")

    @staticmethod
    def argpartition(x: Any, kth: int) -> Any:
        np.argpartition(x, kth)
        return np.argsort(x, -1, kind="stable")

    @staticmethod
    def histogram_bin_edges(x: Any, bins: int = 10, range: Any = None) -> Any:
        return np.histogram_bin_edges(x, bins, range)

    @staticmethod
    def polymul(x: Any, y: Any) -> Any:
        """The zeros in front that NumPy's leaves out are put back: how many depends on the values."""
        found = np.polymul(x, y)
        return np.append(np.zeros(len(x) + len(y) - 1 - len(found), found.dtype), found)

    @staticmethod
    def nan_to_num(x: Any, *args: Any, **keywords: Any) -> Any:
        """To NumPy a bfloat16 is no float: it is asked in float32, with bfloat16's ends."""
        if x.dtype != ml_dtypes.bfloat16:
            return np.nan_to_num(x, *args, **keywords)
        most = float(finfo(x.dtype).max)
        return np.nan_to_num(x.astype(np.float32), *args, **({"posinf": most, "neginf": -most} | keywords))

    @staticmethod
    def diff(x: Any, n: int = 1, axis: int = -1, **ends: Any) -> Any:
        """What stands at its ends is of its dtype: NumPy makes floats of uint64 beside a Python number."""
        return np.diff(x, n, axis, **{end: np.asarray(y, x.dtype) for end, y in ends.items()})

    @staticmethod
    def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
        """Powers of x's dtype: NumPy makes floats of uint64."""
        if x.dtype != np.uint64:
            return np.vander(x, N, increasing)
        powers = x[:, None] ** np.arange(len(x) if N is None else N, dtype=x.dtype)
        return powers if increasing else powers[:, ::-1]

    @staticmethod
    def lstsq(x: Any, y: Any, rcond: Any = None) -> Any:
        return np.linalg.lstsq(x, y, rcond)[0]


for _name in NUMPY_S:
    setattr(NumPy, _name, staticmethod(getattr(np, _name)))

ORACLE = NumPy()


# -- what NumPy has too few digits of, at 50 ------------------------------------------------------------------------
UNKNOWN = -12345.678  # no value of ours: where no truth is known, nothing is found wrong


def unknown(*_operands: Any) -> float:
    return UNKNOWN


def each(function: Callable[..., Any], at_infinity: Callable[..., float] = unknown) -> Callable[..., Any]:
    """A function of complex or real numbers at 50 digits behind its operands' own, elementwise, rounded once.

    NaN where it has no real value, or an operand is NaN.
    """

    def of(*arrays: Any) -> Any:
        dtype = np.result_type(*arrays)
        kind: Any = mpmath.mpc if dtype.kind == "c" else mpmath.mpf

        def one(*xs: Any) -> Any:
            if not all(np.isfinite(x) for x in xs):
                return np.nan if any(np.isnan(x) for x in xs) else at_infinity(*xs)
            size = max(1.0, *(max(abs(complex(x).real), abs(complex(x).imag)) for x in xs))
            with mpmath.workdps(50 + int(np.log10(size))):
                try:
                    found = function(*(kind(x) for x in xs))
                except (ValueError, ZeroDivisionError):
                    return UNKNOWN
            return np.nan if kind is mpmath.mpf and isinstance(found, mpmath.mpc) else found

        found = np.frompyfunc(one, len(arrays), 1)(
            *(x.astype(np.result_type(dtype, np.float64)) for x in arrays)
        )
        wide = np.complex128 if dtype.kind == "c" else np.float64
        return np.asarray(found, object).astype(wide)

    return of


class Exact(seeded.Oracle):
    """mpmath's and rational numbers in the place of what NumPy loses digits of, or overflows on the way to."""

    exp2 = staticmethod(each(lambda z: mpmath.power(2, z)))
    log1p = staticmethod(each(mpmath.log1p))
    sign = staticmethod(each(lambda z: z / abs(z) if z else z))
    power = pow = float_power = staticmethod(each(mpmath.power))
    divide = true_divide = staticmethod(each(lambda x, y: x / y if y else mpmath.nan))
    reciprocal = staticmethod(each(lambda x: 1 / x if x else mpmath.nan))

    def logspace(self, low: Any, high: Any, num: int) -> Any:
        """Powers of ten between two exponents, each at 50 digits."""
        low, high = np.broadcast_arrays(low, high)
        shares = [mpmath.mpf(k) / (num - 1) for k in range(1, num - 1)]
        between = [
            each(lambda a, b, t=t: mpmath.power(10, a * (1 - t) + b * t), lambda a, b: np.power(10.0, a + b))(
                low, high
            )
            for t in shares
        ]
        first, last = (
            each(lambda a: mpmath.power(10, a), lambda a: np.power(10.0, a))(x) for x in (low, high)
        )
        return np.stack([first, *between, last])

    def histogram_bin_edges(self, x: Any, bins: int = 10, range: Any = None) -> Any:
        """Equal steps; no range is made one of 1."""
        low, high = (x.min(), x.max()) if range is None else range
        low, high = (low - 0.5, high + 0.5) if low == high else (low, high)
        return self.linspace(np.float64(low), np.float64(high), bins + 1)


EXACT = Exact()

"""Where NumPy's value is not ours by a rule that decides, and where NumPy is wrong: by name, each with its reason.

An exception is asked for only where a value differs: all others of the name are compared. A finding is no exception:
what 50 digits or rational numbers give lies within the bound that NumPy's answer lies outside of.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from tests.language.peer_values.comparing import Difference
from tests.language.peer_values.lax_oracle import EXACT as ELEMENTARY
from tests.language.peer_values.numpy_oracle import EXACT
from tests.language.peer_values.special_rows import EXACT as SPECIAL
from tests.language.peer_values.special_rows import SPECIAL as SPECIAL_ROWS
from tests.language.peer_values.transform_rows import DETERMINANT


class Exception_(NamedTuple):
    """A rule by which a name's values are not NumPy's; ``where`` says of a difference whether it is that."""

    rule: str
    text: str
    where: Callable[[Difference], bool]


class Finding(NamedTuple):
    """What NumPy gets wrong; ``exact`` is held to the bound in its place, and None is for what it leaves to chance."""

    text: str
    example: str
    exact: Any
    where: Callable[[Difference], bool]


def zero_sign(d: Difference) -> bool:
    """Whether two zeros differ in sign."""
    return d.want is not None and bool(d.want == 0) and bool(d.got == 0)


def by_zero(d: Difference) -> bool:
    """Whether an integer is divided by 0."""
    return d.dtype is not None and d.dtype.kind in "iu" and not np.all(d.call.arrays[1])


def of_complex(d: Difference) -> bool:
    """Whether complex numbers are operands."""
    return any(x.dtype.kind == "c" for x in d.call.arrays)


def long_exponent(d: Difference) -> bool:
    """Whether an integer's exponent has more than six bits."""
    x, y = d.call.arrays[:2]
    return x.dtype.kind in "biu" and y.dtype.kind in "iu" and bool((y > 63).any())


def signs_differ(d: Difference) -> bool:
    """Whether one end of a range is negative and the other is not, or one is NaN."""
    low, high = (np.asarray(x).astype(np.float64) for x in d.call.arrays[:2])
    return bool(np.any(np.signbit(low) != np.signbit(high)) or np.isnan(low).any() or np.isnan(high).any())


def short_not_finite(d: Difference) -> bool:
    """Whether the shorter of two vectors, which is slid along the other, holds an infinity or NaN."""
    return not np.isfinite(min(d.call.arrays[:2], key=len).astype(np.complex128)).all()


def none_or_not_finite(d: Difference) -> bool:
    """Whether a vector has no elements, or an infinity or NaN."""
    vectors = d.call.arrays[:2]
    return not all(x.size and np.isfinite(x.astype(np.complex128)).all() for x in vectors)


def at_a_pole(d: Difference) -> bool:
    """Whether the first operand, or the sum of both, has a whole number that is not positive, or an infinity."""
    x, y = (z.astype(np.float64) for z in d.call.arrays[:2])
    with np.errstate(all="ignore"):
        places = (x, np.add(x, y))
    return any(bool((((z <= 0) & (z == np.floor(z))) | np.isinf(z)).any()) for z in places)


def of_negative_zero(d: Difference) -> bool:
    """Whether the operand's element is -0.0."""
    x = d.call.arrays[0].astype(np.float64).reshape(-1)[d.place[1]] if d.place else np.nan
    return bool(x == 0 and np.signbit(x))


def far_apart(d: Difference) -> bool:
    """Whether an end of a range is infinite, or so large that the distance of both may be."""
    with np.errstate(all="ignore"):
        wide = [x.astype(np.result_type(x.dtype, np.float32)) for x in d.call.arrays]
        return not all(np.isfinite(2 * x).all() for x in wide)


def anywhere(_d: Difference) -> bool:
    return True


def out_of_range(d: Difference) -> bool:
    """Whether an element is no number of the integer dtype that it becomes."""
    if d.dtype is None or d.dtype.kind not in "iu":
        return False
    element = d.call.arrays[0].reshape(-1)[d.place[1]]
    low, high = np.iinfo(d.dtype).min, np.iinfo(d.dtype).max
    return not low <= float(element.real) <= high


# What no rule decides is not compared: what a conversion gives that its dtype has no number for (C99 6.3.1.4).
UNDEFINED: dict[str, dict[str, Callable[[Difference], bool]]] = {"numpy": {"astype": out_of_range}}

_DIVIDED = "an integer divided by 0 is -1, and less 1 where the remainder is taken from it; NumPy has 0, and a warning"
_ZERO = "a remainder of 0 has the dividend's sign; NumPy gives it the divisor's. The array API allows both"
_PADDED = (
    "the longer vector is padded with zeros, and 0 times NaN or infinity is NaN; NumPy leaves the padding out"
)

EXCEPTIONS: dict[str, dict[str, Exception_]] = {
    "numpy": {
        "floor_divide": Exception_("JAX", _DIVIDED, by_zero),
        "divmod": Exception_("JAX", f"{_DIVIDED}; {_ZERO}", lambda d: by_zero(d) or zero_sign(d)),
        "mod": Exception_("JAX", _ZERO, zero_sign),
        "remainder": Exception_("JAX", _ZERO, zero_sign),
        "sign": Exception_("JAX", "the sign of -0.0 is -0.0; NumPy has 0.0", zero_sign),
        **dict.fromkeys(
            ("pow", "power"),
            Exception_(
                "JAX",
                "of an integer exponent in an array the lowest six bits count; NumPy wraps",
                long_exponent,
            ),
        ),
        "geomspace": Exception_(
            "JAX",
            "between ends of different signs, or where one is NaN, all is NaN; NumPy sets the ends all the same",
            signs_differ,
        ),
        "convolve": Exception_("XLA", _PADDED, short_not_finite),
        "correlate": Exception_("XLA", _PADDED, short_not_finite),
        "polymul": Exception_(
            "JAX", f"{_PADDED}; nothing times a polynomial has its length less 1", none_or_not_finite
        ),
    },
    "lax": {"sign": Exception_("JAX", "the sign of -0.0 is -0.0; NumPy has 0.0", zero_sign)},
    "scipy.special": {
        "poch": Exception_(
            "JAX",
            "where either gamma function has a pole or an infinity it is NaN; SciPy has a limit of one side",
            at_a_pole,
        ),
    },
}


# Ends of ranges are what NumPy's own roundings move.
_ROUNDED = "it rounds more often than its result needs"
FINDINGS: dict[str, dict[str, Finding]] = {
    "numpy": {
        "sinc": Finding(
            "the digits that pi x is rounded by are lost next to whole numbers",
            "sinc(0x1p+0) is 0x1.6778acp-55, not 0",
            EXACT,
            anywhere,
        ),
        **{
            name: Finding(_ROUNDED, "", EXACT, anywhere)
            for name in (
                *("blackman", "hamming", "bartlett", "i0", "logspace", "quantile", "percentile"),
                *("nanquantile", "nanpercentile", "polyint", "histogram_bin_edges"),
            )
        },
        **{
            name: Finding("a power of complex numbers loses digits of its angle", "", EXACT, of_complex)
            for name in ("exp2", "pow", "power", "float_power")
        },
        **{
            name: Finding("a quotient of complex numbers overflows on the way", "", EXACT, of_complex)
            for name in ("divide", "true_divide", "reciprocal")
        },
        "log1p": Finding(
            "the square of a complex number overflows on the way, a tiny one's real part is 0",
            "",
            EXACT,
            of_complex,
        ),
        "sign": Finding("a quotient of subnormal complex numbers loses its digits", "", EXACT, of_complex),
        "linspace": Finding(
            "the first of some numbers is not the first that was asked for, where the last is infinite or the "
            "distance overflows",
            "linspace(1, inf, 4)[0] is nan",
            None,
            far_apart,
        ),
        "median": Finding(
            "a -0.0 in the middle becomes 0.0: it is added to one",
            "median([-0.5, -0.0, 1.0]) is 0.0",
            None,
            zero_sign,
        ),
        "spacing": Finding(
            "of -0.0 it is positive, but of no other negative number", "spacing(-0.0)", None, of_negative_zero
        ),
        **{
            name: Finding(
                "0 times an infinity or NaN is 0 where one operand is a scalar: BLAS skips the product",
                "dot(0.0, [inf])",
                None,
                lambda d: any(x.ndim == 0 or x.size == 1 for x in d.call.arrays),
            )
            for name in ("dot", "inner")
        },
        "unpackbits": Finding(
            "bits that are asked for beyond those of an empty array are whatever stood in the memory",
            "unpackbits(zeros((0, 4), uint8), axis=0, count=3)",
            None,
            lambda d: not d.call.arrays[0].size,
        ),
    },
    "lax": {
        **{
            name: Finding("SciPy's promise is looser than the C library's", "", ELEMENTARY, anywhere)
            for name in (
                "digamma",
                "erfc",
                "erf",
                "erf_inv",
                "lgamma",
                "logistic",
                "bessel_i0e",
                "bessel_i1e",
            )
        },
        "log1p": Finding("of a tiny complex number the real part is 0", "", ELEMENTARY, of_complex),
        "div": Finding("a quotient of complex numbers overflows on the way", "", ELEMENTARY, of_complex),
        "sign": Finding(
            "a quotient of subnormal complex numbers loses its digits", "", ELEMENTARY, of_complex
        ),
    },
    "scipy.special": {
        **{name: Finding("SciPy promises no last digits", "", SPECIAL, anywhere) for name in SPECIAL_ROWS},
        "sici": Finding(
            "Ci(-inf) is NaN, though Ci of other negative numbers is that of -x",
            "sici(-inf)",
            SPECIAL,
            anywhere,
        ),
        "bernoulli": Finding("the fourth number has 11 digits", "bernoulli(8)[4]", SPECIAL, anywhere),
        "betaln": Finding(
            "towards -inf the poles lie close, and there is no limit; of subnormal numbers it is not infinite",
            "betaln(-inf, -1.0) is inf",
            SPECIAL,
            anywhere,
        ),
        "beta": Finding(
            "the infinity at -0.0 has the wrong sign (C99 7.12.8.4)",
            "beta(-0.0, 5.0) is inf",
            SPECIAL,
            anywhere,
        ),
    },
    "numpy.fft": {
        name: Finding(
            "the transform of an array without elements, filled to a length, is whatever stood in the memory",
            "irfft(zeros(0, complex64), 6)",
            None,
            lambda d: not d.call.arrays[0].size,
        )
        for name in ("irfft", "hfft", "irfft2", "irfftn")
    },
    "numpy.linalg": {
        "det": Finding(
            "of up to 3 rows it is a product of pivots, which rounds more often", "", DETERMINANT, anywhere
        )
    },
}

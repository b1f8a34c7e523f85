"""ULPs of arrays in every floating format, ml_dtypes' of 4, 6, 8 and 16 bits among them.

Two measures. The *error* of a number against a real is fractional: ``|got - expected| / ulp(expected)``, where the
ulp is the distance of the format's neighbouring numbers at ``expected``, and below its smallest normal number the
smallest subnormal; 0.5 is correct rounding. The *count* of two numbers of a format is how many steps from one
representable number to the next lie between them.

What is special is defined, for both: NaN is equal to NaN and infinitely far from all else; an infinity is equal to
itself and infinitely far from all else, the largest number included; +0 and -0 are one number, unless their signs are
asked for; an expected real beyond what the format holds counts as what it rounds to.
"""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np

Floats = np.ndarray[Any, Any]


def format_of(dtype: Any) -> Any:
    """Bits, exponents and limits of a floating format.

    Raises:
        TypeError: it is none that has an exact image in float64.
    """
    found = np.dtype(dtype)
    if found.kind in "fV" and found.itemsize <= 8:
        try:
            return ml_dtypes.finfo(found)  # type: ignore[no-untyped-call]  # it ships untyped
        except ValueError:
            pass  # said below
    raise TypeError(
        f"`dtype` must be a floating format of at most 64 bits, NumPy's or ml_dtypes', got {found}. Convert first; "
        f"complex numbers are compared by their parts."
    )


def is_floating(dtype: Any) -> bool:
    """Whether a dtype is a floating format of at most 64 bits."""
    try:
        format_of(dtype)
    except TypeError:
        return False
    return True


def spacing(expected: Floats, dtype: Any) -> Floats:
    """The ulp of a format at real numbers (given in float64): a power of two."""
    info = format_of(dtype)
    precision, least = int(info.nmant) + 1, _least_exponent(info)
    _, exponents = np.frexp(expected)
    found = np.ldexp(1.0, np.maximum(exponents - precision, least))
    return np.asarray(np.where(expected == 0, np.ldexp(1.0, least), found))


def _least_exponent(info: Any) -> int:
    """The exponent of the least positive number."""
    return int(np.frexp(np.float64(info.smallest_subnormal))[1]) - 1


def ulp_errors(got: Floats, expected: Floats, *, signed_zeros: bool = False) -> Floats:
    """The error of each element in ULPs of its own format, in float64.

    Args:
        got: numbers of some floating format.
        expected: numbers of any floating format, wider ones included.
        signed_zeros: whether +0 and -0 are infinitely far apart, not one number.
    """
    with np.errstate(all="ignore"):
        wide, true = got.astype(np.float64), expected.astype(np.float64)
        # Halved, the difference of the largest numbers does not overflow; doubling the quotient is exact.
        apart = np.abs(wide / 2 - true / 2)
        small = np.minimum(np.abs(wide), np.abs(true)) < 1
        units = spacing(true, got.dtype)
        errors = np.where(small, np.abs(wide - true) / units, apart / units * 2)
        same = (wide == true) | (np.isnan(wide) & np.isnan(true))
        as_rounded = true.astype(got.dtype).astype(np.float64)
        beyond = ~np.isfinite(as_rounded) & ((wide == as_rounded) | (np.isnan(wide) & np.isnan(as_rounded)))
    special = ~np.isfinite(wide) | ~np.isfinite(true)
    errors = np.where(same | (beyond & special), 0.0, np.where(special, np.inf, errors))
    return np.where(_signs_differ(wide, true), np.inf, errors) if signed_zeros else errors


def _signs_differ(a: Floats, b: Floats) -> Floats:
    return np.asarray((a == 0) & (b == 0) & (np.signbit(a) != np.signbit(b)))


def ulp_counts(a: Floats, b: Floats, *, signed_zeros: bool = False) -> Floats:
    """How many steps of their format lie between the elements of two arrays, in float64; inf where it is undefined.

    Raises:
        TypeError: the formats differ: there are no common steps to count.
    """
    if a.dtype != b.dtype:
        raise TypeError(f"Arrays whose ULPs are counted must have one dtype, got {a.dtype} and {b.dtype}.")
    with np.errstate(invalid="ignore"):
        wide_a, wide_b = a.astype(np.float64), b.astype(np.float64)
    first, second = _places(a), _places(b)
    steps = (np.maximum(first, second) - np.minimum(first, second)).astype(np.float64)
    same = (wide_a == wide_b) | (np.isnan(wide_a) & np.isnan(wide_b))
    special = ~np.isfinite(wide_a) | ~np.isfinite(wide_b)
    counts = np.where(same, 0.0, np.where(special, np.inf, steps))
    return np.where(_signs_differ(wide_a, wide_b), np.inf, counts) if signed_zeros else counts


def _places(x: Floats) -> Floats:
    """Unsigned integers in the order of the numbers, one apart for neighbours; both zeros are at one place."""
    bits = x.reshape(-1).view(f"u{x.dtype.itemsize}").astype(np.uint64).reshape(x.shape)
    info = format_of(x.dtype)
    if info.bits == 8 and info.nmant == 0:
        return bits  # float8_e8m0fnu has no sign
    middle = np.uint64(1 << (info.bits - 1))
    size = bits & (middle - np.uint64(1))
    return np.where(bits & middle, middle - size, middle + size)


def flushed(x: Floats) -> Floats:
    """The numbers, subnormal ones replaced by a zero of their sign, as some hardware does."""
    info = format_of(x.dtype)
    with np.errstate(invalid="ignore"):
        wide = x.astype(np.float64)
        tiny = np.abs(wide) < float(info.smallest_normal)
    return np.where(tiny, np.copysign(0.0, wide), wide).astype(x.dtype)


def hexadecimal(x: Any) -> str:
    """A number with its bits: ``0.1 (0x1.99999ap-4)``; integers as they are."""
    found = np.asarray(x)
    if found.dtype.kind == "c":
        return f"{found.item()!r} ({float(found.real).hex()}, {float(found.imag).hex()})"
    if not is_floating(found.dtype):
        return str(found.item())
    return f"{found[()]!s} ({float(found).hex()})"

"""Complex numbers: their parts, their angle, and the order that JAX gives them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import lax
from ..arrays import Array
from ..dispatch import aval_of, lift
from ..dtypes import bool_, complex64, default_float, is_complex, is_float, to_inexact
from ..shapes import ShapeDtypeStruct
from .constants import ScalarType
from .promotion import array_of, convert, promote_numeric, promote_types


def real(val: Any, /) -> Array:
    """The real part, of shape and real dtype of ``val``; a real is its own.

    Returns:
        An array of val's shape, of its real dtype.

    Raises:
        TypeError: ``val`` is no array and no number.
    """
    x = array_of("real", val)
    return lax.real(x) if is_complex(x.dtype) else x


def imag(val: Any, /) -> Array:
    """The imaginary part, of shape and real dtype of ``val``; zeros for a real.

    Returns:
        An array of val's shape, of its real dtype.

    Raises:
        TypeError: ``val`` is no array and no number.
    """
    x = array_of("imag", val)
    return lax.imag(x) if is_complex(x.dtype) else lax.full_like(x, 0)


def conjugate(x: Any, /) -> Array:
    """The complex conjugate, of shape and dtype of ``x``; a real is its own.

    Returns:
        An array of x's shape and dtype.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    found = array_of("conjugate", x)
    return lax.conj(found) if is_complex(found.dtype) else found


conj = conjugate


def angle(z: Any, deg: bool = False) -> Array:
    """The angle of ``z`` in the complex plane, in (-pi, pi] (radians), or in degrees.

    Dtypes of floating arrays stay, complex ones become real, all others and numbers the default float.

    Returns:
        Floats of z's shape.

    Raises:
        TypeError: ``z`` is no array and no number.
    """
    x = array_of("angle", z)
    stays = is_complex(x.dtype) or (is_float(x.dtype) and x.ndim > 0)
    x = x if stays else lift(convert(x, default_float()))
    parts = (lax.imag(x), lax.real(x)) if is_complex(x.dtype) else (lax.full_like(x, 0), x)
    found = lax.atan2(*parts)
    return lax.mul(lift(convert(found, found.dtype)), 57.29577951308232) if deg else found


def iscomplexobj(x: Any) -> bool:
    """Whether ``x`` has a complex dtype, or is one, as ``numpy.complex64``; a `ShapeDtypeStruct` may be asked too.

    Returns:
        A boolean.

    Raises:
        TypeError: an array-like is meant and something else is given.
    """
    if isinstance(x, (ScalarType, ShapeDtypeStruct)):
        return is_complex(x.dtype)
    return x is not None and is_complex(aval_of(x).dtype)


def isrealobj(x: Any) -> bool:
    """Whether ``x`` has no complex dtype.

    Returns:
        A boolean.

    Raises:
        TypeError: an array-like is meant and something else is given.
    """
    return not iscomplexobj(x)


def iscomplex(x: Any) -> Array:
    """Where the imaginary part is not zero: booleans of the shape of ``x``.

    Returns:
        Booleans of x's shape.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    found = imag(x)
    return lax.ne(found, lax.full_like(found, 0))


def isreal(x: Any) -> Array:
    """Where the imaginary part is zero: booleans of the shape of ``x``.

    Returns:
        Booleans of x's shape.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    found = imag(x)
    return lax.eq(found, lax.full_like(found, 0))


def sort_complex(a: Any) -> Array:
    """``a`` as complex numbers, in lexicographic order along the last axis.

    Returns:
        Complex numbers of a's shape.

    Raises:
        TypeError: ``a`` is no array and no number.
    """
    (x,) = promote_numeric("sort_complex", array_of("sort_complex", a))
    found = lift(x)
    if not is_complex(found.dtype):
        found = lax.convert_element_type(found, promote_types(_float_of(found), complex64))
    ordered: Array = lax.sort(found, dimension=-1)
    return lift(convert(ordered, ordered.dtype))


def _float_of(x: Array) -> Any:

    return to_inexact(x.dtype)


def in_each_part(operation: Callable[[Array], Array], x: Array) -> Array:
    """A function of reals, applied to both parts."""
    if not is_complex(x.dtype):
        return operation(x)
    return lax.complex(operation(lax.real(x)), operation(lax.imag(x)))


def finite(x: Array) -> Array:
    """Whether all parts are finite; true of what is no float."""
    if is_complex(x.dtype):
        return lax.bitwise_and(lax.is_finite(lax.real(x)), lax.is_finite(lax.imag(x)))
    return lax.is_finite(x) if is_float(x.dtype) else lax.full_like(x, True, dtype=bool_)


def ordered(by_parts: Callable[[Any, Any], Array], x1: Any, x2: Any) -> Array:
    """A comparison; of complex numbers by their imaginary parts where the real ones are equal, as in JAX."""
    if not is_complex(aval_of(x1).dtype):
        return by_parts(x1, x2)
    x1, x2 = lift(x1), lift(x2)
    same = lax.eq(lax.real(x1), lax.real(x2))
    by_imag, by_real = by_parts(lax.imag(x1), lax.imag(x2)), by_parts(lax.real(x1), lax.real(x2))
    return lax.select(same, by_imag, by_real)

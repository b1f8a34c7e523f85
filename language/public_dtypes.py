"""`jax.dtypes`: what can be asked of element types."""

from __future__ import annotations

from typing import Any

import numpy as np

from .dispatch import aval_of
from .dtypes import DType, as_dtype, bool_, canonical, finfo, float0, iinfo, is_float, is_integer
from .errors import VeraxError
from .numpy.constants import bfloat16
from .numpy.promotion import issubdtype as _issubdtype
from .numpy.promotion import result_type

__all__ = [
    "TypePromotionError",
    "bfloat16",
    "canonicalize_dtype",
    "extended",
    "finfo",
    "float0",
    "iinfo",
    "issubdtype",
    "itemsize_bits",
    "prng_key",
    "result_type",
    "scalar_type_of",
]

_KEY = "key<"  # how the dtypes of random keys begin


class TypePromotionError(VeraxError, ValueError):
    """Raised by JAX where dtypes have no common one; all that Verax has do, and it never raises it."""


class extended(np.generic):
    """The kind of dtypes that hold no numbers; never instantiated."""


class prng_key(extended):
    """The kind of random keys' dtypes; never instantiated."""


def canonicalize_dtype(dtype: Any, allow_extended_dtype: bool = False) -> DType:
    """The dtype that is used for ``dtype``: 64-bit types narrow to 32 unless x64 is enabled.

    Args:
        dtype: a dtype, its name, or a Python or NumPy scalar type.
        allow_extended_dtype: whether a random key's dtype is taken, and returned as it is.

    Raises:
        TypeError: the language has no such dtype.
    """
    if allow_extended_dtype and isinstance(dtype, str) and dtype.startswith(_KEY):
        return dtype  # type: ignore[return-value]  # keys have a name for a dtype
    return canonical(dtype)


def issubdtype(a: Any, b: Any) -> bool:
    """Whether a dtype lies below another in NumPy's hierarchy, `extended` and `prng_key` included.

    Returns:
        A boolean.

    Raises:
        TypeError: there is no such dtype.
    """
    if isinstance(a, str) and a.startswith(_KEY):
        return isinstance(b, type) and issubclass(prng_key, b)
    if isinstance(b, type) and issubclass(b, extended):
        return isinstance(a, type) and issubclass(a, b)
    return _issubdtype(a, b)


def itemsize_bits(dtype: Any) -> int:
    """How many bits an element takes; 8 for bool.

    Raises:
        ValueError: ``dtype`` is None.
        TypeError: the language has no such dtype.
    """
    if dtype is None:
        raise ValueError("`dtype` must be a dtype, got None.")
    return 8 * as_dtype(dtype).itemsize


def scalar_type_of(x: Any) -> type:
    """The Python type of a value's elements: bool, int, float or complex.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    dtype = aval_of(x).dtype
    if dtype == bool_:
        return bool
    if is_integer(dtype):
        return int
    return float if is_float(dtype) else complex

"""`assert_type`: the dtypes of arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..language import dtypes
from .array_kinds import dtype_of
from .assertion import assertion
from .shapes import listed, paired

_ABSTRACT = (np.number, np.inexact, np.complexfloating, np.signedinteger, np.unsignedinteger, np.generic)


def _is_type(dtype: Any, expected: Any) -> bool:
    if not isinstance(dtype, np.dtype):  # random keys'
        return bool(dtype == expected)
    if expected is float or expected is np.floating:
        return dtypes.is_float(dtype)
    if expected is int or expected is np.integer:
        return dtypes.is_integer(dtype)
    if expected is complex or expected is np.complexfloating:
        return dtypes.is_complex(dtype)
    if isinstance(expected, type) and issubclass(expected, np.generic) and expected in _ABSTRACT:
        return np.issubdtype(dtype, expected) or (
            dtypes.is_float(dtype) and expected in (np.inexact, np.number)
        )
    return bool(dtype == _concrete(expected))


def _concrete(expected: Any) -> Any:
    if str(expected).startswith("torch."):

        class Carrier:
            dtype = expected

        return dtype_of(Carrier)
    return np.dtype(expected)


@assertion
def assert_type(inputs: Any, expected_types: Any) -> None:
    """Assert that an array, or each of several, has an expected dtype.

    ``float`` stands for every floating dtype, ``int`` for every integer one and ``complex`` for both complex ones, as
    do NumPy's abstract types (``np.floating``, ``np.unsignedinteger``, ...); anything else means exactly that dtype.
    A bool is none of them.

    >>> import numpy as np
    >>> assert_type([np.float32(1), np.int8(1)], [float, int])
    """
    arrays = listed(inputs)
    one = not isinstance(expected_types, (list, tuple))
    types = [expected_types] * len(arrays) if one else list(expected_types)
    wrong = [
        f"input {i} has type {dtype_of(x)} but expected {getattr(kind, '__name__', kind)}"
        for i, (x, kind) in enumerate(paired(arrays, types, "types"))
        if not _is_type(dtype_of(x), kind)
    ]
    if wrong:
        raise AssertionError(f"Error in type compatibility check: {'; '.join(wrong)}.")

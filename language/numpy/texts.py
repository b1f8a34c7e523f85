"""Arrays as text: NumPy's formatting and its options."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from .promotion import array_of

_MARK = "Array("


def array_repr(
    arr: Any,
    max_line_width: int | None = None,
    precision: int | None = None,
    suppress_small: bool | None = None,
) -> str:
    """An array as Python would write it, with its dtype.

    Args:
        arr: the array.
        max_line_width: where lines are broken.
        precision: how many digits follow the point.
        suppress_small: whether numbers next to 0 are written as 0.

    Returns:
        A text.

    Raises:
        TypeError: it is no array and no number, or abstract.
    """
    x = array_of("array_repr", arr)
    body = np.array2string(x.machine_value(), max_line_width, precision, suppress_small, ", ", prefix=_MARK)
    return f"{_MARK}{body}, dtype={x.dtype})"


def array_str(
    a: Any,
    max_line_width: int | None = None,
    precision: int | None = None,
    suppress_small: bool | None = None,
) -> str:
    """An array's elements as text. Arguments are `array_repr`'s.

    Returns:
        A text.

    Raises:
        TypeError: it is no array and no number, or abstract.
    """
    return np.array_str(array_of("array_str", a).machine_value(), max_line_width, precision, suppress_small)


def get_printoptions() -> dict[str, Any]:
    """How arrays are written: NumPy's options, which are the same.

    Returns:
        A dictionary of options.

    Raises nothing of its own.
    """
    return dict(np.get_printoptions())


def set_printoptions(*args: Any, **kwargs: Any) -> None:
    """Change how arrays are written; arguments are `numpy.set_printoptions`', whose options they are.

    Returns:
        None.

    Raises:
        TypeError: an option is unknown.
    """
    np.set_printoptions(*args, **kwargs)


def printoptions(*args: Any, **kwargs: Any) -> AbstractContextManager[Any]:
    """A context in which arrays are written otherwise; arguments are `numpy.set_printoptions`'.

    Returns:
        A context manager.

    Raises:
        TypeError: an option is unknown.
    """
    return np.printoptions(*args, **kwargs)

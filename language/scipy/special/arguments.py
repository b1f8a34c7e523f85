"""What the functions of this package share: how they take their arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import lax
from ... import numpy as vnp
from ...arrays import Array
from ...catalogue.rules import check_dtype
from ...dispatch import lift
from ...dtypes import float32, float64
from ...numpy.promotion import array_of, promote_inexact


def given(name: str, *operands: Any) -> list[Array]:
    """The arguments of a call as arrays of one floating dtype and shape."""
    return [lift(x) for x in promote_inexact(name, *operands)]


_DOC = """{what}

Returns:
    Floats of x's shape; integers become floats.

Raises:
    TypeError: ``x`` is no array and no number.
"""


def of_primitive(name: str, operation: Callable[[Any], Array], doc: str) -> Callable[[Any], Array]:
    """A function of one argument that is a primitive."""

    def function(x: Any) -> Array:
        return operation(*promote_inexact(name, x))

    function.__name__ = function.__qualname__ = name
    function.__doc__ = _DOC.format(what=doc)
    return function


def float32_or_wider(name: str, x: Any, argument: str = "x") -> Array:
    """As JAX, which refuses narrow floats and integers here."""
    array = array_of(name, x)
    check_dtype(name, array.aval, frozenset({float32, float64}), argument)
    return array


def strong(x: Array) -> Array:
    """The array in its own dtype, not weak."""
    return lax.convert_element_type(x, x.dtype)


def choose(condition: Any, x: Any, y: Any) -> Array:
    """``x`` where a condition holds, else ``y``."""
    found: Array = vnp.where(condition, x, y)
    return found

"""What a sampler is told: the parameters of its distribution, and the shape that they and it agree on."""

from __future__ import annotations

from typing import Any

from ..arrays import Array
from ..dispatch import lift
from ..dtypes import DType
from ..numpy.promotion import array_of, convert, result_type
from ..shapes import Shape, broadcast_shapes, canonical_shape


def parameters(name: str, shape: Any, dtype: DType, **given: Any) -> tuple[Shape, list[Array]]:
    """The shape of the result, and its parameters as arrays of a dtype.

    Args:
        name: the sampler's.
        shape: the result's; None stands for the one that the parameters broadcast to.
        dtype: the result's.
        given: the parameters, by name.

    Raises:
        TypeError: a parameter is no array and no number.
        ValueError: a parameter does not fit into the dtype or the shape.
    """
    arrays = [array_of(name, x) for x in given.values()]
    for label, x in zip(given, arrays, strict=True):
        if result_type(x, dtype) != dtype:
            raise ValueError(
                f"`{label}` of {name} must have a dtype that {dtype} holds, got {x.dtype}. "
                f"Convert it, or ask for a wider `dtype`."
            )
    return agreed(name, shape, *arrays), [lift(convert(x, dtype)) for x in arrays]


def agreed(name: str, shape: Any, *arrays: Array) -> Shape:
    """The shape of a result: the one asked for, which parameters may not enlarge.

    Raises:
        ValueError: they would.
    """
    own = broadcast_shapes(*(x.shape for x in arrays))
    if shape is None:
        return own
    wanted = canonical_shape(shape)
    if broadcast_shapes(own, wanted) != wanted:
        raise ValueError(
            f"`shape` of {name} must be one that its parameters broadcast to, got {wanted} for {own}. "
            f"Leave it out to have theirs."
        )
    return wanted

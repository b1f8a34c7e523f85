"""Products of vectors and matrices whose leading axes broadcast."""

from __future__ import annotations

from typing import Any

from ..arrays import Array
from .complex_numbers import conjugate
from .creation import zeros_like
from .joining import stack
from .manipulation import expand_dims, moveaxis, squeeze
from .products import matmul
from .promotion import array_of
from .reductions import in_dtype


def cross(
    a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Array:
    """The vector product: at right angles to both, as long as the area that they span; of plane vectors the area.

    Args:
        a: vectors of 2 or 3 elements; other axes broadcast.
        b: vectors of 2 or 3 elements.
        axisa: where a's lie.
        axisb: where b's lie.
        axisc: where the result's lie.
        axis: all three at once.

    Returns:
        An array of the common dtype and the broadcast shape.

    Raises:
        ValueError: vectors have neither 2 nor 3 elements.
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = moveaxis(array_of("cross", a), axisa, -1), moveaxis(array_of("cross", b), axisb, -1)
    if a.shape[-1] not in (2, 3) or b.shape[-1] not in (2, 3):
        raise ValueError(
            f"The vectors of cross must have 2 or 3 elements, got {a.shape[-1]} and {b.shape[-1]}."
        )
    a0, a1, *a2 = (a[..., i] for i in range(a.shape[-1]))
    b0, b1, *b2 = (b[..., i] for i in range(b.shape[-1]))
    area: Array = a0 * b1 - a1 * b0
    if not a2 and not b2:
        return area
    a_up, b_up = a2[0] if a2 else zeros_like(a0), b2[0] if b2 else zeros_like(b0)
    found = stack([a1 * b_up - a_up * b1, a_up * b0 - a0 * b_up, area], -1)
    return moveaxis(in_dtype(found, found.dtype), -1, axisc)


def matvec(x1: Any, x2: Any, /) -> Array:
    """Matrices times vectors: shapes (..., n, m) and (..., m) give (..., n).

    Returns:
        An array of the common dtype and the broadcast shape.

    Raises:
        ValueError: an argument has too few axes, or the sizes do not fit.
    """
    a, b = _ranked("matvec", x1, 2, x2, 1)
    return squeeze(matmul(a, expand_dims(b, -1)), -1)


def vecmat(x1: Any, x2: Any, /) -> Array:
    """The conjugates of vectors times matrices: shapes (..., n) and (..., n, m) give (..., m).

    Returns:
        An array of the common dtype and the broadcast shape.

    Raises:
        ValueError: an argument has too few axes, or the sizes do not fit.
    """
    a, b = _ranked("vecmat", x1, 1, x2, 2)
    return squeeze(matmul(expand_dims(conjugate(a), -2), b), -2)


def _ranked(name: str, x1: Any, rank1: int, x2: Any, rank2: int) -> tuple[Array, Array]:
    a, b = array_of(name, x1), array_of(name, x2)
    if a.ndim < rank1 or b.ndim < rank2:
        raise ValueError(
            f"The arguments of {name} must have {rank1} and {rank2} axes or more, got {a.shape}, {b.shape}."
        )
    return a, b

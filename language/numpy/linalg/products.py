"""Products of matrices and vectors, under `numpy.linalg`'s names; what `verax.numpy` has is handed on."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from ...arrays import Array
from ...shapes import canonical_axis
from .. import creation, vectors
from .. import products as whole
from ..arithmetic import multiply
from ..creation import eye
from ..manipulation import broadcast_to, moveaxis
from ..products import einsum, matmul, tensordot, vecdot
from ..promotion import array_of
from .operands import matrices
from .solving import inv


def cross(x1: Any, x2: Any, /, *, axis: int = -1) -> Array:
    """The cross products of vectors of three elements.

    Args:
        x1: an array of size 3 along ``axis``.
        x2: another; the other axes broadcast.
        axis: where the vectors lie.

    Returns:
        The products, of the promoted dtype.

    Raises:
        ValueError: an argument has another size along ``axis``.
    """
    a, b = array_of("cross", x1), array_of("cross", x2)
    if a.shape[canonical_axis(axis, a.ndim)] != 3 or b.shape[canonical_axis(axis, b.ndim)] != 3:
        raise ValueError(
            f"`x1` and `x2` of cross must have size 3 along axis {axis}, got shapes {a.shape} and {b.shape}."
        )
    return vectors.cross(a, b, axis=axis)


def outer(x1: Any, x2: Any, /) -> Array:
    """The products of every element of a vector with every element of another.

    Args:
        x1: shape (m,).
        x2: shape (n,).

    Returns:
        Shape (m, n), of the promoted dtype.

    Raises:
        ValueError: an argument is no vector.
    """
    a, b = array_of("outer", x1), array_of("outer", x2)
    if a.ndim != 1 or b.ndim != 1:
        raise ValueError(
            f"`x1` and `x2` of outer must be vectors, got shapes {a.shape} and {b.shape}. Ravel them."
        )
    return multiply(a[:, None], b[None, :])


def diagonal(x: Any, /, *, offset: int = 0) -> Array:
    """The diagonals of matrices.

    Args:
        x: shape (..., m, n).
        offset: how far above the main diagonal.

    Returns:
        Shape (..., k), of ``x``'s dtype.

    Raises:
        ValueError: ``x`` has fewer than 2 axes.
    """
    return creation.diagonal(matrices("diagonal", x, "x"), offset, -2, -1)


def trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Array:
    """The sums of the diagonals of matrices.

    Args:
        x: shape (..., m, n).
        offset: how far above the main diagonal.
        dtype: of the sum.

    Returns:
        Shape (...).

    Raises:
        ValueError: ``x`` has fewer than 2 axes.
    """
    return whole.trace(matrices("trace", x, "x"), offset, -2, -1, dtype)


def matrix_transpose(x: Any, /) -> Array:
    """The transposed matrices.

    Args:
        x: shape (..., m, n).

    Returns:
        Shape (..., n, m), of ``x``'s dtype.

    Raises:
        ValueError: ``x`` has fewer than 2 axes.
    """
    a = matrices("matrix_transpose", x, "x")
    return moveaxis(a, -1, -2)


def matrix_power(a: Any, n: int) -> Array:
    """Square matrices to an integer power, by repeated squaring; their inverses' for a negative one.

    Args:
        a: shape (..., m, m).
        n: an integer.

    Returns:
        The same shape; a floating dtype for negative ``n``.

    Raises:
        TypeError: the matrices are not square, or ``n`` is no integer.
    """
    x = array_of("matrix_power", a)
    if x.ndim < 2 or x.shape[-1] != x.shape[-2]:
        raise TypeError(f"`a` of matrix_power must have a shape (..., m, m), got {x.shape}.")
    try:
        n = operator.index(n)
    except TypeError as err:
        raise TypeError(f"`n` of matrix_power must be an integer, got {n!r}.") from err
    if n == 0:
        return broadcast_to(eye(x.shape[-1], dtype=x.dtype), x.shape)
    x, n = (inv(x), -n) if n < 0 else (x, n)
    if n == 3:
        return matmul(matmul(x, x), x)
    found: Array | None = None
    while n:
        if n % 2:
            found = x if found is None else matmul(found, x)
        n //= 2
        x = matmul(x, x) if n else x
    assert found is not None, "a positive number has a bit"
    return found


def multi_dot(arrays: Sequence[Any], *, precision: Any = None) -> Array:
    """The product of several matrices, in the cheapest order.

    Args:
        arrays: at least two; all matrices, but the first and the last may be vectors.
        precision: accepted for JAX's sake.

    Returns:
        The product, of the promoted dtype.

    Raises:
        ValueError: there are fewer than two, or their shapes do not fit.
    """
    xs = [array_of("multi_dot", x) for x in arrays]
    if len(xs) < 2:
        raise ValueError(f"`arrays` of multi_dot must be at least two, got {len(xs)}.")
    shapes = [x.shape for x in xs]
    ends = all(x.ndim in (1, 2) for x in (xs[0], xs[-1])) and all(x.ndim == 2 for x in xs[1:-1])
    if not ends or any(a[-1] != b[0] for a, b in pairwise(shapes)):
        raise ValueError(
            f"`arrays` of multi_dot must be matrices that fit, the first and the last perhaps vectors, got shapes "
            f"{shapes}."
        )
    letters = [chr(ord("a") + i) + chr(ord("a") + i + 1) for i in range(len(xs))]
    letters[0] = letters[0][-xs[0].ndim :]
    letters[-1] = letters[-1][: xs[-1].ndim]
    kept = (letters[0][0] if xs[0].ndim == 2 else "") + (letters[-1][-1] if xs[-1].ndim == 2 else "")
    return einsum(f"{','.join(letters)}->{kept}", *xs)


__all__ = [
    "cross",
    "diagonal",
    "matmul",
    "matrix_power",
    "matrix_transpose",
    "multi_dot",
    "outer",
    "tensordot",
    "trace",
    "vecdot",
]

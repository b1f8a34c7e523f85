"""Norms, condition numbers and ranks."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...arrays import Array
from ...dtypes import finfo, float32, is_complex, real_of
from ...lax import stop_gradient
from ...shapes import canonical_axis
from ..arithmetic import divide, maximum, multiply, power
from ..classes import isnan
from ..complex_numbers import imag, real
from ..elementwise import absolute, sqrt, square
from ..logic import less, not_equal
from ..manipulation import expand_dims, moveaxis
from ..promotion import array_of, convert
from ..reductions import any, max, min, sum
from ..searching import where
from .decompositions import svd, svdvals
from .operands import given, matrices
from .operands import square as square_matrices

Axes = tuple[int, ...]


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Array:
    """A norm of a vector or matrix.

    Args:
        x: an array.
        ord: None: the root of the sum of squares. Of one axis: see `vector_norm`. Of two: "fro" (or "f"), "nuc", 1,
            -1, 2, -2, inf or -inf: see `matrix_norm`.
        axis: one axis, two, or None for all (with ``ord``: ``x`` must have one or two).
        keepdims: whether the axes stay, of size 1.

    Returns:
        The norms, in a floating dtype.

    Raises:
        ValueError: ``ord`` is not known, or there are neither one nor two axes.
    """
    (x,) = given("norm", x)
    if axis is None:
        if ord is None:
            return _root_of_squares(x, None, keepdims)
        axes: Axes = tuple(range(x.ndim))
    else:
        axes = tuple(canonical_axis(a, x.ndim) for a in (axis if isinstance(axis, tuple) else (axis,)))
    if len(axes) == 1:
        return vector_norm(x, axis=axes, keepdims=keepdims, ord=2 if ord is None else ord)
    if len(axes) != 2:
        raise ValueError(
            f"`axis` of norm must be one axis of vectors or two of matrices, got {axis!r} for shape {x.shape}."
        )
    return _of_matrices(x, ord, axes, keepdims)


def _root_of_squares(x: Array, axes: Any, keepdims: bool) -> Array:
    """The root of the sum of |x|^2. At 0, where it has a tip, its derivative is 0: that of the root is infinite."""
    # Of narrow numbers the squares need not fit where the norm does.
    wide = x if is_complex(x.dtype) or x.dtype.itemsize > 2 else convert(x, float32)
    parts = [real(x), imag(x)] if is_complex(x.dtype) else [wide]
    scale = _scale(parts, axes)
    squares = functools.reduce(operator.add, [square(multiply(part, scale)) for part in parts])
    total = sum(squares, axes, keepdims=keepdims)
    unscaled = scale if keepdims else scale.reshape(total.shape)
    found: Array = divide(where(total == 0, 0, sqrt(where(total == 0, 1, total))), unscaled)
    return found if wide is x else convert(found, x.dtype)


def _scale(parts: Sequence[Array], axes: Any) -> Array:
    """Powers of 2 by which squares neither overflow nor vanish: 1 where they do not as they are."""
    dtype = parts[0].dtype
    exponent = int(finfo(dtype).maxexp)
    largest = functools.reduce(
        maximum, [max(absolute(p), axes, keepdims=True, initial=0) for p in map(stop_gradient, parts)]
    )
    ends = [np.asarray(2.0 ** round(part * exponent), dtype) for part in (0.4, -0.4, -0.625, 0.7)]
    far, near, down, up = ends
    found: Array = where(largest > far, down, where(less(largest, near), up, np.ones((), dtype)))
    return found


def _of_matrices(x: Array, ord: Any, axes: Axes, keepdims: bool) -> Array:
    if ord in (None, "f", "fro"):
        return _root_of_squares(x, axes, keepdims)
    if ord in ("nuc", 2, -2):
        values = svdvals(moveaxis(x, axes, (-2, -1)))
        found = (
            sum(values, -1) if ord == "nuc" else max(values, -1, initial=0) if ord == 2 else min(values, -1)
        )
        return expand_dims(found, axes) if keepdims else found
    if ord in (1, -1, np.inf, -np.inf):
        along, across = axes if ord in (1, -1) else axes[::-1]
        sums = sum(absolute(x), along, keepdims=True)
        found = max(sums, across, keepdims=True, initial=0) if ord > 0 else min(sums, across, keepdims=True)
        return found if keepdims else found.squeeze(axes)
    raise ValueError(
        f"`ord` of norm must be None, 'fro', 'nuc', 1, -1, 2, -2, inf or -inf for matrices, got {ord!r}."
    )


def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Array:
    """A norm of matrices.

    Args:
        x: shape (..., m, n).
        keepdims: whether the last two axes stay, of size 1.
        ord: "fro": the root of the sum of squares; "nuc": the sum of the singular values; 2 and -2: the largest and
            the least of them; 1 and -1: the largest and the least column sum of absolute values; inf and -inf: of rows.

    Returns:
        Shape (...), in a floating dtype.

    Raises:
        ValueError: ``ord`` is not known, or ``x`` has fewer than 2 axes.
    """
    return norm(matrices("matrix_norm", x, "x"), ord, (-2, -1), keepdims)


def vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Array:
    """A norm of vectors.

    Args:
        x: an array.
        axis: along which; several are one vector; None: all.
        keepdims: whether the axes stay, of size 1.
        ord: p of the p-norm; inf and -inf: the largest and the least absolute value; 0: how many are not zero.

    Returns:
        The norms, in a floating dtype.

    Raises:
        ValueError: ``ord`` is a string.
    """
    (x,) = given("vector_norm", x)
    if ord is None or ord == 2:
        return _root_of_squares(x, axis, keepdims)
    if isinstance(ord, str):
        raise ValueError(f"`ord` of vector_norm must be a number, got {ord!r}. Infinity is verax.numpy.inf.")
    if ord == np.inf:
        return max(absolute(x), axis, keepdims=keepdims, initial=0)
    if ord == -np.inf:
        return min(absolute(x), axis, keepdims=keepdims)
    if ord == 0:
        return sum(x != 0, axis, dtype=real_of(x.dtype), keepdims=keepdims)
    if ord == 1:
        return sum(absolute(x), axis, keepdims=keepdims)
    total: Array = sum(absolute(x) ** ord, axis, keepdims=keepdims)
    return power(total, 1.0 / ord)


def cond(x: Any, p: Any = None) -> Array:
    """The condition numbers of matrices.

    Args:
        x: shape (..., m, n), not empty; square unless ``p`` is None, 2 or -2.
        p: the norm, as `matrix_norm`'s ``ord``; None is 2.

    Returns:
        Shape (...), in a floating dtype; inf for singular matrices.

    Raises:
        ValueError: the matrices are empty, have fewer than 2 axes, or are not square.
    """
    a = matrices("cond", x, "x")
    if 0 in a.shape[-2:]:
        raise ValueError(f"`x` of cond must not be empty, got shape {a.shape}.")
    if p in (None, 2, -2):
        s = svdvals(a)
        if p != -2:
            return divide(s[..., 0], s[..., -1])
        found = divide(s[..., -1], s[..., 0])
    else:
        from .solving import inv

        a = square_matrices("cond", a, "x")
        found = multiply(norm(a, p, (-2, -1)), norm(inv(a), p, (-2, -1)))
    spoilt: Array = isnan(found) & ~any(isnan(a), (-2, -1))
    numbers: Array = where(spoilt, np.inf, found)
    return numbers


def matrix_rank(M: Any, rtol: Any = None, *, hermitian: bool = False, tol: Any = None) -> Array:
    """How many singular values of a matrix are not negligible.

    Args:
        M: shape (..., m, n), or a vector, whose rank is 1 unless all is zero.
        rtol: singular values up to this count as zero; None: max(m, n) eps times the largest.
        hermitian: the matrices are Hermitian.
        tol: another name for ``rtol``.

    Returns:
        Shape (...), of an integer dtype.

    Raises:
        ValueError: both ``rtol`` and ``tol`` are given.
    """
    if tol is not None and rtol is not None:
        raise ValueError("Only one of `rtol` and `tol` of matrix_rank may be given, got both.")
    (a,) = given("matrix_rank", M)
    if a.ndim < 2:
        found: Array = any(not_equal(a, 0)).astype(np.int32)
        return found
    s = svd(a, full_matrices=False, compute_uv=False, hermitian=hermitian)
    assert isinstance(s, Array), "no vectors were asked for"
    least = tol if rtol is None else rtol
    if least is None:
        least = max(s, -1) * (float(np.max(a.shape[-2:])) * float(finfo(a.dtype).eps))
    return sum(s > expand_dims(array_of("matrix_rank", least), -1), -1)

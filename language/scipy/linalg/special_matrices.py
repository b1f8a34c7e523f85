"""Matrices that have names: of given elements, or of their size alone."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from ... import lax
from ...arrays import Array
from ...dispatch import lift
from ...dtypes import default_float
from ...numpy.arithmetic import divide
from ...numpy.complex_numbers import conjugate
from ...numpy.creation import asarray, diag, zeros
from ...numpy.elementwise import absolute, negative
from ...numpy.joining import concatenate
from ...numpy.linalg.operands import given
from ...numpy.manipulation import atleast_1d, atleast_2d, expand_dims
from ...numpy.moving import flip
from ...numpy.promotion import array_of, convert, dtypes_only
from ...numpy.searching import take


def _vector(name: str, argument: str, x: Any, least: int = 0) -> Array:
    found: Array = atleast_1d(array_of(name, x))
    if found.ndim != 1 or found.shape[0] < least:
        raise ValueError(
            f"`{argument}` of {name} must be a vector of at least {least} elements, got shape {found.shape}. "
            f"Use vmap for a batch."
        )
    return found


def _size(name: str, n: Any, least: int = 0) -> int:
    size = operator.index(n)
    if size < least:
        raise ValueError(f"`n` of {name} must be at least {least}, got {size}.")
    return size


def _of_floats(rows: Any) -> Array:
    return lift(np.asarray(rows, default_float()))


def block_diag(*arrs: Any) -> Array:
    """A matrix with others along its diagonal, and zeros elsewhere.

    Args:
        arrs: matrices, or vectors and numbers as rows.

    Returns:
        The matrix, of the promoted dtype.

    Raises:
        ValueError: an argument has more than 2 axes.
    """
    if not arrs:
        return zeros((1, 0))
    xs = [atleast_2d(x) for x in dtypes_only("block_diag", *arrs)]
    if any(x.ndim > 2 for x in xs):
        raise ValueError(
            f"The arguments of block_diag must have at most 2 axes, got shapes {[x.shape for x in xs]}."
        )
    width, column, rows = sum(x.shape[1] for x in xs), 0, []
    for x in xs:
        after = width - column - x.shape[1]
        rows.append(lax.pad(x, np.zeros((), x.dtype), [(0, 0, 0), (column, after, 0)]))
        column += x.shape[1]
    return concatenate(rows, 0)


def _sliding(elements: Array, rows: int, columns: int, step: int) -> Array:
    """Element (i, j) is ``elements[start + step i + j]`` with the least start in range."""
    start = (rows - 1) if step < 0 else 0
    places = start + step * np.arange(rows)[:, None] + np.arange(columns)[None, :]
    return take(elements, places.astype(np.int32), mode="clip")


def toeplitz(c: Any, r: Any = None) -> Array:
    """The matrix whose diagonals are constant: the first column is ``c``, the rest of the first row ``r[1:]``.

    Args:
        c: shape (m,).
        r: shape (n,); None: the conjugate of ``c``.

    Returns:
        Shape (m, n), of the promoted dtype.

    Raises:
        ValueError: an argument is no vector.
    """
    c = _vector("toeplitz", "c", c)
    r = conjugate(c) if r is None else _vector("toeplitz", "r", r)
    c, r = (lift(convert(x, x.dtype)) for x in dtypes_only("toeplitz", c, r))
    if not c.shape[0] or not r.shape[0]:
        return zeros((c.shape[0], r.shape[0]), c.dtype)
    return _sliding(concatenate([flip(c), r[1:]], 0), c.shape[0], r.shape[0], -1)


def hankel(c: Any, r: Any = None) -> Array:
    """The matrix whose antidiagonals are constant: the first column is ``c``, the rest of the last row ``r[1:]``.

    Args:
        c: shape (m,).
        r: shape (n,); None: zeros.

    Returns:
        Shape (m, n), of the promoted dtype.

    Raises:
        ValueError: an argument is no vector.
    """
    c = _vector("hankel", "c", c)
    r = lax.full_like(c, 0) if r is None else _vector("hankel", "r", r)
    c, r = dtypes_only("hankel", c, r)
    if not c.shape[0] or not r.shape[0]:
        return zeros((c.shape[0], r.shape[0]), c.dtype)
    return _sliding(concatenate([c, r[1:]], 0), c.shape[0], r.shape[0], 1)


def circulant(c: Any) -> Array:
    """The matrix whose columns are ``c``, each turned one further.

    Args:
        c: shape (n,).

    Returns:
        Shape (n, n), of ``c``'s dtype.

    Raises:
        ValueError: ``c`` is no vector.
    """
    c = _vector("circulant", "c", c)
    n = c.shape[0]
    places = (np.arange(n)[:, None] - np.arange(n)[None, :]) % max(n, 1)
    return take(c, places.astype(np.int32), mode="clip") if n else zeros((0, 0), c.dtype)


def _with_first_row(row: Array, below: Array) -> Array:
    return concatenate([expand_dims(row, 0), below], 0)


def companion(a: Any) -> Array:
    """The matrix whose characteristic polynomial has the coefficients ``a``, the highest first.

    Args:
        a: shape (n,), n at least 2.

    Returns:
        Shape (n - 1, n - 1), in a floating dtype.

    Raises:
        ValueError: ``a`` is no vector, or too short.
    """
    (a,) = given("companion", _vector("companion", "a", a, 2))
    n = a.shape[0] - 1
    return _with_first_row(divide(negative(a[1:]), a[0]), asarray(np.eye(n - 1, n), a.dtype))


def leslie(f: Any, s: Any) -> Array:
    """The matrix of a population: fertilities in its first row, survival below its diagonal.

    Args:
        f: shape (n,), n at least 2.
        s: shape (n - 1,).

    Returns:
        Shape (n, n), of the promoted dtype.

    Raises:
        ValueError: the shapes do not fit.
    """
    f, s = dtypes_only("leslie", _vector("leslie", "f", f, 2), _vector("leslie", "s", s))
    if s.shape[0] != f.shape[0] - 1:
        raise ValueError(
            f"`s` of leslie must have {f.shape[0] - 1} elements, one less than `f`, got {s.shape[0]}."
        )
    return _with_first_row(f, diag(s, -1)[1:])


def fiedler(a: Any) -> Array:
    """The distances of the elements of a vector.

    Args:
        a: shape (..., n).

    Returns:
        Shape (..., n, n), of ``a``'s dtype.

    Raises:
        ValueError: ``a`` is no vector.
    """
    x = atleast_1d(array_of("fiedler", a))
    found: Array = absolute(x[..., :, None] - x[..., None, :])
    return found


def convolution_matrix(a: Any, n: int, mode: str = "full") -> Array:
    """The matrix that convolves a vector of ``n`` elements with ``a``.

    Args:
        a: shape (m,), m at least 1.
        n: at least 1.
        mode: "full", "valid" or "same": which elements of the convolution are wanted.

    Returns:
        A matrix of n columns, of ``a``'s dtype.

    Raises:
        ValueError: an argument is something else.
    """
    if np.ndim(a) == 0:
        raise ValueError("`a` of convolution_matrix must be a vector, got a number. Pass a list of one.")
    x, n = _vector("convolution_matrix", "a", a, 1), _size("convolution_matrix", n, 1)
    if mode not in ("full", "valid", "same"):
        raise ValueError(f"`mode` of convolution_matrix must be 'full', 'valid' or 'same', got {mode!r}.")
    m = x.shape[0]
    nothing = zeros((n - 1,), x.dtype)
    whole = toeplitz(concatenate([x, nothing], 0), concatenate([x[:1], nothing], 0))
    left_out = 0 if mode == "full" else min(n, m) - 1
    before = left_out if mode == "valid" else left_out // 2
    after = left_out if mode == "valid" else left_out - before
    found: Array = whole[before : m + n - 1 - after]
    return found


def hilbert(n: int) -> Array:
    """1 / (i + j + 1).

    Args:
        n: the number of rows.

    Returns:
        A matrix of floats.

    Raises:
        ValueError: ``n`` is negative.
    """
    size = _size("hilbert", n)
    return divide(
        _of_floats(np.ones((size, size))), _of_floats(np.add.outer(np.arange(size), np.arange(size)) + 1)
    )


def invhilbert(n: int) -> Array:
    """The inverse of `hilbert`'s matrix: integers.

    Args:
        n: the number of rows.

    Raises:
        ValueError: ``n`` is negative.
    """
    size = _size("invhilbert", n)

    def element(i: int, j: int) -> int:
        s = i + j
        outer = math.comb(size + i, size - j - 1) * math.comb(size + j, size - i - 1)
        return (s + 1) * outer * math.comb(s, i) ** 2 * (-1 if s % 2 else 1)

    return _square(size, element)


def _square(n: int, element: Any) -> Array:
    rows = [[float(element(i, j)) for j in range(n)] for i in range(n)]
    return _of_floats(np.reshape(rows, (n, n)))


_KINDS = ("symmetric", "lower", "upper")


def _kind(name: str, kind: str | None) -> str:
    if kind is not None and kind not in _KINDS:
        raise ValueError(f"`kind` of {name} must be one of {', '.join(map(repr, _KINDS))}, got {kind!r}.")
    return kind or "symmetric"


def pascal(n: int, kind: str | None = None) -> Array:
    """Pascal's triangle as a matrix.

    Args:
        n: the number of rows.
        kind: "lower": binomial(i, j); "upper": its transpose; "symmetric" (or None): their product, binomial(i + j, i).

    Returns:
        A matrix of floats.

    Raises:
        ValueError: ``kind`` is something else, or ``n`` is negative.
    """
    size, which = _size("pascal", n), _kind("pascal", kind)
    if which == "symmetric":
        return _square(size, lambda i, j: math.comb(i + j, i))
    return _square(size, lambda i, j: math.comb(i, j) if which == "lower" else math.comb(j, i))


def invpascal(n: int, kind: str | None = None) -> Array:
    """The inverse of `pascal`'s matrix.

    Args:
        n: the number of rows.
        kind: as `pascal`'s.

    Returns:
        A matrix of floats.

    Raises:
        ValueError: ``kind`` is something else, or ``n`` is negative.
    """
    size, which = _size("invpascal", n), _kind("invpascal", kind)

    def low(i: int, j: int) -> int:
        return math.comb(i, j) * (-1 if (i + j) % 2 else 1)

    if which == "symmetric":
        return _square(size, lambda i, j: sum(low(k, i) * low(k, j) for k in range(size)))
    return _square(size, low if which == "lower" else lambda i, j: low(j, i))


def helmert(n: int, full: bool = False) -> Array:
    """Orthonormal rows at right angles to the vector of ones; with ``full`` that vector's direction first.

    Args:
        n: the number of columns, at least 1.
        full: whether there are n rows, else n - 1.

    Returns:
        A matrix of floats.

    Raises:
        ValueError: ``n`` is less than 1.
    """
    size = _size("helmert", n, 1)
    i, j = np.arange(1, size)[:, None], np.arange(size)[None, :]
    signs = np.where(j < i, 1.0, np.where(j == i, -i.astype(np.float64), 0.0))
    rows = divide(_of_floats(signs), lax.sqrt(_of_floats(i * (i + 1.0))))
    if not full:
        return rows
    first = divide(_of_floats(np.ones((1, size))), lax.sqrt(_of_floats(float(size))))
    return concatenate([first, rows], 0)


def hadamard(n: int, dtype: Any = int) -> Array:
    """Sylvester's matrix of 1 and -1 with orthogonal rows.

    Args:
        n: the number of rows, a power of 2.
        dtype: of the elements.

    Raises:
        ValueError: ``n`` is no power of 2.
    """
    size = _size("hadamard", n, 1)
    if size & (size - 1):
        raise ValueError(f"`n` of hadamard must be a power of 2, got {size}.")
    found = np.ones((1, 1), np.int64)
    while len(found) < size:
        found = np.block([[found, found], [found, -found]])
    return asarray(found, dtype=dtype)

"""Matrices as products of Householder reflections H = I - tau v v^H, and forms that reflections bring them to.

A reflection is stored as LAPACK stores it: column i holds v below its leading 1, which stands on the diagonal (or on
the first subdiagonal). Signs are LAPACK's too (larfg): the reflected column's leading element has the sign that the
column's had not, so that nothing cancels; where it is 0, the sign is minus.

Source: Golub and Van Loan, "Matrix Computations", 4th edition, sections 5.1 and 7.4.
"""

from __future__ import annotations

import math

import numpy as np

from .. import dispatch
from ..arrays import Array
from ..catalogue.rules import INEXACT, check_dtype
from ..dispatch import Operand
from ..dtypes import is_complex
from .conversion import convert_element_type
from .creation import broadcasted_iota, full_like, zeros_like
from .elementwise import (
    add,
    bitwise_and,
    conj,
    div,
    eq,
    ge,
    gt,
    imag,
    lt,
    mul,
    neg,
    real,
    select,
    sqrt,
    square,
    sub,
)
from .products import dot_general
from .reductions import reduce_sum
from .slicing import dynamic_index_in_dim, slice_in_dim
from .structural import broadcast_in_dim, concatenate, reshape, rev, transpose

# Everything below is of one axis of matrices, (b, m, n): leading axes are merged.
Matrices = Array


def householder_product(a: Operand, taus: Operand) -> Array:
    """The first columns of the product H_1 H_2 ... H_k of reflections.

    Args:
        a: shape (..., m, n), m at least n: the columns below the diagonal are the reflections' vectors.
        taus: shape (..., k), k at most n: their factors.

    Returns:
        An array of the shape and dtype of ``a``.

    Raises:
        TypeError: the dtypes differ or are not floating or complex.
        ValueError: the shapes do not fit.
    """
    given, factors = _operands("householder_product", a, taus)
    m, n = given.shape[-2:]
    if m < n:
        raise ValueError(
            f"`a` of householder_product must have no more columns than rows, got shape {given.shape}."
        )
    flat, each = _merged(given, 2), _merged(factors, 1)
    lines, columns = (broadcasted_iota(np.int32, flat.shape, axis) for axis in (1, 2))
    start = convert_element_type(eq(lines, columns), flat.dtype)
    return reshape(_applied(_vectors(flat, each.shape[1]), each, start, last_first=True), given.shape)


def ormqr(a: Operand, taus: Operand, c: Operand, *, left: bool = True, transpose: bool = False) -> Array:
    """Q C for the product Q of reflections, or Q^H C, or from the right; Q itself is not formed.

    Args:
        a: shape (..., m, n): the columns below the diagonal are the reflections' vectors.
        taus: shape (..., k), k at most n: their factors.
        c: shape (..., m, p), or (..., p, m) with ``left=False``.
        left: whether Q stands on the left.
        transpose: whether it is Q^H.

    Returns:
        An array of the shape and dtype of ``c``.

    Raises:
        TypeError: the dtypes differ or are not floating or complex.
        ValueError: the shapes do not fit.
    """
    given, factors = _operands("ormqr", a, taus)
    other = dispatch.lift(c)
    if other.dtype != given.dtype:
        raise TypeError(f"`c` of ormqr must be of {given.dtype}, as `a` is, got {other.dtype}.")
    size = other.shape[-2 if left else -1] if other.ndim >= 2 else None
    if other.shape[:-2] != given.shape[:-2] or size != given.shape[-2]:
        raise ValueError(
            f"`c` of ormqr must have {given.shape[-2]} {'rows' if left else 'columns'} and the leading axes of `a`, "
            f"got shape {other.shape}."
        )
    flat, each, target = _merged(given, 2), _merged(factors, 1), _merged(other, 2)
    # C Q is the adjoint of Q^H C^H.
    target = target if left else _adjoint(target)
    backwards = transpose == left
    found = _applied(
        _vectors(flat, each.shape[1]), _conj(each) if backwards else each, target, last_first=not backwards
    )
    return reshape(found if left else _adjoint(found), other.shape)


def hessenberg(a: Operand) -> tuple[Array, Array]:
    """The upper Hessenberg form Q^H A Q of square matrices, with Q = H_1 H_2 ... H_(n-1).

    Args:
        a: shape (..., n, n), floating or complex.

    Returns:
        The form, with the reflections' vectors below its subdiagonal, of the shape of ``a``; and their factors, of
        shape (..., n - 1).

    Raises:
        TypeError: the dtype is not floating or complex.
        ValueError: the matrices are not square.
    """
    given = _square("hessenberg", a)
    found, factors = _reduced(_merged(given, 2))
    factors = reshape(factors, (*given.shape[:-2], factors.shape[-1]))
    return _weak_as(given, reshape(found, given.shape)), _weak_as(given, factors)


def tridiagonal(a: Operand, *, lower: bool = True) -> tuple[Array, Array, Array, Array]:
    """The tridiagonal form Q^H A Q of Hermitian matrices, which is real.

    Args:
        a: shape (..., n, n), floating or complex; one triangle is read.
        lower: which. With the upper one, the columns are gone through from the last.

    Returns:
        ``a`` with the form and the reflections' vectors in that triangle; the diagonal, of shape (..., n), and the one
        beside it, of shape (..., n - 1), both real; and the reflections' factors, of shape (..., n - 1).

    Raises:
        TypeError: the dtype is not floating or complex.
        ValueError: the matrices are not square.
    """
    given = _square("tridiagonal", a)
    flat = _merged(given, 2)
    # The upper triangle, both axes turned round, is a lower one.
    flat = flat if lower else rev(flat, (1, 2))
    lines, columns = (broadcasted_iota(np.int32, flat.shape, axis) for axis in (1, 2))
    below, on = gt(lines, columns), eq(lines, columns)
    zero = zeros_like(flat)
    whole = add(select(below, flat, zero), _adjoint(select(below, flat, zero)))
    whole = add(whole, select(on, _complex_of(_real(flat), flat), zero))
    found, factors = _reduced(whole)
    # The diagonal is real, and is given so.
    found = select(on, _complex_of(_real(found), found), found)
    kept = select(ge(lines, columns), found, flat)
    main, beside = (_real(_diagonal(found, offset)) for offset in (0, 1))
    if not lower:
        kept, main, beside, factors = rev(kept, (1, 2)), *(rev(x, (1,)) for x in (main, beside, factors))
    main, beside, factors = (reshape(x, (*given.shape[:-2], x.shape[-1])) for x in (main, beside, factors))
    kept, main, beside, factors = (
        _weak_as(given, x) for x in (reshape(kept, given.shape), main, beside, factors)
    )
    return kept, main, beside, factors


# -- reflections, applied and found --------------------------------------------------------------------------------
def _applied(vectors: Array, factors: Array, start: Matrices, last_first: bool) -> Matrices:
    """``start`` with each reflection applied from the left; vectors are (k, b, m), factors (b, k)."""
    from ..control_flow import scan

    def step(x: Array, reflection: tuple[Array, Array]) -> tuple[Array, None]:
        return _from_left(x, *reflection), None

    found: Array = scan(step, start, (vectors, transpose(factors, (1, 0))), reverse=last_first)[0]
    return found


def _from_left(x: Matrices, v: Array, tau: Array) -> Matrices:
    """H x, of (b, m, n)."""
    products = dot_general(_conj(v), x, (((1,), (1,)), ((0,), (0,))))
    return sub(x, _outer(mul(_wide(tau, v), v), products))


def _from_right(x: Matrices, v: Array, tau: Array) -> Matrices:
    """x H, of (b, m, n)."""
    products = dot_general(x, v, (((2,), (1,)), ((0,), (0,))))
    return sub(x, _outer(mul(_wide(tau, products), products), _conj(v)))


def _reduced(x: Matrices) -> tuple[Matrices, Array]:
    """Each column reflected onto the first two of what is left, from both sides; vectors stored below."""
    from ..control_flow import scan

    count, n, _ = x.shape
    place = broadcasted_iota(np.int32, (count, n), 1)

    def step(now: Array, at: Array) -> tuple[Array, tuple[Array, Array]]:
        column = dynamic_index_in_dim(now, at, 2, keepdims=False)
        head = add(at, np.int32(1))
        v, tau, stored = _reflection(column, place, head)
        return _from_right(_from_left(now, v, _conj(tau)), v, tau), (stored, tau)

    reduced, (vectors, factors) = scan(step, x, np.arange(max(n - 1, 0), dtype=np.int32))
    if n < 2:
        return reduced, transpose(factors, (1, 0))
    lines, columns = (broadcasted_iota(np.int32, x.shape, axis) for axis in (1, 2))
    last = zeros_like(slice_in_dim(x, 0, 1, axis=2))
    stored = concatenate([transpose(vectors, (1, 2, 0)), last], 2)
    return select(gt(lines, columns), stored, reduced), transpose(factors, (1, 0))


def _reflection(column: Array, place: Array, head: Array) -> tuple[Array, Array, Array]:
    """v and tau with H^H x = (beta, 0, ..., 0) for what stands in (b, n) from ``head`` on: LAPACK's larfg.

    The third is what is stored: v with beta in the place of its 1.
    """
    first = eq(place, broadcast_in_dim(head, place.shape, ()))
    after = gt(place, broadcast_in_dim(head, place.shape, ()))
    zero = zeros_like(column)
    alpha = reduce_sum(select(first, column, zero), (1,))
    tail = select(after, column, zero)
    rest = reduce_sum(_squared(tail), (1,))
    nothing = eq(rest, zeros_like(rest))
    if is_complex(alpha.dtype):
        nothing = bitwise_and(nothing, eq(imag(alpha), zeros_like(rest)))
    one = full_like(rest, 1)
    # Where there is nothing to reflect, what is computed is not taken: it must only be finite.
    size = sqrt(select(nothing, one, add(_squared(alpha), rest)))
    beta = _complex_of(select(lt(_real(alpha), zeros_like(rest)), size, neg(size)), alpha)
    tau = select(nothing, zeros_like(alpha), div(sub(beta, alpha), beta))
    apart = select(nothing, full_like(alpha, 1), sub(alpha, beta))
    scaled = div(tail, _wide(apart, tail))
    left = select(nothing, alpha, beta)
    return select(first, full_like(column, 1), scaled), tau, select(first, _wide(left, column), scaled)


# -- small parts -----------------------------------------------------------------------------------------------
def _operands(name: str, a: Operand, taus: Operand) -> tuple[Array, Array]:
    given, factors = dispatch.lift(a), dispatch.lift(taus)
    check_dtype(name, given.aval, INEXACT, "a")
    if factors.dtype != given.dtype:
        raise TypeError(f"`taus` of {name} must be of {given.dtype}, as `a` is, got {factors.dtype}.")
    fits = given.ndim >= 2 and factors.ndim == given.ndim - 1 and factors.shape[:-1] == given.shape[:-2]
    if not fits or factors.shape[-1] > min(given.shape[-2:]):
        raise ValueError(
            f"`taus` of {name} must have the leading axes of `a` and no more factors than it has columns and rows, got "
            f"shapes {given.shape} and {factors.shape}."
        )
    return given, factors


def _square(name: str, a: Operand) -> Array:
    given = dispatch.lift(a)
    check_dtype(name, given.aval, INEXACT, "a")
    if given.ndim < 2 or given.shape[-1] != given.shape[-2] or not given.shape[-1]:
        raise ValueError(
            f"`a` of {name} must be square matrices of at least one row, got shape {given.shape}."
        )
    return given


def _merged(x: Array, kept: int) -> Array:
    lead, own = x.shape[: x.ndim - kept], x.shape[x.ndim - kept :]
    return reshape(x, (math.prod(lead), *own))


def _vectors(a: Matrices, count: int) -> Array:
    """The vectors below the diagonal, their leading ones on it: (k, b, m)."""
    lines, columns = (broadcasted_iota(np.int32, a.shape, axis) for axis in (1, 2))
    zero = zeros_like(a)
    full = select(gt(lines, columns), a, select(eq(lines, columns), full_like(a, 1), zero))
    return transpose(slice_in_dim(full, 0, count, axis=2), (2, 0, 1))


def _conj(x: Array) -> Array:
    """The conjugate; of a real array the array."""
    return conj(x) if is_complex(x.dtype) else x


def _real(x: Array) -> Array:
    """The real part; of a real array the array."""
    return real(x) if is_complex(x.dtype) else x


def _complex_of(x: Array, like: Array) -> Array:
    return convert_element_type(x, like.dtype)


def _weak_as(like: Array, x: Array) -> Array:
    return convert_element_type(x, x.dtype, True) if like.weak_type else x


def _squared(x: Array) -> Array:
    if is_complex(x.dtype):
        return add(square(real(x)), square(imag(x)))
    return square(x)


def _adjoint(x: Matrices) -> Matrices:
    return _conj(transpose(x, (0, 2, 1)))


def _wide(x: Array, like: Array) -> Array:
    return broadcast_in_dim(x, like.shape, (0,))


def _outer(x: Array, y: Array) -> Matrices:
    shape = (*x.shape, y.shape[1])
    return mul(broadcast_in_dim(x, shape, (0, 1)), broadcast_in_dim(y, shape, (0, 2)))


def _diagonal(x: Matrices, below: int) -> Array:
    """What stands so far below the diagonal: (b, n - below)."""
    n = x.shape[1]
    lines, columns = (broadcasted_iota(np.int32, x.shape, axis) for axis in (1, 2))
    line = reduce_sum(select(eq(lines, add(columns, np.int32(below))), x, zeros_like(x)), (1,))
    return slice_in_dim(line, 0, n - below, axis=1)

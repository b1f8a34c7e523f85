"""Determinants, by their polynomial up to three rows, else by LU decomposition."""

from __future__ import annotations

from typing import Any, NamedTuple

from ... import lax
from ...arrays import Array
from ...custom_rules import custom_jvp
from ..arithmetic import divide, multiply
from ..creation import arange, diagonal, eye, zeros
from ..elementwise import absolute, log, sign
from ..joining import concatenate
from ..manipulation import broadcast_to, expand_dims
from ..products import trace
from ..reductions import min, prod, sum
from ..searching import take_along_axis, where
from .operands import square


class SlogdetResult(NamedTuple):
    """What `slogdet` gives."""

    sign: Array
    logabsdet: Array


def det(a: Any) -> Array:
    """The determinants of square matrices.

    Args:
        a: shape (..., n, n).

    Returns:
        Shape (...), in a floating dtype.

    Raises:
        ValueError: the matrices are not square.
    """
    a = square("det", a)
    n = a.shape[-1]
    if n == 2:
        return _of_two(a)
    if n == 3:
        return _of_three(a)
    found: Array = _by_pivots(a)
    return found


@custom_jvp
def _by_pivots(a: Any) -> Any:
    """The product of the pivots. Its derivative is by the adjugate, which singular matrices have too."""
    pivots, turned = _pivots(a)
    return multiply(_sign_of(turned, a), prod(pivots, -1))


@_by_pivots.defjvp
def _(primals: Any, tangents: Any) -> Any:
    (a,), (t,) = primals, tangents
    order, odd = _dependent_last(a)
    moved = trace(_adjugate_times(_with_columns(a, order), _with_columns(t, order)), 0, -2, -1)
    return _by_pivots(a), multiply(_sign_of(odd, a), moved)


def _dependent_last(a: Array) -> tuple[Array, Array]:
    """The columns in an order where the first that depends on those before it is last; whether that order is odd.

    It is the column whose pivot is 0. If the others are independent, their pivots are not 0 in this order.
    """
    n = a.shape[-1]
    pivots, _ = _pivots(a)
    vanished = where(pivots == 0, arange(n), n - 1)
    first = expand_dims(min(vanished, -1), -1) if n else vanished
    place = arange(n)
    order = where(place < first, place, where(place == n - 1, first, place + 1))
    return order, (n - 1 - first[..., 0]) % 2 == 1 if n else zeros(a.shape[:-2], bool)


def _with_columns(a: Array, order: Array) -> Array:
    return take_along_axis(a, broadcast_to(expand_dims(order, -2), a.shape), -1, mode="clip")


def _adjugate_times(a: Array, t: Array) -> Array:
    """adj(a) t = det(a) U^-1 L^-1 P t, the last pivot divided out: it may be 0.

    Row by row from the last: the last row is the product of the other pivots times that of L^-1 P t. Where one of
    these is 0, two columns depend on the others (`_dependent_last`), and the adjugate is 0.
    """
    factors, _, order = lax.linalg.lu(a)
    if a.shape[-1] < 2:
        return t
    _, turned = _pivots(a)
    pivots = diagonal(factors, 0, -2, -1)
    others = multiply(_sign_of(turned, a), prod(pivots[..., :-1], -1))
    known = others != 0
    safe = where(known, others, 1)
    certain = expand_dims(known, (-1, -2))
    upper = where(certain, factors.at[..., -1, -1].set(divide(1, safe)), eye(a.shape[-1], dtype=a.dtype))
    rows = broadcast_to(expand_dims(order, -1), t.shape)
    x = take_along_axis(t, rows, -2, mode="clip")
    x = lax.linalg.triangular_solve(factors, x, left_side=True, lower=True, unit_diagonal=True)
    whole = expand_dims(multiply(others, pivots[..., -1]), (-1, -2))
    x = concatenate([multiply(whole, x[..., :-1, :]), x[..., -1:, :]], -2)
    x = lax.linalg.triangular_solve(upper, x, left_side=True, lower=False)
    found: Array = where(certain, x, 0)
    return found


def _of_two(a: Array) -> Array:
    found: Array = a[..., 0, 0] * a[..., 1, 1] - a[..., 0, 1] * a[..., 1, 0]
    return found


def _of_three(a: Array) -> Array:
    def term(i: int, j: int, k: int) -> Any:
        return a[..., 0, i] * a[..., 1, j] * a[..., 2, k]

    found: Array = (
        term(0, 1, 2) + term(1, 2, 0) + term(2, 0, 1) - term(2, 1, 0) - term(0, 2, 1) - term(1, 0, 2)
    )
    return found


def _sign_of(turned: Array, a: Array) -> Array:
    found: Array = where(turned, -1, 1).astype(a.dtype)
    return found


def _pivots(a: Array) -> tuple[Array, Array]:
    """The diagonal of U, and whether the rows were swapped an odd number of times."""
    factors, pivots, _ = lax.linalg.lu(a)
    swaps = sum(pivots != arange(a.shape[-1], dtype=pivots.dtype), -1)
    return diagonal(factors, 0, -2, -1), swaps % 2 == 1


def slogdet(a: Any, *, method: str | None = None) -> SlogdetResult:
    """The signs of the determinants of square matrices, and the logarithms of their absolute values.

    Args:
        a: shape (..., n, n).
        method: "lu" (or None), or "qr".

    Returns:
        ``(sign, logabsdet)`` of shape (...), in a floating dtype; 0 and -inf for a singular matrix.

    Raises:
        ValueError: the matrices are not square, or ``method`` is something else.
    """
    a = square("slogdet", a)
    if method not in (None, "lu", "qr"):
        raise ValueError(f"`method` of slogdet must be None, 'lu' or 'qr', got {method!r}.")
    if method == "qr":
        return _by_reflections(a)
    if a.shape[-1] in (1, 2):
        whole = a[..., 0, 0] if a.shape[-1] == 1 else _of_two(a)
        return SlogdetResult(sign(whole), log(absolute(whole)))
    pivots, turned = _pivots(a)
    signs = multiply(_sign_of(turned, a), prod(sign(pivots), -1))
    return SlogdetResult(signs, sum(log(absolute(pivots)), -1))


def _by_reflections(a: Array) -> SlogdetResult:
    q, r = lax.linalg.qr(a)
    pivots = diagonal(r, 0, -2, -1)
    turned, swapped = _pivots(q)  # of an orthogonal matrix: 1 or -1
    signs = multiply(_sign_of(swapped, a), prod(sign(turned), -1))
    return SlogdetResult(multiply(signs, prod(sign(pivots), -1)), sum(log(absolute(pivots)), -1))

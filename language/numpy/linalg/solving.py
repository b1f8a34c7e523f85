"""Linear equations: solutions, inverses, least squares."""

from __future__ import annotations

import math
import operator
from typing import Any

from ... import lax
from ...arrays import Array
from ...custom_rules import custom_jvp
from ...dtypes import finfo
from ...shapes import broadcast_shapes
from ..creation import eye, zeros
from ..manipulation import broadcast_to, expand_dims, moveaxis, ravel, reshape
from ..products import matmul
from ..promotion import array_of
from ..reductions import sum
from ..searching import take_along_axis, where
from .decompositions import SVDResult, svd
from .norms import norm
from .operands import given, matrices, square


def solve(a: Any, b: Any) -> Array:
    """The x with ``a x = b``, by LU decomposition with partial pivoting.

    Args:
        a: shape (..., n, n).
        b: shape (n,), or (..., n, k); leading axes broadcast.

    Returns:
        Shape (..., n) or (..., n, k), in a floating dtype. A singular matrix gives infinities or NaN.

    Raises:
        ValueError: the shapes do not fit.
    """
    square("solve", a)
    a, b = given("solve", a, b)
    vector = b.ndim == 1
    right = expand_dims(b, -1) if vector else b
    if b.ndim == 0 or right.shape[-2] != a.shape[-1]:
        raise ValueError(
            f"`b` of solve must have a shape (n,) or (..., n, k) with n = {a.shape[-1]}, got {b.shape}. "
            f"Vectors beside a batch of matrices are columns: b[..., None]."
        )
    factors, _, permutation = lax.linalg.lu(a)
    found = lu_solved(factors, permutation, right)
    return found[..., 0] if vector else found


def lu_solved(factors: Array, permutation: Array, b: Array) -> Array:
    """Solutions by L and U in one matrix and the order of its rows; leading axes broadcast."""
    lead = broadcast_shapes(factors.shape[:-2], b.shape[:-2])
    factors = broadcast_to(factors, (*lead, *factors.shape[-2:]))
    b = broadcast_to(b, (*lead, *b.shape[-2:]))
    rows = broadcast_to(expand_dims(permutation, -1), b.shape)
    x = take_along_axis(b, rows, -2, mode="clip") if b.size else b
    x = lax.linalg.triangular_solve(factors, x, left_side=True, lower=True, unit_diagonal=True)
    return lax.linalg.triangular_solve(factors, x, left_side=True, lower=False)


def inv(a: Any) -> Array:
    """The inverses of square matrices.

    Args:
        a: shape (..., n, n).

    Returns:
        The same shape, in a floating dtype. A singular matrix gives infinities or NaN.

    Raises:
        ValueError: the matrices are not square.
    """
    a = square("inv", a)
    return solve(a, broadcast_to(eye(a.shape[-1], dtype=a.dtype), a.shape))


def pinv(a: Any, rtol: Any = None, hermitian: bool = False, *, rcond: Any = None) -> Array:
    """The pseudo-inverses of matrices, by their singular values.

    The derivative is that of Golub and Pereyra, "The differentiation of pseudo-inverses", 1973, for matrices whose
    rank does not change.

    Args:
        a: shape (..., m, n).
        rtol: singular values up to this part of the largest count as zero; None: 10 max(m, n) eps.
        hermitian: the matrices are Hermitian.
        rcond: another name for ``rtol``.

    Returns:
        Shape (..., n, m), in a floating dtype.

    Raises:
        ValueError: ``a`` has fewer than 2 axes, or both ``rtol`` and ``rcond`` are given.
    """
    if rcond is not None and rtol is not None:
        raise ValueError("Only one of `rtol` and `rcond` of pinv may be given, got both.")
    (x,) = given("pinv", matrices("pinv", a))
    m, n = x.shape[-2:]
    if not m or not n:
        return zeros((*x.shape[:-2], n, m), x.dtype)
    least = rcond if rtol is None else rtol

    @custom_jvp
    def inverted(x: Any) -> Any:
        return _by_singular_values(x, least, hermitian)

    @inverted.defjvp
    def _(primals: Any, tangents: Any) -> Any:
        (x,), (t,) = primals, tangents
        p = inverted(x)
        if hermitian:
            x, t = lax.linalg.symmetrized(x), lax.linalg.symmetrized(t)
        ph, th = lax.linalg.adjoint(p), lax.linalg.adjoint(t)
        right = matmul(matmul(p, ph), th)
        left = matmul(th, matmul(ph, p))
        inner = matmul(matmul(p, t), p)
        moved = right - matmul(matmul(right, x), p) + left - matmul(p, matmul(x, left)) - inner
        return p, moved

    found: Array = inverted(x)
    return found


def _by_singular_values(x: Any, least: Any, hermitian: bool) -> Array:
    found = svd(x, full_matrices=False, hermitian=hermitian)
    assert isinstance(found, SVDResult), "vectors were asked for"
    u, s, vh = found
    if least is None:
        least = 10.0 * max(x.shape[-2:]) * float(finfo(x.dtype).eps)
    cutoff = expand_dims(array_of("pinv", least), -1).astype(s.dtype) * s[..., :1]
    kept = s > cutoff
    inverse = where(kept, 1 / where(kept, s, 1), 0).astype(x.dtype)
    return matmul(lax.linalg.adjoint(vh), expand_dims(inverse, -1) * lax.linalg.adjoint(u))


def lstsq(
    a: Any, b: Any, rcond: Any = None, *, numpy_resid: bool = False
) -> tuple[Array, Array, Array, Array]:
    """The least-squares solution of ``a x = b`` of least norm, by singular values.

    Args:
        a: shape (m, n).
        b: shape (m,) or (m, k).
        rcond: singular values below this part of the largest count as zero; None: max(m, n) eps.
        numpy_resid: leave the residuals empty where NumPy does.

    Returns:
        ``(x, residuals, rank, s)``: shape (n,) or (n, k); the sums of squared residuals; the int rank; and the
        singular values.

    Raises:
        ValueError: the shapes do not fit.
        TypeError: ``a`` is no matrix, or ``b`` neither vector nor matrix.
    """
    a, b = given("lstsq", a, b)
    if a.ndim != 2 or b.ndim not in (1, 2):
        raise TypeError(
            f"`a` of lstsq must have 2 axes and `b` 1 or 2, got shapes {a.shape} and {b.shape}. Use vmap for a batch."
        )
    if a.shape[0] != b.shape[0]:
        raise ValueError(f"`a` and `b` of lstsq must have as many rows, got shapes {a.shape} and {b.shape}.")
    right = b if b.ndim == 2 else expand_dims(b, -1)
    x, rank, s = _least_squares(a, right, rcond)
    m, n = a.shape
    known = numpy_resid and (m <= n or int(rank) < n)
    residuals = zeros((0,)) if known else norm(right - matmul(a, x), axis=0) ** 2
    return x if b.ndim == 2 else ravel(x), residuals, rank, s


def _least_squares(a: Array, b: Array, rcond: Any) -> tuple[Array, Array, Array]:
    m, n = a.shape
    if not a.size:
        return zeros((n, b.shape[1]), a.dtype), array_of("lstsq", 0), zeros((0,), a.dtype)
    eps = float(finfo(a.dtype).eps)
    least = eps * max(m, n) if rcond is None else where(array_of("lstsq", rcond) < 0, eps, rcond)
    found = svd(a, full_matrices=False)
    assert isinstance(found, SVDResult), "vectors were asked for"
    u, s, vh = found
    kept = (s > 0) & (s >= array_of("lstsq", least).astype(s.dtype) * s[0])
    inverse = where(kept, 1 / where(kept, s, 1), 0).astype(a.dtype)
    x = matmul(lax.linalg.adjoint(vh), expand_dims(inverse, -1) * matmul(lax.linalg.adjoint(u), b))
    return x, sum(kept), s


def tensorinv(a: Any, ind: int = 2) -> Array:
    """The inverse of an array as a linear map of its last axes to its first ``ind``.

    Args:
        a: an array whose first ``ind`` axes have as many elements as the others.
        ind: how many axes come first, positive.

    Returns:
        The inverse, of shape ``a.shape[ind:] + a.shape[:ind]``, in a floating dtype.

    Raises:
        ValueError: ``ind`` is not positive, or the numbers of elements differ.
    """
    x, ind = array_of("tensorinv", a), operator.index(ind)
    if ind <= 0:
        raise ValueError(f"`ind` of tensorinv must be positive, got {ind}.")
    first, last = x.shape[:ind], x.shape[ind:]
    if math.prod(first) != math.prod(last):
        raise ValueError(
            f"`a` of tensorinv must have as many elements along its first {ind} axes as along the others, got shape "
            f"{x.shape}."
        )
    return reshape(inv(reshape(x, (math.prod(first), math.prod(last)))), (*last, *first))


def tensorsolve(a: Any, b: Any, axes: Any = None) -> Array:
    """The x with ``tensordot(a, x, x.ndim) = b``.

    Args:
        a: an array whose first axes are ``b``'s.
        b: an array.
        axes: axes of ``a`` to move to the end first.

    Returns:
        Shape ``a.shape[b.ndim:]``, in a floating dtype.

    Raises:
        ValueError: the shapes do not fit.
    """
    x, right = array_of("tensorsolve", a), array_of("tensorsolve", b)
    if axes is not None:
        for axis in axes:
            x = moveaxis(x, axis, -1)
    shape = x.shape[right.ndim :]
    if x.shape[: right.ndim] != right.shape or right.size != math.prod(shape):
        raise ValueError(
            f"`a` of tensorsolve must begin with `b`'s shape and have as many elements along its other axes, got "
            f"shapes {x.shape} and {right.shape}."
        )
    return reshape(solve(reshape(x, (right.size, math.prod(shape))), ravel(right)), shape)

"""`jax.lax.linalg`'s functions: factorizations of matrices, and solves with them.

Matrices are the last two axes, real or complex; leading axes are a batch. Signs and phases that a factorization leaves
open are fixed as `eigh`, `svd` and `qr` say, so that a result has one true value.
"""

from __future__ import annotations

import enum
from typing import Any

from .. import catalogue as rows
from .. import dispatch
from ..arrays import Array
from ..dispatch import Operand, aval_of
from ..dtypes import is_complex
from .elementwise import add, conj, div, mul
from .operands import bind, typed
from .products import dot_general
from .reflections import hessenberg, householder_product, ormqr, tridiagonal
from .structural import transpose
from .tridiagonals import cholesky_update, tridiagonal_solve

__all__ = [
    "EigImplementation",
    "EighImplementation",
    "SvdAlgorithm",
    "cholesky",
    "cholesky_update",
    "eig",
    "eigh",
    "hessenberg",
    "householder_product",
    "lu",
    "lu_pivots_to_permutation",
    "ormqr",
    "qr",
    "svd",
    "symmetric_product",
    "triangular_solve",
    "tridiagonal",
    "tridiagonal_solve",
]


class EigImplementation(enum.Enum):
    """Accepted for JAX's sake: how `eig` is computed is the implementation's to choose."""

    CUSOLVER = "cusolver"
    MAGMA = "magma"
    LAPACK = "lapack"


class EighImplementation(enum.Enum):
    """Accepted for JAX's sake: how `eigh` is computed is the implementation's to choose."""

    QR = "QR"
    JACOBI = "JACOBI"
    QDWH = "QDWH"


class SvdAlgorithm(enum.Enum):
    """Accepted for JAX's sake: how `svd` is computed is the implementation's to choose."""

    DEFAULT = "default"
    QR = "QR"
    JACOBI = "Jacobi"
    POLAR = "polar"


def adjoint(x: Operand) -> Array:
    """The conjugate transpose of each matrix."""
    rank = aval_of(x).ndim
    turned = transpose(x, (*range(rank - 2), rank - 1, rank - 2))
    return conj(turned) if is_complex(turned.dtype) else turned


def symmetrized(x: Operand) -> Array:
    """The Hermitian part (x + x^H) / 2 of each matrix."""
    return div(add(x, adjoint(x)), 2)


def cholesky(x: Operand, *, symmetrize_input: bool = True) -> Array:
    """The lower triangular L with x = L L^H and a positive diagonal.

    Args:
        x: Hermitian positive definite matrices, shape (..., n, n), of a floating or complex dtype.
        symmetrize_input: factor (x + x^H) / 2; else the lower triangle alone is read.

    Returns:
        L, of the shape and dtype of ``x``, zero above the diagonal. A matrix that is not positive definite gives
        NaN on and below it.

    Raises:
        TypeError: the dtype is neither floating nor complex.
        ValueError: the matrices are not square.
    """
    if symmetrize_input:
        rows.cholesky_p.infer([aval_of(x)], {})
        x = symmetrized(x)
    return bind(rows.cholesky_p, x)


def eig(
    x: Operand,
    *,
    compute_left_eigenvectors: bool = True,
    compute_right_eigenvectors: bool = True,
    enable_eigvec_derivs: bool = False,
    implementation: Any = None,
    use_magma: bool | None = None,
) -> list[Array]:
    """Eigenvalues and eigenvectors of matrices, which are complex: x v = v diag(w), u^H x = diag(w) u^H.

    The eigenvalues are in the order of Re w + cos(1) Im w. Vectors have length 1, and the sum over k of cos(k) v_k is
    positive. By the theorem of Lindemann and Weierstrass no two different eigenvalues tie, and no sum is 0.

    Args:
        x: matrices, shape (..., n, n), of a floating or complex dtype.
        compute_left_eigenvectors: whether u is wanted.
        compute_right_eigenvectors: whether v is wanted.
        enable_eigvec_derivs: accepted for JAX's sake: vectors always have derivatives, which hold to their length and
            phase; of equal eigenvalues they are NaN.
        implementation: accepted for JAX's sake.
        use_magma: accepted for JAX's sake.

    Returns:
        ``[w]``, then u and v if wanted, of shapes (..., n) and (..., n, n), in the complex dtype.

    Raises:
        TypeError: the dtype is neither floating nor complex.
        ValueError: the matrices are not square.
    """
    return list(
        dispatch.bind(
            rows.eig_p,
            x,
            compute_left_eigenvectors=bool(compute_left_eigenvectors),
            compute_right_eigenvectors=bool(compute_right_eigenvectors),
        )
    )


def eigh(
    x: Operand,
    *,
    lower: bool = True,
    symmetrize_input: bool = True,
    sort_eigenvalues: bool = True,
    subset_by_index: tuple[int, int] | None = None,
    implementation: Any = None,
) -> tuple[Array, Array]:
    """Eigenvectors and eigenvalues of Hermitian matrices, as ``(v, w)``: x v = v diag(w).

    The eigenvalues, which are real, ascend. A unit vector is an eigenvector with either sign, and a complex one with
    any phase: each is given the one with which sum over k of cos(k) v_k is positive (LAPACK and JAX leave it as it
    comes). The cosines of integers are linearly independent over the algebraic numbers (Lindemann and Weierstrass), to
    which the components belong, so the sum is never 0. Eigenvectors of equal eigenvalues are not determined. Of the
    diagonal the real part is read.

    Args:
        x: Hermitian matrices, shape (..., n, n), of a floating or complex dtype.
        lower: which triangle is read, if ``symmetrize_input`` is False.
        symmetrize_input: decompose (x + x^H) / 2.
        sort_eigenvalues: accepted for JAX's sake: they are always sorted, as on JAX's CPU and GPU.
        subset_by_index: accepted for JAX's sake; None, or (0, n).
        implementation: accepted for JAX's sake.

    Raises:
        TypeError: the dtype is neither floating nor complex.
        ValueError: the matrices are not square.
        NotImplementedError: ``subset_by_index`` leaves some out.
    """
    rows.eigh_p.infer([aval_of(x)], {"lower": lower})
    _whole("eigh", subset_by_index, aval_of(x).shape[-1])
    if symmetrize_input:
        x = symmetrized(x)
    v, w = dispatch.bind(rows.eigh_p, x, lower=bool(lower))
    return v, w


def _whole(name: str, subset: tuple[int, int] | None, count: int) -> None:
    if subset is not None and tuple(subset) != (0, count):
        raise NotImplementedError(  # JAX refuses it on CPUs too
            f"`subset_by_index` of {name} must be None or (0, {count}), got {subset}. Slice the results."
        )


def lu(x: Operand) -> tuple[Array, Array, Array]:
    """The LU decomposition with partial pivoting: x[permutation] = L U.

    The pivot of a column is its element of largest absolute value, the first of equal ones; of complex numbers that
    of largest |Re x| + |Im x|, as in LAPACK and JAX.

    Args:
        x: matrices, shape (..., m, n), of a floating or complex dtype.

    Returns:
        ``(lu, pivots, permutation)``: L below the diagonal (which is 1) and U on and above it, in one array of the
        shape of ``x``; int32 pivots of shape (..., min(m, n)): row i was swapped with row ``pivots[i]``; and the
        int32 permutation of the rows that these swaps make, of shape (..., m).

    Raises:
        TypeError: the dtype is neither floating nor complex.
        ValueError: ``x`` has fewer than 2 axes.
    """
    factors, pivots, permutation = dispatch.bind(rows.lu_p, x)
    return factors, pivots, permutation


def lu_pivots_to_permutation(pivots: Operand, permutation_size: int) -> Array:
    """The permutation that swaps of rows make, one after another.

    Args:
        pivots: int32, shape (..., k): entry i says with which row row i is swapped.
        permutation_size: how many rows there are, at least k.

    Returns:
        int32, shape (..., permutation_size).

    Raises:
        TypeError: the dtype is not int32.
        ValueError: ``permutation_size`` is less than k.
    """
    return bind(rows.lu_pivots_to_permutation_p, pivots, permutation_size=int(permutation_size))


def qr(
    x: Operand, *, pivoting: bool = False, full_matrices: bool = True, use_magma: bool | None = None
) -> tuple[Array, Array]:
    """The QR decomposition x = Q R: Q has orthonormal columns, R is upper triangular.

    It is Householder's, with LAPACK's signs: step k reflects column k onto -sign(Re x_kk) |x_k:| e_k, and leaves it as
    it is where that is what it is already, but for the sign. So R's diagonal is real, the columns of Q beyond the
    rank are determined, and the last row of a complex square matrix is reflected too.

    Args:
        x: matrices, shape (..., m, n), of a floating or complex dtype.
        pivoting: accepted for JAX's sake; False.
        full_matrices: whether Q has m columns; else min(m, n).
        use_magma: accepted for JAX's sake.

    Returns:
        ``(q, r)`` of shapes (..., m, k) and (..., k, n).

    Raises:
        TypeError: the dtype is neither floating nor complex.
        ValueError: ``x`` has fewer than 2 axes.
        NotImplementedError: ``pivoting`` is asked for.
    """
    if pivoting:
        raise NotImplementedError(  # the primitive has no pivots
            "`pivoting` of qr must be False, got True. Permute the columns first."
        )
    q, r = dispatch.bind(rows.qr_p, x, full_matrices=bool(full_matrices))
    return q, r


def svd(
    x: Operand,
    *,
    full_matrices: bool = True,
    compute_uv: bool = True,
    subset_by_index: tuple[int, int] | None = None,
    algorithm: Any = None,
) -> Array | tuple[Array, Array, Array]:
    """The singular value decomposition x = u diag(s) vh, the singular values descending.

    The columns of u (of v, where a matrix has more columns than rows) have the signs, or phases, that `eigh` gives
    eigenvectors; those of the other side follow. The singular values are real. What ``full_matrices`` appends to
    either is what Householder's QR decomposition of the columns that are there appends. Vectors of equal singular
    values are not determined.

    Args:
        x: matrices, shape (..., m, n), of a floating or complex dtype.
        full_matrices: whether u is m by m and vh is n by n; else m by k and k by n, with k = min(m, n).
        compute_uv: whether vectors are wanted; else only s is given.
        subset_by_index: accepted for JAX's sake; None, or (0, k).
        algorithm: accepted for JAX's sake.

    Returns:
        ``(u, s, vh)``, or ``s`` alone, of shape (..., k).

    Raises:
        TypeError: the dtype is neither floating nor complex.
        ValueError: ``x`` has fewer than 2 axes.
        NotImplementedError: ``subset_by_index`` leaves some out.
    """
    params = {"full_matrices": bool(full_matrices), "compute_uv": bool(compute_uv)}
    found = rows.svd_p.infer([aval_of(x)], params)
    _whole("svd", subset_by_index, found[0].shape[-1])
    if not compute_uv:
        return bind(rows.svd_p, x, **params)
    s, u, vh = dispatch.bind(rows.svd_p, x, **params)
    return u, s, vh


def symmetric_product(
    a_matrix: Operand,
    c_matrix: Operand,
    *,
    alpha: float = 1.0,
    beta: float = 0.0,
    symmetrize_output: bool = False,
) -> Array:
    """alpha a a^T + beta c.

    Args:
        a_matrix: shape (..., m, n), of a floating or complex dtype.
        c_matrix: symmetric, shape (..., m, m), of the same dtype.
        alpha: a number.
        beta: a number.
        symmetrize_output: accepted for JAX's sake: both triangles are always computed.

    Raises:
        TypeError: the dtypes differ.
        ValueError: the shapes do not fit.
    """
    rank = aval_of(a_matrix).ndim
    lead = tuple(range(rank - 2))
    square = dot_general(a_matrix, a_matrix, (((rank - 1,), (rank - 1,)), (lead, lead)))
    return add(mul(square, alpha), mul(c_matrix, beta))


def triangular_solve(
    a: Operand,
    b: Operand,
    *,
    left_side: bool = False,
    lower: bool = False,
    transpose_a: bool = False,
    conjugate_a: bool = False,
    unit_diagonal: bool = False,
) -> Array:
    """The x with op(a) x = b, or x op(a) = b, for triangular matrices a.

    Args:
        a: shape (..., n, n), of a floating or complex dtype; one triangle is read.
        b: shape (..., n, k), or (..., k, n) if ``a`` stands on the right; also without its axis of size k.
        left_side: whether ``a`` stands left of x.
        lower: which triangle of ``a`` is read.
        transpose_a: whether op transposes.
        conjugate_a: whether op conjugates.
        unit_diagonal: take the diagonal for 1, and do not read it.

    Returns:
        x, of the shape and dtype of ``b``. A zero on the diagonal gives infinities and NaN.

    Raises:
        TypeError: the dtypes differ, or are neither floating nor complex.
        ValueError: the shapes do not fit.
    """
    a, b = typed((a, b))
    shape, rank = aval_of(b).shape, aval_of(a).ndim
    single = len(shape) == rank - 1
    if single:
        from .structural import expand_dims

        b = expand_dims(b, (-1,) if left_side else (-2,))
    found = bind(
        rows.triangular_solve_p,
        a,
        b,
        left_side=bool(left_side),
        lower=bool(lower),
        transpose_a=bool(transpose_a),
        conjugate_a=bool(conjugate_a),
        unit_diagonal=bool(unit_diagonal),
    )
    if single:
        from .structural import reshape

        return reshape(found, shape)
    return found

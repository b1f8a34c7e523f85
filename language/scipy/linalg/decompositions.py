"""Decompositions, under SciPy's names. ``overwrite_*`` and ``check_finite`` are accepted for SciPy's sake."""

from __future__ import annotations

from typing import Any

from ... import lax
from ...arrays import Array
from ...dtypes import real_of
from ...numpy.creation import arange, diag, eye, tril, triu
from ...numpy.linalg.operands import given, matrices
from ...numpy.logic import equal
from ...numpy.manipulation import expand_dims
from ...numpy.products import matmul


def cholesky(a: Any, lower: bool = False, overwrite_a: bool = False, check_finite: bool = True) -> Array:
    """Cholesky's factor: ``a = U^H U``, or ``L L^H`` if ``lower``.

    Args:
        a: Hermitian positive definite, shape (..., n, n); one triangle is read.
        lower: which factor, and which triangle.
        overwrite_a: ignored.
        check_finite: ignored.

    Returns:
        The factor, in a floating dtype; NaN for a matrix that is not positive definite.

    Raises:
        ValueError: the matrices are not square.
    """
    (a,) = given("cholesky", matrices("cholesky", a))
    found = lax.linalg.cholesky(a if lower else lax.linalg.adjoint(a), symmetrize_input=False)
    return found if lower else lax.linalg.adjoint(found)


def eigh(
    a: Any,
    b: Any = None,
    lower: bool = True,
    eigvals_only: bool = False,
    overwrite_a: bool = False,
    overwrite_b: bool = False,
    turbo: bool = True,
    eigvals: Any = None,
    type: int = 1,
    check_finite: bool = True,
) -> Array | tuple[Array, Array]:
    """Eigenvalues, ascending, and eigenvectors of Hermitian matrices: `verax.lax.linalg.eigh`.

    Args:
        a: shape (..., n, n).
        b: None.
        lower: accepted for SciPy's sake: the Hermitian part is decomposed.
        eigvals_only: whether vectors are left out.
        overwrite_a: ignored.
        overwrite_b: ignored.
        turbo: ignored.
        eigvals: None.
        type: 1.
        check_finite: ignored.

    Returns:
        ``(eigenvalues, eigenvectors)``, or the former alone, in a floating dtype.

    Raises:
        NotImplementedError: ``b``, ``eigvals`` or ``type`` is something else.
        ValueError: the matrices are not square.
    """
    if b is not None or eigvals is not None or type != 1:
        raise NotImplementedError(  # JAX refuses them too
            "`b` and `eigvals` of eigh must be None and `type` 1: problems are of one matrix."
        )
    v, w = lax.linalg.eigh(given("eigh", a)[0], lower=lower)
    return w if eigvals_only else (w, v)


def lu(
    a: Any, permute_l: bool = False, overwrite_a: bool = False, check_finite: bool = True
) -> tuple[Array, Array] | tuple[Array, Array, Array]:
    """The LU decomposition with partial pivoting: ``a = P L U``.

    Args:
        a: shape (m, n).
        permute_l: give ``P L`` in place of P and L.
        overwrite_a: ignored.
        check_finite: ignored.

    Returns:
        ``(P, L, U)`` of shapes (m, m), (m, k) and (k, n), or ``(P L, U)``, in a floating dtype; P in a real one.

    Raises:
        ValueError: ``a`` is no matrix.
    """
    (a,) = given("lu", a)
    if a.ndim != 2:
        raise ValueError(
            f"`a` of lu must have 2 axes, got shape {a.shape}. Use verax.lax.linalg.lu for a batch."
        )
    factors, _, order = lax.linalg.lu(a)
    m, n = a.shape
    k = min(m, n)
    low = tril(factors, -1)[:, :k] + eye(m, k, dtype=a.dtype)
    high = triu(factors)[:k, :]
    places = expand_dims(arange(m, dtype=order.dtype), -1)
    permutation = lax.convert_element_type(equal(order, places), real_of(a.dtype))
    return (matmul(permutation, low), high) if permute_l else (permutation, low, high)


def qr(
    a: Any,
    overwrite_a: bool = False,
    lwork: Any = None,
    mode: str = "full",
    pivoting: bool = False,
    check_finite: bool = True,
) -> tuple[Array] | tuple[Array, Array]:
    """The QR decomposition: `verax.lax.linalg.qr`.

    Args:
        a: shape (..., m, n).
        overwrite_a: ignored.
        lwork: ignored.
        mode: "full": Q has m columns; "economic": min(m, n); "r": only R is given.
        pivoting: False.
        check_finite: ignored.

    Returns:
        ``(Q, R)``, or ``(R,)``, in a floating dtype.

    Raises:
        ValueError: ``mode`` is something else.
        NotImplementedError: ``pivoting`` is asked for.
    """
    if mode not in ("full", "economic", "r"):
        raise ValueError(f"`mode` of qr must be 'full', 'economic' or 'r', got {mode!r}.")
    q, r = lax.linalg.qr(given("qr", a)[0], pivoting=pivoting, full_matrices=mode != "economic")
    return (r,) if mode == "r" else (q, r)


def svd(
    a: Any,
    full_matrices: bool = True,
    compute_uv: bool = True,
    overwrite_a: bool = False,
    check_finite: bool = True,
    lapack_driver: str = "gesdd",
) -> Array | tuple[Array, Array, Array]:
    """The singular value decomposition: `verax.lax.linalg.svd`.

    Args:
        a: shape (..., m, n).
        full_matrices: whether U and Vh are square.
        compute_uv: whether vectors are wanted.
        overwrite_a: ignored.
        check_finite: ignored.
        lapack_driver: ignored.

    Returns:
        ``(U, s, Vh)``, or s, in a floating dtype.

    Raises:
        ValueError: ``a`` has fewer than 2 axes.
    """
    return lax.linalg.svd(given("svd", a)[0], full_matrices=full_matrices, compute_uv=compute_uv)


def polar(
    a: Any,
    side: str = "right",
    *,
    method: str = "qdwh",
    eps: float | None = None,
    max_iterations: int | None = None,
) -> tuple[Array, Array]:
    """The polar decomposition: ``a = U P``, or ``P U`` with ``side="left"``; P is positive semidefinite.

    Args:
        a: shape (..., m, n).
        side: on which side P stands.
        method: "qdwh" or "svd", for JAX's sake: singular values are always used.
        eps: ignored.
        max_iterations: ignored.

    Returns:
        ``(U, P)``, in a floating dtype.

    Raises:
        ValueError: ``side`` or ``method`` is something else, or ``a`` has fewer than 2 axes.
    """
    if side not in ("right", "left"):
        raise ValueError(f"`side` of polar must be 'right' or 'left', got {side!r}.")
    if method not in ("qdwh", "svd"):
        raise ValueError(f"`method` of polar must be 'qdwh' or 'svd', got {method!r}.")
    (a,) = given("polar", matrices("polar", a))
    found = lax.linalg.svd(a, full_matrices=False)
    assert isinstance(found, tuple), "vectors were asked for"
    u, s, vh = found
    near = vh if side == "right" else lax.linalg.adjoint(u)
    return matmul(u, vh), matmul(lax.linalg.adjoint(near), lax.expand_dims(s, (-1,)) * near)


def eigh_tridiagonal(
    d: Any,
    e: Any,
    *,
    eigvals_only: bool = False,
    select: str = "a",
    select_range: Any = None,
    tol: float | None = None,
) -> Array:
    """The eigenvalues of a Hermitian tridiagonal matrix, ascending.

    Args:
        d: the diagonal, shape (n,), of which the real part counts.
        e: what is below it, shape (n - 1,).
        eigvals_only: True.
        select: "a": all; "i": those of index ``select_range[0]`` to ``select_range[1]``.
        select_range: the first and the last index.
        tol: ignored.

    Returns:
        The eigenvalues, in a floating dtype.

    Raises:
        NotImplementedError: vectors are asked for, or ``select`` is "v".
        ValueError: the shapes do not fit.
    """
    if not eigvals_only or select not in ("a", "i"):
        raise NotImplementedError(  # values alone are found from the bands
            "`eigvals_only` of eigh_tridiagonal must be True and `select` 'a' or 'i'. Use eigh for vectors."
        )
    d, e = given("eigh_tridiagonal", d, e)
    if d.ndim != 1 or e.shape != (d.shape[0] - 1,):
        raise ValueError(
            f"`d` and `e` of eigh_tridiagonal must have shapes (n,) and (n - 1,), got {d.shape} and {e.shape}."
        )
    _, w = lax.linalg.eigh(diag(d) + diag(e, -1), lower=True, symmetrize_input=False)
    return w if select == "a" else w[select_range[0] : select_range[1] + 1]

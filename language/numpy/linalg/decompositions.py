"""Decompositions of matrices: `verax.lax.linalg`'s, under NumPy's names."""

from __future__ import annotations

from typing import Any, NamedTuple

from ... import lax
from ...arrays import Array
from ..elementwise import absolute, sign
from ..manipulation import expand_dims
from ..moving import flip
from ..searching import argsort, sort, take_along_axis
from .operands import given, matrices


class EigResult(NamedTuple):
    """What `eig` gives."""

    eigenvalues: Array
    eigenvectors: Array


class EighResult(NamedTuple):
    """What `eigh` gives."""

    eigenvalues: Array
    eigenvectors: Array


class QRResult(NamedTuple):
    """What `qr` gives."""

    Q: Array
    R: Array


class SVDResult(NamedTuple):
    """What `svd` gives."""

    U: Array
    S: Array
    Vh: Array


def cholesky(a: Any, *, upper: bool = False, symmetrize_input: bool = True) -> Array:
    """The triangular factor of Hermitian positive definite matrices: ``a = L L^H``, or ``U^H U`` if ``upper``.

    Args:
        a: shape (..., n, n).
        upper: whether the upper factor is wanted.
        symmetrize_input: factor ``(a + a^H) / 2``; else the lower triangle alone is read.

    Returns:
        The factor, of ``a``'s shape, in a floating or complex dtype; NaN for a matrix that is not positive definite.

    Raises:
        ValueError: the matrices are not square.
    """
    (a,) = given("cholesky", a)
    found = lax.linalg.cholesky(a, symmetrize_input=symmetrize_input)
    return lax.linalg.adjoint(found) if upper else found


def eig(a: Any) -> EigResult:
    """Eigenvalues and eigenvectors of matrices, with the order and the phases of `verax.lax.linalg.eig`.

    Args:
        a: shape (..., n, n).

    Returns:
        ``(eigenvalues, eigenvectors)`` of shapes (..., n) and (..., n, n), in a complex dtype.

    Raises:
        ValueError: the matrices are not square.
    """
    w, v = lax.linalg.eig(given("eig", a)[0], compute_left_eigenvectors=False)
    return EigResult(w, v)


def eigvals(a: Any) -> Array:
    """The eigenvalues of matrices, in the order of `verax.lax.linalg.eig`.

    Args:
        a: shape (..., n, n).

    Returns:
        Shape (..., n), in a complex dtype.

    Raises:
        ValueError: the matrices are not square.
    """
    (w,) = lax.linalg.eig(
        given("eigvals", a)[0], compute_left_eigenvectors=False, compute_right_eigenvectors=False
    )
    return w


def eigh(a: Any, UPLO: str | None = None, symmetrize_input: bool = True) -> EighResult:
    """Eigenvalues, ascending, and eigenvectors of Hermitian matrices.

    Each vector has the sign, or phase, with which sum over k of cos(k) v_k is positive (`verax.lax.linalg.eigh`).

    Args:
        a: shape (..., n, n).
        UPLO: the triangle that is read if ``symmetrize_input`` is False: "L" (or None), or "U".
        symmetrize_input: decompose ``(a + a^H) / 2``.

    Returns:
        ``(eigenvalues, eigenvectors)`` of shapes (..., n) and (..., n, n), the former in a real dtype.

    Raises:
        ValueError: the matrices are not square, or ``UPLO`` is something else.
    """
    if UPLO not in (None, "L", "U"):
        raise ValueError(f"`UPLO` of eigh must be None, 'L' or 'U', got {UPLO!r}.")
    (a,) = given("eigh", a)
    v, w = lax.linalg.eigh(a, lower=UPLO != "U", symmetrize_input=symmetrize_input)
    return EighResult(w, v)


def eigvalsh(a: Any, UPLO: str | None = "L", *, symmetrize_input: bool = True) -> Array:
    """The eigenvalues of Hermitian matrices, ascending.

    Args:
        a: shape (..., n, n).
        UPLO: as in `eigh`.
        symmetrize_input: as in `eigh`.

    Returns:
        Shape (..., n), in a floating dtype.

    Raises:
        ValueError: as `eigh`.
    """
    return eigh(a, UPLO, symmetrize_input).eigenvalues


def qr(a: Any, mode: str = "reduced") -> QRResult | Array:
    """The QR decomposition, with LAPACK's signs (`verax.lax.linalg.qr`).

    Args:
        a: shape (..., m, n).
        mode: "reduced" (or "full"): Q has min(m, n) columns; "complete": it has m; "r": only R is given.

    Returns:
        ``(Q, R)``, or R, in a floating dtype.

    Raises:
        ValueError: ``mode`` is something else, or ``a`` has fewer than 2 axes.
        NotImplementedError: ``mode`` is "raw".
    """
    if mode == "raw":
        raise NotImplementedError(  # numpy's reflections are not what the primitive gives
            "`mode` of qr must not be 'raw': reflections are not kept. Use 'reduced'."
        )
    if mode not in ("reduced", "complete", "full", "r"):
        raise ValueError(f"`mode` of qr must be 'reduced', 'complete', 'full' or 'r', got {mode!r}.")
    (a,) = given("qr", a)
    q, r = lax.linalg.qr(a, full_matrices=mode == "complete")
    return r if mode == "r" else QRResult(q, r)


def svd(
    a: Any,
    full_matrices: bool = True,
    compute_uv: bool = True,
    hermitian: bool = False,
    subset_by_index: tuple[int, int] | None = None,
) -> SVDResult | Array:
    """The singular value decomposition, with the signs of `verax.lax.linalg.svd`; the values descend.

    Args:
        a: shape (..., m, n).
        full_matrices: whether U and Vh are square; else they have min(m, n) columns and rows.
        compute_uv: whether vectors are wanted; else only the values are given.
        hermitian: the matrices are Hermitian: their eigenvalues are used.
        subset_by_index: accepted for JAX's sake; None or all.

    Returns:
        ``(U, S, Vh)``, or S, which is real.

    Raises:
        ValueError: ``a`` has fewer than 2 axes; ``hermitian``, and the matrices are not square.
    """
    (a,) = given("svd", a)
    if hermitian:
        return _hermitian_svd(a, compute_uv)
    found = lax.linalg.svd(
        a, full_matrices=full_matrices, compute_uv=compute_uv, subset_by_index=subset_by_index
    )
    return SVDResult(*found) if isinstance(found, tuple) else found


def _hermitian_svd(a: Array, compute_uv: bool) -> SVDResult | Array:
    v, w = lax.linalg.eigh(a)
    sizes = absolute(w)
    if not compute_uv:
        return flip(sort(sizes, -1), -1)
    order = argsort(sizes, -1, descending=True)
    u = take_along_axis(v, expand_dims(order, -2), -1)
    turned = take_along_axis(sign(w), order, -1)
    return SVDResult(u, take_along_axis(sizes, order, -1), lax.linalg.adjoint(u * expand_dims(turned, -2)))


def svdvals(x: Any, /) -> Array:
    """The singular values of matrices, descending.

    Args:
        x: shape (..., m, n).

    Returns:
        Shape (..., min(m, n)), in a real dtype.

    Raises:
        ValueError: ``x`` has fewer than 2 axes.
    """
    found = svd(matrices("svdvals", x, "x"), compute_uv=False)
    assert isinstance(found, Array), "no vectors were asked for"
    return found


__all__ = [
    "EigResult",
    "EighResult",
    "QRResult",
    "SVDResult",
    "cholesky",
    "eig",
    "eigh",
    "eigvals",
    "eigvalsh",
    "qr",
    "svd",
    "svdvals",
]

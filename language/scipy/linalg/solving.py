"""Linear equations, under SciPy's names. ``overwrite_*`` and ``check_finite`` are accepted for SciPy's sake."""

from __future__ import annotations

from typing import Any

from ... import lax
from ...arrays import Array
from ...numpy.linalg import det as _det
from ...numpy.linalg import inv as _inv
from ...numpy.linalg import solve as _solve
from ...numpy.linalg.operands import given
from ...numpy.linalg.solving import lu_solved
from ...numpy.manipulation import broadcast_to, expand_dims
from ...numpy.searching import argsort, take_along_axis
from ...shapes import broadcast_shapes
from .decompositions import cholesky

_KINDS = ("gen", "sym", "her", "pos")
_TRANSPOSED: dict[Any, bool] = {0: False, "N": False, 1: True, "T": True, 2: True, "C": True}


def _columns(name: str, a: Array, b: Array) -> tuple[Array, Array, bool]:
    """Matrices and right-hand sides with one batch; a vector becomes a column."""
    vector = b.ndim == 1
    right = expand_dims(b, -1) if vector else b
    if a.ndim < 2 or b.ndim == 0 or right.shape[-2] != a.shape[-1]:
        raise ValueError(
            f"`b` of {name} must have a shape (n,) or (..., n, k) beside matrices (..., n, n), got shapes {b.shape} "
            f"and {a.shape}. Vectors beside a batch of matrices are columns: b[..., None]."
        )
    lead = broadcast_shapes(a.shape[:-2], right.shape[:-2])
    return (
        broadcast_to(a, (*lead, *a.shape[-2:])),
        broadcast_to(right, (*lead, *right.shape[-2:])),
        vector,
    )


def solve_triangular(
    a: Any,
    b: Any,
    trans: int | str = 0,
    lower: bool = False,
    unit_diagonal: bool = False,
    overwrite_b: bool = False,
    debug: Any = None,
    check_finite: bool = True,
) -> Array:
    """The x with ``op(a) x = b`` for triangular matrices.

    Args:
        a: shape (..., n, n); one triangle is read.
        b: shape (n,) or (..., n, k).
        trans: 0 or "N": op is nothing; 1 or "T": the transpose; 2 or "C": the conjugate transpose.
        lower: which triangle is read.
        unit_diagonal: take the diagonal for 1.
        overwrite_b: ignored.
        debug: ignored.
        check_finite: ignored.

    Returns:
        x, in a floating dtype.

    Raises:
        ValueError: ``trans`` is something else, or the shapes do not fit.
    """
    if trans not in _TRANSPOSED:
        raise ValueError(f"`trans` of solve_triangular must be 0, 1, 2, 'N', 'T' or 'C', got {trans!r}.")
    turned = _TRANSPOSED[trans]
    a, b, vector = _columns("solve_triangular", *given("solve_triangular", a, b))
    found = lax.linalg.triangular_solve(
        a,
        b,
        left_side=True,
        lower=lower,
        transpose_a=turned,
        conjugate_a=trans in (2, "C"),
        unit_diagonal=unit_diagonal,
    )
    return found[..., 0] if vector else found


def cho_factor(
    a: Any, lower: bool = False, overwrite_a: bool = False, check_finite: bool = True
) -> tuple[Array, bool]:
    """Cholesky's factor, and whether it is the lower one: for `cho_solve`.

    Args:
        a: Hermitian positive definite, shape (..., n, n); one triangle is read.
        lower: which.
        overwrite_a: ignored.
        check_finite: ignored.

    Raises:
        ValueError: the matrices are not square.
    """
    return cholesky(a, lower), lower


def cho_solve(
    c_and_lower: tuple[Any, bool], b: Any, overwrite_b: bool = False, check_finite: bool = True
) -> Array:
    """The x with ``a x = b``, by the factor of a that `cho_factor` gives.

    Args:
        c_and_lower: what `cho_factor` gives.
        b: shape (n,) or (..., n, k).
        overwrite_b: ignored.
        check_finite: ignored.

    Returns:
        x, in a floating dtype.

    Raises:
        ValueError: the shapes do not fit.
    """
    factor, lower = c_and_lower
    factor, b, vector = _columns("cho_solve", *given("cho_solve", factor, b))

    def by(b: Array, turned: bool) -> Array:
        return lax.linalg.triangular_solve(
            factor, b, left_side=True, lower=lower, transpose_a=turned, conjugate_a=turned
        )

    found = by(by(b, not lower), lower)
    return found[..., 0] if vector else found


def lu_factor(a: Any, overwrite_a: bool = False, check_finite: bool = True) -> tuple[Array, Array]:
    """L and U in one matrix, and the pivots: for `lu_solve`.

    Args:
        a: shape (..., m, n).
        overwrite_a: ignored.
        check_finite: ignored.

    Raises:
        ValueError: ``a`` has fewer than 2 axes.
    """
    factors, pivots, _ = lax.linalg.lu(given("lu_factor", a)[0])
    return factors, pivots


def lu_solve(
    lu_and_piv: tuple[Any, Any], b: Any, trans: int = 0, overwrite_b: bool = False, check_finite: bool = True
) -> Array:
    """The x with ``op(a) x = b``, by the factors of a that `lu_factor` gives.

    Args:
        lu_and_piv: what `lu_factor` gives.
        b: shape (n,) or (..., n, k).
        trans: 0: op is nothing; 1: the transpose; 2: the conjugate transpose.
        overwrite_b: ignored.
        check_finite: ignored.

    Returns:
        x, in a floating dtype.

    Raises:
        ValueError: ``trans`` is something else, or the shapes do not fit.
    """
    if trans not in (0, 1, 2):
        raise ValueError(f"`trans` of lu_solve must be 0, 1 or 2, got {trans!r}.")
    factors, pivots = lu_and_piv
    factors, b, vector = _columns("lu_solve", *given("lu_solve", factors, b))
    order = lax.linalg.lu_pivots_to_permutation(pivots, factors.shape[-1])
    if trans == 0:
        found = lu_solved(factors, order, b)
    else:
        x = lax.linalg.triangular_solve(factors, b, left_side=True, transpose_a=True, conjugate_a=trans == 2)
        x = lax.linalg.triangular_solve(
            factors,
            x,
            left_side=True,
            lower=True,
            transpose_a=True,
            conjugate_a=trans == 2,
            unit_diagonal=True,
        )
        back = broadcast_to(expand_dims(argsort(order, -1), -1), x.shape)
        found = take_along_axis(x, back, -2, mode="clip")
    return found[..., 0] if vector else found


def solve(
    a: Any,
    b: Any,
    lower: bool = False,
    overwrite_a: bool = False,
    overwrite_b: bool = False,
    debug: bool = False,
    check_finite: bool = True,
    assume_a: str = "gen",
) -> Array:
    """The x with ``a x = b``.

    Args:
        a: shape (..., n, n).
        b: shape (n,) or (..., n, k).
        lower: with ``assume_a="pos"``, which triangle is read.
        overwrite_a: ignored.
        overwrite_b: ignored.
        debug: ignored.
        check_finite: ignored.
        assume_a: "gen", "sym" or "her": by LU decomposition; "pos": by Cholesky's, for positive definite matrices.

    Returns:
        x, in a floating dtype.

    Raises:
        ValueError: ``assume_a`` is something else, or the shapes do not fit.
    """
    if assume_a not in _KINDS:
        raise ValueError(
            f"`assume_a` of solve must be one of {', '.join(map(repr, _KINDS))}, got {assume_a!r}."
        )
    return cho_solve(cho_factor(a, lower), b) if assume_a == "pos" else _solve(a, b)


def inv(a: Any, overwrite_a: bool = False, check_finite: bool = True) -> Array:
    """The inverses of square matrices: `verax.numpy.linalg.inv`.

    Args:
        a: shape (..., n, n).
        overwrite_a: ignored.
        check_finite: ignored.

    Raises:
        ValueError: the matrices are not square.
    """
    return _inv(a)


def det(a: Any, overwrite_a: bool = False, check_finite: bool = True) -> Array:
    """The determinants of square matrices: `verax.numpy.linalg.det`.

    Args:
        a: shape (..., n, n).
        overwrite_a: ignored.
        check_finite: ignored.

    Raises:
        ValueError: the matrices are not square.
    """
    return _det(a)

"""Systems with tridiagonal matrices, and triangular factors that a vector is added to."""

from __future__ import annotations

import math

import numpy as np

from .. import catalogue as rows
from .. import dispatch
from ..arrays import Array
from ..catalogue.rules import FLOATING, INEXACT, check_dtype
from ..dispatch import Operand
from .conversion import convert_element_type
from .creation import broadcasted_iota, full_like, zeros_like
from .elementwise import abs, add, div, eq, gt, max, mul, select, sqrt, square, sub
from .operands import bind
from .slicing import dynamic_index_in_dim
from .structural import broadcast_in_dim, reshape, transpose


def tridiagonal_solve(
    dl: Operand, d: Operand, du: Operand, b: Operand, *, perturb_singular: bool = False
) -> Array:
    """The solution X of A X = B, A tridiagonal, by the LU decomposition of the whole matrix with partial pivoting.

    Args:
        dl: shape (..., m): ``dl[i]`` is A[i, i - 1]; the first is not read.
        d: shape (..., m): the diagonal.
        du: shape (..., m): ``du[i]`` is A[i, i + 1]; the last is not read.
        b: shape (..., m, n).
        perturb_singular: False: a singular matrix has no solution.

    Returns:
        An array of the shape and dtype of ``b``.

    Raises:
        TypeError: the dtypes differ, or are not floating or complex.
        ValueError: the shapes do not fit.
        NotImplementedError: ``perturb_singular`` is True.
    """
    below, main, above, right = (dispatch.lift(x) for x in (dl, d, du, b))
    check_dtype("tridiagonal_solve", main.aval, INEXACT, "d")
    if perturb_singular:
        raise NotImplementedError(  # another system would be solved
            "`perturb_singular` of tridiagonal_solve must be False, got True: what is solved would not be the system. "
            "Perturb the diagonal."
        )
    for name, x in (("dl", below), ("du", above), ("b", right)):
        if x.dtype != main.dtype:
            raise TypeError(
                f"`{name}` of tridiagonal_solve must be of {main.dtype}, as `d` is, got {x.dtype}."
            )
        if (x.shape if name != "b" else x.shape[:-1]) != main.shape or main.ndim < 1:
            raise ValueError(
                f"`{name}` of tridiagonal_solve must fit the diagonal's shape {main.shape}, got shape {x.shape}."
            )
    rank, size = main.ndim, main.shape[-1]
    shape = (*main.shape, size)
    lines, columns = (broadcasted_iota(np.int32, shape, axis) for axis in (rank - 1, rank))
    apart, matrix = sub(columns, lines), broadcast_in_dim(zeros_like(main), shape, range(rank))
    for offset, diagonal in ((-1, below), (0, main), (1, above)):
        spread = broadcast_in_dim(diagonal, shape, range(rank))
        matrix = select(eq(apart, full_like(apart, offset)), spread, matrix)
    factors, _, permutation = dispatch.bind(rows.lu_p, matrix)
    found = _permuted(right, permutation)
    for lower in (True, False):
        found = bind(
            rows.triangular_solve_p,
            factors,
            found,
            left_side=True,
            lower=lower,
            transpose_a=False,
            conjugate_a=False,
            unit_diagonal=lower,
        )
    return found


def _permuted(b: Array, permutation: Array) -> Array:
    """Row i of the result is row ``permutation[i]``."""
    lead, (size, columns) = math.prod(b.shape[:-2]), b.shape[-2:]
    flat, order = reshape(b, (lead, size, columns)), reshape(permutation, (lead, size, 1))
    numbers = rows.GatherDimensionNumbers((2,), (1,), (1,), (0,), (0,))
    found = bind(
        rows.gather_p,
        flat,
        order,
        dimension_numbers=numbers,
        slice_sizes=(1, 1, columns),
        mode="promise_in_bounds",
    )
    return reshape(found, b.shape)


def cholesky_update(r_matrix: Operand, w_vector: Operand) -> Array:
    """The upper triangular factor of R^T R + w w^T, of that of R^T R: by a rotation of each row with what is left of w.

    Source: Golub and Van Loan, "Matrix Computations", 4th edition, section 6.5.4.

    Args:
        r_matrix: R, shape (..., n, n), upper triangular.
        w_vector: w, shape (..., n).

    Returns:
        An array of the shape and dtype of ``r_matrix``.

    Raises:
        TypeError: the dtypes differ or are not floating.
        ValueError: the shapes do not fit.
    """
    from ..control_flow import scan

    factor, vector = dispatch.lift(r_matrix), dispatch.lift(w_vector)
    check_dtype("cholesky_update", factor.aval, FLOATING, "r_matrix")
    if vector.dtype != factor.dtype:
        raise TypeError(
            f"`w_vector` of cholesky_update must be of {factor.dtype}, as `r_matrix` is, got {vector.dtype}."
        )
    if factor.ndim < 2 or factor.shape[-1] != factor.shape[-2] or vector.shape != factor.shape[:-1]:
        raise ValueError(
            f"`r_matrix` and `w_vector` of cholesky_update must have shapes (..., n, n) and (..., n), got "
            f"{factor.shape} and {vector.shape}."
        )
    lead, n = math.prod(factor.shape[:-2]), factor.shape[-1]
    if not n:
        return convert_element_type(factor, factor.dtype, factor.weak_type and vector.weak_type)
    lines = transpose(reshape(factor, (lead, n, n)), (1, 0, 2))

    def rotate(w: Array, given: tuple[Array, Array]) -> tuple[Array, Array]:
        row, at = given
        x, y = (dynamic_index_in_dim(v, at, 1) for v in (row, w))
        largest = max(abs(x), abs(y))
        nothing = eq(y, zeros_like(y))
        scale = select(nothing, full_like(x, 1), largest)
        x, y = div(x, scale), div(y, scale)
        size = sqrt(select(nothing, full_like(x, 1), add(square(x), square(y))))
        cosine = broadcast_in_dim(select(nothing, full_like(x, 1), div(x, size)), row.shape, (0, 1))
        sine = broadcast_in_dim(select(nothing, zeros_like(y), div(y, size)), row.shape, (0, 1))
        return sub(mul(cosine, w), mul(sine, row)), add(mul(cosine, row), mul(sine, w))

    _, found = scan(rotate, reshape(vector, (lead, n)), (lines, np.arange(n, dtype=np.int32)))
    upper = reshape(transpose(found, (1, 0, 2)), factor.shape)
    # Below the diagonal the rotations leave nothing, up to their rounding.
    over, across = (
        broadcasted_iota(np.int32, upper.shape, axis) for axis in (upper.ndim - 2, upper.ndim - 1)
    )
    return select(gt(over, across), zeros_like(upper), upper)

"""Factorizations of matrices, and solves with triangular ones.

Matrices are the last two axes; the axes before them are a batch. Parameters are `jax.lax.linalg`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..dtypes import complex_of, int32, real_of
from ..primitive import ROUNDED, Primitive
from ..shapes import Shape, ShapedArray
from .rules import INEXACT, all_weak, check_count, check_dtype, check_params, check_same_dtypes

# What a matrix of a shape and parameters becomes: the shapes of the results, without the batch.
Shapes = Callable[[int, int, dict[str, Any]], Sequence[Shape]]


def check_rank_of(name: str, argument: str, aval: ShapedArray, rank: int) -> None:
    """Raise ValueError unless an operand has at least ``rank`` axes."""
    if aval.ndim < rank:
        raise ValueError(
            f"`{argument}` of {name} must have at least {rank} axes, got shape {aval.shape}. Add axes of size 1."
        )


def check_square(name: str, argument: str, aval: ShapedArray) -> None:
    """Raise ValueError unless the last two axes of an operand have equal sizes."""
    check_rank_of(name, argument, aval, 2)
    if aval.shape[-1] != aval.shape[-2]:
        raise ValueError(f"`{argument}` of {name} must hold square matrices, got shape {aval.shape}.")


def check_batches(name: str, avals: Sequence[ShapedArray], ranks: Sequence[int]) -> Shape:
    """The common batch of operands; ValueError unless it is the same for all."""
    batches = [a.shape[: a.ndim - rank] for a, rank in zip(avals, ranks, strict=True)]
    if len(set(batches)) > 1:
        raise ValueError(
            f"The operands of {name} must have equal axes before their matrices, got shapes "
            f"{', '.join(str(a.shape) for a in avals)}. Broadcast them first."
        )
    return batches[0]


def factorization(
    name: str,
    shapes: Shapes,
    params: Sequence[str] = (),
    integers: int = 0,
    square: bool = False,
    real: int | None = None,
) -> Primitive:
    """A row for a function of one matrix; its last ``integers`` results are int32, and result ``real`` is real."""

    def rule(*avals: ShapedArray, **given: Any) -> list[ShapedArray]:
        check_count(name, avals, 1)
        check_params(name, given, params)
        (x,) = avals
        check_dtype(name, x, INEXACT, "x")
        check_rank_of(name, "x", x, 2)
        if square:
            check_square(name, "x", x)
        *batch, m, n = x.shape
        found = list(shapes(m, n, given))
        dtypes = [x.dtype] * (len(found) - integers) + [int32] * integers
        if real is not None:
            dtypes[real] = real_of(x.dtype)
        return [ShapedArray((*batch, *s), d, x.weak_type) for s, d in zip(found, dtypes, strict=True)]

    return Primitive(name, "factorization", rule, budget=ROUNDED)


def _qr_shapes(m: int, n: int, params: dict[str, Any]) -> Sequence[Shape]:
    k = m if params["full_matrices"] else min(m, n)
    return (m, k), (k, n)


def _svd_shapes(m: int, n: int, params: dict[str, Any]) -> Sequence[Shape]:
    k = min(m, n)
    if not params["compute_uv"]:
        return ((k,),)
    full = params["full_matrices"]
    return (k,), (m, m if full else k), (n if full else k, n)


cholesky_p = factorization("cholesky", lambda m, n, _: ((m, n),), square=True)
lu_p = factorization("lu", lambda m, n, _: ((m, n), (min(m, n),), (m,)), integers=2)
qr_p = factorization("qr", _qr_shapes, ("full_matrices",))
eigh_p = factorization("eigh", lambda m, n, _: ((m, n), (n,)), ("lower",), square=True, real=1)
svd_p = factorization("svd", _svd_shapes, ("full_matrices", "compute_uv"), real=0)

_VECTORS = ("compute_left_eigenvectors", "compute_right_eigenvectors")


def _eig_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_count("eig", avals, 1)
    check_params("eig", params, _VECTORS)
    (x,) = avals
    check_dtype("eig", x, INEXACT, "x")
    check_square("eig", "x", x)
    values = ShapedArray(x.shape[:-1], complex_of(x.dtype), x.weak_type)
    return [values, *(values.with_shape(x.shape) for name in _VECTORS if params[name])]


eig_p = Primitive("eig", "factorization", _eig_rule, budget=ROUNDED)

_TRIANGULAR = ("left_side", "lower", "transpose_a", "conjugate_a", "unit_diagonal")


def _triangular_solve_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    name = "triangular_solve"
    check_count(name, avals, 2)
    check_params(name, params, _TRIANGULAR)
    a, b = avals
    for argument, aval in (("a", a), ("b", b)):
        check_dtype(name, aval, INEXACT, argument)
        check_rank_of(name, argument, aval, 2)
    check_same_dtypes(name, avals)
    check_square(name, "a", a)
    check_batches(name, avals, (2, 2))
    common = -2 if params["left_side"] else -1
    if a.shape[-1] != b.shape[common]:
        raise ValueError(
            f"`b` of {name} must have {a.shape[-1]} {'rows' if params['left_side'] else 'columns'}, as `a` has, got "
            f"shapes {a.shape} and {b.shape}."
        )
    return [ShapedArray(b.shape, b.dtype, all_weak(avals))]


triangular_solve_p = Primitive("triangular_solve", "factorization", _triangular_solve_rule, budget=ROUNDED)


def _permutation_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    name = "lu_pivots_to_permutation"
    check_count(name, avals, 1)
    check_params(name, params, ("permutation_size",))
    (pivots,), size = avals, params["permutation_size"]
    check_dtype(name, pivots, frozenset({int32}), "pivots")
    check_rank_of(name, "pivots", pivots, 1)
    if size < pivots.shape[-1]:
        raise ValueError(
            f"`permutation_size` of {name} must be at least the number of pivots, {pivots.shape[-1]}, got {size}."
        )
    return [ShapedArray((*pivots.shape[:-1], size), int32, pivots.weak_type)]


lu_pivots_to_permutation_p = Primitive("lu_pivots_to_permutation", "factorization", _permutation_rule)

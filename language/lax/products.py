"""Sums of products."""

from __future__ import annotations

import builtins
from typing import Any

from .. import catalogue as rows
from ..arrays import Array
from ..dispatch import Operand, aval_of
from ..dtypes import bool_, canonical, complex_of, is_complex, is_float, real_of
from ..errors import ShapeError
from .accuracy import check_precision
from .conversion import convert_element_type
from .operands import bind


def dot_general(
    lhs: Operand,
    rhs: Operand,
    dimension_numbers: Any,
    precision: Any = None,
    preferred_element_type: Any = None,
) -> Array:
    """The sum of products over contracting axes, for each index of the batch axes.

    Args:
        lhs: an array.
        rhs: an array.
        dimension_numbers: ``((lhs_contracting, rhs_contracting), (lhs_batch, rhs_batch))``.
        precision: a `Precision`, a `DotAlgorithm`, a `DotAlgorithmPreset`, the name of one, or one of the first for
            each operand; nothing is computed at less than the dtype's precision.
        preferred_element_type: the dtype of the result.

    Returns:
        An array of the common dtype.

    Raises:
        ValueError: the sizes do not fit, or there is no such precision.
    """
    check_precision(precision)
    (lhs_contract, rhs_contract), (lhs_batch, rhs_batch) = dimension_numbers
    numbers = (
        (tuple(lhs_contract), tuple(rhs_contract)),
        (tuple(lhs_batch), tuple(rhs_batch)),
    )
    wanted = None if preferred_element_type is None else canonical(preferred_element_type)
    return bind(
        rows.dot_general_p,
        *_same_product_type(lhs, rhs),
        dimension_numbers=numbers,
        preferred_element_type=wanted,
    )


def _same_product_type(lhs: Operand, rhs: Operand) -> tuple[Operand, Operand]:
    # As XLA has it: the type of larger exponent, then of longer mantissa, then wider, then signed, wins.
    left, right = aval_of(lhs), aval_of(rhs)
    if left.dtype == right.dtype:
        return lhs, rhs
    wide = builtins.max((real_of(left.dtype), real_of(right.dtype)), key=_product_rank)
    if is_complex(left.dtype) or is_complex(right.dtype):
        wide = complex_of(wide)
    return (
        convert_element_type(lhs, wide, left.weak_type),
        convert_element_type(rhs, wide, right.weak_type),
    )


def _product_rank(dtype: Any) -> tuple[int, int, int, bool]:
    if is_float(dtype):
        return (*_FLOAT_RANKS[str(dtype)], dtype.itemsize, True)
    return (-1, -1, 0 if dtype == bool_ else dtype.itemsize, dtype.kind != "u")


# Largest exponent, bits of mantissa.
_FLOAT_RANKS = {"float16": (16, 10), "bfloat16": (128, 7), "float32": (128, 23), "float64": (1024, 52)}


def dot(
    lhs: Operand,
    rhs: Operand,
    *,
    dimension_numbers: Any = None,
    precision: Any = None,
    preferred_element_type: Any = None,
) -> Array:
    """The product of vectors and matrices, or `dot_general` where ``dimension_numbers`` are given.

    Returns:
        An array of the common dtype.

    Raises:
        ValueError: the sizes do not fit.
    """
    if dimension_numbers is None:
        left, right = aval_of(lhs).shape, aval_of(rhs).shape
        if len(left) not in (1, 2) or len(right) not in (1, 2) or left[-1] != right[0]:
            raise ShapeError(
                f"`lhs` and `rhs` of dot must be vectors or matrices that fit, got shapes {left} and "
                f"{right}. Say how axes correspond with dimension_numbers."
            )
        dimension_numbers = (((len(left) - 1,), (0,)), ((), ()))
    return dot_general(lhs, rhs, dimension_numbers, precision, preferred_element_type)


def batch_matmul(lhs: Operand, rhs: Operand, precision: Any = None) -> Array:
    """Matrix products over the last two axes, for each index of the leading ones, which are equal.

    Returns:
        An array of the common dtype.

    Raises:
        ValueError: the sizes do not fit.
    """
    left, right = aval_of(lhs), aval_of(rhs)
    if left.ndim < 2 or left.ndim != right.ndim:
        raise ValueError(
            f"`lhs` and `rhs` of batch_matmul must have equal ranks of at least 2, got shapes "
            f"{left.shape} and {right.shape}. Use verax.numpy.matmul, which broadcasts."
        )
    lead = tuple(range(left.ndim - 2))
    return dot_general(lhs, rhs, (((left.ndim - 1,), (left.ndim - 2,)), (lead, lead)), precision)

"""The kernel of `dot_general`: one matrix product over batches."""

from __future__ import annotations

import math
from collections.abc import Callable

from ...language.dtypes import DType, bool_, float32, float64, is_complex, is_float
from ..devices.device import Buffer
from .call import NARROW, Call, Kernel


def product_types(old: DType, new: DType) -> DType:
    """The dtype that products of one dtype, wanted in another, are computed in."""
    if is_complex(old):
        return new
    if is_float(new) and not is_float(old):
        return float64
    if not is_float(old) and old != bool_:
        return new  # integers: exact in the wider of the two, modulo its width
    if new == float64:
        return float64
    return float32 if old in NARROW else old


def _dot_general(call: Call) -> Kernel:
    xp, cast = call.xp, call.device.cast
    (left_contract, right_contract), (left_batch, right_batch) = call.params["dimension_numbers"]
    left, right = call.inputs
    left_free = [i for i in range(left.ndim) if i not in left_contract and i not in left_batch]
    right_free = [i for i in range(right.ndim) if i not in right_contract and i not in right_batch]
    batch = tuple(left.shape[i] for i in left_batch)
    terms = math.prod(left.shape[i] for i in left_contract)
    rows = math.prod(left.shape[i] for i in left_free)
    columns = math.prod(right.shape[i] for i in right_free)
    left_order = (*left_batch, *left_free, *left_contract)
    right_order = (*right_batch, *right_contract, *right_free)
    shape, new = call.outputs[0].shape, call.outputs[0].dtype
    old = call.dtype
    work = product_types(old, new)

    def prepared(x: Buffer) -> Buffer:
        return cast(x, old, work) if old != work else x

    def finished(x: Buffer) -> Buffer:
        return cast(xp.asarray(x), work, new) if work != new else x

    plain = not batch and len(left_free) <= 1 and len(right_free) <= 1 and len(left_contract) == 1
    if plain and left.ndim == len(left_order) <= 2 and right.ndim <= 2:
        swap_left, swap_right = left_order != tuple(range(left.ndim)), right_order != tuple(range(right.ndim))

        def matrices(x: Buffer, y: Buffer) -> Buffer:
            x, y = prepared(x), prepared(y)
            return finished(xp.matmul(x.T if swap_left else x, y.T if swap_right else y))

        return matrices

    def product(x: Buffer, y: Buffer) -> Buffer:
        x = xp.reshape(xp.transpose(prepared(x), left_order), (*batch, rows, terms))
        y = xp.reshape(xp.transpose(prepared(y), right_order), (*batch, terms, columns))
        return finished(xp.reshape(xp.matmul(x, y), shape))

    return product


PRODUCTS: dict[str, Callable[[Call], Kernel]] = {"dot_general": _dot_general}

"""How Poisson numbers are drawn, for all elements at once; element by element as if it were alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import lax
from .. import numpy as vnp
from ..arrays import Array
from ..control_flow import while_loop
from ..dispatch import lift
from ..dtypes import DType
from ..numpy.elementwise import like
from ..numpy.promotion import convert
from .uniforms import drawn_uniform
from .words import split


def by_products(raw: Array, lam: Array, dtype: DType, most: int) -> Array:
    """How many uniform numbers one can multiply and stay above exp(-lam): D. E. Knuth, TAOCP 2, 3.4.1.

    Args:
        raw: the words of one key.
        lam: rates.
        dtype: of the counts.
        most: how many steps are taken at most.
    """

    def going(state: Any) -> Array:
        step, _, _, logarithm = state
        return lax.bitwise_and(vnp.any(lax.gt(logarithm, lax.neg(lam))), lax.lt(step, like(step, most)))

    def again(state: Any) -> Any:
        step, count, key, logarithm = state
        keys = split(key)
        above = lax.gt(logarithm, lax.neg(lam))
        count = lax.select(above, lax.add(count, like(count, 1)), count)
        u = drawn_uniform(keys[1], lam.shape, lam.dtype)
        return lax.add(step, like(step, 1)), count, keys[0], lax.add(logarithm, lax.log(u))

    start = (np.int32(0), lax.full(lam.shape, 0, dtype), raw, lax.full_like(lam, 0))
    count = while_loop(going, again, start)[1]
    return lax.sub(count, like(count, 1))


def by_transformed_rejection(raw: Array, lam: Array, dtype: DType, most: int) -> Array:
    """W. Hormann, "The transformed rejection method for generating Poisson random variables" (1993), PTRS."""
    b = vnp.add(0.931, vnp.multiply(2.53, lax.sqrt(lam)))
    a = vnp.add(-0.059, vnp.multiply(0.02483, b))
    inverse_alpha = vnp.add(1.1239, vnp.divide(1.1328, vnp.subtract(b, 3.4)))
    v_r = vnp.subtract(0.9277, vnp.divide(3.6224, vnp.subtract(b, 2)))
    log_lam = lax.log(lam)

    def going(state: Any) -> Array:
        step, _, accepted, _ = state
        return lax.bitwise_and(vnp.any(lax.bitwise_not(accepted)), lax.lt(step, like(step, most)))

    def again(state: Any) -> Any:
        step, count, accepted, key = state
        keys = split(key, 3)
        u = vnp.subtract(drawn_uniform(keys[1], lam.shape, lam.dtype), 0.5)
        v = drawn_uniform(keys[2], lam.shape, lam.dtype)
        inside = vnp.subtract(0.5, vnp.abs(u))
        scaled = vnp.multiply(vnp.add(vnp.divide(vnp.multiply(2, a), inside), b), u)
        k = lax.floor(lift(vnp.add(vnp.add(scaled, lam), 0.43)))
        hat = vnp.add(vnp.divide(a, vnp.square(inside)), b)
        s = vnp.log(vnp.divide(vnp.multiply(v, inverse_alpha), hat))
        target = vnp.subtract(
            vnp.add(vnp.negative(lam), vnp.multiply(k, log_lam)), lax.lgamma(lax.add(k, like(k, 1)))
        )
        surely = vnp.logical_and(vnp.greater_equal(inside, 0.07), vnp.less_equal(v, v_r))
        refused = vnp.logical_and(vnp.less(inside, 0.013), vnp.greater(v, inside))
        refused = vnp.logical_or(vnp.less(k, 0), refused)
        accept = vnp.logical_or(surely, vnp.logical_and(vnp.logical_not(refused), vnp.less_equal(s, target)))
        count = lax.select(lift(accept), k, count)
        return lax.add(step, like(step, 1)), count, vnp.logical_or(accepted, accept), keys[0]

    start = (np.int32(0), lax.full_like(lam, -1), lax.full(lam.shape, False), raw)
    return lift(convert(while_loop(going, again, start)[1], dtype))

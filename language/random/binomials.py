"""How binomial numbers are drawn, for all elements at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import lax
from .. import numpy as vnp
from ..arrays import Array
from ..control_flow import while_loop
from ..dispatch import lift
from ..numpy.elementwise import like
from .uniforms import drawn_uniform
from .words import split

# log k! less Stirling's formula (k + 1/2) log (k + 1) - (k + 1) + log (2 pi) / 2, for k from 0 to 9.
_TAILS = (
    0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.02079067210376509, 0.0166446911898211,
    0.0138761288230707, 0.0118967099458917, 0.0104112652619720, 0.00925546218271273, 0.00833056343336287,
)  # fmt: skip


def by_inversion(raw: Array, n: Array, p: Array) -> Array:
    """How many geometric steps of probability ``p`` fit into ``n`` trials: L. Devroye (1986), X.4.2.

    Args:
        raw: the words of one key.
        n: numbers of trials, whole.
        p: probabilities.
    """
    failing = lax.log1p(lax.neg(p))

    def going(state: Any) -> Array:
        return vnp.any(lax.le(state[1], n))

    def again(state: Any) -> Any:
        steps, trials, key = state
        keys = split(key)
        steps = lax.select(lax.le(trials, n), lax.add(steps, like(steps, 1)), steps)
        u = drawn_uniform(keys[0], p.shape, p.dtype)
        return steps, lax.add(trials, lax.ceil(lax.div(lax.log(u), failing))), keys[1]

    steps: Array = while_loop(going, again, (lax.full_like(p, 0), lax.full_like(p, 0), raw))[0]
    return lax.sub(steps, like(steps, 1))


def by_rejection(raw: Array, n: Array, p: Array) -> Array:
    """W. Hormann, "The generation of binomial random variates" (1993), BTRD's simpler sister BTRS."""
    q = vnp.subtract(1, p)
    deviation = vnp.sqrt(vnp.multiply(vnp.multiply(n, p), q))
    b = vnp.add(1.15, vnp.multiply(2.53, deviation))
    a = vnp.add(vnp.add(-0.0873, vnp.multiply(0.0248, b)), vnp.multiply(0.01, p))
    alpha = vnp.multiply(vnp.add(2.83, vnp.divide(5.1, b)), deviation)
    v_r = vnp.subtract(0.92, vnp.divide(4.2, b))
    centre = vnp.add(vnp.multiply(n, p), 0.5)

    def going(state: Any) -> Array:
        return vnp.any(lax.bitwise_not(state[1]))

    def again(state: Any) -> Any:
        count, accepted, key = state
        keys = split(key, 3)
        u = vnp.subtract(drawn_uniform(keys[1], p.shape, p.dtype), 0.5)
        v = drawn_uniform(keys[2], p.shape, p.dtype)
        inside = vnp.subtract(0.5, vnp.abs(u))
        surely = vnp.logical_and(vnp.greater_equal(inside, 0.07), vnp.less_equal(v, v_r))
        scaled = vnp.multiply(vnp.add(vnp.divide(vnp.multiply(2, a), inside), b), u)
        k = lax.floor(lift(vnp.add(scaled, centre)))
        refused = vnp.logical_or(vnp.less(k, 0), vnp.greater(k, n))
        hat = vnp.add(vnp.divide(a, vnp.square(inside)), b)
        height = vnp.log(vnp.divide(vnp.multiply(v, alpha), hat))
        below = vnp.logical_and(vnp.logical_not(refused), vnp.less_equal(height, _log_share(n, p, q, k)))
        accept = vnp.logical_or(surely, below)
        return lax.select(lift(accept), k, count), vnp.logical_or(accepted, accept), keys[0]

    found: Array = while_loop(going, again, (lax.full_like(p, -1), lax.full(p.shape, False), raw))[0]
    return found


def _log_share(n: Array, p: Array, q: Array, k: Array) -> Array:
    """log of the probability of k successes as a share of that of the likeliest number, m."""
    odds, m = vnp.divide(p, q), vnp.floor(vnp.multiply(vnp.add(n, 1), p))
    above, chosen = vnp.add(vnp.subtract(n, m), 1), vnp.add(vnp.subtract(n, k), 1)
    parts = [
        vnp.multiply(vnp.add(m, 0.5), vnp.log(vnp.divide(vnp.add(m, 1), vnp.multiply(odds, above)))),
        vnp.multiply(vnp.add(n, 1), vnp.log(vnp.divide(above, chosen))),
        vnp.multiply(vnp.add(k, 0.5), vnp.log(vnp.divide(vnp.multiply(odds, chosen), vnp.add(k, 1)))),
        _tail(m),
        _tail(vnp.subtract(n, m)),
        vnp.negative(_tail(k)),
        vnp.negative(_tail(vnp.subtract(n, k))),
    ]
    total = parts[0]
    for part in parts[1:]:
        total = vnp.add(total, part)
    return lift(total)


def _tail(k: Any) -> Array:
    """What Stirling's formula leaves of log k!: a table, then the series of DLMF 5.11.1."""
    small = vnp.less_equal(k, 9)
    place = vnp.astype(vnp.clip(k, 0, 9), np.int32)
    table = vnp.take(vnp.asarray(np.array(_TAILS), k.dtype), place)
    next_one = vnp.add(vnp.clip(k, 0, None), 1)
    square = vnp.square(next_one)
    series = vnp.subtract(1 / 360, vnp.divide(1 / 1260, square))
    series = vnp.divide(vnp.subtract(1 / 12, vnp.divide(series, square)), next_one)
    return lift(vnp.where(small, table, series))

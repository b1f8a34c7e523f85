"""Modified Bessel functions in float64, scaled so that they cannot overflow.

Below 20 the power series (DLMF 10.25.2), whose terms are all positive; from there on the asymptotic one
(10.40.1), whose terms are below 2^-53 of the first before they grow.
"""

from __future__ import annotations

import math
from typing import Any

from ..devices.device import Buffer

_BOUND = 20.0
_TERMS = 48
_ROOT_TWO_PI = 2.5066282746310005


def _power_series(order: int) -> list[float]:
    return [1 / (math.factorial(k) * math.factorial(k + order)) for k in range(_TERMS)]


def _asymptotic_series(order: int, terms: int = 26) -> list[float]:
    # (-1)^k a_k(order), DLMF 10.17.1
    found = [1.0]
    for k in range(1, terms):
        found.append(-found[-1] * (4 * order * order - (2 * k - 1) ** 2) / (8 * k))
    return found


_SERIES = {order: (_power_series(order), _asymptotic_series(order)) for order in (0, 1)}


def _polynomial(z: Buffer, coefficients: list[float]) -> Buffer:
    result = z * 0 + coefficients[-1]
    for c in coefficients[-2::-1]:
        result = result * z + c
    return result


def scaled_i(xp: Any, order: int, x: Buffer) -> Buffer:
    """exp(-|x|) I(x) of order 0 or 1; at infinity 0 with the function's sign."""
    powers, inverses = _SERIES[order]
    size = xp.abs(x)
    far = size > _BOUND
    near = xp.where(far, 0.0, size)
    inner = xp.exp(-near) * _polynomial(0.25 * near * near, powers)
    if order == 1:
        inner = inner * (0.5 * near)
    large = xp.where(far, size, _BOUND)
    # The root of 2 pi x would overflow before x does.
    outer = _polynomial(1 / large, inverses) / (xp.sqrt(large) * _ROOT_TWO_PI)
    result = xp.where(far, outer, inner)
    return xp.copysign(result, x) if order == 1 else result

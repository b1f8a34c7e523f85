"""The inverse of the error function in float64.

M. J. Wichura, "Algorithm AS 241: The percentage points of the normal distribution", Applied Statistics 37
(1988): quotients of polynomials to 16 digits. Its probability p is (1 + x) / 2, which is never formed: the algorithm
needs p - 1/2 = x / 2 in the middle and 1 - p = (1 - x) / 2 in the tail, and both are exact.
"""

from __future__ import annotations

import math
from typing import Any

from ..devices.device import Buffer

_MIDDLE = (
    (
        2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
        13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.3871328727963666080,
    ),
    (
        5226.4952788528545610, 28729.085735721942674, 39307.895800092710610, 21213.794301586595867,
        5394.1960214247511077, 687.18700749205790830, 42.313330701600911252, 1.0,
    ),
)  # fmt: skip
_TAIL = (
    (
        7.74545014278341407640e-4, 0.0227238449892691845833, 0.241780725177450611770, 1.27045825245236838258,
        3.64784832476320460504, 5.76949722146069140550, 4.63033784615654529590, 1.42343711074968357734,
    ),
    (
        1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.148103976427480074590,
        0.689767334985100004550, 1.67638483018380384940, 2.05319162663775882187, 1.0,
    ),
)  # fmt: skip
_FAR = (
    (
        2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.00124266094738807843860, 0.0265321895265761230930,
        0.296560571828504891230, 1.78482653991729133580, 5.46378491116411436990, 6.65790464350110377720,
    ),
    (
        2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.868691311456132591e-4,
        0.0148753612908506148525, 0.136929880922735805310, 0.599832206555887937690, 1.0,
    ),
)  # fmt: skip
Quotient = tuple[tuple[float, ...], tuple[float, ...]]


def _quotient(z: Buffer, coefficients: Quotient) -> Buffer:
    parts = []
    for row in coefficients:
        part = z * 0 + row[0]
        for c in row[1:]:
            part = part * z + c
        parts.append(part)
    return parts[0] / parts[1]


def erf_inv(xp: Any, x: Buffer) -> Buffer:
    """The y with erf(y) = x: infinite at the ends -1 and 1, NaN beyond them."""
    half = 0.5 * x
    middle = xp.abs(half) <= 0.425
    near = xp.where(middle, half, 0.0)
    inner = near * _quotient(0.180625 - near * near, _MIDDLE)
    share = 0.5 * (1 - xp.abs(x))
    inside = xp.logical_and(xp.logical_not(middle), share > 0)
    distance = xp.sqrt(-xp.log(xp.where(inside, share, 0.05)))
    far = distance > 5
    outer = xp.where(far, _quotient(distance - 5, _FAR), _quotient(distance - 1.6, _TAIL))
    outer = xp.where(share > 0, outer, xp.where(share == 0, math.inf, math.nan))
    return xp.where(middle, inner, xp.copysign(outer, x)) * math.sqrt(0.5)

"""Ten formulas out of textbooks that lose their digits or overflow, each with its stable rewrite.

`verax gate examples/unstable.py` blames the formula of each `naive_*` function, names an input and the
equation where the digits go, and passes the rewrites. No tolerance is given anywhere: the domains are.
"""

from __future__ import annotations

from typing import Annotated

from annotated_types import Interval
from jaxtyping import Float32

import verax.numpy as vnp
from verax import Array, lax, nn

Reals = Annotated[Float32[Array, "n"], Interval(ge=-100, le=100)]
Rows = Annotated[Float32[Array, "n k"], Interval(ge=-200, le=200)]
Readings = Annotated[Float32[Array, "k"], Interval(ge=10_000, le=10_010)]
SmallAngles = Annotated[Float32[Array, "n"], Interval(ge=-1e-3, le=1e-3)]
Angles = Annotated[Float32[Array, "n"], Interval(ge=-0.01, le=0.01)]
Far = Annotated[Float32[Array, "n"], Interval(ge=-120, le=10)]
Large = Annotated[Float32[Array, "n"], Interval(ge=1e6, le=1e8)]
Sides = Annotated[Float32[Array, "n"], Interval(ge=1e15, le=1e25)]
Slopes = Annotated[Float32[Array, "n"], Interval(ge=100, le=1000)]
Offsets = Annotated[Float32[Array, "n"], Interval(ge=0.5, le=1)]


def naive_softplus(x: Reals) -> Float32[Array, "n"]:
    """log(1 + exp(x)): exp overflows above 88.7."""
    return vnp.log(1 + vnp.exp(x))


def stable_softplus(x: Reals) -> Float32[Array, "n"]:
    """logaddexp(x, 0): max(x, 0) + log1p(exp(-|x|)), with the second derivative that this lacks at 0."""
    return vnp.logaddexp(x, 0)


def naive_logsumexp(x: Rows) -> Float32[Array, "n"]:
    """log(sum(exp(x))): one large entry overflows, and so do many."""
    return vnp.log(vnp.sum(vnp.exp(x), axis=-1))


def stable_logsumexp(x: Rows) -> Float32[Array, "n"]:
    """Shifted by the largest entry."""
    largest = lax.stop_gradient(vnp.max(x, axis=-1, keepdims=True))
    return vnp.log(vnp.sum(vnp.exp(x - largest), axis=-1)) + vnp.squeeze(largest, axis=-1)


def naive_softmax(x: Rows) -> Float32[Array, "n k"]:
    """exp(x) / sum(exp(x)): infinity divided by infinity."""
    weights = vnp.exp(x)
    return weights / vnp.sum(weights, axis=-1, keepdims=True)


def stable_softmax(x: Rows) -> Float32[Array, "n k"]:
    """Shifted by the largest entry."""
    weights = vnp.exp(x - lax.stop_gradient(vnp.max(x, axis=-1, keepdims=True)))
    return weights / vnp.sum(weights, axis=-1, keepdims=True)


def naive_variance(x: Readings) -> Float32[Array, ""]:
    """E[x^2] - E[x]^2: two large numbers whose difference is small."""
    return vnp.mean(x * x) - vnp.mean(x) ** 2


def stable_variance(x: Readings) -> Float32[Array, ""]:
    """The mean square of what is left when the mean is taken off."""
    centred = x - vnp.mean(x)
    return vnp.mean(centred * centred)


def naive_versine(x: SmallAngles) -> Float32[Array, "n"]:
    """1 - cos(x): the cosine of a small angle rounds to 1."""
    return 1 - vnp.cos(x)


def stable_versine(x: SmallAngles) -> Float32[Array, "n"]:
    """2 sin(x/2)^2."""
    half = vnp.sin(0.5 * x)
    return 2 * half * half


def naive_log_sigmoid(x: Far) -> Float32[Array, "n"]:
    """log(sigmoid(x)): far to the left the sigmoid is 0, and its logarithm is lost."""
    return vnp.log(nn.sigmoid(x))


def stable_log_sigmoid(x: Far) -> Float32[Array, "n"]:
    """-logaddexp(-x, 0)."""
    return -vnp.logaddexp(-x, 0)


def naive_kepler(x: Angles) -> Float32[Array, "n"]:
    """x - sin(x): for a small angle the two agree in nearly all digits."""
    return x - vnp.sin(x)


def stable_kepler(x: Angles) -> Float32[Array, "n"]:
    """The series x^3/6 - x^5/120, whose next term is below the last digit here."""
    square = x * x
    return x * square * (1 / 6 - square * (1 / 120))


def naive_root_step(x: Large) -> Float32[Array, "n"]:
    """sqrt(x + 1) - sqrt(x): two neighbours subtracted."""
    return vnp.sqrt(x + 1) - vnp.sqrt(x)


def stable_root_step(x: Large) -> Float32[Array, "n"]:
    """1 / (sqrt(x + 1) + sqrt(x))."""
    return 1 / (vnp.sqrt(x + 1) + vnp.sqrt(x))


def naive_hypotenuse(x: Sides, y: Sides) -> Float32[Array, "n"]:
    """sqrt(x^2 + y^2): the squares overflow long before the root does."""
    return vnp.sqrt(x * x + y * y)


def stable_hypotenuse(x: Sides, y: Sides) -> Float32[Array, "n"]:
    """In units of the longer side; the unit does not matter to the result, nor to its derivative."""
    unit = lax.stop_gradient(vnp.maximum(x, y))
    return unit * vnp.sqrt((x / unit) ** 2 + (y / unit) ** 2)


def naive_small_root(b: Slopes, c: Offsets) -> Float32[Array, "n"]:
    """The smaller root of x^2 + b x + c by the school formula."""
    return 0.5 * (vnp.sqrt(b * b - 4 * c) - b)


def stable_small_root(b: Slopes, c: Offsets) -> Float32[Array, "n"]:
    """The same root from the larger one: their product is c."""
    return -2 * c / (b + vnp.sqrt(b * b - 4 * c))

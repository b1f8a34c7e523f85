"""Third order: the cumulants of a distribution, as derivatives of the logarithm of its moment generating function.

K(t) = log(sum(p exp(t x))) has the mean as its first derivative, the variance as its second, and the third central
moment as its third, each of the distribution that is tilted by exp(t x) (McCullagh, "Tensor methods in statistics",
chapter 2). So one short function and three nested `grad`s stand beside a formula that anybody can check.

Derivatives nest in any order of forward and reverse; the reference takes all of them as limits. The gate judges the
derivative as a program of its own, and the gate's gradient and second derivative of it are those of fourth and fifth
order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from annotated_types import Interval
from jaxtyping import Float32

import verax
import verax.numpy as vnp
from verax import Array

Tilt = Annotated[Float32[Array, ""], Interval(ge=-1, le=1)]
Values = Annotated[Float32[Array, "n"], Interval(ge=-2, le=2)]


def cumulant_function(t: Tilt, x: Values) -> Float32[Array, ""]:
    """log(mean(exp(t x))); the domain is too small for an overflow, and a max would bend what is smooth."""
    return vnp.log(vnp.mean(vnp.exp(t * x)))


def slope(f: Callable[..., Any]) -> Callable[..., Any]:
    """The derivative by the first argument, forward."""
    return lambda t, *rest: verax.jvp(lambda t: f(t, *rest), (t,), (vnp.ones_like(t),))[1]


def third_cumulant(t: Tilt, x: Values) -> Float32[Array, ""]:
    """The third derivative, in reverse each time."""
    return verax.grad(verax.grad(verax.grad(cumulant_function)))(t, x)


def third_cumulant_forward(t: Tilt, x: Values) -> Float32[Array, ""]:
    """The third derivative, forward each time."""
    return slope(slope(slope(cumulant_function)))(t, x)


def third_cumulant_mixed(t: Tilt, x: Values) -> Float32[Array, ""]:
    """The third derivative: reverse over forward over reverse."""
    return verax.grad(slope(verax.grad(cumulant_function)))(t, x)


def third_moment(t: Tilt, x: Values) -> Float32[Array, ""]:
    """The third central moment of the tilted distribution, by its definition."""
    weights = vnp.exp(t * x)
    p = weights / vnp.sum(weights)
    return p @ (x - p @ x) ** 3


def data() -> tuple[Any, Any]:
    """A tilt, and four values."""
    return vnp.array(0.5), vnp.array([0.0, 1.0, 1.0, 1.5])


def main() -> None:
    """Three nestings and the definition, in both implementations; then the verdict on one of them."""
    ways = third_cumulant, third_cumulant_forward, third_cumulant_mixed, third_moment
    for implementation in ("fast", "reference"):
        with verax.using(implementation):
            print(implementation, *(way(*data()) for way in ways))
    print(verax.judge(third_cumulant, *data()))


if __name__ == "__main__":
    main()

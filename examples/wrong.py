"""Six functions whose custom derivative rule is wrong, each beside its right twin.

`verax gate examples/wrong.py` blames the rule of each `wrong_*` function and passes the twins. The
values are right in all of them: only the rule, and so only a gradient, tells them apart.
"""

from __future__ import annotations

from typing import Annotated, Any

from annotated_types import Interval
from jaxtyping import Float32

import verax
import verax.numpy as vnp
from verax import Array

Vector = Annotated[Float32[Array, "n"], Interval(ge=-3, le=3)]
Rows = Annotated[Float32[Array, "n k"], Interval(ge=-3, le=3)]
Positive = Annotated[Float32[Array, "n"], Interval(ge=0.25, le=4)]

# 1. A sign: the derivative of the cosine is minus the sine. ------------------------------------------


@verax.custom_jvp
def wrong_sign(x: Vector) -> Float32[Array, "n"]:
    """cos(x), whose rule says + sin(x)."""
    return vnp.cos(x)


@wrong_sign.defjvp
def _wrong_sign(primals: Any, tangents: Any) -> Any:
    (x,), (dx,) = primals, tangents
    return vnp.cos(x), vnp.sin(x) * dx


@verax.custom_jvp
def right_sign(x: Vector) -> Float32[Array, "n"]:
    """cos(x), whose rule says - sin(x)."""
    return vnp.cos(x)


@right_sign.defjvp
def _right_sign(primals: Any, tangents: Any) -> Any:
    (x,), (dx,) = primals, tangents
    return vnp.cos(x), -vnp.sin(x) * dx


# 2. A factor: the derivative of x^2 / 2 is x, that of x^2 is twice as much. ---------------------------


@verax.custom_vjp
def wrong_factor(x: Vector) -> Float32[Array, "n"]:
    """x^2, whose rule belongs to x^2 / 2."""
    return x * x


wrong_factor.defvjp(lambda x: (x * x, x), lambda x, g: (x * g,))


@verax.custom_vjp
def right_factor(x: Vector) -> Float32[Array, "n"]:
    """x^2, with the factor 2."""
    return x * x


right_factor.defvjp(lambda x: (x * x, x), lambda x, g: (2 * x * g,))

# 3. A wrong branch: the slope of each side stands on the other. ---------------------------------------


def _elu(x: Any) -> Any:
    return vnp.where(x > 0, x, vnp.expm1(vnp.minimum(x, 0)))


@verax.custom_jvp
def wrong_branch(x: Vector) -> Float32[Array, "n"]:
    """The exponential linear unit, whose rule has its branches exchanged."""
    return _elu(x)


@wrong_branch.defjvp
def _wrong_branch(primals: Any, tangents: Any) -> Any:
    (x,), (dx,) = primals, tangents
    return _elu(x), vnp.where(x > 0, vnp.exp(-x), 1.0) * dx


@verax.custom_jvp
def right_branch(x: Vector) -> Float32[Array, "n"]:
    """The exponential linear unit, exponential on the left."""
    return _elu(x)


@right_branch.defjvp
def _right_branch(primals: Any, tangents: Any) -> Any:
    (x,), (dx,) = primals, tangents
    return _elu(x), vnp.where(x > 0, 1.0, vnp.exp(vnp.minimum(x, 0))) * dx


# 4. Swapped arguments: each operand is given the other's cotangent. -----------------------------------


@verax.custom_vjp
def wrong_order(x: Vector, y: Positive) -> Float32[Array, "n"]:
    """x log(y), whose rule hands back the cotangents in the wrong order."""
    return x * vnp.log(y)


wrong_order.defvjp(
    lambda x, y: (x * vnp.log(y), (x, y)),
    lambda saved, g: (g * saved[0] / saved[1], g * vnp.log(saved[1])),
)


@verax.custom_vjp
def right_order(x: Vector, y: Positive) -> Float32[Array, "n"]:
    """x log(y), with the cotangent of x first."""
    return x * vnp.log(y)


right_order.defvjp(
    lambda x, y: (x * vnp.log(y), (x, y)),
    lambda saved, g: (g * vnp.log(saved[1]), g * saved[0] / saved[1]),
)

# 5. A stale residual: what the forward pass saved is not what the backward pass takes it for. ----------


def _squash(x: Any) -> Any:
    return vnp.tanh(0.5 * x)


@verax.custom_vjp
def wrong_residual(x: Vector) -> Float32[Array, "n"]:
    """tanh(x/2), whose rule uses the value before the squashing as if it were the one after."""
    return _squash(x)


wrong_residual.defvjp(lambda x: (_squash(x), 0.5 * x), lambda y, g: (0.5 * (1 - y * y) * g,))


@verax.custom_vjp
def right_residual(x: Vector) -> Float32[Array, "n"]:
    """tanh(x/2), saved after the squashing."""
    return _squash(x)


right_residual.defvjp(lambda x: (_squash(x), _squash(x)), lambda y, g: (0.5 * (1 - y) * (1 + y) * g,))

# 6. A missing broadcast sum: the mean went to every column, so every column's cotangent comes back. ----


def _centre(x: Any) -> Any:
    return x - vnp.mean(x, axis=-1, keepdims=True)


@verax.custom_vjp
def wrong_broadcast(x: Rows) -> Float32[Array, "n k"]:
    """Rows with their mean taken off, whose rule forgets what came through the mean."""
    return _centre(x)


wrong_broadcast.defvjp(lambda x: (_centre(x), None), lambda _, g: (g,))


@verax.custom_vjp
def right_broadcast(x: Rows) -> Float32[Array, "n k"]:
    """Rows with their mean taken off, and its cotangent summed."""
    return _centre(x)


right_broadcast.defvjp(
    lambda x: (_centre(x), None),
    lambda _, g: (g - vnp.mean(g, axis=-1, keepdims=True),),
)

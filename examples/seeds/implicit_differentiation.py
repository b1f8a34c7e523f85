"""An inner optimisation, differentiated by the implicit function theorem instead of through its steps.

Where w minimises f(w, t), the gradient of f by w is 0, and so stays as t moves: H dw + (d/dt grad f) dt = 0, with H the
Hessian of f (Griewank and Walther, "Evaluating Derivatives", 2nd edition, chapter 15). So dw/dt takes one solve with H
at the solution. How the solution was found does not matter, and none of its steps is kept.

Here the inner problem is a penalised regression, and the outer one asks how its loss on other data depends on the
penalty. Verax judges the derivative against the limit of the whole inner optimisation: no rule is believed.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Annotated, Any

from annotated_types import Interval
from jaxtyping import Float32

import verax
import verax.numpy as vnp
from verax import Array, lax, nn

LogPenalty = Annotated[Float32[Array, ""], Interval(ge=-2, le=2)]
Objective = Callable[[Any, Any], Any]

STEPS = 6  # of Newton's method: each doubles the number of digits that are right
POINTS = [[0.5, 1.0], [-1.0, 0.25], [1.5, -0.5], [0.25, -1.25]]
LABELS = [1.0, 0.0, 1.0, 0.0]
OTHER_POINTS = [[1.0, 0.5], [-0.5, -1.0]]
OTHER_LABELS = [1.0, 1.0]


def newton(objective: Objective, w: Any, t: Any) -> Any:
    """The minimum of ``objective(w, t)`` over w, from a first guess; its derivative goes through every step."""

    def step(_: Any, w: Any) -> Any:
        return w - vnp.linalg.solve(verax.hessian(objective)(w, t), verax.grad(objective)(w, t))

    return lax.fori_loop(0, STEPS, step, w)


@functools.partial(verax.custom_jvp, nondiff_argnums=(0,))
def minimum(objective: Objective, w: Any, t: Any) -> Any:
    """The same minimum; its derivative goes through none."""
    return newton(objective, w, t)


@minimum.defjvp
def _implicit(objective: Objective, primals: Any, tangents: Any) -> Any:
    t, w = primals[1], minimum(objective, *primals)
    _, moved = verax.jvp(lambda t: verax.grad(objective)(w, t), (t,), (tangents[1],))
    return w, -vnp.linalg.solve(verax.hessian(objective)(w, t), moved)


def ridge(w: Any, t: Any) -> Any:
    """Least squares with a penalty of exp(t): its minimum has a closed form."""
    error = vnp.array(POINTS) @ w - vnp.array(LABELS)
    return (error @ error + vnp.exp(t) * w @ w) / 2


def logistic(w: Any, t: Any) -> Any:
    """Logistic regression with that penalty: its minimum has none."""
    scores = vnp.array(POINTS) @ w
    return vnp.sum(nn.softplus(scores) - vnp.array(LABELS) * scores) + vnp.exp(t) * (w @ w) / 2


def other_loss(t: LogPenalty, find: Any = minimum) -> Float32[Array, ""]:
    """The loss on data that the inner problem has not seen, as a function of the penalty's logarithm."""
    scores = vnp.array(OTHER_POINTS) @ find(logistic, vnp.zeros(2), t)
    return vnp.sum(nn.softplus(scores) - vnp.array(OTHER_LABELS) * scores)


def ridge_slope(t: Any) -> Any:
    """How the weights of the ridge regression move with the penalty, by the theorem."""
    return verax.jacrev(lambda t: minimum(ridge, vnp.zeros(2), t))(t)


def ridge_slope_in_closed_form(t: LogPenalty) -> Float32[Array, "2"]:
    """The same by hand: w = A^-1 X'y with A = X'X + exp(t), so dw/dt = -exp(t) A^-1 w."""
    x, y = vnp.array(POINTS), vnp.array(LABELS)
    a = x.T @ x + vnp.exp(t) * vnp.eye(2)
    return -vnp.exp(t) * vnp.linalg.solve(a, vnp.linalg.solve(a, x.T @ y))


def main() -> None:
    """Tune the penalty by its derivative, in both implementations; then the verdict on that derivative."""
    for implementation in ("fast", "reference"):
        with verax.using(implementation):
            t = vnp.array(0.5)
            print(implementation, verax.grad(other_loss)(t), ridge_slope(t), ridge_slope_in_closed_form(t))
    print(verax.judge(other_loss, vnp.array(0.5), order=1))


if __name__ == "__main__":
    main()

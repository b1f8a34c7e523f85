"""A neural tangent kernel, in two ways that share nothing but the network.

The kernel of two inputs is the inner product of the network's derivatives by its weights there: K(x, y) = J(x) J(y)^T
(Jacot, Gabriel, Hongler, "Neural tangent kernel: convergence and generalization in neural networks", 2018).
`by_jacobians` computes both derivatives and contracts them. `by_products` never forms them: it pulls each unit vector
back through the network at y, and pushes what comes out forward through it at x (Novak, Sohl-Dickstein, Schoenholz,
"Fast finite width neural tangent kernel", 2022).

In real numbers the two are one matrix; on a machine each is held to the bound of its own program.
"""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import numpy as np
from annotated_types import Interval
from jaxtyping import Float32

import verax
import verax.numpy as vnp
from verax import Array, tree_util


class Weights(NamedTuple):
    """Two layers: 2 inputs, 3 hidden features, 1 output."""

    hidden: Annotated[Float32[Array, "2 3"], Interval(ge=-2, le=2)]
    out: Annotated[Float32[Array, "3"], Interval(ge=-2, le=2)]


Points = Annotated[Float32[Array, "3 2"], Interval(ge=-2, le=2)]
Others = Annotated[Float32[Array, "2 2"], Interval(ge=-2, le=2)]


def network(w: Weights, x: Any) -> Any:
    """What the network makes of a batch: float32[n]."""
    return vnp.tanh(x @ w.hidden) @ w.out


def by_jacobians(w: Weights, x: Points, y: Others) -> Float32[Array, "3 2"]:
    """Both derivatives, contracted over all weights."""
    at_x, at_y = (verax.jacrev(network)(w, points) for points in (x, y))
    contracted = tree_util.tree_map(lambda a, b: a.reshape(len(x), -1) @ b.reshape(len(y), -1).T, at_x, at_y)
    return sum(tree_util.tree_leaves(contracted), vnp.zeros(()))


def by_products(w: Weights, x: Points, y: Others) -> Float32[Array, "3 2"]:
    """Back through the network at y, forward through it at x, for each unit vector."""
    _, back = verax.vjp(lambda w: network(w, y), w)

    def column(unit: Any) -> Any:
        return verax.jvp(lambda w: network(w, x), (w,), back(unit))[1]

    return verax.vmap(column, out_axes=1)(vnp.eye(len(y)))


def prediction(w: Weights, x: Any, labels: Any, y: Any) -> Any:
    """What the network would say at y after an endless training on x with the squared loss, were it linear in w."""
    inner, outer = by_products(w, x, x), by_products(w, y, x)
    return network(w, y) + outer @ vnp.linalg.solve(inner, labels - network(w, x))


def data() -> tuple[Weights, Any, Any]:
    """Weights, and points of two kinds."""
    rng = np.random.default_rng(0)
    shapes = (2, 3), (3,), (3, 2), (2, 2)
    hidden, out, x, y = (vnp.asarray(rng.standard_normal(s).astype(np.float32)) for s in shapes)
    return Weights(hidden, out), x, y


def main() -> None:
    """A column of the kernel in both ways and implementations, and the verdict on all of it."""
    for implementation in ("fast", "reference"):
        with verax.using(implementation):
            w, x, y = data()
            print(implementation, by_jacobians(w, x, y)[:, 0], by_products(w, x, y)[:, 0])
    w, x, y = data()
    print(f"trained to say 1, -1, 0 it says {prediction(w, x, vnp.array([1.0, -1.0, 0.0]), x)}")
    print(verax.judge(by_products, w, x, y))


if __name__ == "__main__":
    main()

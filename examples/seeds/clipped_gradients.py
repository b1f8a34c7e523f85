"""Per-example clipped gradients: `vmap` of `grad`, and no example pulls harder than any other may.

Differentially private training takes the gradient of each example by itself, shortens those that are longer than C,
and adds noise to their mean (Abadi et al., "Deep learning with differential privacy", CCS 2016). One example that is
changed moves the mean by at most 2C over the number of examples. That promise stands on one inequality, |clipped| <= C,
which in the reference is so exactly.

The scale is C / max(C, length), with the maximum below the root. Above it, the root of an example that pulls not at
all would have a slope of infinity, times 0: the gate finds that.
"""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import numpy as np
from annotated_types import Interval
from jaxtyping import Float32

import verax
import verax.numpy as vnp
from verax import Array, lax, nn, random, tree_util

MOST = 0.25  # C
NOISE, RATE = 0.125, 0.5


class Weights(NamedTuple):
    """A logistic regression."""

    slope: Annotated[Float32[Array, "3"], Interval(ge=-4, le=4)]
    offset: Annotated[Float32[Array, ""], Interval(ge=-4, le=4)]


Row = Annotated[Float32[Array, "3"], Interval(ge=-4, le=4)]
Rows = Annotated[Float32[Array, "4 3"], Interval(ge=-4, le=4)]
Sign = Annotated[Float32[Array, ""], Interval(ge=-1, le=1)]
Signs = Annotated[Float32[Array, "4"], Interval(ge=-1, le=1)]


def loss(w: Weights, x: Row, y: Sign) -> Float32[Array, ""]:
    """The cross entropy of one example, whose label is -1 or 1: no digits are lost where the model is sure."""
    return nn.softplus(-y * (x @ w.slope + w.offset))


def square(tree: Any) -> Any:
    """The squared length of all that a tree holds, as one vector."""
    return sum(vnp.sum(x * x) for x in tree_util.tree_leaves(tree))


def clipped(tree: Any) -> Any:
    """The tree, no longer than C."""
    scale = MOST * lax.rsqrt(vnp.maximum(MOST**2, square(tree)))
    return tree_util.tree_map(lambda x: x * scale, tree)


def clipped_gradient(w: Weights, x: Row, y: Sign) -> Weights:
    """The pull of one example, no longer than C."""
    return clipped(verax.grad(loss)(w, x, y))


def mean_gradient(w: Weights, x: Rows, y: Signs) -> Weights:
    """The mean of the examples' pulls."""
    each = verax.vmap(clipped_gradient, in_axes=(None, 0, 0))(w, x, y)
    return tree_util.tree_map(lambda g: vnp.mean(g, axis=0), each)


def private_step(key: Any, w: Weights, x: Any, y: Any) -> Weights:
    """The weights after one step with noise; only a train of such steps is private, and how much is accounted for."""
    leaves, tree = tree_util.tree_flatten(mean_gradient(w, x, y))
    keys = random.split(key, len(leaves))
    noisy = [g + NOISE * MOST * random.normal(k, g.shape) for g, k in zip(leaves, keys, strict=True)]
    return tree_util.tree_map(lambda p, g: p - RATE * g, w, tree_util.tree_unflatten(tree, noisy))


def data() -> tuple[Weights, Any, Any]:
    """Weights to begin with, and four examples, the last of which is far out."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((4, 3)) * np.array([[0.25], [0.5], [1], [4]])
    numbers = (rng.standard_normal(3), np.zeros(()), x, np.array([-1.0, 1.0, -1.0, 1.0]))
    slope, offset, rows, labels = (vnp.asarray(a.astype(np.float32)) for a in numbers)
    return Weights(slope, offset), rows, labels


def main() -> None:
    """A private step in both implementations, lengths before and after, and the verdict on the mean gradient."""
    for implementation in ("fast", "reference"):
        with verax.using(implementation):
            print(implementation, private_step(random.key(0), *data()).slope)
    w, x, y = data()
    each = verax.vmap(verax.grad(loss), in_axes=(None, 0, 0))(w, x, y)
    for when, pulls in (("before", each), ("after", verax.vmap(clipped)(each))):
        print(f"lengths {vnp.sqrt(verax.vmap(square)(pulls))} {when} clipping")
    print(verax.judge(mean_gradient, w, x, y))


if __name__ == "__main__":
    main()

"""Learning rates that are learnt, in forward mode: `python -m verax.as_jax examples/plain_jax/meta_learning.py`.

A network is trained by a few steps of gradient descent; the loss after them is differentiated by the learning rate of
each step and layer. There are few of these, so the derivative is taken forward, through the training, and the training
need not be remembered (Franceschi, Donini, Frasconi, Pontil, "Forward and reverse gradient-based hyperparameter
optimization", 2017, section 3.2).
"""

from __future__ import annotations

import argparse
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

POINTS, HIDDEN, STEPS, RATE = 4, 3, 4, 0.3


class Tasks(NamedTuple):
    """Sines to be learnt, each from a network of its own and at some points, and judged at others."""

    networks: Any  # a tree of arrays of [n, ...]
    points: Any  # [n, 2, POINTS]
    wanted: Any  # [n, 2, POINTS]


def initial() -> dict[str, Any]:
    """The logarithms of the learning rates, for each layer and step."""
    return {name: jnp.full(STEPS, jnp.log(0.05)) for name in ("w", "b", "v")}


def tasks(count: int, rng: np.random.Generator) -> Tasks:
    """So many sines, and a network for each that has learnt nothing."""
    points = rng.uniform(-3, 3, (count, 2, POINTS)).astype(np.float32)
    sizes, phases = rng.uniform(0.5, 2, (count, 1, 1)), rng.uniform(0, np.pi, (count, 1, 1))
    networks = {
        "w": rng.normal(size=(count, HIDDEN)).astype(np.float32),
        "b": rng.normal(size=(count, HIDDEN)).astype(np.float32),
        "v": (rng.normal(size=(count, HIDDEN)) / HIDDEN**0.5).astype(np.float32),
    }
    return Tasks(networks, points, (sizes * np.sin(points + phases)).astype(np.float32))


def error(network: Any, points: Any, wanted: Any) -> Any:
    """The mean squared error of a network."""
    hidden = jnp.tanh(points[:, None] * network["w"] + network["b"])
    return jnp.mean((hidden @ network["v"] - wanted) ** 2)


def loss(logarithms: Any, some: Tasks) -> Any:
    """The mean error after the training, at points that were not trained on."""

    def after_training(network: Any, points: Any, wanted: Any) -> Any:
        def step(network: Any, rates: Any) -> Any:
            gradient = jax.grad(error)(network, points[0], wanted[0])
            return jax.tree.map(lambda x, rate, g: x - rate * g, network, rates, gradient), None

        trained, _ = jax.lax.scan(step, network, jax.tree.map(jnp.exp, logarithms))
        return error(trained, points[1], wanted[1])

    return jnp.mean(jax.vmap(after_training)(some.networks, some.points, some.wanted))


@jax.jit
def update(logarithms: Any, some: Tasks) -> tuple[Any, Any, Any]:
    """One step on the learning rates: the next ones, the loss and its gradient."""
    value, gradient = loss(logarithms, some), jax.jacfwd(loss)(logarithms, some)
    return jax.tree.map(lambda x, g: x - RATE * g, logarithms, gradient), value, gradient


def main() -> None:
    """Train, and say what comes of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=200)
    given = parser.parse_args()
    rng, logarithms = np.random.default_rng(given.seed), initial()
    others = tasks(200, rng)
    before = loss(logarithms, others)
    for _ in range(given.steps):
        logarithms, _, _ = update(logarithms, tasks(16, rng))
    print(f"mean error after {STEPS} steps: {before:.3f} at first, now {loss(logarithms, others):.3f}")
    for name in sorted(logarithms):
        rates = jnp.exp(logarithms[name])
        print(f"learning rates of {name}: {', '.join(f'{r:.3f}' for r in rates)}")


if __name__ == "__main__":
    main()

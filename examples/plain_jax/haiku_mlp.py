"""A Haiku network that tells two spirals apart: `python -m verax.as_jax examples/plain_jax/haiku_mlp.py`."""

from __future__ import annotations

import argparse
from typing import Any, NamedTuple

import haiku as hk
import jax
import jax.numpy as jnp
import numpy as np
import optax

LAYERS, RATE = [32, 32, 2], 0.1


class Learner(NamedTuple):
    """What is learnt."""

    params: Any
    opt_state: Any


class Points(NamedTuple):
    """Points of the plane, and which spiral each is of."""

    places: Any  # [n, 2]
    labels: Any  # [n]


def _scores(places: Any) -> Any:
    return hk.nets.MLP(LAYERS, activation=jnp.tanh)(places)


network = hk.without_apply_rng(hk.transform(_scores))
optimizer = optax.sgd(RATE, momentum=0.9, nesterov=True)


def spirals(count: int, rng: np.random.Generator) -> Points:
    """So many points of the two spirals."""
    labels = rng.integers(0, 2, count)
    turns = rng.uniform(0.1, 0.8, count)
    angles = 2 * np.pi * (turns + labels / 2)
    places = turns[:, None] * np.stack([np.cos(angles), np.sin(angles)], 1)
    return Points(places.astype(np.float32), labels.astype(np.int32))


def initial(seed: int) -> Learner:
    """A learner that has learnt nothing."""
    params = network.init(jax.random.PRNGKey(seed), jnp.zeros((1, 2)))
    return Learner(params, optimizer.init(params))


def loss(params: Any, points: Points) -> Any:
    """The mean cross entropy."""
    scores = network.apply(params, points.places)
    return jnp.mean(optax.softmax_cross_entropy_with_integer_labels(scores, points.labels))


@jax.jit
def update(learner: Learner, points: Points) -> tuple[Learner, Any, Any]:
    """One step of Nesterov's momentum: the next learner, the loss and its gradient."""
    value, gradient = jax.value_and_grad(loss)(learner.params, points)
    updates, opt_state = optimizer.update(gradient, learner.opt_state)
    return Learner(optax.apply_updates(learner.params, updates), opt_state), value, gradient


@jax.jit
def accuracy(params: Any, points: Points) -> Any:
    """The part of the points whose spiral is told."""
    return jnp.mean(jnp.argmax(network.apply(params, points.places), -1) == points.labels)


def main() -> None:
    """Train, and say what comes of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=200)
    given = parser.parse_args()
    rng, learner = np.random.default_rng(given.seed), initial(given.seed)
    for step in range(given.steps):
        learner, value, gradient = update(learner, spirals(64, rng))
        if step % 50 == 0:
            print(f"step {step}: loss {value:.3f}, gradient's norm {optax.global_norm(gradient):.3f}")
    print(f"{accuracy(learner.params, spirals(1000, rng)):.1%} of 1,000 other points are told apart")


if __name__ == "__main__":
    main()

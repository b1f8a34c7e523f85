"""A Jraph network on padded batches of graphs: `python -m verax.as_jax examples/plain_jax/jraph_padded.py`.

It tells rings from stars. The graphs of a batch have different sizes: padded to one size, they are one program.
"""

from __future__ import annotations

import argparse
from typing import Any, NamedTuple

import haiku as hk
import jax
import jax.numpy as jnp
import jraph
import numpy as np
import optax

FEATURES, LARGEST, RATE = 8, 7, 3e-2


class Learner(NamedTuple):
    """What is learnt."""

    params: Any
    opt_state: Any


class Batch(NamedTuple):
    """Graphs, padded by one more to a fixed size, and the shape of each: 0 a ring, 1 a star."""

    graphs: Any  # a jraph.GraphsTuple of n + 1 graphs
    labels: Any  # [n + 1]


def _scores(graphs: Any) -> Any:
    def layer(sizes: list[int]) -> Any:
        return jraph.concatenated_args(hk.nets.MLP(sizes, activation=jnp.tanh, activate_final=True))

    network = jraph.GraphNetwork(
        update_edge_fn=layer([FEATURES]),
        update_node_fn=layer([FEATURES]),
        update_global_fn=layer([FEATURES]),
    )
    return hk.Linear(2)(network(graphs).globals)


network = hk.without_apply_rng(hk.transform(_scores))
optimizer = optax.chain(optax.clip_by_global_norm(1.0), optax.sgd(RATE, momentum=0.9))


def graph(label: int, rng: np.random.Generator) -> Any:
    """A ring or a star of 4 to LARGEST nodes, whose edges go both ways."""
    count = int(rng.integers(4, LARGEST + 1))
    nodes = np.arange(count)
    senders, receivers = (nodes, np.roll(nodes, 1)) if label == 0 else (nodes[1:], np.zeros_like(nodes[1:]))
    return jraph.GraphsTuple(
        nodes=rng.normal(size=(count, 2)).astype(np.float32),
        edges=np.ones((2 * len(senders), 1), np.float32),
        senders=np.concatenate([senders, receivers]).astype(np.int32),
        receivers=np.concatenate([receivers, senders]).astype(np.int32),
        globals=np.zeros((1, 1), np.float32),
        n_node=np.array([count], np.int32),
        n_edge=np.array([2 * len(senders)], np.int32),
    )


def batch(count: int, rng: np.random.Generator) -> Batch:
    """So many graphs, padded to the most nodes and edges that they may have."""
    labels = rng.integers(0, 2, count)
    graphs = jraph.batch_np([graph(int(label), rng) for label in labels])
    padded = jraph.pad_with_graphs(graphs, count * LARGEST + 1, 2 * count * LARGEST + 1, count + 1)
    return Batch(padded, np.append(labels, 0).astype(np.int32))


def initial(seed: int) -> Learner:
    """A learner that has learnt nothing."""
    params = network.init(jax.random.PRNGKey(seed), batch(1, np.random.default_rng(seed)).graphs)
    return Learner(params, optimizer.init(params))


def loss(params: Any, some: Batch) -> Any:
    """The mean cross entropy of the graphs that are no padding."""
    real = jraph.get_graph_padding_mask(some.graphs)
    losses = optax.softmax_cross_entropy_with_integer_labels(network.apply(params, some.graphs), some.labels)
    return jnp.sum(jnp.where(real, losses, 0)) / jnp.sum(real)


@jax.jit
def update(learner: Learner, some: Batch) -> tuple[Learner, Any, Any]:
    """One step of momentum, clipped: the next learner, the loss and its gradient."""
    value, gradient = jax.value_and_grad(loss)(learner.params, some)
    updates, opt_state = optimizer.update(gradient, learner.opt_state)
    return Learner(optax.apply_updates(learner.params, updates), opt_state), value, gradient


@jax.jit
def accuracy(params: Any, some: Batch) -> Any:
    """The part of the graphs whose shape is told."""
    right = jnp.argmax(network.apply(params, some.graphs), -1) == some.labels
    real = jraph.get_graph_padding_mask(some.graphs)
    return jnp.sum(right & real) / jnp.sum(real)


def main() -> None:
    """Train, and say what comes of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=200)
    given = parser.parse_args()
    rng, learner = np.random.default_rng(given.seed), initial(given.seed)
    for step in range(given.steps):
        learner, value, gradient = update(learner, batch(16, rng))
        if step % 50 == 0:
            print(f"step {step}: loss {value:.3f}, gradient's norm {optax.global_norm(gradient):.3f}")
    print(f"{accuracy(learner.params, batch(200, rng)):.1%} of 200 other graphs are told")


if __name__ == "__main__":
    main()

"""Data-parallel training on eight devices, by `pmap` and by `shard_map`, that ends in the same network.

`python -m verax.as_jax examples/plain_jax/data_parallel.py`: each device has a part of the batch, and `pmean` makes of
their gradients that of the whole.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh
from jax.sharding import PartitionSpec as P

DEVICES, INPUTS, HIDDEN, RATE = 8, 4, 16, 0.2

Update = Callable[[Any, Any], tuple[Any, Any, Any]]


def initial(seed: int) -> dict[str, Any]:
    """A network of two layers."""
    first, second = jax.random.split(jax.random.PRNGKey(seed))
    return {
        "w": jax.random.normal(first, (INPUTS, HIDDEN)) / INPUTS**0.5,
        "b": jnp.zeros(HIDDEN),
        "v": jax.random.normal(second, (HIDDEN,)) / HIDDEN**0.5,
    }


def examples(count: int, rng: np.random.Generator) -> tuple[Any, Any]:
    """Points, and what is to be learnt of them: [DEVICES, count, INPUTS] and [DEVICES, count]."""
    points = rng.normal(size=(DEVICES, count, INPUTS)).astype(np.float32)
    return points, np.sin(points[..., 0] + points[..., 1] * points[..., 2]).astype(np.float32)


def loss(params: Any, batch: Any) -> Any:
    """Half the mean squared error on some of the examples."""
    points, wanted = batch
    found = jnp.tanh(points @ params["w"] + params["b"]) @ params["v"]
    return jnp.mean((found - wanted) ** 2) / 2


@partial(jax.pmap, axis_name="devices", in_axes=(None, 0), out_axes=None)
def update_by_pmap(params: Any, batch: Any) -> tuple[Any, Any, Any]:
    """One step on each device's part of the batch: the next parameters, the loss and its gradient."""
    value, gradient = jax.value_and_grad(loss)(params, batch)
    value, gradient = jax.lax.pmean((value, gradient), "devices")
    return jax.tree.map(lambda p, g: p - RATE * g, params, gradient), value, gradient


def update_by_shard_map() -> Update:
    """The same by `shard_map`, of which the loss is a mean over devices: it is differentiated from outside."""
    mesh = Mesh(np.asarray(jax.devices()[:DEVICES]), ("devices",))

    @partial(jax.shard_map, mesh=mesh, in_specs=(P(), P("devices")), out_specs=P())
    def mean_loss(params: Any, batch: Any) -> Any:
        return jax.lax.pmean(loss(params, batch), "devices")

    @jax.jit
    def update(params: Any, batch: Any) -> tuple[Any, Any, Any]:
        value, gradient = jax.value_and_grad(mean_loss)(params, batch)
        return jax.tree.map(lambda p, g: p - RATE * g, params, gradient), value, gradient

    return update


def train(update: Update, seed: int, steps: int) -> tuple[Any, float]:
    """The parameters after so many steps, and the loss of the last one."""
    rng, params, value = np.random.default_rng(seed), initial(seed), jnp.inf
    for _ in range(steps):
        params, value, _ = update(params, examples(8, rng))
    return params, float(value)


def main() -> None:
    """Train both ways, and say what comes of it."""
    jax.config.update("jax_num_cpu_devices", DEVICES)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=200)
    given = parser.parse_args()
    for name, update in (("pmap", update_by_pmap), ("shard_map", update_by_shard_map())):
        params, value = train(update, given.seed, given.steps)
        size = jnp.sqrt(sum(jnp.sum(x**2) for x in jax.tree.leaves(params)))
        print(f"{name}: loss {value:.4f} after {given.steps} steps, parameters of norm {size:.4f}")


if __name__ == "__main__":
    main()

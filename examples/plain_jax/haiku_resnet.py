"""A small Haiku ResNet with batch normalisation: `python -m verax.as_jax examples/plain_jax/haiku_resnet.py`.

It tells the direction of stripes. The averages of batch normalisation are the state of `hk.transform_with_state`.
"""

from __future__ import annotations

import argparse
from typing import Any, NamedTuple

import haiku as hk
import jax
import jax.numpy as jnp
import numpy as np
import optax

SIZE, DIRECTIONS, RATE = 16, 4, 3e-2


class Learner(NamedTuple):
    """What is learnt, and what is remembered."""

    params: Any
    state: Any
    opt_state: Any


class Images(NamedTuple):
    """Images, and the direction of each one's stripes."""

    pixels: Any  # [n, SIZE, SIZE, 1]
    labels: Any  # [n]


def _scores(pixels: Any, is_training: bool) -> Any:
    resnet = hk.nets.ResNet(
        blocks_per_group=(1, 0, 0, 0),
        num_classes=DIRECTIONS,
        # Haiku takes a variance for the mean of squares less the square of the mean: next to 0 it has few digits.
        bn_config={"decay_rate": 0.9, "eps": 1e-1},  # tolerance-name: it is added to the variance
        bottleneck=False,
        channels_per_group=(4, 4, 4, 4),
        use_projection=(False, False, False, False),
        initial_conv_config={"output_channels": 4, "kernel_shape": 3, "stride": 2},
    )
    return resnet(pixels, is_training)


network = hk.without_apply_rng(hk.transform_with_state(_scores))
optimizer = optax.sgd(RATE, momentum=0.9)


def stripes(count: int, rng: np.random.Generator) -> Images:
    """So many noisy images."""
    labels = rng.integers(0, DIRECTIONS, count)
    angles = (np.pi * labels / DIRECTIONS)[:, None, None]
    down, right = np.mgrid[:SIZE, :SIZE]
    waves = np.sin(right * np.cos(angles) + down * np.sin(angles) + rng.uniform(0, 6, (count, 1, 1)))
    pixels = waves + rng.normal(0, 0.3, waves.shape)
    return Images(pixels[..., None].astype(np.float32), labels.astype(np.int32))


def initial(seed: int) -> Learner:
    """A learner that has learnt nothing."""
    params, state = network.init(jax.random.PRNGKey(seed), jnp.zeros((1, SIZE, SIZE, 1)), is_training=True)
    return Learner(params, state, optimizer.init(params))


def loss(params: Any, state: Any, images: Images) -> tuple[Any, Any]:
    """The mean cross entropy, and the next state."""
    scores, state = network.apply(params, state, images.pixels, is_training=True)
    return jnp.mean(optax.softmax_cross_entropy_with_integer_labels(scores, images.labels)), state


@jax.jit
def update(learner: Learner, images: Images) -> tuple[Learner, Any, Any]:
    """One step of momentum: the next learner, the loss and its gradient."""
    differentiated = jax.value_and_grad(loss, has_aux=True)
    (value, state), gradient = differentiated(learner.params, learner.state, images)
    updates, opt_state = optimizer.update(gradient, learner.opt_state)
    return Learner(optax.apply_updates(learner.params, updates), state, opt_state), value, gradient


@jax.jit
def accuracy(learner: Learner, images: Images) -> Any:
    """The part of the images whose direction is told, by the averages."""
    scores, _ = network.apply(learner.params, learner.state, images.pixels, is_training=False)
    return jnp.mean(jnp.argmax(scores, -1) == images.labels)


def main() -> None:
    """Train, and say what comes of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=100)
    given = parser.parse_args()
    rng, learner = np.random.default_rng(given.seed), initial(given.seed)
    for step in range(given.steps):
        learner, value, gradient = update(learner, stripes(32, rng))
        if step % 20 == 0:
            print(f"step {step}: loss {value:.3f}, gradient's norm {optax.global_norm(gradient):.3f}")
    print(f"{accuracy(learner, stripes(200, rng)):.1%} of 200 other images are told")


if __name__ == "__main__":
    main()

"""A convolutional classifier, trained with RMSProp, which is written out.

Images of 6 x 6 pixels hold noisy stripes, level or upright. Four kernels of 3 x 3, a ReLU, the mean over all places,
and one dense layer tell them apart. RMSProp divides each slope by the root of a running mean of its squares (Tieleman
and Hinton, "Neural networks for machine learning", lecture 6.5, 2012).

The gate judges the loss at real batches, before and after the training; `verax.check_equations` judges a whole step,
equation by equation.
"""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float32, Int32

import verax
import verax.numpy as vnp
from verax import Array, lax, nn, tree_util

SIZE, KERNELS, BATCH = 6, 4, 16
RATE, DECAY, SMALL = 0.0625, 0.875, 1e-6

Images = Float32[Array, "n 6 6 1"]
Labels = Int32[Array, "n"]


class Parameters(NamedTuple):
    """Their shapes are not annotated: no inputs are drawn, the real ones are judged."""

    kernels: Array
    bias: Array
    dense: Array


def scores(p: Parameters, images: Any) -> Any:
    """The network."""
    x = lax.conv_general_dilated(
        images, p.kernels, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
    )
    return vnp.mean(nn.relu(x + p.bias), axis=(1, 2)) @ p.dense


def cross_entropy(p: Parameters, images: Any, labels: Any) -> Any:
    """The mean over a batch."""
    return -vnp.mean(vnp.sum(nn.one_hot(labels, 2) * nn.log_softmax(scores(p, images)), axis=-1))


def step(p: Parameters, squares: Parameters, images: Any, labels: Any) -> tuple[Parameters, Parameters]:
    """The next parameters, and the running means of squared slopes."""
    slopes = verax.grad(cross_entropy)(p, images, labels)
    squares = tree_util.tree_map(lambda s, g: DECAY * s + (1 - DECAY) * g * g, squares, slopes)
    p = tree_util.tree_map(lambda w, g, s: w - RATE * g * lax.rsqrt(s + SMALL), p, slopes, squares)
    return p, squares


def batch(seed: int, count: int = BATCH) -> tuple[Any, Any]:
    """Stripes with noise, and which way they go: 0 level, 1 upright."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, count)
    waves = np.sin(np.pi / 2 * np.arange(SIZE) + rng.uniform(0, 2 * np.pi, (count, 1)))
    stripes = np.where(labels[:, None, None], waves[:, None, :], waves[:, :, None])
    images = stripes + rng.normal(0, 0.25, (count, SIZE, SIZE))
    return vnp.asarray(images[..., None].astype(np.float32)), vnp.asarray(labels.astype(np.int32))


def start() -> Parameters:
    """Where the training begins."""
    rng = np.random.default_rng(0)
    drawn = rng.normal(0, 1 / 3, (3, 3, 1, KERNELS)), np.zeros(KERNELS), rng.normal(0, 0.5, (KERNELS, 2))
    return Parameters(*(vnp.asarray(a.astype(np.float32)) for a in drawn))


@functools.cache
def trained(steps: int = 60) -> Parameters:
    """The parameters after some steps."""
    p = start()
    squares = tree_util.tree_map(vnp.zeros_like, p)
    fast_step = verax.jit(step)
    for seed in range(steps):
        p, squares = fast_step(p, squares, *batch(seed))
    return p


@verax.subject(inputs=lambda: [(start(), *batch(1000 + k, 2)) for k in range(8)])
def loss_at_start(p: Parameters, images: Images, labels: Labels) -> Float32[Array, ""]:
    """The loss where the training begins."""
    return cross_entropy(p, images, labels)


@verax.subject(inputs=lambda: [(trained(), *batch(1000 + k, 2)) for k in range(8)])
def loss_when_trained(p: Parameters, images: Images, labels: Labels) -> Float32[Array, ""]:
    """The loss where the training ends."""
    return cross_entropy(p, images, labels)


def accuracy(p: Parameters) -> float:
    """The share of 200 new images that are told right."""
    images, labels = batch(2000, 200)
    return float(vnp.mean(vnp.argmax(scores(p, images), axis=-1) == labels))


def main() -> None:
    """A loss in both implementations, the accuracy before and after, and the verdict on the trained gradient."""
    for implementation in ("fast", "reference"):
        with verax.using(implementation):
            print(implementation, loss_at_start(start(), *batch(0, 2)))
    print(f"accuracy {accuracy(start()):.0%} before and {accuracy(trained()):.0%} after")
    print(verax.judge(loss_when_trained, trained(), *batch(1000, 2), order=1))


if __name__ == "__main__":
    main()

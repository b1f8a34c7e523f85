"""Handwritten digits: a small network, trained here, whose loss is judged on real images.

`python examples/digits.py` trains it on scikit-learn's bundled digits with `verax.grad` and `verax.jit` and
prints its accuracy on images it has not seen. `verax gate examples/digits.py` judges the loss and its
gradient at real batches, at the parameters before and after the training.
"""

from __future__ import annotations

import functools
import time
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float32, Int32

import verax
import verax.numpy as vnp
from verax import Array, lax, nn

HIDDEN, CLASSES, PIXELS = 16, 10, 64
STEPS, BATCH, RATE, MOMENTUM = 400, 64, 0.1, 0.9


class Parameters(NamedTuple):
    """Two dense layers. Their shapes are not annotated: no inputs are drawn, the real ones are judged."""

    weights: Array
    bias: Array
    out_weights: Array
    out_bias: Array


Images = Float32[Array, "n 64"]
Labels = Int32[Array, "n"]


def _logits(parameters: Parameters, images: Images) -> Any:
    hidden = nn.relu(images @ parameters.weights + parameters.bias)
    return hidden @ parameters.out_weights + parameters.out_bias


def _loss(parameters: Parameters, images: Images, labels: Labels) -> Any:
    """The mean cross entropy of a batch, by max-shift."""
    logits = _logits(parameters, images)
    shifted = logits - lax.stop_gradient(vnp.max(logits, axis=-1, keepdims=True))
    log_probabilities = shifted - vnp.log(vnp.sum(vnp.exp(shifted), axis=-1, keepdims=True))
    return -vnp.mean(vnp.sum(nn.one_hot(labels, CLASSES) * log_probabilities, axis=-1))


@functools.cache
def _data() -> tuple[np.ndarray[Any, Any], ...]:
    """Images in [0, 1] and labels, shuffled once: 1,437 to train with, 360 to test with."""
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(labels))
    images = (images[order] / 16).astype(np.float32)
    labels = labels[order].astype(np.int32)
    return images[:1437], labels[:1437], images[1437:], labels[1437:]


def _initial() -> Parameters:
    random = np.random.default_rng(1)

    def dense(inputs: int, outputs: int) -> Any:
        scale = np.sqrt(2 / inputs)
        return vnp.asarray((random.standard_normal((inputs, outputs)) * scale).astype(np.float32))

    return Parameters(dense(PIXELS, HIDDEN), vnp.zeros(HIDDEN), dense(HIDDEN, CLASSES), vnp.zeros(CLASSES))


@verax.jit
def _step(
    parameters: Parameters, velocity: Parameters, images: Images, labels: Labels
) -> tuple[Parameters, Parameters]:
    gradient = verax.grad(_loss)(parameters, images, labels)
    velocity = Parameters(*(MOMENTUM * v - RATE * g for v, g in zip(velocity, gradient, strict=True)))
    return Parameters(*(p + v for p, v in zip(parameters, velocity, strict=True))), velocity


@functools.cache
def _trained() -> Parameters:
    """The parameters after the training, which runs once, when they are first asked for."""
    images, labels, _, _ = _data()
    parameters = _initial()
    velocity = Parameters(*map(vnp.zeros_like, parameters))
    random = np.random.default_rng(2)
    for _ in range(STEPS):
        batch = random.integers(0, len(labels), BATCH)
        parameters, velocity = _step(parameters, velocity, images[batch], labels[batch])
    return parameters


def _accuracy(parameters: Parameters) -> float:
    _, _, images, labels = _data()
    return float(np.mean(np.argmax(np.asarray(_logits(parameters, vnp.asarray(images))), axis=-1) == labels))


def _batches(parameters: Parameters, size: int = 2, count: int = 40) -> list[tuple[Any, ...]]:
    """Real batches, to be judged at these parameters."""
    _, _, images, labels = _data()
    starts = range(0, count * size, size)
    return [(parameters, images[i : i + size], labels[i : i + size]) for i in starts]


@verax.subject(inputs=lambda: _batches(_initial()))
def loss_at_start(parameters: Parameters, images: Images, labels: Labels) -> Float32[Array, ""]:
    """The loss where the training begins."""
    return _loss(parameters, images, labels)


@verax.subject(inputs=lambda: _batches(_trained()))
def loss_when_trained(parameters: Parameters, images: Images, labels: Labels) -> Float32[Array, ""]:
    """The loss where the training ends: confident, so its exponentials are far apart."""
    return _loss(parameters, images, labels)


def main() -> None:
    """Train, and say how well."""
    began = time.perf_counter()
    before, after = _accuracy(_initial()), _accuracy(_trained())
    seconds = time.perf_counter() - began
    print(f"test accuracy {before:.1%} before and {after:.1%} after {STEPS} steps, in {seconds:.1f} s")


if __name__ == "__main__":
    main()

"""Twelve losses and activations in their usual stable form.

Judge them all with `verax gate examples/losses.py`, one with `verax gate examples/losses.py::huber`.
The annotations say what each function takes, and from which domain: nothing else needs writing.
"""

from __future__ import annotations

import math
from typing import Annotated

from annotated_types import Interval
from jaxtyping import Float32

import verax.numpy as vnp
from verax import Array, lax

Logits = Annotated[Float32[Array, "n k"], Interval(ge=-100, le=100)]
Probabilities = Annotated[Float32[Array, "n k"], Interval(ge=0, le=1)]
LogProbabilities = Annotated[Float32[Array, "n k"], Interval(ge=-50, le=0)]
Features = Annotated[Float32[Array, "n k"], Interval(ge=-10, le=10)]
Weights = Annotated[Float32[Array, "k"], Interval(ge=-10, le=10)]
Scores = Annotated[Float32[Array, "n"], Interval(ge=-100, le=100)]
Labels = Annotated[Float32[Array, "n"], Interval(ge=0, le=1)]
Signs = Annotated[Float32[Array, "n"], Interval(ge=-1, le=1)]


def logsumexp(logits: Logits) -> Float32[Array, "n"]:
    """log(sum(exp(x))), shifted by the largest entry so that nothing overflows."""
    largest = lax.stop_gradient(vnp.max(logits, axis=-1, keepdims=True))
    return vnp.log(vnp.sum(vnp.exp(logits - largest), axis=-1)) + vnp.squeeze(largest, axis=-1)


def softmax_cross_entropy(logits: Logits, labels: Probabilities) -> Float32[Array, "n"]:
    """-sum(labels * log_softmax(logits)), by max-shift."""
    shifted = logits - lax.stop_gradient(vnp.max(logits, axis=-1, keepdims=True))
    log_probabilities = shifted - vnp.log(vnp.sum(vnp.exp(shifted), axis=-1, keepdims=True))
    return -vnp.sum(labels * log_probabilities, axis=-1)


def softplus(x: Scores) -> Float32[Array, "n"]:
    """log(1 + exp(x)); max(x, 0) + log1p(exp(-|x|)) has its value, but at 0 not its second derivative."""
    return vnp.logaddexp(x, 0)


def sigmoid_cross_entropy(logits: Scores, labels: Labels) -> Float32[Array, "n"]:
    """The cross entropy of Bernoulli labels, from logits and without a sigmoid that saturates."""
    return vnp.logaddexp(logits, 0) - logits * labels


def huber(predictions: Scores, targets: Scores) -> Float32[Array, "n"]:
    """Quadratic up to an error of 1, linear beyond it."""
    error = predictions - targets
    quadratic = vnp.clip(error, -1, 1)
    return quadratic * (error - 0.5 * quadratic)


def log_cosh(predictions: Scores, targets: Scores) -> Float32[Array, "n"]:
    """log(cosh(error)), which overflows for errors above 89 if written like that."""
    error = predictions - targets
    return vnp.logaddexp(error, -error) - math.log(2)


def hinge(scores: Scores, labels: Signs) -> Float32[Array, "n"]:
    """The margin that a score lacks on its label's side."""
    return vnp.maximum(0, 1 - scores * labels)


def kl_divergence(log_predictions: LogProbabilities, targets: Probabilities) -> Float32[Array, "n"]:
    """sum(targets * (log(targets) - log_predictions)), where 0 log 0 = 0."""
    positive = targets > 0
    log_targets = vnp.where(positive, vnp.log(vnp.where(positive, targets, 1)), 0)
    return vnp.sum(targets * (log_targets - log_predictions), axis=-1)


def cosine_similarity(x: Features, y: Features) -> Float32[Array, "n"]:
    """The cosine of the angle between rows; rows shorter than 0.001 count as that long."""
    x_scale = lax.rsqrt(vnp.maximum(vnp.sum(x * x, axis=-1), 1e-6))
    y_scale = lax.rsqrt(vnp.maximum(vnp.sum(y * y, axis=-1), 1e-6))
    return vnp.sum(x * y, axis=-1) * x_scale * y_scale


def gelu(x: Scores) -> Float32[Array, "n"]:
    """x times the normal distribution function, by erfc: 1 + erf would cancel for negative x."""
    return 0.5 * x * lax.erfc(-x * math.sqrt(0.5))


def layer_norm(x: Features, gain: Weights, bias: Weights) -> Float32[Array, "n k"]:
    """Rows moved to mean 0 and variance 1, then scaled and shifted."""
    centred = x - vnp.mean(x, axis=-1, keepdims=True)
    variance = vnp.mean(centred * centred, axis=-1, keepdims=True)
    return centred * lax.rsqrt(variance + 1e-3) * gain + bias


def triplet(anchor: Features, positive: Features, negative: Features) -> Float32[Array, "n"]:
    """By how much a positive example is not at least 1 nearer to the anchor than a negative one."""
    near = vnp.sum((anchor - positive) ** 2, axis=-1)
    far = vnp.sum((anchor - negative) ** 2, axis=-1)
    return vnp.maximum(near - far + 1, 0)

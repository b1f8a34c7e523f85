"""Optax's losses, named and annotated: `verax gate examples/packs/optax_losses.py` judges them as JAX runs them.

A pack says what another library's functions take, and from which domain; nothing else needs writing. Sizes are fixed,
for JAX compiles every shape anew. It needs Optax: `pip install optax`.
"""

from __future__ import annotations

from typing import Annotated

import jax
import jax.numpy as jnp
from annotated_types import Interval
from jaxtyping import Float32, Int32
from optax import losses

from verax.language.subject import Index

# What models give, and what it is held against: rows of classes, or one number an example.
Logits = Annotated[Float32[jax.Array, "2 4"], Interval(ge=-100, le=100)]
Probabilities = Annotated[Float32[jax.Array, "2 4"], Interval(ge=0, le=1)]
LogProbabilities = Annotated[Float32[jax.Array, "2 4"], Interval(ge=-50, le=0)]
Features = Annotated[Float32[jax.Array, "2 4"], Interval(ge=-10, le=10)]
Classes = Annotated[Int32[jax.Array, "2"], Index(4)]
Scores = Annotated[Float32[jax.Array, "5"], Interval(ge=-100, le=100)]
Labels = Annotated[Float32[jax.Array, "5"], Interval(ge=0, le=1)]
Bits = Annotated[Int32[jax.Array, "5"], Interval(ge=0, le=1)]
Signs = Annotated[Float32[jax.Array, "5"], Interval(ge=-1, le=1)]
Scalar = Float32[jax.Array, ""]
Each = Float32[jax.Array, "5"]
Row = Float32[jax.Array, "2"]
Table = Float32[jax.Array, "2 4"]


# -- regression ----------------------------------------------------------------------------------------------
def squared_error(predictions: Scores, targets: Scores) -> Each:
    return losses.squared_error(predictions, targets)


def l2_loss(predictions: Scores, targets: Scores) -> Each:
    return losses.l2_loss(predictions, targets)


def huber_loss(predictions: Scores, targets: Scores) -> Each:
    return losses.huber_loss(predictions, targets)


def log_cosh(predictions: Scores, targets: Scores) -> Each:
    return losses.log_cosh(predictions, targets)


def cosine_similarity(predictions: Features, targets: Features) -> Row:
    return losses.cosine_similarity(predictions, targets)


def cosine_similarity_with_epsilon(predictions: Features, targets: Features) -> Row:
    return losses.cosine_similarity(predictions, targets, epsilon=1e-3)


def cosine_distance(predictions: Features, targets: Features) -> Row:
    return losses.cosine_distance(predictions, targets)


# -- classification ------------------------------------------------------------------------------------------
def hinge_loss(predictor_outputs: Scores, targets: Signs) -> Each:
    return losses.hinge_loss(predictor_outputs, targets)


def perceptron_loss(predictor_outputs: Scores, targets: Signs) -> Each:
    return losses.perceptron_loss(predictor_outputs, targets)


def sparsemax_loss(logits: Scores, labels: Bits) -> Each:
    return losses.sparsemax_loss(logits, labels)


def sigmoid_binary_cross_entropy(logits: Scores, labels: Labels) -> Each:
    return losses.sigmoid_binary_cross_entropy(logits, labels)


def sigmoid_focal_loss(logits: Scores, labels: Labels) -> Each:
    return losses.sigmoid_focal_loss(logits, labels, alpha=0.25)


def multiclass_hinge_loss(scores: Logits, labels: Classes) -> Row:
    return losses.multiclass_hinge_loss(scores, labels)


def multiclass_perceptron_loss(scores: Logits, labels: Classes) -> Row:
    return losses.multiclass_perceptron_loss(scores, labels)


def multiclass_sparsemax_loss(scores: Logits, labels: Classes) -> Row:
    return losses.multiclass_sparsemax_loss(scores, labels)


def softmax_cross_entropy(logits: Logits, labels: Probabilities) -> Row:
    return losses.softmax_cross_entropy(logits, labels)


def safe_softmax_cross_entropy(logits: Logits, labels: Probabilities) -> Row:
    return losses.safe_softmax_cross_entropy(logits, labels)


def softmax_cross_entropy_with_integer_labels(logits: Logits, labels: Classes) -> Row:
    return losses.softmax_cross_entropy_with_integer_labels(logits, labels)


def poly_loss_cross_entropy(logits: Logits, labels: Probabilities) -> Row:
    return losses.poly_loss_cross_entropy(logits, labels)


def ranking_softmax_loss(logits: Logits, labels: Probabilities) -> Scalar:
    return losses.ranking_softmax_loss(logits, labels)


def fenchel_young_loss(scores: Logits, targets: Probabilities) -> Row:
    return losses.make_fenchel_young_loss(jax.nn.logsumexp)(scores, targets)


def smooth_labels(labels: Probabilities, alpha: Annotated[float, Interval(ge=0, le=1)]) -> Table:
    return losses.smooth_labels(labels, alpha)


# -- divergences ---------------------------------------------------------------------------------------------
def kl_divergence(log_predictions: LogProbabilities, targets: Probabilities) -> Row:
    return losses.kl_divergence(log_predictions, targets)


def kl_divergence_with_log_targets(log_predictions: LogProbabilities, log_targets: LogProbabilities) -> Row:
    return losses.kl_divergence_with_log_targets(log_predictions, log_targets)


def convex_kl_divergence(log_predictions: LogProbabilities, targets: Probabilities) -> Row:
    return losses.convex_kl_divergence(log_predictions, targets)


def generalized_kl_divergence(log_predictions: LogProbabilities, targets: Probabilities) -> Row:
    return losses.generalized_kl_divergence(log_predictions, targets)


# -- segmentation --------------------------------------------------------------------------------------------
def dice_loss(predictions: Logits, targets: Probabilities) -> Row:
    return losses.dice_loss(predictions, targets)


def binary_dice_loss(predictions: Scores, targets: Labels) -> Each:
    return losses.binary_dice_loss(predictions, targets)


def multiclass_generalized_dice_loss(predictions: Logits, targets: Probabilities) -> Scalar:
    return losses.multiclass_generalized_dice_loss(predictions, targets)


# -- embeddings and sequences --------------------------------------------------------------------------------
def triplet_margin_loss(anchors: Features, positives: Features, negatives: Features) -> Row:
    return losses.triplet_margin_loss(anchors, positives, negatives)


def ntxent(embeddings: Annotated[Float32[jax.Array, "4 3"], Interval(ge=-10, le=10)]) -> Scalar:
    return losses.ntxent(embeddings, jnp.array([0, 0, 1, 1]))


Frames = Annotated[Float32[jax.Array, "1 2 2"], Interval(ge=-20, le=20)]
Transcript = Annotated[Int32[jax.Array, "1 1"], Interval(ge=1, le=1)]


def ctc_loss(logits: Frames, labels: Transcript) -> Float32[jax.Array, "1"]:
    return losses.ctc_loss(logits, jnp.zeros((1, 2)), labels, jnp.zeros((1, 1)))


def ctc_loss_with_forward_probs(
    logits: Frames, labels: Transcript
) -> tuple[Float32[jax.Array, "1"], Float32[jax.Array, "2 1 2"], Float32[jax.Array, "2 1 1"]]:
    return losses.ctc_loss_with_forward_probs(logits, jnp.zeros((1, 2)), labels, jnp.zeros((1, 1)))

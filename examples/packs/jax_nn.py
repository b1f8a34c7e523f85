"""JAX's activations, named and annotated: `verax gate examples/packs/jax_nn.py` judges JAX's own code.

A pack says what another library's functions take, and from which domain; nothing else needs writing. Sizes are fixed,
for JAX compiles every shape anew.
"""

from __future__ import annotations

from typing import Annotated

import jax
from annotated_types import Interval
from jaxtyping import Float32, Int32

from verax.language.subject import Index

Vector = Annotated[Float32[jax.Array, "6"], Interval(ge=-100, le=100)]
Rows = Annotated[Float32[jax.Array, "2 4"], Interval(ge=-100, le=100)]
Heads = Annotated[Float32[jax.Array, "1 3 2 4"], Interval(ge=-5, le=5)]
Elements = Float32[jax.Array, "6"]
Same = Float32[jax.Array, "2 4"]


# -- elementwise ---------------------------------------------------------------------------------------------
def celu(x: Vector) -> Elements:
    return jax.nn.celu(x)


def elu(x: Vector) -> Elements:
    return jax.nn.elu(x)


def gelu(x: Vector) -> Elements:
    return jax.nn.gelu(x)


def gelu_exact(x: Vector) -> Elements:
    return jax.nn.gelu(x, approximate=False)


def hard_sigmoid(x: Vector) -> Elements:
    return jax.nn.hard_sigmoid(x)


def hard_silu(x: Vector) -> Elements:
    return jax.nn.hard_silu(x)


def hard_swish(x: Vector) -> Elements:
    return jax.nn.hard_swish(x)


def hard_tanh(x: Vector) -> Elements:
    return jax.nn.hard_tanh(x)


def identity(x: Vector) -> Elements:
    return jax.nn.identity(x)


def leaky_relu(x: Vector) -> Elements:
    return jax.nn.leaky_relu(x)


def log1mexp(x: Annotated[Float32[jax.Array, "6"], Interval(ge=1e-6, le=100)]) -> Elements:
    return jax.nn.log1mexp(x)


def log_sigmoid(x: Vector) -> Elements:
    return jax.nn.log_sigmoid(x)


def mish(x: Vector) -> Elements:
    return jax.nn.mish(x)


def relu(x: Vector) -> Elements:
    return jax.nn.relu(x)


def relu6(x: Vector) -> Elements:
    return jax.nn.relu6(x)


def selu(x: Vector) -> Elements:
    return jax.nn.selu(x)


def sigmoid(x: Vector) -> Elements:
    return jax.nn.sigmoid(x)


def silu(x: Vector) -> Elements:
    return jax.nn.silu(x)


def soft_sign(x: Vector) -> Elements:
    return jax.nn.soft_sign(x)


def softplus(x: Vector) -> Elements:
    return jax.nn.softplus(x)


def sparse_plus(x: Vector) -> Elements:
    return jax.nn.sparse_plus(x)


def sparse_sigmoid(x: Vector) -> Elements:
    return jax.nn.sparse_sigmoid(x)


def squareplus(x: Vector) -> Elements:
    return jax.nn.squareplus(x)


def swish(x: Vector) -> Elements:
    return jax.nn.swish(x)


def tanh(x: Vector) -> Elements:
    return jax.nn.tanh(x)


# -- over an axis --------------------------------------------------------------------------------------------
def glu(x: Rows) -> Float32[jax.Array, "2 2"]:
    return jax.nn.glu(x)


def log_softmax(x: Rows) -> Same:
    return jax.nn.log_softmax(x)


def logmeanexp(x: Rows) -> Float32[jax.Array, "2"]:
    return jax.nn.logmeanexp(x, axis=-1)


def logsumexp(x: Rows) -> Float32[jax.Array, "2"]:
    return jax.nn.logsumexp(x, axis=-1)


def softmax(x: Rows) -> Same:
    return jax.nn.softmax(x)


def standardize(x: Rows) -> Same:
    return jax.nn.standardize(x)


def one_hot(x: Annotated[Int32[jax.Array, "6"], Index(4)]) -> Float32[jax.Array, "6 4"]:
    return jax.nn.one_hot(x, 4)


def dot_product_attention(query: Heads, key: Heads, value: Heads) -> Float32[jax.Array, "1 3 2 4"]:
    return jax.nn.dot_product_attention(query, key, value)

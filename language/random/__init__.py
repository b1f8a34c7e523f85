"""`jax.random`: counter-based random numbers out of the threefry primitive.

Keys, splits and bits are JAX's to the bit, in its default layout (``threefry_partitionable``): element i of
an array of bits depends on the key and on i alone.
"""

from __future__ import annotations

from .categories import categorical, gumbel
from .continuous import cauchy, exponential, laplace, logistic
from .integers import randint
from .keys import KeyArray, PRNGKey, clone, key, key_data, key_impl, wrap_key_data
from .normals import normal, truncated_normal
from .orders import choice, permutation
from .uniforms import bernoulli, rademacher, uniform
from .words import bits, fold_in, split

__all__ = [
    "KeyArray",
    "PRNGKey",
    "bernoulli",
    "bits",
    "categorical",
    "cauchy",
    "choice",
    "clone",
    "exponential",
    "fold_in",
    "gumbel",
    "key",
    "key_data",
    "key_impl",
    "laplace",
    "logistic",
    "normal",
    "permutation",
    "rademacher",
    "randint",
    "split",
    "truncated_normal",
    "uniform",
    "wrap_key_data",
]

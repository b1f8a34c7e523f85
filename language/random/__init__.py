"""`jax.random`: counter-based random numbers out of the threefry primitive.

Keys, splits and bits are JAX's to the bit, in its default layout (``threefry_partitionable``): element i of
an array of bits depends on the key and on i alone.
"""

from __future__ import annotations

from .categories import categorical, gumbel
from .continuous import cauchy, exponential, laplace, logistic, pareto, rayleigh, triangular, weibull_min
from .counts import binomial, geometric, multinomial, poisson
from .gammas import ball, beta, chisquare, dirichlet, f, gamma, generalized_normal, loggamma, t
from .integers import randint
from .keys import KeyArray, PRNGKey, clone, key, key_data, key_dtype, key_impl, wrap_key_data
from .matrices import multivariate_normal, orthogonal
from .normals import double_sided_maxwell, lognormal, maxwell, normal, truncated_normal, wald
from .orders import choice, permutation
from .uniforms import bernoulli, rademacher, uniform
from .words import bits, fold_in, split

__all__ = [
    "KeyArray",
    "PRNGKey",
    "ball",
    "bernoulli",
    "beta",
    "binomial",
    "bits",
    "categorical",
    "cauchy",
    "chisquare",
    "choice",
    "clone",
    "dirichlet",
    "double_sided_maxwell",
    "exponential",
    "f",
    "fold_in",
    "gamma",
    "generalized_normal",
    "geometric",
    "gumbel",
    "key",
    "key_data",
    "key_dtype",
    "key_impl",
    "laplace",
    "loggamma",
    "logistic",
    "lognormal",
    "maxwell",
    "multinomial",
    "multivariate_normal",
    "normal",
    "orthogonal",
    "pareto",
    "permutation",
    "poisson",
    "rademacher",
    "randint",
    "rayleigh",
    "split",
    "t",
    "triangular",
    "truncated_normal",
    "uniform",
    "wald",
    "weibull_min",
    "wrap_key_data",
]

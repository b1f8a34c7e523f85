"""Distributions of floats that are one inverse of a distribution function, of uniform floats."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..dtypes import finfo
from .uniforms import float_dtype, uniform


def exponential(key: Any, shape: Any = (), dtype: Any = None) -> Array:
    """The exponential distribution with mean 1."""
    u = uniform(key, shape, float_dtype("exponential", dtype))
    return lax.neg(lax.log1p(lax.neg(u)))


def laplace(key: Any, shape: Any = (), dtype: Any = None) -> Array:
    """The Laplace distribution with scale 1."""
    wanted = float_dtype("laplace", dtype)
    low = np.asarray(-1.0 + float(finfo(wanted).epsneg), wanted)[()]
    u = uniform(key, shape, wanted, low, 1.0)
    return lax.mul(lax.sign(u), lax.log1p(lax.neg(lax.abs(u))))


def logistic(key: Any, shape: Any = (), dtype: Any = None) -> Array:
    """The logistic distribution with scale 1."""
    wanted = float_dtype("logistic", dtype)
    u = uniform(key, shape, wanted, np.asarray(finfo(wanted).tiny, wanted)[()], 1.0)
    return lax.sub(lax.log(u), lax.log1p(lax.neg(u)))


def cauchy(key: Any, shape: Any = (), dtype: Any = None) -> Array:
    """The Cauchy distribution with scale 1."""
    wanted = float_dtype("cauchy", dtype)
    u = uniform(key, shape, wanted, np.asarray(finfo(wanted).eps, wanted)[()], 1.0)
    half = np.asarray(0.5, wanted)[()]
    return lax.tan(lax.mul(lax.sub(u, half), np.asarray(math.pi, wanted)[()]))

"""`jax.scipy.stats.norm`: the normal distribution with mean ``loc`` and deviation ``scale``.

Tails are computed by their own functions, never as one less the other tail; densities by their logarithm's terms.
Source: Abramowitz and Stegun, 26.2.
"""

from __future__ import annotations

import math
from typing import Any

from ... import numpy as vnp
from ...arrays import Array
from ..special import log_ndtr, ndtr, ndtri

__all__ = ["cdf", "isf", "logcdf", "logpdf", "logsf", "pdf", "ppf", "sf"]

_LOG_ROOT_TWO_PI = 0.5 * math.log(2 * math.pi)


def _standard(x: Any, loc: Any, scale: Any) -> Array:
    return vnp.true_divide(vnp.subtract(x, loc), scale)


def logpdf(x: Any, loc: Any = 0, scale: Any = 1) -> Array:
    """The logarithm of the density: -((x - loc) / scale)^2 / 2 - log(scale) - log(2 pi) / 2.

    Returns:
        Floats of the shape that the arguments broadcast to.

    Raises:
        TypeError: an argument is no array and no number.
        ValueError: shapes do not broadcast.
    """
    half_square = vnp.multiply(0.5, vnp.square(_standard(x, loc, scale)))
    return vnp.negative(vnp.add(vnp.add(half_square, vnp.log(scale)), _LOG_ROOT_TWO_PI))


def pdf(x: Any, loc: Any = 0, scale: Any = 1) -> Array:
    """The density. Arguments, shape, floats and errors are those of `logpdf`."""
    return vnp.exp(logpdf(x, loc, scale))


def cdf(x: Any, loc: Any = 0, scale: Any = 1) -> Array:
    """The probability of a value below x. Arguments, shape, floats and errors are those of `logpdf`."""
    return ndtr(_standard(x, loc, scale))


def logcdf(x: Any, loc: Any = 0, scale: Any = 1) -> Array:
    """Its logarithm, also where the probability underflows. Arguments, floats and errors are those of `logpdf`."""
    return log_ndtr(_standard(x, loc, scale))


def sf(x: Any, loc: Any = 0, scale: Any = 1) -> Array:
    """The probability of a value above x. Arguments, shape, floats and errors are those of `logpdf`."""
    return cdf(vnp.negative(x), vnp.negative(loc), scale)


def logsf(x: Any, loc: Any = 0, scale: Any = 1) -> Array:
    """Its logarithm. Arguments, shape, floats and errors are those of `logpdf`."""
    return logcdf(vnp.negative(x), vnp.negative(loc), scale)


def ppf(q: Any, loc: Any = 0, scale: Any = 1) -> Array:
    """The x below which a value is with probability q. Arguments, floats and errors are those of `logpdf`."""
    return vnp.add(vnp.multiply(ndtri(q), scale), loc)


def isf(q: Any, loc: Any = 0, scale: Any = 1) -> Array:
    """The x above which a value is with probability q. Arguments, floats and errors are those of `logpdf`."""
    return vnp.subtract(loc, vnp.multiply(ndtri(q), scale))

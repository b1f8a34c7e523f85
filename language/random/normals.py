"""The normal distribution and its kin."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import lax
from .. import numpy as vnp
from ..arrays import Array
from ..dispatch import lift
from ..numpy.promotion import array_of, convert
from ..shapes import broadcast_shapes, canonical_shape
from ..special import erf_inv
from .keys import raw_of
from .uniforms import drawn_uniform, float_dtype


def normal(key: Any, shape: Any = (), dtype: Any = None) -> Array:
    """The standard normal distribution."""
    wanted = float_dtype("normal", dtype)
    one = np.asarray(1.0, wanted)
    low = np.nextafter(-one, np.asarray(0.0, wanted))
    u = drawn_uniform(raw_of("normal", key), canonical_shape(shape), wanted, low[()], one[()])
    return lax.mul(erf_inv(u), np.asarray(math.sqrt(2.0), wanted)[()])


def truncated_normal(key: Any, lower: Any, upper: Any, shape: Any = None, dtype: Any = None) -> Array:
    """The standard normal distribution within (lower, upper)."""
    wanted = float_dtype("truncated_normal", dtype)
    low, high = (lift(convert(array_of("truncated_normal", x), wanted)) for x in (lower, upper))
    sizes = broadcast_shapes(low.shape, high.shape) if shape is None else canonical_shape(shape)
    root = np.asarray(math.sqrt(2.0), wanted)[()]
    first, last = (lax.erf(lax.div(x, root)) for x in (low, high))
    u = drawn_uniform(raw_of("truncated_normal", key), sizes, wanted, first, last)
    inf = np.asarray(np.inf, wanted)[()]
    inside = lax.nextafter(lax.stop_gradient(low), inf), lax.nextafter(lax.stop_gradient(high), -inf)
    return vnp.clip(lax.mul(erf_inv(u), root), *inside)

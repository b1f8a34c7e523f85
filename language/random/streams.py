"""Arrays of keys: a stream of random numbers for each element, as a rejection sampler needs it.

The streams are the elements' own keys, which a scalar sampler mapped over them would draw from.
"""

from __future__ import annotations

import math

import numpy as np

from .. import lax
from ..arrays import Array
from ..catalogue import threefry2x32_p
from ..config import config
from ..dispatch import bind
from ..dtypes import DType
from ..shapes import Shape
from ..special import erf_inv
from .layouts import generated, joined
from .uniforms import bits_of, unit_floats

# Two words for each element.
Streams = tuple[Array, Array]


def streams(raw: Array, shape: Shape) -> Streams:
    """A stream for each element: the keys that `split` makes, in row-major order.

    Raises:
        ValueError: the layout in force is not today's: there a key's children depend on how many there are.
    """
    if not config.in_force().threefry_partitionable:
        raise ValueError(
            "`threefry_partitionable` must be True for samplers that reject, got False. Set it to True around the call."
        )
    first, second = generated(raw, shape)
    return first, second


def child(keys: Streams, index: int) -> Streams:
    """The key of an index that `split` makes of each."""
    counter = lax.full(keys[0].shape, np.uint32(index))
    first, second = bind(threefry2x32_p, *keys, lax.full_like(counter, 0), counter)
    return first, second


def uniform_each(keys: Streams, dtype: DType) -> Array:
    """A float in [0, 1) of each key."""
    return unit_floats(joined(child(keys, 0), bits_of(dtype)), dtype)


def normal_each(keys: Streams, dtype: DType) -> Array:
    """A normal number of each key, as `normal` makes it."""
    one = np.asarray(1.0, dtype)
    low = np.nextafter(-one, np.asarray(0.0, dtype))
    u = lax.add(lax.mul(uniform_each(keys, dtype), (one - low)[()]), low[()])
    return lax.mul(erf_inv(lax.max(low[()], u)), np.asarray(math.sqrt(2.0), dtype)[()])

"""Gumbel noise, and the categories that it chooses."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import lax
from .. import numpy as vnp
from ..arrays import Array
from ..dtypes import finfo
from ..numpy.promotion import array_of
from ..shapes import canonical_axis, canonical_shape
from .keys import raw_of
from .uniforms import drawn_uniform, float_dtype


def gumbel(key: Any, shape: Any = (), dtype: Any = None, mode: str | None = None) -> Array:
    """The standard Gumbel distribution; ``mode`` 'high' draws its far ends more finely.

    Returns:
        Floats of ``shape`` and ``dtype``.

    Raises:
        TypeError: ``key`` is no key.
    """
    wanted = float_dtype("gumbel", dtype)
    if mode not in (None, "low", "high"):
        raise ValueError(f"`mode` of gumbel must be 'low' or 'high', got {mode!r}.")
    shape, info = canonical_shape(shape), finfo(wanted)
    raw, tiny = raw_of("gumbel", key), np.asarray(info.tiny, wanted)[()]
    if mode != "high":
        return lax.neg(lax.log(lax.neg(lax.log(drawn_uniform(raw, shape, wanted, tiny, 1.0)))))
    both = drawn_uniform(raw, (2, *shape), wanted)
    high, low = both[0], both[1]
    step = np.asarray(2.0**-info.nmant, wanted)[()]
    x = vnp.where(vnp.greater_equal(high, 0.5), high, vnp.add(vnp.add(high, vnp.multiply(step, low)), tiny))
    return lax.neg(lax.log(lax.neg(lax.log1p(lax.neg(x)))))


def categorical(
    key: Any, logits: Any, axis: int = -1, shape: Any = None, replace: bool = True, mode: str | None = None
) -> Array:
    """Indices along an axis, each with the softmax of its logit as probability.

    Raises:
        ValueError: the shape does not end in the logits' other axes, or too many are drawn.
    """
    raw, logits = raw_of("categorical", key), array_of("categorical", logits)
    place = canonical_axis(axis, logits.ndim)
    batch = logits.shape[:place] + logits.shape[place + 1 :]
    wanted = batch if shape is None else canonical_shape(shape)
    lead = wanted[: len(wanted) - len(batch)]
    if wanted[len(lead) :] != batch:
        raise ValueError(f"`shape` of categorical must end in {batch}, got {wanted}.")
    if replace:
        noise = gumbel(raw, (*lead, *logits.shape), logits.dtype, mode)
        return vnp.argmax(vnp.add(noise, logits), place + len(lead))
    count = math.prod(lead)
    if count > logits.shape[place]:
        raise ValueError(
            f"`shape` must hold at most {logits.shape[place]} draws without replacement, got {count}."
        )
    scores = vnp.add(logits, gumbel(raw, logits.shape, logits.dtype, mode))
    _, chosen = lax.top_k(vnp.moveaxis(scores, place, -1), count)
    return vnp.reshape(vnp.moveaxis(chosen, -1, 0), wanted)

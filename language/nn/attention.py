"""Attention: the values whose keys answer a query, weighted by a softmax (Vaswani et al., arXiv:1706.03762)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import lax
from .. import numpy as vnp
from ..arrays import Array
from ..dtypes import bool_, finfo, float32, int32
from .normalizations import logsumexp, softmax


def dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    bias: Any = None,
    mask: Any = None,
    *,
    scale: float | None = None,
    is_causal: bool = False,
    query_seq_lengths: Any = None,
    key_value_seq_lengths: Any = None,
    local_window_size: int | tuple[int, int] | None = None,
    implementation: str | None = None,
    return_residual: bool = False,
) -> Any:
    """softmax(scale query key' + bias) value for each head; the softmax is taken in float32, as JAX takes it.

    Args:
        query: shape (batch, targets, heads, size) or without the batch.
        key: shape (batch, sources, key heads, size); the key heads divide the heads.
        value: shape and dtype of ``key``.
        bias: what is added to the products: broadcasts to (batch, heads, targets, sources).
        mask: which sources take part: booleans that broadcast so too.
        scale: what the products are multiplied by; 1 / sqrt(size) by default.
        is_causal: whether a target sees the sources up to its own place only.
        query_seq_lengths: int32, shape (batch,): targets beyond give zeros.
        key_value_seq_lengths: int32, shape (batch,): sources beyond take no part.
        local_window_size: how many sources before and after its own place a target sees.
        implementation: None or 'xla': there is one.
        return_residual: whether to return the logarithms of the softmax's sums too.

    Returns:
        An array of ``query``'s shape and the common dtype of ``key``; with ``return_residual`` also the
        logarithms, of shape (batch, targets, heads).

    Raises:
        ValueError: shapes or dtypes do not fit, or the implementation is unknown.
    """
    if implementation not in (None, "xla"):
        raise ValueError(f"`implementation` must be None or 'xla', got {implementation!r}.")
    given = vnp.asarray(query)
    q, k, v = (_with_batch(name, x) for name, x in (("query", query), ("key", key), ("value", value)))
    _check(q, k, v)
    (batch, targets, heads, size), groups = q.shape, k.shape[2]
    # Heads that share a key lie side by side: (key head, place in its group).
    grouped = vnp.reshape(q, (batch, targets, groups, heads // groups, size))
    products = vnp.einsum("btkgh,bskh->bkgts", grouped, k, preferred_element_type=_wide(q))
    logits = vnp.multiply(
        vnp.reshape(products, (batch, heads, targets, k.shape[1])), _scale(products, scale, size)
    )
    if bias is not None:
        logits = vnp.astype(vnp.add(logits, _with_batch("bias", bias)), logits.dtype)
    lengths = [_lengths(n, x, batch) for n, x in _named(query_seq_lengths, key_value_seq_lengths)]
    seen = _seen(logits, mask, is_causal, lengths, local_window_size)
    if seen is not None:
        # Not -inf: a target that sees nothing gets the mean of all values, and no NaN.
        logits = vnp.where(seen, logits, np.asarray(-0.7 * float(finfo(logits.dtype).max), logits.dtype)[()])
    logits = vnp.astype(logits, float32)
    weights = vnp.reshape(
        vnp.astype(softmax(logits), k.dtype), (batch, groups, heads // groups, *logits.shape[2:])
    )
    found = vnp.reshape(vnp.einsum("bkgts,bskh->btkgh", weights, v), q.shape)
    if lengths[0] is not None:
        there = vnp.less(vnp.arange(targets)[None, :], lengths[0][:, None])
        found = vnp.multiply(found, vnp.astype(there, found.dtype)[:, :, None, None])
    found = vnp.reshape(found, given.shape)
    if not return_residual:
        return found
    sums = vnp.transpose(vnp.astype(logsumexp(logits, axis=-1), k.dtype), (0, 2, 1))
    return found, lax.stop_gradient(vnp.reshape(sums, given.shape[:-1]))


def _with_batch(name: str, x: Any) -> Array:
    found = vnp.asarray(x)
    if found.ndim > 4:
        raise ValueError(f"`{name}` must have at most 4 axes, got shape {found.shape}.")
    return vnp.reshape(found, (1,) * (4 - found.ndim) + found.shape)


def _check(q: Array, k: Array, v: Array) -> None:
    if v.shape != k.shape or v.dtype != k.dtype:
        raise ValueError(
            f"`value` must have the shape and dtype of `key`, {k.shape} {k.dtype}, got {v.shape} {v.dtype}."
        )
    if (q.shape[0], q.shape[3], q.dtype) != (k.shape[0], k.shape[3], k.dtype):
        raise ValueError(
            f"`query` must have the batch, the size and the dtype of `key`, {k.shape} {k.dtype}, "
            f"got {q.shape} {q.dtype}."
        )
    if q.shape[2] % k.shape[2]:
        raise ValueError(
            f"The heads of `query` must be a multiple of `key`'s, {k.shape[2]}, got {q.shape[2]}."
        )


def _wide(q: Array) -> Any:
    return vnp.promote_types(q.dtype, float32)


def _scale(logits: Array, scale: Any, size: int) -> Any:
    return vnp.asarray(1 / math.sqrt(size) if scale is None else scale, dtype=logits.dtype)


def _named(queries: Any, keys: Any) -> tuple[tuple[str, Any], ...]:
    return ("query_seq_lengths", queries), ("key_value_seq_lengths", keys)


def _lengths(name: str, x: Any, batch: int) -> Any:
    if x is None:
        return None
    found = vnp.asarray(x)
    if found.shape != (batch,) or found.dtype != int32:
        raise ValueError(f"`{name}` must be int32 of shape ({batch},), got {found.dtype} of {found.shape}.")
    return found


def _seen(logits: Array, mask: Any, is_causal: bool, lengths: Any, window: Any) -> Any:
    """Which sources each target sees; None for all."""
    rows, columns = np.arange(logits.shape[2])[:, None], np.arange(logits.shape[3])[None, :]
    found: list[Any] = []
    if mask is not None:
        found.append(_with_batch("mask", mask))
        if found[0].dtype != bool_:
            raise ValueError(f"`mask` must hold booleans, got {found[0].dtype}. Add others as `bias`.")
    if is_causal:
        found.append(rows >= columns)
    if window is not None:
        before, after = (window, window) if isinstance(window, int) else window
        found.append((rows <= columns + before) & (rows >= columns - after))
    queries, keys = lengths
    if queries is not None:
        found.append(vnp.less(rows, queries[:, None, None, None]))
    if keys is not None:
        found.append(vnp.less(columns, keys[:, None, None, None]))
    if not found:
        return None
    together = vnp.asarray(found[0])
    for each in found[1:]:
        together = vnp.logical_and(together, each)
    return vnp.broadcast_to(together, logits.shape)

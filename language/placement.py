"""Where arrays are kept: put on a device, got as NumPy's, waited for."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import dispatch, trees
from .arrays import Array
from .dispatch import Tracer, aval_of
from .flat import check_array
from .shapes import ShapedArray
from .sharding import Sharding


def device_put(
    x: Any, device: Any = None, *, src: Any = None, donate: Any = False, may_alias: Any = None
) -> Any:
    """Arrays and numbers, in trees, as arrays of the implementation that owns them or is current.

    Args:
        x: arrays and numbers in a tree.
        device: where to; by default wherever new arrays go. A sharding, or a tree prefix of these, is checked;
            arrays stay whole.
        src: accepted for JAX's sake.
        donate: likewise.
        may_alias: likewise.

    Raises:
        TypeError: a leaf is neither an array nor a number.
        ValueError: an array does not fit its sharding.
    """
    wanted = trees.leaves(device)
    if wanted and all(isinstance(s, Sharding) for s in wanted):
        leaves, structure = trees.flatten(x)
        for leaf, sharding in zip(leaves, trees.broadcast_prefix(device, structure, "device"), strict=True):
            if sharding is not None:
                sharding.shard_shape(check_array(leaf, "`x` of device_put", "Put arrays in trees.").shape)
        device = None

    def put(leaf: Any) -> Array:
        check_array(leaf, "`x` of device_put", "Put arrays and numbers in trees.")
        if isinstance(leaf, Tracer):
            return leaf
        return dispatch.owner_of([leaf]).put(leaf, device)

    return trees.map(put, x)


def device_get(x: Any) -> Any:
    """The same tree with NumPy arrays in the places of arrays; other leaves, traced arrays too, are left as they are.

    Raises nothing of its own.
    """
    return trees.map(
        lambda leaf: np.asarray(leaf) if isinstance(leaf, Array) and not isinstance(leaf, Tracer) else leaf, x
    )


def block_until_ready(x: Any) -> Any:
    """``x`` once its arrays are computed. Whoever reads an array waits for it anyway.

    Returns:
        The same tree.

    Raises nothing of its own.
    """
    return x


def typeof(x: Any) -> ShapedArray:
    """The abstract value of an array or number: its shape, dtype and weak type.

    Raises:
        TypeError: it is neither.
    """
    return aval_of(x)


def default_backend() -> str:
    """The platform that computations go to: "cpu" or "gpu".

    Returns:
        A text.

    Raises nothing of its own.
    """
    return "gpu" if dispatch.current().platform == "cuda" else "cpu"

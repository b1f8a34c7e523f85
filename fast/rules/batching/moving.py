"""Bytes that collectives of lanes move where a lane's program is traced once for all of them."""

from __future__ import annotations

import functools
import math
from typing import Any

from ....fake_devices.block import Block, current_block
from ....language import debug, dispatch
from ....language.primitive import Primitive
from ....language.shapes import ShapedArray
from ...batching import BatchLevel
from .alignment import Params


def count(level: BatchLevel, primitive: Primitive, aval: ShapedArray, params: Params) -> None:
    """Tell the mesh of a collective along this level's axis: now, or each time that the program comes by.

    Of groups of lanes it is an all_gather, as it is where lanes run one by one.
    """
    if not isinstance(current_block(), Block):
        return
    name = primitive.name if params.get("axis_index_groups") is None else "all_gather"
    operation = f"{name} {params['perm']}" if "perm" in params else name
    nbytes = math.prod(aval.shape) * aval.dtype.itemsize
    told = functools.partial(_add, operation, level.axis_name, level.size, nbytes)
    if dispatch.staging_level() is None:
        told()
    else:
        debug.callback(told)


def _add(operation: str, axis: Any, lanes: int, nbytes: int) -> None:
    block = current_block()
    if isinstance(block, Block):
        block.traffic.add(operation, axis, lanes, nbytes)

"""`pmap`: one lane per device. Eager lanes run the user's Python; under a transform they are traced once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..language import dispatch
from ..language.arrays import Array
from ..language.dispatch import FlatFunction, Implementation, Tracer
from . import batching
from . import operations as ops


def pmap(
    implementation: Implementation,
    function: FlatFunction,
    operands: Sequence[Array],
    axes: Sequence[int | None],
    size: int,
    axis_name: Any,
) -> list[Array]:
    """Run one lane per device; see `Implementation.pmap`."""
    found, stacked = batching.vmap(implementation, function, operands, axes, size, axis_name)
    return [x if s else ops.lead(x, size) for x, s in zip(found, stacked, strict=True)]

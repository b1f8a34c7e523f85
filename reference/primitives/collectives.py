"""Collectives: what the lanes of a named axis make of one value each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...language import dispatch
from ...language.dtypes import DType, is_float
from ..reals import Scalar
from .call import Call, Lists, Rule
from .pointwise import integers, sum_of


def _sum(c: Call, dtype: DType, xs: Sequence[Scalar]) -> Scalar:
    return sum_of(c.system, c.primitive, dtype, xs)


def _extreme(name: str, sign: int) -> Callable[[Call, DType, Sequence[Scalar]], Scalar]:
    def combine(c: Call, dtype: DType, xs: Sequence[Scalar]) -> Scalar:
        if is_float(dtype):
            return c.system.extreme(dtype, xs, sign)
        found = xs[0]
        for x in xs[1:]:
            (found,) = integers(c.system, name, dtype, [[found], [x]])
        return found

    return combine


def _combined(combine: Callable[[Call, DType, Sequence[Scalar]], Scalar]) -> Rule:
    def apply(c: Call) -> Lists:
        (x,) = c.operands
        scalars = x.scalars
        for name in reversed(c.params["axes"]):  # the innermost axis first
            lane = dispatch.axis_frame(name).owner
            of_lanes = lane.meet(c.primitive.name, scalars, (x.shape, str(x.dtype)))
            scalars = [combine(c, x.dtype, xs) for xs in zip(*of_lanes, strict=True)]
        return [scalars]

    return apply


def axis_index(c: Call) -> Lists:
    """The lane's place; over several axes, in row-major order of these."""
    found = 0
    for name in c.params["axes"]:
        frame = dispatch.axis_frame(name)
        found = found * frame.size + frame.owner.index
    return [[found]]


def everywhere(value: Any, combine: Callable[[list[Any]], Any], frames: Sequence[dispatch.AxisFrame]) -> Any:
    """``combine`` of the values of all lanes of these axes; of the value alone without lanes."""
    if not frames:
        return combine([value])
    for frame in reversed(frames):
        value = combine(frame.owner.meet("a limit", value, ()))
    return value


RULES: dict[str, Rule] = {
    "psum": _combined(_sum),
    "pmax": _combined(_extreme("max", 1)),
    "pmin": _combined(_extreme("min", -1)),
    "axis_index": axis_index,
}

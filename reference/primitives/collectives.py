"""Collectives: what the lanes of a named axis make of one value each.

Sources: openxla.org/xla/operation_semantics (AllReduce, AllGather, ReduceScatter, AllToAll, CollectivePermute); jax.lax
for their axes by name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...fake_devices.runs import Met
from ...language import dispatch
from ...language.dtypes import DType, bool_, is_float
from ..reals import Scalar
from .call import Call, Lists, Rule, indices, place, strides
from .pointwise import integers, sum_of


def _sum(c: Call, dtype: DType, xs: Sequence[Scalar]) -> Scalar:
    return sum_of(c.system, c.primitive, dtype, xs)


def _sums(c: Call, of_lanes: Met) -> list[Scalar]:
    """One sum for all lanes: what is the same real number is one scalar."""
    dtype = c.operands[0].dtype
    found: list[Scalar] = of_lanes.once(lambda: [_sum(c, dtype, xs) for xs in zip(*of_lanes, strict=True)])
    return found


def _extremes(name: str, sign: int) -> Callable[[Call, Met], list[Scalar]]:
    def of(c: Call, dtype: DType, xs: Sequence[Scalar]) -> Scalar:
        if is_float(dtype):
            return c.system.extreme(dtype, xs, sign)
        found = xs[0]
        for x in xs[1:]:
            (found,) = integers(c.system, name, dtype, [[found], [x]])
        return found

    return lambda c, of_lanes: [of(c, c.operands[0].dtype, xs) for xs in zip(*of_lanes, strict=True)]


def _filled(c: Call) -> Callable[[float], list[Scalar]]:
    """What a lane would bring that holds one number everywhere."""
    (x,) = c.operands
    return lambda number: [c.system.lift(x.dtype.type(number).item(), x.dtype)] * len(x.scalars)


def _combined(combine: Callable[[Call, Met], list[Scalar]]) -> Rule:
    def apply(c: Call) -> Lists:
        (x,) = c.operands
        scalars = x.scalars
        for name in reversed(c.params["axes"]):  # the innermost axis first
            lane = dispatch.axis_frame(name).owner
            scalars = combine(c, lane.meet(c.primitive.name, scalars, (x.shape, str(x.dtype)), _filled(c)))
        return [scalars]

    return apply


# -- exchanges ---------------------------------------------------------------------------------------------
def _of_lanes(c: Call) -> tuple[list[list[Scalar]], int]:
    """What each lane of the axis brings, and the place of this one."""
    (x,), (name,) = c.operands, c.params["axes"]
    lane = dispatch.axis_frame(name).owner
    told = ", ".join(f"{k}={v}" for k, v in c.params.items() if k != "axes")
    operation = f"{c.primitive.name} with {told}"
    return lane.meet(operation, x.scalars, (x.shape, str(x.dtype)), _filled(c)), lane.index


def _inserted(index: Sequence[int], axis: int, k: int) -> tuple[int, ...]:
    return (*index[:axis], k, *index[axis:])


def all_gather(c: Call) -> Lists:
    """result[..., k, ...] = the operand of lane k."""
    of_lanes, _ = _of_lanes(c)
    axis, steps = c.params["axis"], strides(c.operands[0].shape)
    return [
        [of_lanes[i[axis]][place((*i[:axis], *i[axis + 1 :]), steps)] for i in indices(c.results[0].shape)]
    ]


def reduce_scatter(c: Call) -> Lists:
    """result[...] = the sum over lanes of x[..., k, ...], in lane k."""
    of_lanes, k = _of_lanes(c)
    axis, steps = c.params["scatter_dimension"], strides(c.operands[0].shape)
    places = [place(_inserted(i, axis, k), steps) for i in indices(c.results[0].shape)]
    return [[_sum(c, c.results[0].dtype, [xs[at] for xs in of_lanes]) for at in places]]


def all_to_all(c: Call) -> Lists:
    """result[..., j, ...] in lane k = x[..., k, ...] in lane j."""
    of_lanes, k = _of_lanes(c)
    split, to, steps = c.params["split_axis"], c.params["concat_axis"], strides(c.operands[0].shape)
    found = []
    for i in indices(c.results[0].shape):
        rest = (*i[:to], *i[to + 1 :])
        found.append(of_lanes[i[to]][place(_inserted(rest, split, k), steps)])
    return [found]


def ppermute(c: Call) -> Lists:
    """The operand of the lane that sends here; zeros where none does."""
    of_lanes, k = _of_lanes(c)
    sources = {to: source for source, to in c.params["perm"]}
    if k in sources:
        return [of_lanes[sources[k]]]
    dtype = c.results[0].dtype
    return [[c.system.lift(False if dtype == bool_ else 0, dtype)] * c.results[0].size]


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
    "psum": _combined(_sums),
    "pmax": _combined(_extremes("max", 1)),
    "pmin": _combined(_extremes("min", -1)),
    "all_gather": all_gather,
    "reduce_scatter": reduce_scatter,
    "all_to_all": all_to_all,
    "ppermute": ppermute,
    "axis_index": axis_index,
}

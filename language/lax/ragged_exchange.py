"""Stretches of several lengths, exchanged among lanes."""

from __future__ import annotations

from typing import Any

from .. import catalogue as rows
from .. import dispatch
from ..arrays import Array
from ..dispatch import Operand
from ..dtypes import int32, is_integer
from ..shapes import Shape
from .collectives import all_gather, axis_index
from .conversion import convert_element_type
from .creation import broadcasted_iota, full, iota
from .elementwise import add, bitwise_and, div, ge, lt, max, mul, select, sub
from .indexing import gather
from .lane_groups import group_of
from .reductions import reduce_max
from .slicing import dynamic_slice
from .structural import broadcast_in_dim, reshape


def ragged_all_to_all(
    operand: Operand,
    output: Operand,
    input_offsets: Operand,
    send_sizes: Operand,
    output_offsets: Operand,
    recv_sizes: Operand,
    *,
    axis_name: Any,
    axis_index_groups: Any = None,
) -> Array:
    """``output`` with the stretches that other lanes send here written over it, later ones over earlier ones.

    Stretch i goes to lane i // n, where each lane gets n of them: the rows of ``operand`` from ``input_offsets[i]``
    on, ``send_sizes[i]`` of them. It stands there from ``output_offsets[i]`` on.

    Args:
        operand: (N, ...), what is sent.
        output: (M, ...), of the same dtype.
        input_offsets: (K,) integers; K is a multiple of the number of lanes.
        send_sizes: (K,) integers.
        output_offsets: (K,) integers, of the receivers' ``output``.
        recv_sizes: (K,) integers: what the senders' ``send_sizes`` are for this lane, lane by lane.
        axis_name: the name of the axis.
        axis_index_groups: groups of lanes that meet, a partition; all lanes by default.

    Returns:
        An array like ``output``.

    Raises:
        ValueError: shapes or dtypes do not fit.
        TypeError: an offset or a size is no integer.
    """
    data, found = (dispatch.lift(x) for x in (operand, output))
    given = {
        "input_offsets": input_offsets,
        "send_sizes": send_sizes,
        "output_offsets": output_offsets,
        "recv_sizes": recv_sizes,
    }
    length = dispatch.aval_of(input_offsets).shape
    tables = {name: _table(name, x, length) for name, x in given.items()}
    if data.dtype != found.dtype or data.ndim < 1 or data.shape[1:] != found.shape[1:]:
        raise ValueError(
            f"`output` of ragged_all_to_all must be like `operand` but for its length, got {found.aval} and "
            f"{data.aval}."
        )
    everyone = all_gather(data, axis_name, axis_index_groups=axis_index_groups)
    lanes, sent = everyone.shape[:2]
    (count,) = tables["input_offsets"].shape
    if count % lanes:
        raise ValueError(
            f"`input_offsets` of ragged_all_to_all must hold a multiple of {lanes}, the number of lanes, got {count}."
        )
    starts, places = (
        _sent_here(tables[name], lanes, axis_name, axis_index_groups)
        for name in ("input_offsets", "output_offsets")
    )
    source, taken = _sources(starts, places, tables["recv_sizes"], found.shape[0], sent, count // lanes)
    line = reshape(everyone, (lanes * sent, *data.shape[1:]))
    if not line.shape[0]:
        return found
    numbers = rows.GatherDimensionNumbers(tuple(range(1, data.ndim)), (0,), (0,))
    received = gather(line, reshape(source, (found.shape[0], 1)), numbers, (1, *data.shape[1:]), mode="clip")
    return select(broadcast_in_dim(taken, found.shape, (0,)), received, found)


def _table(name: str, given: Operand, shape: Shape) -> Array:
    table = dispatch.lift(given)
    if not is_integer(table.dtype):
        raise TypeError(f"`{name}` of ragged_all_to_all must be integers, got {table.dtype}.")
    if table.ndim != 1 or table.shape != shape or not table.shape[0]:
        raise ValueError(
            f"`{name}` of ragged_all_to_all must have rank 1 and the length of `input_offsets`, at least 1, got shape "
            f"{table.shape}."
        )
    return convert_element_type(table, int32)


def _sent_here(table: Array, lanes: int, axis_name: Any, groups: Any) -> Array:
    """Of the senders' tables, the entries that are for this lane, lane by lane."""
    group = group_of("ragged_all_to_all", axis_name, groups)
    here = group.place() if group else axis_index(axis_name)
    each = table.shape[0] // lanes
    everyone = reshape(all_gather(table, axis_name, axis_index_groups=groups), (lanes, lanes, each))
    return reshape(dynamic_slice(everyone, (0, here, 0), (lanes, 1, each)), table.shape)


def _sources(
    starts: Array, places: Array, sizes: Array, rows_here: int, length: int, each: int
) -> tuple[Array, Array]:
    """Which of all lanes' rows comes to each row here, by the last stretch that holds it; and whether one does."""
    shape = (starts.shape[0], rows_here)
    row = iota(int32, rows_here)
    begins, ends = (broadcast_in_dim(x, shape, (0,)) for x in (places, add(places, sizes)))
    every = broadcast_in_dim(row, shape, (1,))
    inside = bitwise_and(ge(every, begins), lt(every, ends))
    last = reduce_max(select(inside, broadcasted_iota(int32, shape, 0), full(shape, -1, int32)), (0,))
    stretch = max(last, 0)
    start, begin = (_entries(table, stretch) for table in (starts, places))
    return add(mul(div(stretch, each), length), add(start, sub(row, begin))), ge(last, 0)


def _entries(table: Array, places: Array) -> Array:
    numbers = rows.GatherDimensionNumbers((), (0,), (0,))
    return gather(table, reshape(places, (*places.shape, 1)), numbers, (1,), mode="clip")

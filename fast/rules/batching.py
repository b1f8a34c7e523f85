"""How each primitive is mapped over lanes: a table, one row per primitive.

A rule gets lanes: values that are stacked along axis 0 where ``mapped``, and shared by all where not.
It returns lanes too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...language import catalogue as rows
from ...language import dispatch
from ...language.dispatch import bind
from ...language.dtypes import int32
from ...language.primitive import Primitive
from ...language.program import Program
from ...language.tracing import trace, trace_closed
from .. import operations as ops
from ..batching import BatchLevel, Lane, vmap
from ..common_inputs import with_common_captures
from ..differentiation.linear import refuse_forward
from ..memo import derived
from . import exchanges, windows

Lanes = Sequence[Lane]
Params = Mapping[str, Any]
Rule = Callable[[BatchLevel, Primitive, Lanes, Params], list[Lane]]


# -- how operands are brought into line ------------------------------------------------------------------
def stacked(level: BatchLevel, x: Lane) -> Any:
    """The value of every lane."""
    return x.value if x.mapped else ops.lead(x.value, level.size)


def _mapped(values: Sequence[Any]) -> list[Lane]:
    return [Lane(v, True) for v in values]


def _up(axes: Sequence[int]) -> tuple[int, ...]:
    """Axes of a lane as axes of the stacked value."""
    return tuple(a + 1 for a in axes)


def _behind(x: Any, shape: Sequence[int]) -> Any:
    """A stacked scalar per lane, repeated over the axes of a lane of ``shape``."""
    return x if x.ndim == len(shape) + 1 else ops.broadcast(x, (x.shape[0], *shape), (0,))


# -- kinds of rules -----------------------------------------------------------------------------------------
def elementwise(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """The primitive on the stacked values."""
    return _mapped(bind(primitive, *(stacked(level, x) for x in lanes), **params))


def reduction(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """The same axes, one further on."""
    (x,) = lanes
    return _mapped(bind(primitive, x.value, **{**params, "axes": _up(params["axes"])}))


def along_axis(name: str) -> Rule:
    """A primitive along one axis, named by a parameter."""

    def rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
        values = [stacked(level, x) for x in lanes]
        return _mapped(bind(primitive, *values, **{**params, name: params[name] + 1}))

    return rule


# -- elementwise with scalars --------------------------------------------------------------------------------
def clamp_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """Limits of one number per lane are repeated over it; limits that all lanes share may stay scalar."""
    low, x, high = lanes
    value = stacked(level, x)

    def limit(v: Lane) -> Any:
        if not v.mapped and not v.value.shape:
            return v.value
        return _behind(stacked(level, v), value.shape[1:])

    return _mapped(bind(primitive, limit(low), value, limit(high)))


def select_n_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """A choice of one number per lane is repeated over it."""
    which, *cases = lanes
    values = [stacked(level, x) for x in cases]
    choice = which.value
    if which.mapped or choice.shape:
        choice = _behind(stacked(level, which), values[0].shape[1:])
    return _mapped(bind(primitive, choice, *values))


# -- structure --------------------------------------------------------------------------------------------------
def broadcast_in_dim_rule(
    level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params
) -> list[Lane]:
    """The lanes' axis stays in front."""
    (x,) = lanes
    places = (0, *_up(params["broadcast_dimensions"]))
    return [Lane(ops.broadcast(x.value, (level.size, *params["shape"]), places), True)]


def reshape_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """The lanes' axis stays in front."""
    (x,) = lanes
    return _mapped(bind(primitive, x.value, new_sizes=(level.size, *params["new_sizes"])))


def transpose_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """The lanes' axis stays in front."""
    (x,) = lanes
    return _mapped(bind(primitive, x.value, permutation=(0, *_up(params["permutation"]))))


def squeeze_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """The same axes, one further on."""
    (x,) = lanes
    return _mapped(bind(primitive, x.value, dimensions=_up(params["dimensions"])))


def rev_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """The same axes, one further on."""
    return squeeze_rule(level, primitive, lanes, params)


def slice_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """All lanes."""
    (x,) = lanes
    strides = params["strides"]
    return _mapped(
        bind(
            primitive,
            x.value,
            start_indices=(0, *params["start_indices"]),
            limit_indices=(level.size, *params["limit_indices"]),
            strides=None if strides is None else (1, *strides),
        )
    )


def pad_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """A padding value per lane is put where a padded mask says."""
    x, value = lanes
    config = ((0, 0, 0), *params["padding_config"])
    operand = stacked(level, x)
    if not value.mapped:
        return _mapped(bind(primitive, operand, value.value, padding_config=config))
    mask = ops.full(operand.shape, 1, int32)
    inside = ops.pad(mask, config)
    blank = ops.full((), 0, operand.dtype)
    (padded,) = bind(primitive, operand, blank, padding_config=config)
    filling = _behind(value.value, padded.shape[1:])
    return [Lane(ops.where(ops.compare("eq", inside, ops.full_like(inside, 1)), padded, filling), True)]


def iota_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """The same in all lanes."""
    return [Lane(y, False) for y in bind(primitive, **params)]


def bitcast_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """A lane's last axis is the stacked value's last axis."""
    (x,) = lanes
    return _mapped(bind(primitive, x.value, **params))


# -- indexing ------------------------------------------------------------------------------------------------------
def _clamped_starts(level: BatchLevel, starts: Lanes, sizes: Sequence[int], shape: Sequence[int]) -> Any:
    """Index vectors per lane, moved so that windows lie inside; as `dynamic_slice` does it."""
    columns = []
    for start, size, limit in zip(starts, sizes, shape, strict=True):
        value = ops.convert(_bounded(stacked(level, start), limit - size), int32)
        columns.append(ops.reshape(value, (level.size, 1)))
    return ops.concatenate(columns, 1)


def _bounded(x: Any, high: int) -> Any:
    # In x's own dtype, so that a large unsigned start is not taken for a negative one.
    limit = min(high, _greatest(x.dtype))
    return bind(rows.clamp_p, ops.full((), 0, x.dtype), x, ops.full((), limit, x.dtype))[0]


def _greatest(dtype: Any) -> int:
    return int((1 << (dtype.itemsize * 8 - (dtype.kind == "i"))) - 1)


def dynamic_slice_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """Where all lanes start alike a slice, else a gather."""
    x, *starts = lanes
    sizes = tuple(params["slice_sizes"])
    if not any(s.mapped for s in starts):
        if not starts:
            return [x]
        values = [ops.full((), 0, starts[0].value.dtype), *(s.value for s in starts)]
        return _mapped(bind(primitive, x.value, *values, slice_sizes=(level.size, *sizes)))
    rank = len(sizes)
    shape = x.value.shape[1:] if x.mapped else x.value.shape
    indices = _clamped_starts(level, starts, sizes, shape)
    # Each lane reads one window, at a vector of indices.
    numbers = rows.GatherDimensionNumbers(
        offset_dims=tuple(range(rank)),
        collapsed_slice_dims=(),
        start_index_map=tuple(range(rank)),
    )
    return gather_rule(
        level,
        rows.gather_p,
        [x, Lane(indices, True)],
        {"dimension_numbers": numbers, "slice_sizes": sizes, "mode": "clip"},
    )


def dynamic_update_slice_rule(
    level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params
) -> list[Lane]:
    """Where all lanes start alike an update, else a scatter."""
    x, update, *starts = lanes
    operand, new = stacked(level, x), stacked(level, update)
    if not starts:
        return [Lane(new, True)]
    if not any(s.mapped for s in starts):
        zero = ops.full((), 0, starts[0].value.dtype)
        return _mapped(bind(primitive, operand, new, zero, *(s.value for s in starts)))
    rank = len(starts)
    indices = _clamped_starts(level, starts, new.shape[1:], operand.shape[1:])
    numbers = rows.ScatterDimensionNumbers(
        update_window_dims=tuple(range(rank)),
        inserted_window_dims=(),
        scatter_dims_to_operand_dims=tuple(range(rank)),
    )
    return scatter_rule(
        level,
        rows.scatter_p,
        [Lane(operand, True), Lane(indices, True), Lane(new, True)],
        {"dimension_numbers": numbers, "mode": "clip"},
    )


def gather_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """Mapped operand: whole lanes in each window; mapped indices: more places; both: paired axes."""
    x, indices = lanes
    numbers, sizes = params["dimension_numbers"], params["slice_sizes"]
    collapsed, mapped = numbers.collapsed_slice_dims, numbers.start_index_map
    batching, index_batching = numbers.operand_batching_dims, numbers.start_indices_batching_dims
    offsets = numbers.offset_dims
    if x.mapped and indices.mapped:
        new = replace(
            numbers,
            offset_dims=_up(offsets),
            collapsed_slice_dims=_up(collapsed),
            start_index_map=_up(mapped),
            operand_batching_dims=(0, *_up(batching)),
            start_indices_batching_dims=(0, *_up(index_batching)),
        )
        sizes = (1, *sizes)
    elif x.mapped:
        new = replace(
            numbers,
            offset_dims=(0, *_up(offsets)),
            collapsed_slice_dims=_up(collapsed),
            start_index_map=_up(mapped),
            operand_batching_dims=_up(batching),
        )
        sizes = (level.size, *sizes)
    else:
        new = replace(numbers, offset_dims=_up(offsets), start_indices_batching_dims=_up(index_batching))
    return _mapped(
        bind(
            primitive,
            x.value,
            indices.value,
            dimension_numbers=new,
            slice_sizes=tuple(sizes),
            mode=params["mode"],
        )
    )


def scatter_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """Shared indices: whole lanes in each window; else paired axes."""
    x, indices, updates = lanes
    numbers = params["dimension_numbers"]
    common = {
        "inserted_window_dims": _up(numbers.inserted_window_dims),
        "scatter_dims_to_operand_dims": _up(numbers.scatter_dims_to_operand_dims),
    }
    if indices.mapped:
        new = replace(
            numbers,
            update_window_dims=_up(numbers.update_window_dims),
            operand_batching_dims=(0, *_up(numbers.operand_batching_dims)),
            scatter_indices_batching_dims=(0, *_up(numbers.scatter_indices_batching_dims)),
            **common,
        )
    else:
        new = replace(
            numbers,
            update_window_dims=(0, *_up(numbers.update_window_dims)),
            operand_batching_dims=_up(numbers.operand_batching_dims),
            **common,
        )
    values = stacked(level, x), indices.value, stacked(level, updates)
    return _mapped(bind(primitive, *values, dimension_numbers=new, mode=params["mode"]))


# -- products --------------------------------------------------------------------------------------------------------
def dot_general_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """Both mapped: one more batch axis; one mapped: one more free axis of it."""
    x, y = lanes
    (x_contract, y_contract), (x_batch, y_batch) = params["dimension_numbers"]
    wanted = params["preferred_element_type"]
    if x.mapped and y.mapped:
        numbers = (
            (_up(x_contract), _up(y_contract)),
            ((0, *_up(x_batch)), (0, *_up(y_batch))),
        )
        return _mapped(
            bind(primitive, x.value, y.value, dimension_numbers=numbers, preferred_element_type=wanted)
        )
    if x.mapped:
        numbers = ((_up(x_contract), tuple(y_contract)), (_up(x_batch), tuple(y_batch)))
        # The lanes are the first free axis of the first factor.
        place = len(x_batch)
    else:
        numbers = ((tuple(x_contract), _up(y_contract)), (tuple(x_batch), _up(y_batch)))
        place = x.value.ndim - len(x_contract)
    (found,) = bind(primitive, x.value, y.value, dimension_numbers=numbers, preferred_element_type=wanted)
    return [Lane(ops.to_front(found, place), True)]


# -- collectives ------------------------------------------------------------------------------------
def _collective(reduce: Callable[[BatchLevel, Lane], Any]) -> Rule:
    def rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
        """Reduce over the lanes where the axis is this level's; the others' levels do theirs."""
        (x,) = lanes
        rest = tuple(a for a in params["axes"] if a != level.axis_name)
        if level.axis_name in params["axes"]:
            x = Lane(ops.weakly(reduce(level, x), False), False)
        if rest:
            x = Lane(bind(primitive, x.value, axes=rest)[0], x.mapped)
        return [x]

    return rule


def _sum_of_lanes(level: BatchLevel, x: Lane) -> Any:
    if x.mapped:
        return ops.sum_over(x.value, (0,))
    return ops.mul(x.value, ops.full_like(x.value, level.size))


def _extreme_of_lanes(name: str) -> Callable[[BatchLevel, Lane], Any]:
    def reduce(level: BatchLevel, x: Lane) -> Any:
        return ops.unary(name, x.value, axes=(0,)) if x.mapped else x.value

    return reduce


def axis_index_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """The number of each lane; over several axes, the first counts slowest."""
    index: Any = None
    mapped = False
    for name in params["axes"]:
        size = dispatch.axis_frame(name).size if name != level.axis_name else level.size
        if name == level.axis_name:
            here, mine = ops.iota(int32, (level.size,), 0), True
        else:
            here, mine = bind(primitive, axes=(name,))[0], False
        if index is None:
            index, mapped = here, mine
            continue
        index = ops.scale(index, size)
        if mapped != mine:
            index, here = (
                (index, ops.lead(here, level.size)) if mapped else (ops.lead(index, level.size), here)
            )
        index, mapped = ops.add(index, here), mapped or mine
    return [Lane(index, mapped)]


# -- control flow -----------------------------------------------------------------------------------
class Mapped:
    """A program over all lanes.

    Attributes:
        program: closed; takes ``captured`` first.
        captured: what making it closed over.
        flags: which results are stacked.
    """

    __slots__ = ("captured", "flags", "program")

    def __init__(self, program: Program, captured: list[Any], flags: tuple[bool, ...]) -> None:
        self.program, self.captured, self.flags = program, captured, flags


def batched(
    level: BatchLevel, program: Program, mapped: Sequence[bool], force: Sequence[bool] | None = None
) -> Mapped:
    """The program over all lanes; ``force`` says which results are stacked even if all lanes agree."""
    size, name = level.size, level.axis_name

    def make() -> tuple[Mapped, bool]:
        flags: tuple[bool, ...] = ()

        def run(*operands: Any) -> list[Any]:
            nonlocal flags
            axes = [0 if m else None for m in mapped]
            results, found = vmap(level.implementation, program, list(operands), axes, size, name)
            wanted = force or [False] * len(results)
            full = [
                ops.lead(y, size) if w and not f else y
                for y, f, w in zip(results, found, wanted, strict=True)
            ]
            flags = tuple(f or w for f, w in zip(found, wanted, strict=True))
            return full

        avals = [
            a.with_shape((size, *a.shape)) if m else a for a, m in zip(program.in_avals, mapped, strict=True)
        ]
        made, captured = trace(run, avals, f"vmap({program.name})").closed()
        keep = not any(isinstance(x, dispatch.Tracer) for x in captured)
        return Mapped(made, captured, flags), keep

    key = ("vmap", size, name, tuple(mapped), None if force is None else tuple(force))
    return derived(program, key, make)


def _flags(lanes: Lanes) -> tuple[bool, ...]:
    return tuple(x.mapped for x in lanes)


def _values(lanes: Lanes) -> list[Any]:
    return [x.value for x in lanes]


def _lanes(values: Sequence[Any], flags: Sequence[bool]) -> list[Lane]:
    return [Lane(v, f) for v, f in zip(values, flags, strict=True)]


def jit_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """A jit of the mapped program."""
    made = batched(level, params["program"], _flags(lanes))
    results = bind(primitive, *made.captured, *_values(lanes), program=made.program, name=made.program.name)
    return _lanes(results, made.flags)


def cond_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """One index: a cond of mapped branches. An index per lane: every branch is run, and each lane selects."""
    index, *operands = lanes
    branches, flags = params["branches"], _flags(operands)
    if not index.mapped:
        wanted = [any(f) for f in zip(*(batched(level, b, flags).flags for b in branches), strict=True)]
        made = [batched(level, b, flags, wanted) for b in branches]
        programs, captured = with_common_captures([m.program for m in made], [m.captured for m in made])
        results = bind(primitive, index.value, *captured, *_values(operands), branches=tuple(programs))
        return _lanes(results, made[0].flags)
    count = len(branches[0].outputs)
    found = []
    for branch in branches:
        made_one = batched(level, branch, flags, [True] * count)
        found.append(made_one.program(*made_one.captured, *_values(operands)))
    last = ops.full((), len(branches) - 1, int32)
    (which,) = bind(rows.clamp_p, ops.full((), 0, int32), index.value, last)
    return [
        Lane(bind(rows.select_n_p, _behind(which, cases[0].shape[1:]), *cases)[0], True)
        for cases in zip(*found, strict=True)
    ]


def _steady(
    level: BatchLevel, body: Program, fixed: Sequence[bool], carry: Sequence[bool], others: Sequence[bool]
) -> tuple[bool, ...]:
    """Which of a carry is stacked after any number of steps."""
    now = tuple(carry)
    while True:
        made = batched(level, body, (*fixed, *now, *others))
        wider = tuple(a or b for a, b in zip(now, made.flags[: len(now)], strict=True))
        if wider == now:
            return now
        now = wider


def _stacked_where(level: BatchLevel, lanes: Lanes, flags: Sequence[bool]) -> list[Any]:
    return [stacked(level, x) if f else x.value for x, f in zip(lanes, flags, strict=True)]


def while_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """A test per lane: the loop goes on while any lane does, and lanes that are done stand still."""
    first, second = params["cond_nconsts"], params["cond_nconsts"] + params["body_nconsts"]
    test_consts, consts, init = lanes[:first], lanes[first:second], lanes[second:]
    test, body = params["cond_program"], params["body_program"]
    carry = _steady(level, body, _flags(consts), _flags(init), ())
    tested = batched(level, test, (*_flags(test_consts), *carry))
    if not tested.flags[0]:
        moved = batched(level, body, (*_flags(consts), *carry), carry)
        results = bind(
            primitive,
            *tested.captured,
            *_values(test_consts),
            *moved.captured,
            *_values(consts),
            *_stacked_where(level, init, carry),
            cond_program=tested.program,
            body_program=moved.program,
            cond_nconsts=len(tested.captured) + first,
            body_nconsts=len(moved.captured) + len(consts),
        )
        return _lanes(results, carry)
    carry = (True,) * len(init)
    tested = batched(level, test, (*_flags(test_consts), *carry), (True,))
    moved = batched(level, body, (*_flags(consts), *carry), carry)
    test_values = [*tested.captured, *_values(test_consts)]
    body_values = [*moved.captured, *_values(consts)]
    cut = len(test_values)

    def going_on(*operands: Any) -> list[Any]:
        return [ops.unary("reduce_or", tested.program(*operands)[0], axes=(0,))]

    def step(*operands: Any) -> list[Any]:
        state = operands[cut + len(body_values) :]
        (active,) = tested.program(*operands[:cut], *state)
        new = moved.program(*operands[cut:])
        return [ops.where(_behind(active, y.shape[1:]), y, x) for x, y in zip(state, new, strict=True)]

    state = [stacked(level, x) for x in init]
    avals = [dispatch.aval_of(x) for x in (*test_values, *body_values, *state)]
    condition, _ = trace_closed(going_on, [*avals[:cut], *avals[cut + len(body_values) :]])
    program, _ = trace_closed(step, avals)
    results = bind(
        primitive,
        *test_values,
        *test_values,
        *body_values,
        *state,
        cond_program=condition,
        body_program=program,
        cond_nconsts=cut,
        body_nconsts=cut + len(body_values),
    )
    return _mapped(results)


def scan_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """A scan of the mapped body; the lanes' axis of ``xs`` and ``ys`` comes after the scan's."""
    first, second = params["num_consts"], params["num_consts"] + params["num_carry"]
    consts, init, xs = lanes[:first], lanes[first:second], lanes[second:]
    body, y_count = params["program"], len(params["program"].outputs) - params["num_carry"]
    carry = _steady(level, body, _flags(consts), _flags(init), _flags(xs))
    made = batched(level, body, (*_flags(consts), *carry, *_flags(xs)), (*carry, *((False,) * y_count)))
    rows_ = [ops.from_front(x.value, 1) if x.mapped else x.value for x in xs]
    results = bind(
        primitive,
        *made.captured,
        *_values(consts),
        *_stacked_where(level, init, carry),
        *rows_,
        program=made.program,
        num_consts=len(made.captured) + first,
        num_carry=len(init),
        length=params["length"],
        reverse=params["reverse"],
    )
    ys = [
        ops.to_front(y, 1) if f else y
        for y, f in zip(results[len(init) :], made.flags[len(init) :], strict=True)
    ]
    return _lanes([*results[: len(init)], *ys], made.flags)


def linear_solve_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """All lanes' equations as one, solved by the mapped solver."""
    count = params["num_consts"]
    consts, right = lanes[:count], lanes[count:]
    mapped = (*_flags(consts), *(True,) * len(right))
    parts = {k: p for k, p in params.items() if isinstance(p, Program)}
    made = [batched(level, p, mapped, (True,) * len(p.outputs)) for p in parts.values()]
    programs, captured = with_common_captures([m.program for m in made], [m.captured for m in made])
    changed = {**params, **dict(zip(parts, programs, strict=True)), "num_consts": len(captured) + count}
    results = bind(primitive, *captured, *_values(consts), *(stacked(level, x) for x in right), **changed)
    return _mapped(results)


def backward_call_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """Refuse: a custom backward rule cannot be run forward, in one lane or in many."""
    refuse_forward(params["name"])


ELEMENTWISE = [
    "real",
    "imag",
    "complex",
    "conj",
    "neg",
    "sign",
    "abs",
    "floor",
    "ceil",
    "round",
    "is_finite",
    "not",
    "population_count",
    "mulhi",
    "clz",
    "stop_gradient",
    "sqrt",
    "rsqrt",
    "cbrt",
    "square",
    "exp",
    "exp2",
    "expm1",
    "log",
    "log1p",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "sinh",
    "cosh",
    "tanh",
    "asinh",
    "acosh",
    "atanh",
    "logistic",
    "erf",
    "erfc",
    "erf_inv",
    "bessel_i0e",
    "bessel_i1e",
    "lgamma",
    "digamma",
    "igamma",
    "igamma_grad_a",
    "igammac",
    "polygamma",
    "random_gamma_grad",
    "regularized_incomplete_beta",
    "zeta",
    "integer_pow",
    "convert_element_type",
    "add",
    "sub",
    "mul",
    "div",
    "rem",
    "pow",
    "max",
    "min",
    "atan2",
    "nextafter",
    "and",
    "or",
    "xor",
    "shift_left",
    "shift_right_arithmetic",
    "shift_right_logical",
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "threefry2x32",
]
REDUCTIONS = [
    "reduce_sum",
    "reduce_prod",
    "reduce_max",
    "reduce_min",
    "reduce_and",
    "reduce_or",
    "reduce_xor",
    "argmax",
    "argmin",
]
# Stacks of matrices, or of vectors of pivots: the lanes are one more axis of the batch.
BATCHED = [
    "fft",
    "cholesky",
    "triangular_solve",
    "lu",
    "lu_pivots_to_permutation",
    "qr",
    "eig",
    "eigh",
    "svd",
]
SCATTERS = ["scatter", "scatter_add", "scatter_sub", "scatter_mul", "scatter_min", "scatter_max"]

BATCHING: dict[str, Rule] = {
    **dict.fromkeys(ELEMENTWISE, elementwise),
    **dict.fromkeys(BATCHED, elementwise),
    **dict.fromkeys(REDUCTIONS, reduction),
    "clamp": clamp_rule,
    "select_n": select_n_rule,
    "bitcast_convert_type": bitcast_rule,
    "broadcast_in_dim": broadcast_in_dim_rule,
    "reshape": reshape_rule,
    "transpose": transpose_rule,
    "squeeze": squeeze_rule,
    "rev": rev_rule,
    "concatenate": along_axis("dimension"),
    "slice": slice_rule,
    "pad": pad_rule,
    "iota": iota_rule,
    "dynamic_slice": dynamic_slice_rule,
    "dynamic_update_slice": dynamic_update_slice_rule,
    "gather": gather_rule,
    **dict.fromkeys(SCATTERS, scatter_rule),
    "cumsum": along_axis("axis"),
    "cumprod": along_axis("axis"),
    "cummax": along_axis("axis"),
    "cummin": along_axis("axis"),
    "sort": along_axis("dimension"),
    "dot_general": dot_general_rule,
    **windows.BATCHING,
    "jit": jit_rule,
    "cond": cond_rule,
    "while": while_rule,
    "scan": scan_rule,
    "custom_linear_solve": linear_solve_rule,
    "psum": _collective(_sum_of_lanes),
    "pmax": _collective(_extreme_of_lanes("reduce_max")),
    "pmin": _collective(_extreme_of_lanes("reduce_min")),
    **exchanges.BATCHING,
    "axis_index": axis_index_rule,
    "backward_call": backward_call_rule,
}

"""Single faults planted in fast's rule tables, one at a time: the laws catch each, and nothing without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from verax.fast import Device, on_device
from verax.fast import operations as ops
from verax.fast.batching import Lane
from verax.fast.devices import CPU
from verax.fast.rules.batching import BATCHING
from verax.fast.rules.jvp import JVP
from verax.fast.rules.jvp.kinds import unary_rule
from verax.fast.rules.transpose import TRANSPOSE, is_unknown
from verax.language import catalogue as rows
from verax.language.dispatch import bind
from verax.property_tests.checking import check_subject
from verax.property_tests.primitive_cases import case_of

pytestmark = pytest.mark.no_cover  # other tests cover it; traced by coverage it takes three times as long


@pytest.fixture(autouse=True)
def device() -> Iterator[Device]:
    """The tables are the same on every device: one is enough."""
    with on_device(CPU) as chosen:
        yield chosen


@dataclass(frozen=True)
class Fault:
    """A wrong row.

    Attributes:
        kind: what sort of slip it is.
        table: "jvp", "transpose" or "batching".
        primitive: whose row.
        spoil: makes the wrong rule of the right one.
        seed: from which on a case of the primitive shows it within a few seeds.
    """

    kind: str
    table: str
    primitive: str
    spoil: Callable[[Any], Any]
    seed: int = 0

    def __str__(self) -> str:
        return f"{self.table}-{self.primitive}-{self.kind.replace(' ', '-')}"


TABLES: dict[str, dict[str, Any]] = {"jvp": JVP, "transpose": TRANSPOSE, "batching": BATCHING}


# -- how rules are spoiled ---------------------------------------------------------------------------------
def negated(rule: Any) -> Any:
    """Every derivative with the wrong sign."""

    def wrong(*args: Any) -> Any:
        found = rule(*args)
        if isinstance(found, tuple):
            return found[0], [None if t is None else ops.neg(t) for t in found[1]]
        return [None if t is None else ops.neg(t) for t in found]

    return wrong


def scaled(factor: float) -> Callable[[Any], Any]:
    """Every derivative too large or too small."""

    def spoil(rule: Any) -> Any:
        def wrong(*args: Any) -> Any:
            found = rule(*args)
            if isinstance(found, tuple):
                return found[0], [None if t is None else ops.scale(t, factor) for t in found[1]]
            return [None if t is None else ops.scale(t, factor) for t in found]

        return wrong

    return spoil


def sloped(slope: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    """Another slope for a primitive of one operand."""
    return lambda rule: unary_rule(slope)


def swapped_tangents(rule: Any) -> Any:
    """The tangents of two operands mistaken for each other."""
    return lambda p, primals, tangents, params: rule(p, primals, tangents[::-1], params)


def without(place: int) -> Callable[[Any], Any]:
    """One operand's tangent forgotten."""

    def spoil(rule: Any) -> Any:
        def wrong(p: Any, primals: Any, tangents: Any, params: Any) -> Any:
            kept = [None if i == place else t for i, t in enumerate(tangents)]
            if all(t is None for t in kept):
                outs = bind(p, *primals, **params)
                return outs, [None] * len(outs)
            return rule(p, primals, kept, params)

        return wrong

    return spoil


def transposed(rule: Callable[[Any, Any, Any], Any]) -> Callable[[Any], Any]:
    """Another transpose rule: of (cotangent, first operand, parameters), for the first operand."""

    def spoil(right: Any) -> Any:
        def wrong(equation: Any, cotangents: Any, operands: Any) -> Any:
            found = rule(cotangents[0], operands[0], equation.params)
            return [found, *[None] * (len(operands) - 1)]

        return wrong

    return spoil


def unshifted(rule: Any) -> Any:
    """A batching rule that forgets that the lanes' axis stands in front."""

    def wrong(level: Any, primitive: Any, lanes: Any, params: Any) -> Any:
        values = [x.value if x.mapped else ops.lead(x.value, level.size) for x in lanes]
        return [Lane(y, True) for y in bind(primitive, *values, **params)]

    return wrong


def lanes_turned(rule: Any) -> Any:
    """A batching rule whose lanes come out in the wrong order."""

    def wrong(level: Any, *args: Any) -> Any:
        return [
            Lane(ops.unary("rev", y.value, dimensions=(0,)), True) if y.mapped else y
            for y in rule(level, *args)
        ]

    return wrong


def first_lane_for_all(rule: Any) -> Any:
    """A batching rule that takes what one lane has for what all have."""

    def wrong(level: Any, primitive: Any, lanes: Any, params: Any) -> Any:
        def shared(x: Lane) -> Lane:
            row = ops.reshape(ops.slice_in(x.value, 0, 0, 1), x.value.shape[1:])
            return Lane(ops.lead(row, level.size), True)

        return rule(
            level, primitive, [*lanes[:-1], shared(lanes[-1]) if lanes[-1].mapped else lanes[-1]], params
        )

    return wrong


# -- wrong rules written out ---------------------------------------------------------------------------------
def product_of_one_side(rule: Any) -> Any:
    """x dx + y dy: each factor beside the wrong tangent."""
    return lambda p, primals, tangents, params: (
        bind(p, *primals),
        rule(p, primals[::-1], tangents, params)[1],
    )


def all_win(p: Any, primals: Any, tangents: Any, params: Any) -> Any:
    """The sum of all tangents, not only of the extreme elements'."""
    return bind(p, *primals, **params), [ops.sum_over(tangents[0], params["axes"])]


def windows_summed(p: Any, primals: Any, tangents: Any, params: Any) -> Any:
    """The sum of all tangents of a window, not only of the extreme ones."""
    return bind(p, *primals, **params), bind(rows.reduce_window_sum_p, *tangents, **params)


def unsorted_tangents(p: Any, primals: Any, tangents: Any, params: Any) -> Any:
    """Tangents left where their operands were."""
    return bind(p, *primals, **params), list(tangents)


def unconverted(p: Any, primals: Any, tangents: Any, params: Any) -> Any:
    """A tangent of the operand's dtype, not the result's."""
    return bind(p, *primals, **params), list(tangents)


def broadcast_without_sum(c: Any, x: Any, params: Any) -> Any:
    """One element of the axes that were repeated, instead of their sum."""
    kept = params["broadcast_dimensions"]
    for axis in range(c.ndim):
        if axis not in kept or x.aval.shape[kept.index(axis)] == 1:
            c = ops.slice_in(c, axis, 0, 1)
    return ops.reshape(c, x.aval.shape)


def overwriting(rule: Any) -> Any:
    """A place that is read twice gets one cotangent, not both."""

    def wrong(equation: Any, cotangents: Any, operands: Any) -> Any:
        numbers = equation.params["dimension_numbers"]
        back = rows.ScatterDimensionNumbers(
            numbers.offset_dims, numbers.collapsed_slice_dims, numbers.start_index_map
        )
        (found,) = bind(
            rows.scatter_p,
            ops.zeros(operands[0].aval),
            operands[1],
            cotangents[0],
            dimension_numbers=back,
            mode=equation.params["mode"],
        )
        return [found, None]

    return wrong


def all_updates_win(p: Any, primals: Any, tangents: Any, params: Any) -> Any:
    """The sum of all tangents of a place, not only of the extreme ones."""
    x, indices, updates = primals
    full = [ops.zeros(v.aval) if t is None else t for v, t in zip((x, updates), tangents[::2], strict=True)]
    return bind(p, *primals, **params), bind(rows.scatter_add_p, full[0], indices, full[1], **params)


def concatenated_from_the_start(rule: Any) -> Any:
    """Every operand's stretch taken from the start."""

    def wrong(equation: Any, cotangents: Any, operands: Any) -> Any:
        axis = equation.params["dimension"]
        return [
            ops.slice_in(cotangents[0], axis, 0, x.aval.shape[axis]) if is_unknown(x) else None
            for x in operands
        ]

    return wrong


def sliced_at_the_start(c: Any, x: Any, params: Any) -> Any:
    """Zeros all behind, as if the slice had begun at 0."""
    strides = params["strides"] or (1,) * c.ndim
    config = []
    for size, count, stride in zip(x.aval.shape, c.shape, strides, strict=True):
        used = (count - 1) * stride + 1 if count else 0
        config.append((0, size - used, stride - 1))
    return ops.pad(c, config)


def same_order(c: Any, x: Any, params: Any) -> Any:
    """The permutation itself in place of its inverse."""
    return ops.reshape(ops.transpose(c, params["permutation"]), x.aval.shape)


def padded_alike(rule: Any) -> Any:
    """The windows' own padding where they are taken of the cotangent."""

    def wrong(equation: Any, cotangents: Any, operands: Any) -> Any:
        p, (x,) = equation.params, operands
        (found,) = bind(
            rows.reduce_window_sum_p, cotangents[0], **{**p, "base_dilation": p["window_strides"]}
        )
        config = [(0, n - m, 0) for n, m in zip(x.aval.shape, found.shape, strict=True)]
        return [ops.pad(found, config)]

    return wrong


def cases_swapped(rule: Any) -> Any:
    def wrong(equation: Any, cotangents: Any, operands: Any) -> Any:
        which, *cases = rule(equation, cotangents, operands)
        return [which, *cases[::-1]]

    return wrong


def not_reversed(rule: Any) -> Any:
    return lambda equation, cotangents, operands: bind(equation.primitive, cotangents[0], **equation.params)


def multiplied(rule: Any) -> Any:
    return lambda equation, cotangents, operands: [ops.mul(cotangents[0], operands[1]), None]


def turned(rule: Any) -> Any:
    """Both cotangents along the first axis, turned."""

    def wrong(equation: Any, cotangents: Any, operands: Any) -> Any:
        return [
            None if c is None or c.ndim == 0 else ops.unary("rev", c, dimensions=(c.ndim - 1,))
            for c in rule(equation, cotangents, operands)
        ]

    return wrong


def unmoved(rule: Any) -> Any:
    """The lanes left where a product puts them."""

    def wrong(level: Any, primitive: Any, lanes: Any, params: Any) -> Any:
        (y,) = rule(level, primitive, lanes, params)
        last = y.value.ndim - 1
        return [Lane(ops.transpose(y.value, (last, *range(last))), True)]

    return wrong


def not_summed(rule: Any) -> Any:
    """Each lane's own value in place of the sum."""
    return lambda level, primitive, lanes, params: list(lanes)


def by_double_slope(x: Any, y: Any) -> Any:
    return ops.scale(y, 2.0)


FAULTS = [
    # signs
    Fault("sign", "jvp", "sin", negated),
    Fault("sign", "jvp", "cos", negated),
    Fault("sign", "jvp", "acos", negated),
    Fault("sign", "transpose", "neg", lambda rule: lambda e, c, x: list(c)),
    Fault("sign", "transpose", "sub", negated),
    Fault("sign", "transpose", "scatter_sub", negated),
    # factors and terms
    Fault("factor", "jvp", "exp", sloped(by_double_slope)),
    Fault("factor", "jvp", "log", scaled(0.5)),
    Fault("factor", "jvp", "sqrt", scaled(2.0)),
    Fault("factor", "jvp", "integer_pow", scaled(0.5), seed=2),
    Fault("factor", "jvp", "erf", scaled(0.886)),
    Fault("wrong power", "jvp", "tanh", sloped(lambda x, y: ops.sub(ops.full_like(y, 1), y))),
    Fault("wrong factor", "jvp", "logistic", sloped(lambda x, y: ops.square(y))),
    Fault("wrong function", "jvp", "tan", sloped(lambda x, y: ops.shift(y, 1.0))),
    Fault("factor", "transpose", "reduce_sum", scaled(0.5)),
    Fault("inverse factor", "transpose", "div", multiplied),
    # operand order
    Fault("operand order", "jvp", "mul", product_of_one_side),
    Fault("operand order", "jvp", "atan2", swapped_tangents),
    Fault("operand order", "jvp", "max", swapped_tangents, seed=1),
    Fault("operand order", "transpose", "select_n", cases_swapped),
    # missing terms and reductions
    Fault("missing term", "jvp", "div", without(1)),
    Fault("missing term", "jvp", "pow", without(0), seed=1),
    Fault("missing term", "jvp", "dot_general", without(0), seed=2),
    Fault("missing mask", "jvp", "reduce_max", lambda rule: all_win),
    Fault("missing term", "jvp", "scatter_mul", without(2), seed=1),
    Fault("missing mask", "jvp", "reduce_window_max", lambda rule: windows_summed),
    Fault("missing term", "jvp", "conv_general_dilated", without(1)),
    Fault("missing mask", "jvp", "scatter_max", lambda rule: all_updates_win),
    Fault("missing order", "jvp", "sort", lambda rule: unsorted_tangents),
    Fault("missing reduction", "transpose", "broadcast_in_dim", transposed(broadcast_without_sum), seed=1),
    Fault("missing reduction", "transpose", "gather", overwriting, seed=1),
    Fault("missing reduction", "batching", "psum", not_summed),
    Fault("missing term", "jvp", "triangular_solve", without(0)),
    Fault("sign", "jvp", "cholesky", negated),
    Fault("factor", "jvp", "lu", scaled(0.5), seed=1),
    Fault("sign", "transpose", "triangular_solve", negated),
    # wrong dtype
    Fault("wrong dtype", "jvp", "convert_element_type", lambda rule: unconverted, seed=7),
    Fault("wrong dtype", "transpose", "convert_element_type", lambda rule: lambda e, c, x: list(c), seed=7),
    # wrong axes and places
    Fault("wrong axis", "transpose", "transpose", transposed(same_order), seed=12),
    Fault("wrong place", "transpose", "concatenate", concatenated_from_the_start),
    Fault("wrong place", "transpose", "slice", transposed(sliced_at_the_start), seed=2),
    Fault("wrong direction", "transpose", "cumsum", not_reversed),
    Fault("wrong direction", "transpose", "rev", lambda rule: lambda e, c, x: list(c)),
    Fault("wrong direction", "transpose", "dot_general", turned, seed=2),
    Fault("wrong place", "transpose", "reduce_window_sum", padded_alike, seed=1),
    Fault("wrong direction", "transpose", "conv_general_dilated", turned, seed=2),
    # wrong batching axes
    Fault("wrong axis", "batching", "reduce_sum", unshifted),
    Fault("wrong axis", "batching", "cumsum", unshifted),
    Fault("wrong axis", "batching", "sort", unshifted),
    Fault("wrong axis", "batching", "argmax", unshifted),
    Fault("wrong axis", "batching", "concatenate", unshifted),
    Fault("wrong axis", "batching", "dot_general", unmoved),
    Fault("wrong lanes", "batching", "exp", lanes_turned, seed=1),
    Fault("wrong lanes", "batching", "transpose", lanes_turned),
    Fault("wrong lanes", "batching", "gather", first_lane_for_all),
    Fault("wrong lanes", "batching", "scatter_min", first_lane_for_all),
    Fault("wrong axis", "batching", "reduce_xor", unshifted),
    Fault("wrong lanes", "batching", "conv_general_dilated", first_lane_for_all),
    Fault("wrong lanes", "batching", "reduce_window_min", lanes_turned),
    Fault("wrong lanes", "batching", "reduce_scatter", lanes_turned),
    Fault("wrong lanes", "batching", "clamp", first_lane_for_all, seed=4),
    Fault("wrong lanes", "batching", "mul", first_lane_for_all),
    Fault("wrong lanes", "batching", "qr", first_lane_for_all),
    Fault("wrong lanes", "batching", "eigh", lanes_turned),
]


def failing(primitive: str, table: str, seed: int) -> list[str]:
    """What the laws that look at a table say of one case of a primitive."""
    within = table == "batching" and rows.PRIMITIVES[primitive].kind != "collective"
    laws = ("vmap",) if within else ("gradient", "value")
    subject = case_of(primitive, seed).subject()
    return [str(f) for f in check_subject(subject, laws, examples=8, seed=seed).findings if f.fails]


def test_there_are_at_least_thirty_faults_of_every_kind() -> None:
    assert len(FAULTS) >= 30
    assert {f.table for f in FAULTS} == set(TABLES)
    assert len({str(f) for f in FAULTS}) == len(FAULTS)


SEEDS = 8


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_planted_fault_is_caught(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    table = TABLES[fault.table]
    right = table[fault.primitive]
    caught: list[str] = []
    for seed in range(fault.seed, fault.seed + SEEDS):
        assert failing(fault.primitive, fault.table, seed) == []

        monkeypatch.setitem(table, fault.primitive, fault.spoil(right))
        caught = failing(fault.primitive, fault.table, seed)
        monkeypatch.setitem(table, fault.primitive, right)
        if caught:
            break

    assert caught != []

"""Every function of `verax.lax` gives the shape, dtype and weak type that `jax.eval_shape` gives, or both refuse.

Calls are drawn, invalid ones among them. Where we take more than JAX (Python scalars beside arrays) or less
(reshapes that change the number of elements, which JAX lets through until it compiles) is listed.
"""

from __future__ import annotations

import contextlib
import types
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import jax
import ml_dtypes
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jax import lax as jax_lax

from verax.language import catalogue, dispatch, lax, trees
from verax.language.arrays import Array
from verax.language.config import enable_x64
from verax.language.primitive import Primitive
from verax.language.shapes import ShapedArray
from verax.language.tracing import trace

# Types need no implementation: nothing is computed.
NOBODY: Any = types.SimpleNamespace(name="nobody", array_type=Array, precedence=0)
NARROW = [
    np.dtype(t) for t in ("bool", "int8", "int16", "int32", "uint8", "uint16", "uint32", "float16", "float32")
]
NARROW.append(np.dtype(ml_dtypes.bfloat16))
WIDE = [np.dtype(t) for t in ("int64", "uint64", "float64")]
NUMBERS = [d for d in NARROW if d != np.bool_]
FLOATS = [np.dtype("float16"), np.dtype(ml_dtypes.bfloat16), np.dtype("float32")]
DEFAULTS = [np.dtype("int32"), np.dtype("float32")]
REFUSED = "refused"


class Spec(NamedTuple):
    shape: tuple[int, ...]
    dtype: Any
    weak: bool = False


class Call(NamedTuple):
    """``function(lax, *arrays)`` on operands of these types; ``text`` says what was drawn."""

    function: Callable[..., Any]
    operands: tuple[Spec, ...]
    text: str = ""
    lenient: bool = False  # we may accept where JAX refuses
    strict: bool = False  # we may refuse where JAX accepts


# -- the comparator ---------------------------------------------------------------------------------------
def verax_types(call: Call) -> Any:
    def flat(*operands: Any) -> list[Any]:
        return [dispatch.lift(x) for x in trees.leaves(call.function(lax, *operands))]

    try:
        with dispatch.using(NOBODY):
            program = trace(flat, [ShapedArray(s.shape, s.dtype, s.weak) for s in call.operands])
    except (TypeError, ValueError, OverflowError):
        return REFUSED
    return [(a.shape, str(a.dtype), a.weak_type) for a in program.out_avals]


def jax_types(call: Call) -> Any:
    struct: Any = jax.ShapeDtypeStruct  # untyped in some releases
    operands = [struct(s.shape, s.dtype, weak_type=s.weak) for s in call.operands]
    try:
        found = jax.eval_shape(lambda *xs: call.function(jax_lax, *xs), *operands)
    except (TypeError, ValueError, IndexError, OverflowError, ZeroDivisionError):
        return REFUSED
    return [(a.shape, str(a.dtype), a.weak_type) for a in jax.tree.leaves(found)]


def assert_types_agree(call: Call) -> None:
    ours, theirs = verax_types(call), jax_types(call)
    if (theirs == REFUSED and call.lenient) or (ours == REFUSED and call.strict):
        return
    assert ours == theirs, f"{call.text} of {call.operands}: ours {ours}, JAX's {theirs}"


def check_drawn(calls: st.SearchStrategy[Call], count: int, shrink: bool = True) -> None:
    phases = [Phase.explicit, Phase.generate, *([Phase.shrink] if shrink else [])]

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )
    @given(calls)
    def agree(call: Call) -> None:
        assert_types_agree(call)

    agree()


# -- what is drawn -----------------------------------------------------------------------------------------
shapes = st.lists(st.integers(0, 3), max_size=3).map(tuple)
solid = st.lists(st.integers(1, 3), min_size=1, max_size=3).map(tuple)
# The default dtypes, the only ones that are ever weak, come more often.
dtypes = st.sampled_from([*NARROW, *DEFAULTS * 3])
weak = st.booleans()


def mostly(valid: st.SearchStrategy[Any], other: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(valid, valid, valid, other)


@st.composite
def specs(draw: Any, shape: st.SearchStrategy[Any] = shapes, dtype: st.SearchStrategy[Any] = dtypes) -> Spec:
    found = draw(dtype)
    # Weak types come from Python's int and float: of the default dtypes.
    return Spec(draw(shape), found, found in DEFAULTS and draw(weak))


@st.composite
def unary(draw: Any, name: str) -> Call:
    return Call(lambda lax, x: getattr(lax, name)(x), (draw(specs()),), name)


@st.composite
def binary(draw: Any, name: str) -> Call:
    x = draw(specs())
    scalar = draw(st.none() | st.none() | st.sampled_from([True, 1, -2, 1.5]))
    if scalar is not None:
        left = draw(st.booleans())
        text = f"{name} with the scalar {scalar}"
        if left:
            return Call(lambda lax, x: getattr(lax, name)(scalar, x), (x,), text, lenient=True)
        return Call(lambda lax, x: getattr(lax, name)(x, scalar), (x,), text, lenient=True)
    dtype = draw(mostly(st.just(x.dtype), dtypes))
    ones = tuple(draw(st.sampled_from([n, n, 1])) for n in x.shape)
    shape = draw(mostly(st.sampled_from([x.shape, x.shape, (), ones]), shapes))
    y = Spec(shape, dtype, dtype in DEFAULTS and draw(weak))
    return Call(lambda lax, x, y: getattr(lax, name)(x, y), (x, y), name)


def of(
    function: Callable[..., Any], text: str, *operands: Spec, lenient: bool = False, strict: bool = False
) -> Call:
    return Call(function, operands, text, lenient, strict)


@st.composite
def clamp(draw: Any) -> Call:
    x = draw(specs())
    limit = st.builds(
        Spec, mostly(st.sampled_from([x.shape, ()]), shapes), mostly(st.just(x.dtype), dtypes), weak
    )
    low, high = draw(limit), draw(limit)
    return of(lambda lax, a, b, c: lax.clamp(a, b, c), "clamp", low, x, high)


@st.composite
def select_n(draw: Any) -> Call:
    x = draw(specs())
    which = Spec(
        draw(mostly(st.sampled_from([x.shape, ()]), shapes)), draw(mostly(st.just(np.dtype(bool)), dtypes))
    )
    others = [x._replace(weak=draw(weak)) for _ in range(draw(st.integers(0, 2)))]
    if draw(st.integers(0, 4)) == 0:
        others.append(draw(specs()))
    return of(lambda lax, w, *cases: lax.select_n(w, *cases), "select_n", which, x, *others)


@st.composite
def round_(draw: Any) -> Call:
    method = draw(st.sampled_from([0, 1]))
    return of(lambda lax, x: lax.round(x, lax.RoundingMethod(method)), f"round[{method}]", draw(specs()))


@st.composite
def integer_pow(draw: Any) -> Call:
    y = draw(st.integers(-3, 3))
    return of(lambda lax, x: lax.integer_pow(x, y), f"integer_pow[{y}]", draw(specs()))


@st.composite
def pow_(draw: Any) -> Call:
    x = draw(specs(dtype=st.sampled_from(FLOATS)))
    y = Spec(draw(mostly(st.just(x.shape), st.just(()))), draw(mostly(st.just(x.dtype), dtypes)), False)
    return of(lambda lax, x, y: lax.pow(x, y), "pow", x, y)


@st.composite
def convert(draw: Any) -> Call:
    new = draw(dtypes)
    if draw(st.integers(0, 3)) == 0:
        scalar = draw(st.sampled_from([True, 7, -1.5, 2.0]))
        return of(lambda lax: lax.convert_element_type(scalar, new), f"convert {scalar} to {new}")
    return of(lambda lax, x: lax.convert_element_type(x, new), f"convert to {new}", draw(specs()))


@st.composite
def reduced(draw: Any) -> Call:
    bits = draw(st.integers(0, 9)), draw(st.integers(-1, 24))
    return of(lambda lax, x: lax.reduce_precision(x, *bits), f"reduce_precision {bits}", draw(specs()))


@st.composite
def bitcast(draw: Any) -> Call:
    new = draw(dtypes)
    last = st.sampled_from([1, 2, 4])
    shape = mostly(shapes, st.tuples(st.integers(1, 2), last))
    return of(lambda lax, x: lax.bitcast_convert_type(x, new), f"bitcast to {new}", draw(specs(shape)))


@st.composite
def broadcast_in_dim(draw: Any) -> Call:
    target = draw(st.lists(st.integers(0, 3), min_size=1, max_size=4).map(tuple))
    places = sorted(draw(st.sets(st.integers(0, len(target) - 1), max_size=len(target))))
    sizes = tuple(draw(mostly(st.sampled_from([target[p], 1]), st.integers(0, 3))) for p in places)
    if draw(st.integers(0, 5)) == 0:
        places = places[:-1]
    x = draw(specs(st.just(sizes)))
    text = f"broadcast to {target} at {places}"
    # At equal rank JAX passes an operand on without a look where no dimensions are given.
    strict = not places and len(sizes) == len(target)
    return of(lambda lax, x: lax.broadcast_in_dim(x, target, places), text, x, strict=strict)


@st.composite
def broadcast(draw: Any) -> Call:
    sizes = draw(shapes)
    return of(lambda lax, x: lax.broadcast(x, sizes), f"broadcast {sizes}", draw(specs()))


@st.composite
def reshape(draw: Any) -> Call:
    x = draw(specs())
    sizes = draw(mostly(st.permutations(x.shape).map(tuple), shapes))
    return of(lambda lax, x: lax.reshape(x, sizes), f"reshape {sizes}", x, strict=True)


@st.composite
def transpose(draw: Any) -> Call:
    x = draw(specs())
    order = draw(mostly(st.permutations(range(len(x.shape))).map(tuple), st.just((0, 0))))
    return of(lambda lax, x: lax.transpose(x, order), f"transpose {order}", x)


@st.composite
def squeeze(draw: Any) -> Call:
    x = draw(specs(st.lists(st.sampled_from([1, 1, 2]), max_size=3).map(tuple)))
    ones = [i - draw(st.sampled_from([0, len(x.shape)])) for i, n in enumerate(x.shape) if n == 1]
    axes = draw(mostly(st.just(tuple(ones)), st.just((0,))))
    return of(lambda lax, x: lax.squeeze(x, axes), f"squeeze {axes}", x)


@st.composite
def expand_dims(draw: Any) -> Call:
    axes = draw(st.lists(st.integers(-3, 3), max_size=2).map(tuple))
    return of(lambda lax, x: lax.expand_dims(x, axes), f"expand_dims {axes}", draw(specs()))


@st.composite
def concatenate(draw: Any) -> Call:
    x = draw(specs(solid))
    axis = draw(mostly(st.integers(0, len(x.shape) - 1), st.integers(-1, 3)))
    others = []
    for _ in range(draw(st.integers(0, 2))):
        shape = list(x.shape)
        if axis in range(len(shape)):
            shape[axis] = draw(st.integers(0, 3))
        others.append(Spec(tuple(shape), x.dtype, x.weak and draw(weak)))
    if draw(st.integers(0, 5)) == 0:
        others.append(draw(specs()))
    return of(lambda lax, *xs: lax.concatenate(list(xs), axis), f"concatenate {axis}", x, *others)


@st.composite
def slice_(draw: Any) -> Call:
    x = draw(specs())
    starts = [draw(mostly(st.integers(0, n), st.integers(-1, 3))) for n in x.shape]
    limits = [
        draw(mostly(st.integers(max(0, min(a, n)), n), st.integers(0, 4)))
        for a, n in zip(starts, x.shape, strict=True)
    ]
    strides = draw(st.none() | st.just([draw(st.integers(1, 3)) for _ in x.shape]))
    return of(lambda lax, x: lax.slice(x, starts, limits, strides), f"slice {starts} {limits} {strides}", x)


@st.composite
def slice_in_dim(draw: Any) -> Call:
    x = draw(specs(solid))
    ends = [draw(st.none() | st.integers(-3, 3)) for _ in range(2)]
    stride, axis = draw(st.integers(1, 2)), draw(st.integers(-1, len(x.shape) - 1))
    return of(
        lambda lax, x: lax.slice_in_dim(x, *ends, stride, axis), f"slice_in_dim {ends} {stride} {axis}", x
    )


@st.composite
def index_in_dim(draw: Any) -> Call:
    x = draw(specs(solid))
    axis, keep = draw(st.integers(-1, len(x.shape) - 1)), draw(st.booleans())
    index = draw(st.integers(-x.shape[axis], x.shape[axis] - 1))
    return of(lambda lax, x: lax.index_in_dim(x, index, axis, keep), f"index_in_dim {index} {axis} {keep}", x)


@st.composite
def dynamic_slice(draw: Any) -> Call:
    x = draw(specs())
    sizes = [draw(mostly(st.integers(0, n), st.integers(0, 4))) for n in x.shape]
    start = Spec((), draw(mostly(st.just(np.dtype("int32")), dtypes)))
    starts = [start] * len(x.shape)
    return of(lambda lax, x, *i: lax.dynamic_slice(x, i, sizes), f"dynamic_slice {sizes}", x, *starts)


@st.composite
def dynamic_update_slice(draw: Any) -> Call:
    x = draw(specs())
    sizes = tuple(draw(mostly(st.integers(0, n), st.integers(0, 4))) for n in x.shape)
    update = Spec(sizes, draw(mostly(st.just(x.dtype), dtypes)), x.weak and draw(weak))
    starts = [draw(st.integers(-2, 2)) for _ in x.shape]
    return of(lambda lax, x, u: lax.dynamic_update_slice(x, u, starts), "dynamic_update_slice", x, update)


@st.composite
def dynamic_in_dim(draw: Any) -> Call:
    x = draw(specs(solid))
    axis, i = draw(st.integers(-1, len(x.shape) - 1)), Spec((), np.dtype("int32"))
    size, keep = draw(st.integers(0, x.shape[axis])), draw(st.booleans())
    kind = draw(st.integers(0, 3))
    if kind == 0:
        return of(lambda lax, x, i: lax.dynamic_slice_in_dim(x, i, size, axis), f"slice {size} {axis}", x, i)
    if kind == 1:
        return of(lambda lax, x, i: lax.dynamic_index_in_dim(x, i, axis, keep), f"index {axis} {keep}", x, i)
    shape = list(x.shape)
    shape[axis] = size
    update = x._replace(shape=tuple(shape))
    if kind == 2:
        return of(lambda lax, x, u, i: lax.dynamic_update_slice_in_dim(x, u, i, axis), "update", x, update, i)
    del shape[axis]
    row = x._replace(shape=tuple(shape))
    return of(lambda lax, x, u, i: lax.dynamic_update_index_in_dim(x, u, i, axis), "update row", x, row, i)


@st.composite
def pad(draw: Any) -> Call:
    x = draw(specs())
    width = mostly(
        st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 2)),
        st.tuples(*[st.integers(-2, 1)] * 3),
    )
    config = [draw(width) for _ in x.shape]
    value = Spec((), draw(mostly(st.just(x.dtype), dtypes)), draw(weak))
    return of(lambda lax, x, v: lax.pad(x, v, config), f"pad {config}", x, value)


@st.composite
def rev(draw: Any) -> Call:
    x = draw(specs())
    axes = draw(st.lists(st.integers(-1, 2), max_size=2).map(tuple))
    return of(lambda lax, x: lax.rev(x, axes), f"rev {axes}", x)


@st.composite
def iota(draw: Any) -> Call:
    dtype, shape, axis = draw(dtypes), draw(solid), draw(st.integers(-1, 3))
    return of(lambda lax: lax.broadcasted_iota(dtype, shape, axis), f"iota {dtype} {shape} {axis}")


@st.composite
def full(draw: Any) -> Call:
    shape, value, dtype = draw(shapes), draw(st.sampled_from([True, 2, 1.5])), draw(st.none() | dtypes)
    return of(lambda lax: lax.full(shape, value, dtype), f"full {shape} {value} {dtype}")


@st.composite
def full_like(draw: Any) -> Call:
    value, dtype, shape = draw(st.sampled_from([0, 1.0])), draw(st.none() | dtypes), draw(st.none() | shapes)
    return of(
        lambda lax, x: lax.full_like(x, value, dtype, shape),
        f"full_like {value} {dtype} {shape}",
        draw(specs()),
    )


@st.composite
def gather(draw: Any) -> Call:
    x = draw(specs(solid))
    rank = len(x.shape)
    batch = draw(st.lists(st.integers(0, 3), max_size=2))
    mapped = draw(st.permutations(range(rank)).map(tuple))[: draw(st.integers(0, rank))]
    collapsed = tuple(sorted(draw(st.sets(st.sampled_from(mapped)) if mapped else st.just(set()))))
    sizes = [1 if i in collapsed else draw(st.integers(0, n)) for i, n in enumerate(x.shape)]
    result_rank = len(batch) + rank - len(collapsed)
    offsets = tuple(sorted(draw(st.permutations(range(result_rank)))[: rank - len(collapsed)]))
    if draw(st.integers(0, 5)) == 0:
        sizes = [n + 1 for n in sizes]
    indices = Spec((*batch, len(mapped)), draw(mostly(st.just(np.dtype("int32")), dtypes)))

    def call(lax: Any, x: Any, i: Any) -> Any:
        return lax.gather(x, i, lax.GatherDimensionNumbers(offsets, collapsed, mapped), sizes, mode="clip")

    return of(call, f"gather {offsets} {collapsed} {mapped} {sizes}", x, indices)


@st.composite
def gather_batched(draw: Any) -> Call:
    x = draw(specs(st.tuples(st.just(2), st.integers(1, 3))))
    indices = Spec((draw(st.sampled_from([2, 2, 3])), 4, 1), np.dtype("int32"))

    def call(lax: Any, x: Any, i: Any) -> Any:
        numbers = lax.GatherDimensionNumbers((), (1,), (1,), (0,), (0,))
        return lax.gather(x, i, numbers, (1, 1), mode="fill")

    return of(call, "gather with batching axes", x, indices)


@st.composite
def scatter(draw: Any, name: str) -> Call:
    x = draw(specs(solid, st.sampled_from(NARROW if name == "scatter" else NUMBERS)))
    rank = len(x.shape)
    batch = draw(st.lists(st.integers(0, 3), max_size=2))
    mapped = draw(st.permutations(range(rank)).map(tuple))[: draw(st.integers(0, rank))]
    inserted = tuple(sorted(draw(st.sets(st.sampled_from(mapped)) if mapped else st.just(set()))))
    window = [
        draw(mostly(st.integers(0, n), st.integers(0, 4))) for i, n in enumerate(x.shape) if i not in inserted
    ]
    update_rank = len(batch) + len(window)
    axes = tuple(sorted(draw(st.permutations(range(update_rank)))[: len(window)]))
    sizes, places = iter(window), iter(batch)
    shape = tuple(next(sizes) if i in axes else next(places) for i in range(update_rank))
    updates = Spec(shape, draw(mostly(st.just(x.dtype), dtypes)), draw(weak))
    indices = Spec((*batch, len(mapped)), np.dtype("int32"))

    def call(lax: Any, x: Any, i: Any, u: Any) -> Any:
        return getattr(lax, name)(x, i, u, lax.ScatterDimensionNumbers(axes, inserted, mapped), mode="clip")

    return of(call, f"{name} {axes} {inserted} {mapped}", x, indices, updates)


@st.composite
def reduction(draw: Any, name: str) -> Call:
    x = draw(specs())
    axes = draw(mostly(st.sets(st.integers(0, max(0, len(x.shape) - 1))).map(tuple), st.just((0, 0))))
    # JAX lets a repeated axis of reduce_and through.
    strict = axes == (0, 0)
    return of(lambda lax, x: getattr(lax, name)(x, axes), f"{name} {axes}", x, strict=strict)


@st.composite
def cumulative(draw: Any, name: str) -> Call:
    x = draw(specs(solid))
    axis, reverse = draw(st.integers(0, len(x.shape) - 1)), draw(st.booleans())
    # JAX lets integers through, until it compiles.
    strict = name == "cumlogsumexp" and x.dtype not in FLOATS
    return of(lambda lax, x: getattr(lax, name)(x, axis, reverse), f"{name} {axis}", x, strict=strict)


@st.composite
def associative_scan(draw: Any) -> Call:
    x = draw(specs(solid, st.sampled_from(NUMBERS)))
    y = draw(specs(st.just(x.shape), st.sampled_from(NUMBERS)))
    if draw(st.integers(0, 4)) == 0:
        y = draw(specs(solid, st.sampled_from(NUMBERS)))
    axis, reverse = draw(st.integers(-1, len(x.shape) - 1)), draw(st.booleans())

    def call(lax: Any, x: Any, y: Any) -> Any:
        def combine(a: Any, b: Any) -> Any:
            return lax.add(a[0], b[0]), lax.mul(a[1], b[1])

        return lax.associative_scan(combine, (x, y), reverse, axis)

    # JAX does not count its axis from the front before it turns arrays round.
    return of(call, f"associative_scan {axis} {reverse}", x, y, lenient=axis < 0 and reverse)


@st.composite
def position(draw: Any, name: str) -> Call:
    x, axis, dtype = draw(specs()), draw(st.integers(-1, 2)), draw(dtypes)
    return of(lambda lax, x: getattr(lax, name)(x, axis, dtype), f"{name} {axis} {dtype}", x)


@st.composite
def sort(draw: Any) -> Call:
    x = draw(specs(solid))
    others = [draw(specs(mostly(st.just(x.shape), shapes))) for _ in range(draw(st.integers(0, 2)))]
    keys, axis = draw(st.integers(0, 3)), draw(st.integers(-1, len(x.shape) - 1))
    text = f"sort {axis} by {keys}"
    return of(lambda lax, *xs: lax.sort(list(xs), axis, num_keys=keys), text, x, *others)


@st.composite
def top_k(draw: Any) -> Call:
    x = draw(specs(solid, st.sampled_from(NUMBERS)))
    axis = draw(st.integers(-1, len(x.shape) - 1))
    k = draw(st.integers(0, x.shape[axis]))
    return of(lambda lax, x: lax.top_k(x, k, axis=axis), f"top_k {k} {axis}", x._replace(weak=False))


@st.composite
def dot_general(draw: Any) -> Call:
    x = draw(specs(solid))
    axes = draw(st.permutations(range(len(x.shape))))
    contract, batch = draw(st.integers(0, len(axes))), draw(st.integers(0, len(axes)))
    contracting, batched = axes[:contract], axes[contract : contract + batch]
    shared = [x.shape[i] for i in (*contracting, *batched)]
    extra = draw(st.lists(st.integers(0, 3), max_size=1))
    order = draw(st.permutations(range(len(shared) + len(extra))))
    sizes = [*shared, *extra]
    shape = [0] * len(sizes)
    for size, place in zip(sizes, order, strict=True):
        shape[place] = size
    if shape and draw(st.integers(0, 5)) == 0:
        shape[0] += 1
    wanted = draw(st.none() | st.none() | dtypes)
    y = Spec(tuple(shape), draw(mostly(st.just(x.dtype), dtypes)), x.weak and draw(weak))
    numbers = ((contracting, order[:contract]), (batched, order[contract : len(shared)]))

    def call(lax: Any, x: Any, y: Any) -> Any:
        return lax.dot_general(x, y, numbers, preferred_element_type=wanted)

    return of(call, f"dot_general {numbers} {wanted}", x, y)


@st.composite
def dot(draw: Any) -> Call:
    x, y = draw(specs(solid)), draw(specs(solid))
    return of(lambda lax, x, y: lax.dot(x, y), "dot", x, y._replace(dtype=x.dtype, weak=False))


@st.composite
def batch_matmul(draw: Any) -> Call:
    lead, n, k, m = draw(shapes.filter(lambda s: len(s) < 3)), *(draw(st.integers(0, 3)) for _ in range(3))
    x = draw(specs(st.just((*lead, n, k))))
    return of(lambda lax, x, y: lax.batch_matmul(x, y), "batch_matmul", x, x._replace(shape=(*lead, k, m)))


@st.composite
def reduce(draw: Any) -> Call:
    name, start = draw(
        st.sampled_from([("add", 0), ("max", -np.inf), ("mul", 1), ("add", 3), ("bitwise_or", 0)])
    )
    x = draw(specs(solid, st.sampled_from(NUMBERS if start in (0, 1) and name != "bitwise_or" else FLOATS)))
    axes = draw(st.sets(st.integers(0, len(x.shape) - 1)).map(tuple))
    init = np.asarray(start).astype(x.dtype)
    # Beside a start that changes something, JAX's result is never weak.
    x = x._replace(weak=x.weak and start != 3)
    return of(lambda lax, x: lax.reduce(x, init, getattr(lax, name), axes), f"reduce {name} {axes}", x)


@st.composite
def stack(draw: Any) -> Call:
    x = draw(specs())
    others = [x._replace(weak=x.weak and draw(weak)) for _ in range(draw(st.integers(0, 2)))]
    axis = draw(st.integers(-len(x.shape) - 2, len(x.shape) + 1))
    return of(lambda lax, *xs: lax.stack(list(xs), axis), f"stack {axis}", x, *others)


@st.composite
def unstack(draw: Any) -> Call:
    x = draw(specs(solid))
    axis = draw(st.integers(-len(x.shape), len(x.shape)))
    return of(lambda lax, x: lax.unstack(x, axis), f"unstack {axis}", x)


@st.composite
def tile(draw: Any) -> Call:
    x = draw(specs())
    reps = draw(st.lists(st.integers(0, 3), min_size=len(x.shape), max_size=len(x.shape)))
    return of(lambda lax, x: lax.tile(x, reps), f"tile {reps}", x)


@st.composite
def patches(draw: Any) -> Call:
    spatial = draw(st.integers(0, 2))
    image = (2, draw(st.integers(1, 2)), *(draw(st.integers(1, 4)) for _ in range(spatial)))
    sizes, strides = ([draw(st.integers(1, 3)) for _ in range(spatial)] for _ in range(2))
    x = draw(specs(st.just(image), st.sampled_from(FLOATS)))._replace(weak=False)

    def call(lax: Any, x: Any) -> Any:
        return lax.conv_general_dilated_patches(x, sizes, strides, "SAME")

    return of(call, f"patches {sizes} {strides}", x)


@st.composite
def reduce_window(draw: Any) -> Call:
    name, start = draw(st.sampled_from([("add", 0), ("max", -np.inf), ("min", np.inf), ("mul", 1)]))
    x = draw(specs(solid, st.sampled_from(NUMBERS if name == "add" else FLOATS)))
    rank = len(x.shape)
    window = draw(st.lists(st.integers(1, 3), min_size=rank, max_size=rank))
    if draw(st.integers(0, 6)) == 0:
        window = window[1:]
    ones = st.none() | st.lists(st.integers(1, 2), min_size=rank, max_size=rank)
    strides, base, spread = draw(ones), draw(ones), draw(ones)
    pairs = st.lists(st.tuples(st.integers(-1, 2), st.integers(-1, 2)), min_size=rank, max_size=rank)
    padding = draw(pairs | st.sampled_from(["VALID", "SAME", "SAME_LOWER"]))
    if isinstance(padding, str) and strides is None:
        strides = [1] * rank  # JAX's SAME wants them given
    init = np.asarray(start).astype(x.dtype)

    def call(lax: Any, x: Any) -> Any:
        return lax.reduce_window(x, init, getattr(lax, name), window, strides, padding, base, spread)

    text = f"reduce_window {name} {window} {strides} {padding} {base} {spread}"
    # JAX multiplies by a primitive of its own, which has no weak results.
    return of(call, text, x._replace(weak=x.weak and name != "mul"))


@st.composite
def convolution(draw: Any) -> Call:
    spatial = draw(st.integers(0, 2))

    def some(values: Any) -> Any:
        return draw(st.lists(values, min_size=spatial, max_size=spatial))

    groups, kind = draw(st.integers(1, 2)), draw(st.integers(0, 4))
    features, batches = [(groups, 1), (1, groups), (2, 1), (1, 2), (2, 2)][kind]
    batch, ins, outs = (draw(st.integers(1, 3)) for _ in range(3))
    image = (batch * groups, ins * features, *some(st.integers(0, 4)))
    kernel = (outs * groups, ins, *some(st.integers(1, 3)))
    x = draw(specs(st.just(image)))
    y = Spec(kernel, draw(mostly(st.just(x.dtype), dtypes)), x.weak and draw(weak))
    padding = draw(
        st.just(some(st.tuples(st.integers(-1, 2), st.integers(-1, 2)))) | st.sampled_from(["VALID", "SAME"])
    )
    strides, base, spread = (some(st.integers(1, 2)) for _ in range(3))
    base = None if isinstance(padding, str) and draw(st.booleans()) else base
    wanted = draw(st.none() | st.none() | dtypes)

    def call(lax: Any, x: Any, y: Any) -> Any:
        return lax.conv_general_dilated(
            x,
            y,
            strides,
            padding,
            base,
            spread,
            feature_group_count=features,
            batch_group_count=batches,
            preferred_element_type=wanted,
        )

    return of(call, f"convolution {strides} {padding} {base} {spread} {features} {batches} {wanted}", x, y)


@st.composite
def conv_transpose(draw: Any) -> Call:
    spatial = draw(st.integers(0, 3))
    image = tuple(draw(st.integers(1, 4)) for _ in range(spatial))
    kernel = tuple(draw(st.integers(1, 3)) for _ in range(spatial))
    ins = draw(st.integers(1, 2))
    x = draw(specs(st.just((2, *image, ins)), st.sampled_from(FLOATS)))
    y = x._replace(shape=(*kernel, ins, 3))
    strides = [draw(st.integers(1, 3)) for _ in range(spatial)]
    padding = draw(st.sampled_from(["SAME", "VALID"]))
    return of(lambda lax, x, y: lax.conv_transpose(x, y, strides, padding), f"{strides} {padding}", x, y)


@st.composite
def collapse(draw: Any) -> Call:
    x = draw(specs(solid))
    low = draw(st.integers(0, len(x.shape) - 1))
    high = draw(st.integers(low + 1, len(x.shape)))
    return of(lambda lax, x: lax.collapse(x, low, high), f"collapse {low} {high}", x)


@st.composite
def split(draw: Any) -> Call:
    x = draw(specs(solid))
    axis = draw(st.integers(0, len(x.shape) - 1))
    cut = draw(st.integers(0, x.shape[axis]))
    sizes = (cut, x.shape[axis] - cut)
    return of(lambda lax, x: lax.split(x, sizes, axis), f"split {sizes} {axis}", x)


@st.composite
def stop_gradient(draw: Any) -> Call:
    return of(
        lambda lax, x, y: lax.stop_gradient({"a": x, "b": (y, 1.5)}),
        "stop_gradient",
        draw(specs()),
        draw(specs()),
    )


UNARY = [
    "abs",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atanh",
    "bessel_i0e",
    "bessel_i1e",
    "bitwise_not",
    "cbrt",
    "ceil",
    "clz",
    "cos",
    "cosh",
    "digamma",
    "erf",
    "erf_inv",
    "erfc",
    "exp",
    "exp2",
    "expm1",
    "floor",
    "is_finite",
    "lgamma",
    "log",
    "log1p",
    "logistic",
    "neg",
    "population_count",
    "reciprocal",
    "rsqrt",
    "sign",
    "sin",
    "sinh",
    "sqrt",
    "square",
    "tan",
    "tanh",
]
BINARY = [
    "add",
    "atan2",
    "bitwise_and",
    "bitwise_or",
    "bitwise_xor",
    "div",
    "eq",
    "ge",
    "gt",
    "le",
    "lt",
    "max",
    "min",
    "mul",
    "mulhi",
    "ne",
    "nextafter",
    "rem",
    "shift_left",
    "shift_right_arithmetic",
    "shift_right_logical",
    "sub",
]
REDUCTIONS = [
    "reduce_and",
    "reduce_max",
    "reduce_min",
    "reduce_or",
    "reduce_prod",
    "reduce_sum",
    "reduce_xor",
]
SCATTERS = ["scatter", "scatter_add", "scatter_max", "scatter_min", "scatter_mul", "scatter_sub"]
CUMULATIVE = ["cumlogsumexp", "cummax", "cummin", "cumprod", "cumsum"]

CALLS: dict[str, st.SearchStrategy[Call]] = {
    **{name: unary(name) for name in UNARY},
    **{name: binary(name) for name in BINARY},
    **{name: reduction(name) for name in REDUCTIONS},
    **{name: cumulative(name) for name in CUMULATIVE},
    "associative_scan": associative_scan(),
    **{name: position(name) for name in ("argmax", "argmin")},
    **{name: scatter(name) for name in SCATTERS},
    "batch_matmul": batch_matmul(),
    "bitcast_convert_type": bitcast(),
    "broadcast": broadcast(),
    "broadcast_in_dim": broadcast_in_dim(),
    "broadcasted_iota": iota(),
    "clamp": clamp(),
    "collapse": collapse(),
    "concatenate": concatenate(),
    "conv_general_dilated": convolution(),
    "conv_general_dilated_patches": patches(),
    "conv_transpose": conv_transpose(),
    "convert_element_type": convert(),
    "dot": dot(),
    "dot_general": dot_general(),
    "dynamic_in_dim": dynamic_in_dim(),
    "dynamic_slice": dynamic_slice(),
    "dynamic_update_slice": dynamic_update_slice(),
    "expand_dims": expand_dims(),
    "full": full(),
    "full_like": full_like(),
    "gather": gather(),
    "gather_batched": gather_batched(),
    "index_in_dim": index_in_dim(),
    "integer_pow": integer_pow(),
    "pad": pad(),
    "pow": pow_(),
    "reduce": reduce(),
    "reduce_window": reduce_window(),
    "reduce_precision": reduced(),
    "reshape": reshape(),
    "rev": rev(),
    "round": round_(),
    "select_n": select_n(),
    "slice": slice_(),
    "slice_in_dim": slice_in_dim(),
    "sort": sort(),
    "split": split(),
    "squeeze": squeeze(),
    "stack": stack(),
    "stop_gradient": stop_gradient(),
    "tile": tile(),
    "top_k": top_k(),
    "transpose": transpose(),
    "unstack": unstack(),
}


@pytest.mark.parametrize("name", CALLS)
def test_drawn_calls_have_jax_types(name: str) -> None:
    check_drawn(CALLS[name], 25 if name in UNARY else 60)


def test_wide_dtypes_have_jax_types_with_x64_enabled() -> None:
    with enable_x64(), jax.enable_x64(True):
        for name in ("sin", "abs", "bitwise_not"):
            for dtype in WIDE:
                assert_types_agree(of(lambda lax, x, n=name: getattr(lax, n)(x), name, Spec((2,), dtype)))
        for scalar in (1, 1.5):
            assert_types_agree(of(lambda lax, s=scalar: lax.full((2,), s), "full"))
            assert_types_agree(of(lambda lax, s=scalar: lax.convert_element_type(s, np.float64), "convert"))
        assert_types_agree(of(lambda lax: lax.iota(int, 3), "iota"))
        assert_types_agree(
            of(lambda lax, x: lax.argmax(x, 0, np.int64), "argmax", Spec((2,), np.dtype("float64")))
        )


# -- planted faults ------------------------------------------------------------------------------------------
Rule = Callable[..., Sequence[ShapedArray]]


@contextlib.contextmanager
def planted(primitive: Primitive, fault: Callable[[Rule], Rule]) -> Iterator[None]:
    rule = primitive.rule
    object.__setattr__(primitive, "rule", fault(rule))
    try:
        yield
    finally:
        object.__setattr__(primitive, "rule", rule)


def after(change: Callable[..., ShapedArray]) -> Callable[[Rule], Rule]:
    """A fault that changes the first result: ``change(result, operands, params)``."""

    def fault(rule: Rule) -> Rule:
        def changed(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
            first, *rest = rule(*avals, **params)
            return [change(first, avals, params), *rest]

        return changed

    return fault


def instead(rule: Rule) -> Callable[[Rule], Rule]:
    return lambda _: rule


def _slice_rounding_down(r: ShapedArray, xs: Any, p: Any) -> ShapedArray:
    spans = zip(p["start_indices"], p["limit_indices"], p["strides"] or (1,) * r.ndim, strict=True)
    return r.with_shape((high - low) // step for low, high, step in spans)


FAULTS: dict[str, tuple[str, str, Callable[[Rule], Rule]]] = {
    "a unary function accepts integers": ("exp", "exp", instead(lambda x: [x])),
    "a unary function refuses bfloat16": (
        "sin",
        "sin",
        lambda rule: lambda x: rule(x.with_dtype(np.dtype("int8")) if x.dtype == ml_dtypes.bfloat16 else x),
    ),
    "a comparison keeps its operands' dtype": ("eq", "eq", after(lambda r, xs, p: r.with_dtype(xs[0].dtype))),
    "a sum is never weak": ("add", "add", after(lambda r, xs, p: r.with_dtype(r.dtype))),
    "a product is weak where either operand is": (
        "mul",
        "mul",
        after(lambda r, xs, p: r.with_dtype(r.dtype, any(x.weak_type for x in xs))),
    ),
    "a choice is weak only with its index": (
        "select_n",
        "select_n",
        after(lambda r, xs, p: r.with_dtype(r.dtype, all(x.weak_type for x in xs))),
    ),
    "clamp has its lower limit's shape": (
        "clamp",
        "clamp",
        after(lambda r, xs, p: r.with_shape(xs[0].shape)),
    ),
    "transpose permutes the other way round": (
        "transpose",
        "transpose",
        after(lambda r, xs, p: r.with_shape(xs[0].shape[p["permutation"].index(i)] for i in range(r.ndim))),
    ),
    "pad forgets the interior": (
        "pad",
        "pad",
        after(
            lambda r, xs, p: r.with_shape(
                n + c[0] + c[1] for n, c in zip(xs[0].shape, p["padding_config"], strict=True)
            )
        ),
    ),
    "a strided slice rounds down": ("slice", "slice", after(_slice_rounding_down)),
    "concatenate takes the first operand's weakness": (
        "concatenate",
        "concatenate",
        after(lambda r, xs, p: r.with_dtype(r.dtype, xs[0].weak_type)),
    ),
    "a dynamic slice has the operand's shape": (
        "dynamic_slice",
        "dynamic_slice",
        after(lambda r, xs, p: xs[0]),
    ),
    "a reduction keeps its axes": (
        "reduce_sum",
        "reduce_sum",
        after(lambda r, xs, p: r.with_shape(1 if i in p["axes"] else n for i, n in enumerate(xs[0].shape))),
    ),
    "a reduction of integers widens": (
        "reduce_prod",
        "reduce_prod",
        after(lambda r, xs, p: r.with_dtype(np.dtype("int32")) if r.dtype.kind in "iu" else r),
    ),
    "argmax ignores the index dtype": (
        "argmax",
        "argmax",
        after(lambda r, xs, p: r.with_dtype(np.dtype("int32"))),
    ),
    "dot_general puts the batch axes last": (
        "dot_general",
        "dot_general",
        after(
            lambda r, xs, p: r.with_shape(
                r.shape[len(p["dimension_numbers"][1][0]) :] + r.shape[: len(p["dimension_numbers"][1][0])]
            )
        ),
    ),
    "gather puts its windows first": (
        "gather",
        "gather",
        after(
            lambda r, xs, p: r.with_shape(
                [n for i, n in enumerate(r.shape) if i in p["dimension_numbers"].offset_dims]
                + [n for i, n in enumerate(r.shape) if i not in p["dimension_numbers"].offset_dims]
            )
        ),
    ),
    "windows do not know their own dilation": (
        "reduce_window_sum",
        "reduce_window",
        lambda rule: lambda x, **p: rule(x, **{**p, "window_dilation": (1,) * x.ndim}),
    ),
    "a convolution forgets the groups of its batch": (
        "conv_general_dilated",
        "conv_general_dilated",
        lambda rule: lambda *xs, **p: rule(*xs, **{**p, "batch_group_count": 1}),
    ),
    "scatter_add has its updates' weakness": (
        "scatter_add",
        "scatter_add",
        after(lambda r, xs, p: r.with_dtype(r.dtype, xs[2].weak_type)),
    ),
    "iota is weak": ("iota", "broadcasted_iota", after(lambda r, xs, p: r.with_dtype(r.dtype, True))),
    "a bitcast to a narrower dtype adds no axis": (
        "bitcast_convert_type",
        "bitcast_convert_type",
        after(lambda r, xs, p: r.with_shape(xs[0].shape)),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_in_a_rule_is_caught(fault: str) -> None:
    primitive, name, plant = FAULTS[fault]
    with planted(catalogue.PRIMITIVES[primitive], plant), pytest.raises((AssertionError, BaseExceptionGroup)):
        check_drawn(CALLS[name], 100, shrink=False)

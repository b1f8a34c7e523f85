"""Calls that put elements elsewhere, or make arrays."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from tests.language.peer_types.comparing import Call, Spec, dtypes, mostly, of, shapes, solid, specs, weak


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

"""Hypothesis strategies for arguments, from signatures.

Arrays are dense: every element is drawn, none is filled in. Named dimensions have one size throughout a
call. There are two sorts of input: *ordinary* ones (continuous, full mantissa, of one decade per array),
on which errors may be averaged, and *edges*, each of one kind of `EDGES`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from ..language.dtypes import DType, bool_, finfo, iinfo, is_complex, is_float, is_inexact, real_of
from ..language.primitive import Domain
from ..language.program import Program, subprograms
from ..language.subject import (
    ArrayOf,
    Choice,
    Dimension,
    Fixed,
    Index,
    KeyOf,
    ScalarOf,
    Signature,
    Spec,
    TreeOf,
    size_of,
    walk,
)
from .arguments import Arguments, Static

Draw = Callable[[st.SearchStrategy[Any]], Any]

# Sizes of named dimensions: small, since truth is dear; 1 breaks axes, 2 and 3 tell them apart.
SIZES = (3, 2, 4, 5, 1, 6)
# The most elements of one array: sizes shrink until it is kept.
MOST_ELEMENTS = 48
# How far ordinary values of an undeclared domain reach: a normal variable times ten to the power of these.
DECADES = (-2.0, 2.0)

EDGES = ("ties", "zeros", "hard points", "ends", "subnormals", "huge", "specials")


# -- dimensions -------------------------------------------------------------------------------------------
@st.composite
def sizes(draw: Draw, signature: Signature, least: int = 1) -> dict[str, Any]:
    """One size for each dimension name, and one tuple of sizes for each variadic one."""
    found: dict[str, Any] = {n: draw(st.sampled_from(SIZES)) for n in signature.names}
    for name in signature.variadics:
        found[name] = tuple(draw(st.lists(st.sampled_from((2, 3, 1)), max_size=2)))
    return _shrunk(signature, {n: max(v, least) if isinstance(v, int) else v for n, v in found.items()})


def _shrunk(signature: Signature, found: dict[str, Any]) -> dict[str, Any]:
    arrays = [s for a in signature.arguments for s in walk(a.spec) if isinstance(s, ArrayOf)]
    names = [n for n, v in found.items() if isinstance(v, int)]
    for name in sorted(names, key=lambda n: -found[n]) * max(SIZES):
        if all(math.prod(_largest_shape(s.dimensions, found)) <= MOST_ELEMENTS for s in arrays):
            break
        if found[name] > 2:
            found[name] -= 1
    return _valid(arrays, found)


def _valid(arrays: Iterable[ArrayOf], found: dict[str, Any]) -> dict[str, Any]:
    """The sizes, raised until every expression of them (``n-1``) is positive."""
    for spec in arrays:
        for dimension in spec.dimensions:
            for _ in range(8):
                if dimension.variadic or size_of(dimension.expression, found) >= 1:
                    break
                for name in dimension.names:
                    found[name] += 1
    return found


def _largest_shape(dimensions: Sequence[Dimension], found: dict[str, Any]) -> tuple[int, ...]:
    shape: tuple[int, ...] = ()
    for d in dimensions:
        shape += found[d.expression] if d.variadic else (size_of(d.expression, found),)
    return shape


def _shape(draw: Draw, dimensions: Sequence[Dimension], found: dict[str, Any]) -> tuple[int, ...]:
    shape: tuple[int, ...] = ()
    for d in dimensions:
        own = found[d.expression] if d.variadic else (size_of(d.expression, found),)
        if d.broadcasts:
            own = tuple(draw(st.sampled_from((n, 1))) for n in own)
        shape += own
    return shape


# -- ordinary values ---------------------------------------------------------------------------------------
def ordinary_floats(
    rng: np.random.Generator, shape: tuple[int, ...], dtype: DType, domain: Domain | None
) -> np.ndarray[Any, Any]:
    """Continuous values with a full mantissa inside the domain; of one decade if none is declared."""
    drawn = _spread(rng, shape, domain or Domain())
    with np.errstate(over="ignore", under="ignore"):
        found = np.asarray(drawn).astype(dtype)
    return found if domain is None else inside(found, domain)


def _spread(rng: np.random.Generator, shape: tuple[int, ...], domain: Domain) -> np.ndarray[Any, Any]:
    low, high = domain.low, domain.high
    scale = 10.0 ** rng.uniform(*DECADES)
    if math.isinf(low) and math.isinf(high):
        return np.asarray(rng.standard_normal(shape) * scale)
    if math.isinf(high):
        return np.asarray(low + np.abs(rng.standard_normal(shape)) * scale)
    if math.isinf(low):
        return np.asarray(high - np.abs(rng.standard_normal(shape)) * scale)
    even = low + (high - low) * rng.random(shape)
    style = int(rng.integers(4))
    if style <= 1:
        return np.asarray(even)
    # Towards one end, by decades: where the digits of x - end matter.
    part = (high - low) * 10.0 ** rng.uniform(-5.0, 0.0, shape)
    return np.asarray(low + part if style == 2 else high - part)


def inside(values: np.ndarray[Any, Any], domain: Domain) -> np.ndarray[Any, Any]:
    """The values moved into the domain, open ends left out, as numbers of their own dtype."""
    lowest, highest = ends(domain, values.dtype)
    return np.asarray(np.clip(values, lowest, highest), dtype=values.dtype)


def ends(domain: Domain, dtype: DType) -> tuple[Any, Any]:
    """The least and the largest number of a dtype in a domain."""
    info = finfo(dtype)
    low = _end(max(domain.low, float(info.min)), dtype)
    high = _end(min(domain.high, float(info.max)), dtype)
    if float(low) < domain.low or (domain.open_low and float(low) == domain.low):
        low = neighbour(low, 1)
    if float(high) > domain.high or (domain.open_high and float(high) == domain.high):
        high = neighbour(high, -1)
    return low, high


def _end(x: float, dtype: DType) -> Any:
    return np.asarray(x).astype(dtype)[()]


def neighbour(x: Any, steps: int) -> Any:
    """The next number of the same dtype above (1) or below (-1)."""
    towards = np.asarray(math.copysign(math.inf, steps)).astype(x.dtype)[()]
    return np.nextafter(x, towards)


# -- edges ---------------------------------------------------------------------------------------------------
def hard_points(program: Program) -> tuple[float, ...]:
    """The inputs next to which some primitive of the program is known to be hard."""
    found: dict[float, None] = {}
    for equation in program.equations:
        found.update(dict.fromkeys(equation.primitive.hard_points))
        for _, inner in subprograms(equation.params):
            found.update(dict.fromkeys(hard_points(inner)))
    return tuple(found)


def float_pool(kind: str, dtype: DType, domain: Domain | None, points: Sequence[float]) -> list[Any]:
    """The numbers of one kind of edge that lie in the domain; empty if the kind does not occur there."""
    info = finfo(dtype)
    tiny, least, largest = float(info.tiny), float(info.smallest_subnormal), float(info.max)
    real = domain or Domain()
    if kind == "zeros":
        raw = _as(dtype, [0.0, -0.0])
    elif kind == "hard points":
        centres = _as(dtype, [p for p in points if abs(p) <= largest])
        raw = [y for x in centres for y in (neighbour(x, -1), x, neighbour(x, 1))]
    elif kind == "ends" and domain is not None:
        low, high = ends(domain, dtype)
        raw = [x for x in (low, high) if abs(float(x)) < largest]
        raw += [neighbour(x, s) for x in list(raw) for s in (-1, 1)]
    elif kind == "subnormals":
        raw = _as(dtype, [least, -least, 3 * least, tiny, -tiny])
        raw += [neighbour(_end(tiny, dtype), -1), neighbour(_end(-tiny, dtype), 1)]
    elif kind == "huge" and domain is None:
        raw = _as(dtype, [largest, -largest, largest / 3, math.sqrt(largest), -math.sqrt(largest)])
    elif kind == "specials" and domain is None:
        return _as(dtype, [math.inf, -math.inf, math.nan])
    else:
        return []
    lowest, highest = ends(real, dtype)
    return [x for x in raw if float(lowest) <= float(x) <= float(highest)]


def _as(dtype: DType, values: Iterable[float]) -> list[Any]:
    with np.errstate(over="ignore", under="ignore"):
        return [np.asarray(v).astype(dtype)[()] for v in values]


def _is_integer_kind(spec: ArrayOf) -> bool:
    return not is_inexact(spec.dtype) and spec.dtype != bool_


def occurring(signature: Signature, points: Sequence[float]) -> list[str]:
    """The kinds of edge that a signature has."""
    leaves = [s for a in signature.arguments for s in walk(a.spec)]
    floats = [(real_of(s.dtype), s.domain) for s in leaves if isinstance(s, ArrayOf) and is_inexact(s.dtype)]
    floats += [
        (np.dtype(np.float32), s.domain) for s in leaves if isinstance(s, ScalarOf) and s.kind is float
    ]
    found = []
    for kind in EDGES:
        if kind == "ties":
            there = any(isinstance(s, ArrayOf) and s.dimensions for s in leaves)
        elif kind == "ends":
            there = any(float_pool(kind, d, domain, points) for d, domain in floats) or any(
                isinstance(s, ArrayOf) and _is_integer_kind(s) for s in leaves
            )
        else:
            there = any(float_pool(kind, d, domain, points) for d, domain in floats)
        if there:
            found.append(kind)
    return found


# -- arguments ------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Drawing:
    """What all leaves of one input share."""

    draw: Draw
    rng: np.random.Generator
    sizes: dict[str, Any]
    kind: str
    points: tuple[float, ...]

    def value(self, spec: Spec) -> Any:
        if isinstance(spec, Fixed):
            return Static(spec.value)
        if isinstance(spec, Choice):
            return self.value(self.draw(st.sampled_from(spec.options)))
        if isinstance(spec, TreeOf):
            return spec.build([self.value(child) for child in spec.children])
        if isinstance(spec, ScalarOf):
            return self.scalar(spec)
        if isinstance(spec, KeyOf):
            return self.rng.integers(0, 2**32, 2, dtype=np.uint32)
        return self.array(spec)

    def scalar(self, spec: ScalarOf) -> Any:
        if spec.kind is float:
            return float(self.floats((), np.dtype(np.float32), spec.domain)[()])
        low, high = self.integer_range(spec.domain, spec.index, np.dtype(np.int32))
        return Static(self.draw(st.integers(low, high)))

    def array(self, spec: ArrayOf) -> np.ndarray[Any, Any]:
        shape = _shape(self.draw, spec.dimensions, self.sizes)
        if is_float(spec.dtype):
            return self.floats(shape, spec.dtype, spec.domain)
        if is_complex(spec.dtype):  # a domain is that of both parts
            found = np.empty(shape, spec.dtype)
            part = real_of(spec.dtype)
            found.real, found.imag = (self.floats(shape, part, spec.domain) for _ in range(2))
            return found
        if spec.dtype == bool_:
            return np.asarray(self.rng.random(shape) < self.draw(st.sampled_from((0.5, 0.1, 0.9, 1.1, 0.0))))
        return self.integers(shape, spec)

    def floats(self, shape: tuple[int, ...], dtype: DType, domain: Domain | None) -> np.ndarray[Any, Any]:
        plain = ordinary_floats(self.rng, shape, dtype, domain)
        if not self.kind or not plain.size:
            return plain
        if self.kind == "ties":
            few = plain.reshape(-1)[:2]
            return self.chosen(list(few), shape, dtype)
        pool = float_pool(self.kind, dtype, domain, self.points)
        if not pool:
            return plain
        edges = self.chosen(pool, shape, dtype)
        # Some elements stay ordinary, so that edges meet what is no edge.
        keep = self.rng.random(shape) < self.draw(st.sampled_from((0.0, 0.5)))
        return np.where(keep, plain, edges).astype(dtype)

    def chosen(self, pool: Sequence[Any], shape: tuple[int, ...], dtype: DType) -> np.ndarray[Any, Any]:
        count = math.prod(shape)
        picked = self.draw(st.lists(st.sampled_from(pool), min_size=count, max_size=count))
        return np.array(picked, dtype=dtype).reshape(shape)

    def integer_range(self, domain: Domain | None, index: Index | None, dtype: DType) -> tuple[int, int]:
        info = iinfo(dtype)
        low, high = max(-8, int(info.min)), 8
        if domain is not None:
            low = _least_integer(domain, max(-(2.0**53), float(info.min)))
            high = _most_integer(domain, min(2.0**53, float(info.max)))
            if math.isinf(domain.high):
                high = min(high, low + 16)
            elif math.isinf(domain.low):
                low = max(low, high - 16)
        if index is not None:
            low, high = max(low, 0) if domain is not None else 0, size_of(index.size, self.sizes) - 1
        return low, max(low, min(high, int(info.max)))

    def integers(self, shape: tuple[int, ...], spec: ArrayOf) -> np.ndarray[Any, Any]:
        low, high = self.integer_range(spec.domain, spec.index, spec.dtype)
        plain = self.rng.integers(low, high, shape, dtype=np.int64, endpoint=True)
        if self.kind == "ties" and plain.size:
            plain = np.full(shape, plain.reshape(-1)[0])
        if self.kind == "ends":
            edges = [low, high]
            if spec.domain is None and spec.index is None:
                edges += [int(iinfo(spec.dtype).min), int(iinfo(spec.dtype).max)]
            return self.chosen(edges, shape, spec.dtype)
        return plain.astype(spec.dtype)


def _least_integer(domain: Domain, floor: float) -> int:
    low = math.ceil(max(domain.low, floor))
    return low + 1 if domain.open_low and low == domain.low else low


def _most_integer(domain: Domain, ceiling: float) -> int:
    high = math.floor(min(domain.high, ceiling))
    return high - 1 if domain.open_high and high == domain.high else high


@st.composite
def arguments(draw: Draw, signature: Signature, kind: str = "", points: tuple[float, ...] = ()) -> Arguments:
    """Arguments of a signature.

    Args:
        draw: hypothesis's.
        signature: of `verax.language.subject.signature_of`.
        kind: one of `EDGES`; empty for ordinary values.
        points: hard points of the function's program, for the kind "hard points".
    """
    rng = np.random.default_rng(list(draw(st.binary(min_size=8, max_size=8))))
    found = draw(sizes(signature))
    drawing = _Drawing(draw, rng, found, kind, points)
    positional: list[Any] = []
    keywords: dict[str, Any] = {}
    for argument in signature.arguments:
        value = drawing.value(argument.spec)
        if argument.by_name:
            keywords[argument.name] = value
        else:
            positional.append(value)
    declared = kind not in ("huge", "specials", "subnormals") or all_declared(signature)
    source: Any = "edge" if kind else "ordinary"
    return Arguments(tuple(positional), keywords, source, kind, declared, found)


def all_declared(signature: Signature) -> bool:
    """Whether every float argument has a declared domain: then its author answers for all of it."""
    return all(
        s.domain is not None
        for a in signature.arguments
        for s in walk(a.spec)
        if (isinstance(s, ArrayOf) and is_inexact(s.dtype)) or (isinstance(s, ScalarOf) and s.kind is float)
    )


def finite_floats(dtype: DType, domain: Domain | None = None) -> st.SearchStrategy[Any]:
    """Single numbers of a dtype: ordinary ones, and the edges of the domain."""
    pools = [x for kind in EDGES for x in float_pool(kind, dtype, domain, ()) if np.isfinite(float(x))]

    def ordinary(seed: bytes) -> Any:
        return ordinary_floats(np.random.default_rng(list(seed)), (), dtype, domain)[()]

    plain = st.binary(min_size=8, max_size=8).map(ordinary)
    return st.one_of(plain, st.sampled_from(pools)) if pools else plain

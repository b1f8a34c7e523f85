"""`linearize` and `vjp`: forward differentiation whose tangents are unknowns of a linear program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...language.arrays import Array
from ...language.dispatch import FlatFunction, Implementation, aval_of, push
from ...language.dtypes import int32, is_inexact
from ...language.program import evaluate
from ...language.shapes import ShapedArray
from .. import operations as ops
from .jvp import JvpLevel, JvpTracer, split
from .linear import LinearLevel
from .transposition import Unknown, backward


class Linearized:
    """A function at a point.

    Attributes:
        values: its results.
        tangents: per result its place in ``program``'s results, None for no tangent, or a known tangent.
        program: the linear program, from the tangents of the floating operands.
        places: which operands these are.
    """

    def __init__(
        self, implementation: Implementation, function: FlatFunction, primals: Sequence[Array]
    ) -> None:
        linear, level = LinearLevel(implementation), JvpLevel(implementation)
        self.places = [i for i, x in enumerate(primals) if is_inexact(aval_of(x).dtype)]
        with push(linear):
            unknowns = {i: linear.unknown(primals[i].aval) for i in self.places}
            with push(level):
                given = [
                    JvpTracer(level, x, unknowns[i]) if i in unknowns else x for i, x in enumerate(primals)
                ]
                results = function(*given)
            self.values, derivatives = split(level, results)
        traced = [t for t in derivatives if linear.is_unknown(t)]
        self.program = linear.program_of(
            list(unknowns.values()), traced, getattr(function, "__name__", "function")
        )
        order = iter(range(len(traced)))
        self.tangents = [next(order) if linear.is_unknown(t) else t for t in derivatives]
        self.avals = [x.aval for x in primals]

    def forward(self, tangents: Sequence[Any]) -> list[Any]:
        """The derivative along tangents."""
        given = [tangents[i] for i in self.places]
        if all(t is None for t in given):
            return [None if isinstance(t, int) else t for t in self.tangents]
        full = [ops.zeros(self.avals[i]) if t is None else t for i, t in zip(self.places, given, strict=True)]
        results = evaluate(self.program, full)
        return [results[t] if isinstance(t, int) else t for t in self.tangents]

    def pull(self, cotangents: Sequence[Any]) -> list[Any]:
        """The transposed derivative."""
        outer = [c for c, t in zip(cotangents, self.tangents, strict=True) if isinstance(t, int)]
        inputs = [Unknown(v.aval) for v in self.program.inputs]
        found: list[Any] = [None] * len(self.avals)
        if any(c is not None for c in outer):
            for i, c in zip(self.places, backward(self.program, inputs, outer), strict=True):
                found[i] = c
        return found


def linearize(
    implementation: Implementation, function: FlatFunction, primals: Sequence[Array]
) -> tuple[list[Array], Callable[[Sequence[Any]], list[Any]]]:
    """See `Implementation.linearize`."""
    point = Linearized(implementation, function, primals)
    return point.values, point.forward


def vjp(
    implementation: Implementation, function: FlatFunction, primals: Sequence[Array]
) -> tuple[list[Array], Callable[[Sequence[Any]], list[Any]]]:
    """See `Implementation.vjp`."""
    point = Linearized(implementation, function, primals)
    return point.values, point.pull


def transpose(
    implementation: Implementation,
    function: FlatFunction,
    avals: Sequence[ShapedArray],
    cotangents: Sequence[Array],
) -> list[Array | None]:
    """See `Implementation.transpose`: the function is written down over unknowns, and run backwards."""
    level = LinearLevel(implementation)
    with push(level):
        unknowns = [level.unknown(a) for a in avals]
        results = function(*unknowns)
    moving = [(y, c) for y, c in zip(results, cotangents, strict=True) if level.is_unknown(y)]
    name = getattr(function, "__name__", "function")
    program = level.program_of(unknowns, [y for y, _ in moving], name)
    return backward(program, [Unknown(a) for a in avals], [c for _, c in moving])


def jacobian(
    implementation: Implementation,
    function: FlatFunction,
    primals: Sequence[Array],
    wrt: Sequence[int],
    mode: str,
) -> tuple[list[Array], list[list[Array]]]:
    """See `Implementation.jacobian`: the derivative, mapped over a basis."""
    point = Linearized(implementation, function, primals)
    if mode == "forward":
        return point.values, _columns(implementation, point, primals, wrt)
    return point.values, [_row(implementation, point, primals, wrt, k) for k in range(len(point.values))]


def _basis(x: Array) -> Any:
    """The unit arrays of a shape, stacked."""
    size = x.aval.size
    lines = ops.compare("eq", ops.iota(int32, (size, size), 0), ops.iota(int32, (size, size), 1))
    return ops.reshape(ops.convert(lines, x.dtype), (size, *x.shape))


def _columns(
    implementation: Implementation, point: Linearized, primals: Sequence[Array], wrt: Sequence[int]
) -> list[list[Array]]:
    blocks: list[list[Array]] = [[] for _ in point.values]
    for i in wrt:
        x = primals[i]

        def push_forward(tangent: Any, place: int = i) -> list[Any]:
            tangents: list[Any] = [None] * len(primals)
            tangents[place] = tangent
            found = point.forward(tangents)
            return [ops.zeros(y.aval) if t is None else t for t, y in zip(found, point.values, strict=True)]

        found, stacked = implementation.vmap(push_forward, [_basis(x)], [0], x.aval.size, None)
        for block, y, s in zip(blocks, found, stacked, strict=True):
            full = y if s else ops.lead(y, x.aval.size)
            order = (*range(1, full.ndim), 0)
            block.append(ops.reshape(ops.transpose(full, order), (*full.shape[1:], *x.shape)))
    return blocks


def _row(
    implementation: Implementation, point: Linearized, primals: Sequence[Array], wrt: Sequence[int], k: int
) -> list[Array]:
    y = point.values[k]

    def pull_back(cotangent: Any) -> list[Any]:
        cotangents: list[Any] = [None] * len(point.values)
        cotangents[k] = cotangent
        found = point.pull(cotangents)
        return [ops.zeros(primals[i].aval) if found[i] is None else found[i] for i in wrt]

    found, stacked = implementation.vmap(pull_back, [_basis(y)], [0], y.aval.size, None)
    return [
        ops.reshape(x if s else ops.lead(x, y.aval.size), (*y.shape, *primals[i].shape))
        for x, s, i in zip(found, stacked, wrt, strict=True)
    ]

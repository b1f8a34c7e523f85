"""Transforms of the reference in functions that are being traced: equations that say what to do with values later.

A limit has no program. Where a loop's body is traced for its types, or a function for its program, a transform inside
of it becomes one equation, which is the transform itself once there are values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..language.arrays import Array
from ..language.dispatch import Implementation, aval_of, bind
from ..language.dtypes import is_inexact
from ..language.primitive import Primitive
from ..language.program import Program
from ..language.shapes import ShapedArray
from ..language.tracing import trace_closed
from .primitives.control import stacked

Run = Callable[..., Sequence[Array]]


def _rule(*avals: ShapedArray, **params: Any) -> Sequence[ShapedArray]:
    found: Sequence[ShapedArray] = params["out_avals"]
    return found


deferred_p = Primitive("deferred", "call", _rule)


class _Deferred:
    """A function of traced operands: its program, and what it closed over.

    Attributes:
        program: closed; takes ``captured`` first.
        avals: of its results.
    """

    def __init__(self, function: Callable[..., Any], avals: Sequence[ShapedArray]) -> None:
        self.program: Program
        self.program, self.captured = trace_closed(function, avals)
        self.avals = self.program.out_avals

    def later(
        self, run: Callable[..., Any], operands: Sequence[Any], avals: Sequence[ShapedArray]
    ) -> list[Array]:
        """``run(function, *operands)`` once there are values, as one equation with results of these types."""
        count, program = len(self.captured), self.program

        def with_values(*values: Any) -> Sequence[Array]:
            held = values[:count]
            found: Sequence[Array] = run(lambda *xs: program(*held, *xs), *values[count:])
            return found

        given = (*self.captured, *operands)
        return bind(deferred_p, *given, run=with_values, out_avals=tuple(avals))


def _values(function: Callable[..., Any], *operands: Any) -> list[Any]:
    return list(function(*operands))


def _filled(reference: Implementation, found: Sequence[Any], avals: Sequence[ShapedArray]) -> list[Array]:
    """Zeros for None, and nothing for what has no tangent."""
    return [
        reference.lift(np.zeros(a.shape, a.dtype), a) if x is None else x
        for x, a in zip(found, avals, strict=True)
        if is_inexact(a.dtype)
    ]


def _spread(values: Sequence[Any], there: Sequence[bool]) -> list[Any]:
    given = iter(values)
    return [next(given) if t else None for t in there]


def linearize(
    reference: Implementation, function: Callable[..., Any], primals: Sequence[Any]
) -> tuple[list[Array], Callable[[Sequence[Any]], list[Any]]]:
    """See `Implementation.linearize`."""
    made = _Deferred(function, [aval_of(x) for x in primals])
    count = len(primals)

    def push(tangents: Sequence[Any]) -> list[Any]:
        there = [t is not None for t in tangents]

        def run(f: Any, *values: Any) -> list[Array]:
            found = reference.jvp(f, list(values[:count]), _spread(values[count:], there))[1]
            return _filled(reference, found, made.avals)

        moving = [t for t in tangents if t is not None]
        smooth = [is_inexact(a.dtype) for a in made.avals]
        results = made.later(
            run, [*primals, *moving], [a for a, s in zip(made.avals, smooth, strict=True) if s]
        )
        return _spread(results, smooth)

    return made.later(_values, primals, made.avals), push


def jvp(
    reference: Implementation, function: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]
) -> tuple[list[Array], list[Any]]:
    """See `Implementation.jvp`."""
    values, push = linearize(reference, function, primals)
    return values, push(tangents)


def vjp(
    reference: Implementation, function: Callable[..., Any], primals: Sequence[Any]
) -> tuple[list[Array], Callable[[Sequence[Any]], list[Any]]]:
    """See `Implementation.vjp`."""
    avals = [aval_of(x) for x in primals]
    made, count = _Deferred(function, avals), len(primals)

    def pull(cotangents: Sequence[Any]) -> list[Any]:
        there = [c is not None for c in cotangents]

        def run(f: Any, *values: Any) -> list[Array]:
            _, back = reference.vjp(f, list(values[:count]))
            return _filled(reference, back(_spread(values[count:], there)), avals)

        given = [c for c in cotangents if c is not None]
        smooth = [is_inexact(a.dtype) for a in avals]
        results = made.later(run, [*primals, *given], [a for a, s in zip(avals, smooth, strict=True) if s])
        return _spread(results, smooth)

    return made.later(_values, primals, made.avals), pull


def jacobian(
    reference: Implementation,
    function: Callable[..., Any],
    primals: Sequence[Any],
    wrt: Sequence[int],
    mode: str,
) -> tuple[list[Array], list[list[Array]]]:
    """See `Implementation.jacobian`."""
    avals = [aval_of(x) for x in primals]
    made = _Deferred(function, avals)
    blocks = [
        (y if mode == "forward" else avals[i]).with_shape((*y.shape, *avals[i].shape))
        for y in made.avals
        for i in wrt
    ]

    def run(f: Any, *values: Any) -> list[Array]:
        return [x for row in reference.jacobian(f, list(values), list(wrt), mode)[1] for x in row]

    found = made.later(run, primals, blocks)
    width = len(wrt)
    rows = [found[k * width : (k + 1) * width] for k in range(len(made.avals))]
    return made.later(_values, primals, made.avals), rows


def transpose(
    reference: Implementation,
    function: Callable[..., Any],
    avals: Sequence[ShapedArray],
    cotangents: Sequence[Any],
) -> list[Any]:
    """See `Implementation.transpose`."""
    made = _Deferred(function, avals)

    def run(f: Any, *values: Any) -> list[Array]:
        return _filled(reference, reference.transpose(f, avals, list(values)), avals)

    smooth = [is_inexact(a.dtype) for a in avals]
    results = made.later(run, cotangents, [a for a, s in zip(avals, smooth, strict=True) if s])
    return _spread(results, smooth)


def vmap(
    reference: Implementation,
    function: Callable[..., Any],
    operands: Sequence[Any],
    axes: Sequence[int | None],
    size: int,
) -> tuple[list[Array], list[bool]]:
    """See `Implementation.vmap`; without a named axis."""
    avals = [aval_of(x) for x in operands]
    rows = [
        a if k is None else a.with_shape(a.shape[:k] + a.shape[k + 1 :])
        for a, k in zip(avals, axes, strict=True)
    ]
    made = _Deferred(function, rows)

    def run(f: Any, *values: Any) -> list[Array]:
        found, apart = reference.vmap(f, list(values), list(axes), size, None)
        lanes: list[Any] = list(found)
        return [y if s else stacked([y] * size, y.aval) for y, s in zip(lanes, apart, strict=True)]

    results = made.later(run, operands, [a.with_shape((size, *a.shape)) for a in made.avals])
    return results, [True] * len(results)

"""Derivatives of flat functions: limits in `Exact`, dual numbers in every other system, and both at kinks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import numpy as np

from ..language.arrays import Array
from ..language.catalogue import add_p
from ..language.dispatch import FlatFunction, lift_to
from ..language.dtypes import float0, float64, is_complex, is_inexact, real_of
from ..language.shapes import ShapedArray
from . import decisions
from .array import ReferenceArray
from .dual import Dual
from .exact import Exact
from .limits import Kink, Limit, Limits, Quotients
from .primitives.collectives import everywhere
from .primitives.elementwise import DEFINITIONS
from .reals import Scalar, is_special
from .system import NumberSystem, arithmetic, current_system

Function = Callable[..., list[ReferenceArray]]
Tangents = Sequence[ReferenceArray | None]


class Point:
    """A function at a point: its values, and its derivative along any direction.

    Attributes:
        values: the results at the point.
        kinks: how many directions had no limit, and were answered by convention.
    """

    def __init__(self, function: Function, primals: Sequence[ReferenceArray]) -> None:
        self.function = function
        self.system = current_system()
        self.primals = [_adopted(x, self.system) for x in primals]
        self.kinks = 0
        self.limits: Limits | None = None
        if type(self.system) is Exact:
            self.limits = Limits(function, self.primals, self.system.digits)
            self.values = self.limits.values
            self.tape = self.limits.tape
        else:
            with decisions.recording() as self.tape:
                self.values = function(*self.primals)

    def jvp(self, tangents: Tangents) -> list[ReferenceArray | None]:
        """The derivative along ``tangents``; None where it is zero or there is none."""
        if self.limits is None:
            return self._dual(tangents)
        try:
            return self.limit(tangents)
        except Kink as kink:
            self.kinks += 1
            return self._by_convention(tangents, kink.quotients)

    def limit(self, tangents: Tangents) -> list[ReferenceArray | None]:
        """The derivative along ``tangents`` as a limit, and never by convention.

        Raises:
            Kink: there is none.
        """
        assert self.limits is not None, "limits are taken in real numbers"
        found = self.limits.along(tangents)
        self._pass_on(found)
        return [_tangent(y, xs, self.system) for y, xs in zip(self.values, found.tangents, strict=True)]

    def _by_convention(self, tangents: Tangents, quotients: Quotients | None) -> list[ReferenceArray | None]:
        """By dual numbers and the subgradient table; where these say NaN, by the mean of the two sides."""
        found = self._dual(tangents)
        if quotients is None:
            return found
        return [
            t if t is None or means is None else _mean_where_nan(t, means)
            for t, means in zip(found, quotients, strict=True)
        ]

    def _dual(self, tangents: Tangents) -> list[ReferenceArray | None]:
        """By the chain rule. Callbacks have been asked already."""
        with decisions.recording(self.tape):
            return dual_jvp(self.function, self.primals, tangents, self.system)[1]

    def _pass_on(self, found: Limit) -> None:
        """Tell the system, which did not make these numbers, what it knows of its own."""
        if isinstance(self.system, Exact) and self.limits is not None:
            unsettled = "" if found.agreed else "a limit of difference quotients does not settle"
            self.system.doubt = self.system.doubt or self.limits.doubt or unsettled
            self.system.widest = max(self.system.widest, found.widest)

    @property
    def lanes(self) -> Sequence[Any]:
        """The named axes over which the function's lanes meet."""
        if self.limits is not None:
            return self.limits.lanes
        from ..language.dispatch import lanes_in_scope

        return lanes_in_scope()


def _mean_where_nan(tangent: ReferenceArray, means: Sequence[Scalar]) -> ReferenceArray:
    pairs = zip(tangent.scalars, means, strict=True)
    scalars = [m if x != x and not is_special(m) else x for x, m in pairs]
    return ReferenceArray(scalars, tangent.aval, tangent.system)


def _adopted(x: ReferenceArray, system: NumberSystem) -> ReferenceArray:
    if x.system is system:
        return x
    return ReferenceArray([system.adopt(s) for s in x.scalars], x.aval, system)


def _tangent(y: ReferenceArray, scalars: list[Scalar] | None, system: NumberSystem) -> ReferenceArray | None:
    return None if scalars is None else ReferenceArray(scalars, y.aval, system)


def jvp(
    function: Function, primals: Sequence[ReferenceArray], tangents: Tangents
) -> tuple[list[Array], list[Any]]:
    """Values, and the derivative along ``tangents``."""
    system = current_system()
    if type(system) is not Exact:
        values, derivatives = dual_jvp(function, [_adopted(x, system) for x in primals], tangents, system)
        return list(values), derivatives
    point = Point(function, primals)
    return list(point.values), point.jvp([t if t is None else _adopted(t, system) for t in tangents])


# -- dual numbers ----------------------------------------------------------------------------------------
def dual_jvp(
    function: Function, primals: Sequence[ReferenceArray], tangents: Tangents, system: NumberSystem
) -> tuple[list[ReferenceArray], list[ReferenceArray | None]]:
    """Values and derivative by the chain rule over ``system``."""
    dual = Dual(system, honour_custom_rules=isinstance(system, Dual) and system.honour_custom_rules)
    moving = []
    for x, t in zip(primals, tangents, strict=True):
        if t is None or not is_inexact(x.dtype):
            moving.append(x)
            continue
        pairs = zip(x.scalars, (system.adopt(s) for s in t.scalars), strict=True)
        moving.append(ReferenceArray([dual.number(s, d) for s, d in pairs], x.aval, dual))
    with arithmetic(dual):
        found = function(*moving)
    values, derivatives = [], []
    for y in found:
        halves = [dual.split(s) for s in y.scalars]
        values.append(ReferenceArray([v for v, _ in halves], y.aval, system))
        still = not is_inexact(y.dtype) or all(type(t) is float and t == 0.0 for _, t in halves)
        derivatives.append(None if still else ReferenceArray([t for _, t in halves], y.aval, system))
    return values, derivatives


# -- the Jacobian, entry by entry ----------------------------------------------------------------------
def unit(x: ReferenceArray, entry: int, system: NumberSystem) -> ReferenceArray:
    """1 at one entry, 0 elsewhere."""
    scalars: list[Scalar] = [0.0] * len(x.scalars)
    scalars[entry] = system.lift(1.0, real_of(x.dtype))
    return ReferenceArray(scalars, x.aval, system)


def columns(point: Point, argument: int) -> list[list[ReferenceArray | None]]:
    """The derivatives along each entry of an argument."""
    x = point.primals[argument]
    found = []
    for entry in range(len(x.scalars)):
        tangents: list[ReferenceArray | None] = [None] * len(point.primals)
        tangents[argument] = unit(x, entry, point.system)
        found.append(point.jvp(tangents))
    return found


def transposed(point: Point, cotangents: Sequence[ReferenceArray | None]) -> list[ReferenceArray | None]:
    """The cotangents of the primals: entry by entry, the cotangent times the derivative along the entry.

    Where lanes meet, entry i of lane k is the sum over all lanes of that product, with the entry moving in
    lane k alone.
    """
    if not point.lanes and all(c is None for c in cotangents):
        return [None] * len(point.primals)
    return [_cotangent(point, cotangents, i) for i in range(len(point.primals))]


def _cotangent(
    point: Point, cotangents: Sequence[ReferenceArray | None], argument: int
) -> ReferenceArray | None:
    x = point.primals[argument]
    if not is_inexact(x.dtype):
        return None
    found: list[Scalar] = []
    own_lane = tuple(frame.owner.index for frame in point.lanes)
    for lane in product(*(range(frame.size) for frame in point.lanes)):
        for entry in range(len(x.scalars)):
            tangents: list[ReferenceArray | None] = [None] * len(point.primals)
            if lane == own_lane:
                tangents[argument] = unit(x, entry, point.system)
            pairing = _paired(point, cotangents, point.jvp(tangents))
            pairing = everywhere(
                pairing, lambda terms: point.system.total(add_p, real_of(x.dtype), terms), point.lanes
            )
            if lane == own_lane:
                found.append(pairing)
    return ReferenceArray(_as_cotangent(found, x, point.system), x.aval, point.system)


def _paired(point: Point, cotangents: Sequence[ReferenceArray | None], tangents: Tangents) -> Scalar:
    """The sum of the products of cotangents and tangents; a zero factor makes a zero product."""
    return _pairing(point.system, cotangents, tangents)


def _pairing(system: NumberSystem, cotangents: Sequence[ReferenceArray | None], tangents: Tangents) -> Scalar:
    left: list[Scalar] = []
    right: list[Scalar] = []
    dtype = None
    for c, t in zip(cotangents, tangents, strict=True):
        if c is None or t is None:
            continue
        dtype = real_of(t.dtype)
        for a, b in zip(_weights(c, system), t.scalars, strict=True):
            if not (_is_zero(a) or _is_zero(b)):
                left.append(a)
                right.append(b)
    return 0.0 if dtype is None or not left else system.total(add_p, dtype, left, right)


def _weights(c: ReferenceArray, system: NumberSystem) -> list[Scalar]:
    """What a cotangent pairs the parts of a tangent with: the real part of their product, as JAX has it."""
    return _as_cotangent([system.adopt(s) for s in c.scalars], c, system)


def _as_cotangent(scalars: list[Scalar], x: ReferenceArray, system: NumberSystem) -> list[Scalar]:
    """Weights of the parts of ``x`` as a cotangent, or the other way round: imaginary parts change sign."""
    if not is_complex(x.dtype):
        return scalars
    return scalars[: x.size] + [negative(system, s) for s in scalars[x.size :]]


def negative(system: NumberSystem, x: Scalar) -> Scalar:
    """-x in a number system."""
    return system.apply(DEFINITIONS["neg"], float64, [x])


def _is_zero(x: Scalar) -> bool:
    return type(x) is float and x == 0.0


def transpose(
    function: Function, avals: Sequence[ShapedArray], cotangents: Sequence[ReferenceArray]
) -> list[ReferenceArray | None]:
    """Entry j of what a linear function's transpose gives: the cotangents times what it makes of unit j.

    Source: the definition of the adjoint, <A^T c, e_j> = <c, A e_j>.

    Raises:
        ValueError: the function does not take zeros to zeros, so that it is not linear.
    """
    system = current_system()
    zeros = [ReferenceArray([0.0] * (a.size * (1 + is_complex(a.dtype))), a, system) for a in avals]
    if not all(_is_zero(s) for y in function(*zeros) for s in y.scalars):
        raise ValueError("The function of linear_transpose must be linear, got one that is not 0 at zeros.")
    found: list[ReferenceArray | None] = []
    for k, x in enumerate(zeros):
        entries = []
        for entry in range(len(x.scalars)):
            images = function(*zeros[:k], unit(x, entry, system), *zeros[k + 1 :])
            entries.append(_pairing(system, cotangents, images))
        found.append(ReferenceArray(_as_cotangent(entries, x, system), x.aval, system))
    return found


# -- custom rules --------------------------------------------------------------------------------------------
def _honoured(operands: Sequence[ReferenceArray]) -> Dual | None:
    """The dual system in force, if it honours rules and an operand moves in it."""
    system = current_system()
    if not isinstance(system, Dual) or not system.honour_custom_rules:
        return None
    moves = any(system.split(s)[0] is not s for x in operands for s in x.scalars)
    return system if moves else None


def _halves(dual: Dual, x: ReferenceArray) -> tuple[ReferenceArray, Any]:
    """Value and tangent of an array; float0 for what has no tangent."""
    halves = [dual.split(s) for s in x.scalars]
    value = ReferenceArray([v for v, _ in halves], x.aval, dual.base)
    if not is_inexact(x.dtype):
        return value, np.zeros(x.shape, float0)
    return value, ReferenceArray([t for _, t in halves], x.aval, dual.base)


def _joined(dual: Dual, value: ReferenceArray, tangent: ReferenceArray | None) -> ReferenceArray:
    if tangent is None or not is_inexact(value.dtype):
        return ReferenceArray(value.scalars, value.aval, dual)
    pairs = zip(value.scalars, tangent.scalars, strict=True)
    return ReferenceArray([dual.number(v, t) for v, t in pairs], value.aval, dual)


def custom_jvp(
    function: Function, rule: Callable[..., Any], operands: Sequence[ReferenceArray]
) -> list[Array]:
    """The function; or its rule, where the dual system in force honours rules."""
    dual = _honoured(operands)
    if dual is None:
        return list(function(*operands))
    values, tangents = zip(*(_halves(dual, x) for x in operands), strict=True)
    with arithmetic(dual.base):
        results = rule(*values, *tangents)
        outputs = [_own(x) for x in results[: len(results) // 2]]
        moving = [
            _own(t) if is_inexact(y.dtype) else None
            for y, t in zip(outputs, results[len(outputs) :], strict=True)
        ]
    return [_joined(dual, y, t) for y, t in zip(outputs, moving, strict=True)]


def custom_vjp(
    function: Function, forward: FlatFunction, backward: FlatFunction, operands: Sequence[ReferenceArray]
) -> list[Array]:
    """The function; or its rules, row by row of the Jacobian, where the dual system honours rules."""
    dual = _honoured(operands)
    if dual is None:
        return list(function(*operands))
    values, tangents = zip(*(_halves(dual, x) for x in operands), strict=True)
    with arithmetic(dual.base):
        forward.perturbed = [_moves(t) for t in tangents]  # type: ignore[attr-defined]  # what a forward rule has
        results = [_own(x) for x in forward(*values)]
        count: int = forward.num_outputs  # type: ignore[attr-defined]  # what a forward rule has
        outputs, residuals = results[:count], results[count:]
        moving = [
            _moved_by(dual.base, backward, residuals, outputs, k, tangents) if is_inexact(y.dtype) else None
            for k, y in enumerate(outputs)
        ]
    return [_joined(dual, y, t) for y, t in zip(outputs, moving, strict=True)]


def _moves(tangent: Any) -> bool:
    """Whether a tangent is not known to be zero; float0 is."""
    return isinstance(tangent, ReferenceArray) and not all(_is_zero(s) for s in tangent.scalars)


def _moved_by(
    system: NumberSystem,
    backward: FlatFunction,
    residuals: Sequence[ReferenceArray],
    outputs: Sequence[ReferenceArray],
    number: int,
    tangents: Sequence[Any],
) -> ReferenceArray:
    """The tangent of one output: each entry pairs the backward rule's row with the tangents."""
    found = []
    y = outputs[number]
    for entry in range(len(y.scalars)):
        seeds: list[ReferenceArray | None] = [None] * len(outputs)
        if not backward.symbolic_zeros:  # type: ignore[attr-defined]  # what a backward rule has
            seeds = [ReferenceArray([0.0] * len(z.scalars), z.aval, system) for z in outputs]
        seed = unit(y, entry, system)
        seeds[number] = ReferenceArray(_as_cotangent(seed.scalars, y, system), y.aval, system)
        row = backward(*residuals, *seeds)
        pairs = [
            (a, b)
            for c, t in zip(row, tangents, strict=True)
            if isinstance(t, ReferenceArray)
            for a, b in zip(_weights(_own(c), system), t.scalars, strict=True)
            if not _is_zero(a) and not _is_zero(b)
        ]
        found.append(system.total(add_p, real_of(y.dtype), [a for a, _ in pairs], [b for _, b in pairs]))
    return ReferenceArray(found, y.aval, system)


def _own(x: Any) -> ReferenceArray:
    from .interpreter import implementation

    found = lift_to(implementation, x)
    assert isinstance(found, ReferenceArray), "the reference lifts to its own arrays"
    return found

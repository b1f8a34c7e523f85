"""The level of forward differentiation: a tracer holds a value and its tangent.

Values are computed as they would be without it, so Python may branch on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...language import dispatch
from ...language.arrays import Array
from ...language.dispatch import FlatFunction, Implementation, Level, Operand, Params, Tracer, below, push
from ...language.dtypes import float0, is_inexact
from ...language.errors import MissingRuleError, TracerArrayConversionError
from ...language.primitive import Primitive
from ...language.shapes import ShapedArray
from ...language.tracing import user_line
from .. import operations as ops
from .linear import backward_call
from .types import check_types


class JvpTracer(Tracer):
    """A value, and its tangent: an array of the same type, or None for zero."""

    __slots__ = ("primal", "tangent")

    def __init__(self, level: JvpLevel, primal: Array, tangent: Any) -> None:
        self.level, self.primal, self.tangent = level, primal, tangent
        self.aval = primal.aval

    def __repr__(self) -> str:
        return f"Differentiated<{self.primal!r}>"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(self.primal, spec)

    # Python may look at a value; what it makes of it is a constant to the derivative.
    def __bool__(self) -> bool:
        return bool(self.primal)

    def __int__(self) -> int:
        return int(self.primal)

    def __index__(self) -> int:
        return self.primal.__index__()

    def __float__(self) -> float:
        return float(self.primal)

    def __complex__(self) -> complex:
        return complex(self.primal)

    def item(self) -> Any:
        """The single element as a Python scalar, a constant to the derivative."""
        return self.primal.item()

    def tolist(self) -> Any:
        """The elements as Python lists, constants to the derivative."""
        return self.primal.tolist()

    def machine_value(self) -> np.ndarray[Any, Any]:
        """Refuse: NumPy would drop the derivative without a word."""
        where = user_line()
        raise TracerArrayConversionError(
            f"A value that is being differentiated ({self.aval}) cannot be handed to NumPy, which would lose "
            f"its derivative. Use verax.numpy, or verax.lax.stop_gradient outside of the transform."
            + (f" At {where}." if where else "")
        )


class JvpLevel(Level):
    """One running forward differentiation."""

    def lift(self, value: Operand) -> JvpTracer:
        """A constant: its tangent is zero."""
        with below(self):
            return JvpTracer(self, dispatch.lift(value), None)

    def bind(self, primitive: Primitive, operands: list[Any], params: Params) -> list[Array]:
        """Apply the primitive's rule."""
        from ..rules.jvp import JVP

        rule = JVP.get(primitive.name)
        if rule is None:
            raise MissingRuleError(f"`fast` has no jvp rule for {primitive.name!r}.")
        primals = [x.primal for x in operands]
        tangents = [x.tangent for x in operands]
        with below(self):
            if primitive.kind != "collective" and all(t is None for t in tangents):
                return [JvpTracer(self, y, None) for y in dispatch.bind(primitive, *primals, **params)]
            outs, derivatives = rule(primitive, primals, tangents, params)
            check_types("jvp", primitive, [y.aval for y in outs], derivatives)
        return [JvpTracer(self, y, t) for y, t in zip(outs, derivatives, strict=True)]

    def _outputs(self, results: Sequence[Any], derivatives: Sequence[Any]) -> list[Array]:
        found: list[Array] = []
        for y, t in zip(results, derivatives, strict=True):
            value = dispatch.lift(y)
            # A rule gives float0 for integers; NumPy arrays are constants.
            zero = t is None or (isinstance(t, np.ndarray) and t.dtype == float0)
            found.append(JvpTracer(self, value, None if zero else t))
        return found

    def custom_jvp(self, function: FlatFunction, rule: FlatFunction, operands: list[Any]) -> list[Array]:
        """Believe the rule."""
        primals = [x.primal for x in operands]
        with below(self):
            if all(x.tangent is None for x in operands):
                results = dispatch.bind_custom_jvp(function, rule, primals)
                return self._outputs(results, [None] * len(results))
            symbolic = getattr(rule, "symbolic_zeros", False)
            tangents = [x.tangent if symbolic else instantiated(x.primal, x.tangent) for x in operands]
            results = rule(*primals, *tangents)
            half = len(results) // 2
            return self._outputs(results[:half], results[half:])

    def custom_vjp(
        self, function: FlatFunction, forward: FlatFunction, backward: FlatFunction, operands: list[Any]
    ) -> list[Array]:
        """Run the forward rule; the backward one becomes a linear equation that only reverse mode can use."""
        primals = [x.primal for x in operands]
        with below(self):
            tangents = [x.tangent for x in operands]
            if all(t is None for t in tangents):
                results = dispatch.bind_custom_vjp(function, forward, backward, primals)
                return self._outputs(results, [None] * len(results))
            forward.perturbed = [t is not None for t in tangents]  # type: ignore[attr-defined]  # a rule's
            results = forward(*primals)
            count = forward.num_outputs  # type: ignore[attr-defined]  # set by the call, as the protocol says
            outs = [dispatch.lift(y) for y in results[:count]]
            derivatives = backward_call(
                _name(function), backward, results[count:], tangents, [y.aval for y in outs]
            )
            return self._outputs(outs, derivatives)


def _name(function: Any) -> str:
    return str(getattr(function, "__name__", "a function"))


def zero_tangent(aval: ShapedArray) -> Any:
    """The zero tangent of a value: float0 where it has no derivative."""
    return ops.zeros(aval) if is_inexact(aval.dtype) else np.zeros(aval.shape, float0)


def instantiated(primal: Array, tangent: Any) -> Any:
    """A tangent as an array: zeros for None, float0 zeros for what has no derivative."""
    if tangent is None or not is_inexact(primal.dtype):
        return zero_tangent(primal.aval)
    return tangent


def jvp(
    implementation: Implementation,
    function: FlatFunction,
    primals: Sequence[Array],
    tangents: Sequence[Any],
) -> tuple[list[Array], list[Any]]:
    """Values and directional derivative; see `Implementation.jvp`."""
    level = JvpLevel(implementation)
    with push(level):
        results = function(
            *(x if t is None else JvpTracer(level, x, t) for x, t in zip(primals, tangents, strict=True))
        )
    return split(level, results)


def split(level: JvpLevel, results: Sequence[Any]) -> tuple[list[Array], list[Any]]:
    """Values and tangents of a function's results."""
    values: list[Array] = []
    derivatives: list[Any] = []
    for y in results:
        mine = isinstance(y, JvpTracer) and y.level is level
        values.append(y.primal if mine else dispatch.lift(y))
        derivatives.append(y.tangent if mine else None)
    return values, derivatives

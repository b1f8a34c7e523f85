"""The level that writes down what is linear: the tangents of a differentiation, as unknowns.

Operations on values go on as ever; an operation on an unknown becomes an equation of a linear program,
whose other operands are known values.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, NoReturn

from ...language import dispatch
from ...language.arrays import Array
from ...language.dispatch import FlatFunction, Implementation, Level, Operand, Params, below
from ...language.dtypes import is_inexact
from ...language.primitive import Primitive
from ...language.program import Equation, Program, Variable
from ...language.shapes import ShapedArray
from ...language.tracing import user_line
from ..tracers import OpaqueTracer


class LinearTracer(OpaqueTracer):
    """An unknown: a variable of the linear program."""

    __slots__ = ("variable",)
    what: ClassVar[str] = "Tangent"
    mend: ClassVar[str] = "A derivative rule must be linear in its tangents."

    def __init__(self, level: LinearLevel, variable: Variable) -> None:
        self.level, self.variable, self.aval = level, variable, variable.aval


def _backward_rule(*avals: ShapedArray, **params: Any) -> Sequence[ShapedArray]:
    results: Sequence[ShapedArray] = params["out_avals"]
    return results


# A call of a custom backward rule on residuals and tangents. It can only be transposed: to run it forward
# is what `refuse_forward` says no to.
backward_call_p = Primitive("backward_call", "call", _backward_rule)


def refuse_forward(name: str) -> NoReturn:
    """Say that only reverse mode goes through a custom backward rule.

    Raises:
        TypeError: always.
    """
    raise TypeError(
        f"Forward differentiation (jvp, jacfwd) cannot go through {name!r}, which has a custom_vjp rule. "
        f"Use grad, vjp or jacrev, or give it a custom_jvp rule."
    )


def backward_call(
    name: str,
    backward: FlatFunction,
    residuals: Sequence[Any],
    tangents: Sequence[Any],
    outputs: Sequence[ShapedArray],
) -> list[Any]:
    """Tangents of results whose transposed derivative is said to be ``backward``; None for integers."""
    places = tuple(i for i, t in enumerate(tangents) if t is not None)
    differentiable = tuple(i for i, a in enumerate(outputs) if is_inexact(a.dtype))
    found = dispatch.bind(
        backward_call_p,
        *residuals,
        *(tangents[i] for i in places),
        name=name,
        backward=backward,
        num_residuals=len(residuals),
        places=places,
        results=tuple(outputs),
        differentiable=differentiable,
        out_avals=tuple(outputs[i] for i in differentiable),
    )
    by_place: dict[int, Any] = dict(zip(differentiable, found, strict=True))
    return [by_place.get(i) for i in range(len(outputs))]


class LinearLevel(Level):
    """One running linearization.

    Attributes:
        equations: the linear program so far, in order.
        captured: the known values that it uses.
    """

    def __init__(self, implementation: Implementation) -> None:
        super().__init__(implementation)
        self.equations: list[Equation] = []
        self.captured: dict[int, tuple[Variable, Any]] = {}

    def unknown(self, aval: ShapedArray) -> LinearTracer:
        """A new unknown."""
        return LinearTracer(self, Variable(aval))

    def lift(self, value: Operand) -> Any:
        """A known value stays as it is until an equation needs it."""
        return value

    def _variable(self, x: Any) -> Variable:
        if isinstance(x, LinearTracer) and x.level is self:
            return x.variable
        value = x if isinstance(x, Array) else dispatch.lift(x)
        variable, _ = self.captured.setdefault(id(value), (Variable(value.aval), value))
        return variable

    def is_unknown(self, x: Any) -> bool:
        """Whether an operand is one of this level's unknowns."""
        return isinstance(x, LinearTracer) and x.level is self

    def record(
        self, primitive: Primitive, operands: Sequence[Any], params: Params, outputs: Sequence[ShapedArray]
    ) -> list[LinearTracer]:
        """Write one equation."""
        variables = tuple(Variable(a) for a in outputs)
        inputs = tuple(self._variable(x) for x in operands)
        self.equations.append(Equation(primitive, inputs, variables, params, user_line()))
        return [LinearTracer(self, v) for v in variables]

    def bind(self, primitive: Primitive, operands: list[Any], params: Params) -> list[Array]:
        """Write an equation, after the known part of a control primitive has been computed."""
        from ..rules.linear import SPLITTING

        with below(self):
            splitting = SPLITTING.get(primitive.name)
            if splitting is not None:
                return splitting(self, primitive, operands, params)
            avals = [dispatch.aval_of(x) for x in operands]
            outputs = primitive.infer(avals, params)
            return list(self.record(primitive, operands, params, outputs))

    def custom_jvp(self, function: FlatFunction, rule: FlatFunction, operands: list[Any]) -> list[Array]:
        """A linear function's own derivative is of no use here: it is seen through."""
        return function(*operands)

    def custom_vjp(
        self, function: FlatFunction, forward: FlatFunction, backward: FlatFunction, operands: list[Any]
    ) -> list[Array]:
        """As `custom_jvp`."""
        return function(*operands)

    def program_of(self, unknowns: Sequence[Any], results: Sequence[Any], name: str) -> Program:
        """The linear program from unknowns to results; what results do not need is left out."""
        outputs = tuple(self._variable(y) for y in results)
        return Program(
            tuple(x.variable for x in unknowns),
            tuple(self.captured.values()),
            tuple(self.equations),
            outputs,
            name,
        ).pruned()

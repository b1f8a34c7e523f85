"""Programs as JAX's jaxprs, for code that reads them: `jax.make_jaxpr` and the classes of `jax.extend.core`.

A jaxpr here is a view: the variables are the program's own, and the parameters that hold programs have JAX's names.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..language.program import Constant, Equation, Program, SourceLine, Variable
from ..language.shapes import ShapedArray
from ..language.transforms import make_program

# By primitive: JAX's names of the parameters that are called otherwise in Verax, and what JAX says beside them.
RENAMED: Mapping[str, Mapping[str, str]] = {
    "checkpoint": {"program": "jaxpr"},
    "custom_jvp_call": {"call": "call_jaxpr", "rule": "jvp_jaxpr_fun", "num_captured": "num_consts"},
    "custom_vjp_call": {
        "call": "call_jaxpr",
        "forward": "fwd_jaxpr_thunk",
        "backward": "bwd",
        "num_captured": "num_consts",
    },
    "jit": {"program": "jaxpr"},
    "scan": {"program": "jaxpr"},
    "while": {"cond_program": "cond_jaxpr", "body_program": "body_jaxpr"},
}
BESIDE: Mapping[str, Mapping[str, Any]] = {
    "custom_jvp_call": {"symbolic_zeros": False},
    "custom_vjp_call": {"symbolic_zeros": False},
    "jit": {"inline": False, "keep_unused": False},
    "scan": {"unroll": 1},
}


class Literal(Constant):
    """A scalar that is written in the program, with JAX's name for its value."""

    __slots__ = ()

    @property
    def val(self) -> Any:
        """The value: a NumPy scalar array of the dtype of ``aval``."""
        return self.value

    def __repr__(self) -> str:
        return f"Literal({self.value.item()!r})"


class DropVar(Variable):
    """A result that nothing uses."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "_"


class SourceInfo(NamedTuple):
    """Where an equation comes from.

    Attributes:
        name_stack: the names of the `named_scope` blocks that it stands in, with "/" between them.
        source: the user's line.
    """

    name_stack: str
    source: SourceLine | None


@dataclass(frozen=True, eq=False)
class JaxprEqn:
    """An equation: ``outvars = primitive[params](invars)``."""

    primitive: Any
    invars: list[Any]
    outvars: list[Variable]
    params: dict[str, Any]
    source_info: SourceInfo


class Jaxpr:
    """A program, read as JAX's jaxpr.

    Attributes:
        program: Verax's.
        constvars: the variables of what it closed over.
        invars: of its arguments.
        outvars: of its results, or literals.
        eqns: its equations, in order.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        literals: dict[Constant, Literal] = {}

        def atom(a: Any) -> Any:
            return literals.setdefault(a, Literal(a.value, a.aval)) if isinstance(a, Constant) else a

        self.constvars = [v for v, _ in program.captured]
        self.invars = list(program.inputs)
        self.outvars = [atom(a) for a in program.outputs]
        used = {*program.outputs, *(a for e in program.equations for a in e.inputs)}

        def equation(e: Equation) -> JaxprEqn:
            outvars = [v if v in used else DropVar(v.aval) for v in e.outputs]
            info = SourceInfo("/".join(e.scope), e.source)
            return JaxprEqn(
                e.primitive,
                [atom(a) for a in e.inputs],
                outvars,
                viewed_params(e.primitive.name, e.params),
                info,
            )

        self.eqns = [equation(e) for e in program.equations]

    @property
    def in_avals(self) -> list[ShapedArray]:
        """The abstract values of the arguments."""
        return self.program.in_avals

    @property
    def out_avals(self) -> list[ShapedArray]:
        """The abstract values of the results."""
        return self.program.out_avals

    def __str__(self) -> str:
        return str(self.program)

    __repr__ = __str__


class ClosedJaxpr:
    """A jaxpr with the values that it closed over.

    Attributes:
        jaxpr: the jaxpr.
        consts: the values of its ``constvars``.
    """

    def __init__(self, program: Program) -> None:
        self.jaxpr = Jaxpr(program)
        self.consts = self.literals = [x for _, x in program.captured]

    def __getattr__(self, name: str) -> Any:
        if name in ("constvars", "invars", "outvars", "eqns", "in_avals", "out_avals"):
            return getattr(self.jaxpr, name)
        raise AttributeError(f"A ClosedJaxpr has no attribute {name!r}.")

    def __str__(self) -> str:
        return str(self.jaxpr)

    __repr__ = __str__


class JaxprParams(dict[str, Any]):
    """The parameters of an equation by JAX's names.

    Attributes:
        own: Verax's.
    """

    def __init__(self, found: Mapping[str, Any], own: Mapping[str, Any]) -> None:
        super().__init__(found)
        self.own = own


def viewed_params(name: str, params: Mapping[str, Any]) -> JaxprParams:
    """The parameters of a primitive of that name, by JAX's names."""
    renamed = RENAMED.get(name, {})
    found = {renamed.get(key, key): _viewed(value) for key, value in params.items()}
    return JaxprParams({**found, **BESIDE.get(name, {})}, params)


def _viewed(value: Any) -> Any:
    if isinstance(value, Program):
        return ClosedJaxpr(value)
    if isinstance(value, tuple) and value and all(isinstance(p, Program) for p in value):
        return tuple(ClosedJaxpr(p) for p in value)
    return value


def make_jaxpr(
    fun: Callable[..., Any],
    static_argnums: int | Sequence[int] = (),
    axis_env: Sequence[tuple[Any, int]] | None = None,
    return_shape: bool = False,
) -> Callable[..., Any]:
    """A function that returns the `ClosedJaxpr` that ``fun`` is on such arguments; see `make_program`.

    Args:
        fun: arrays in trees in, arrays in trees out.
        static_argnums: positions of arguments that are part of the program.
        axis_env: named axes that are in scope, each with its size.
        return_shape: whether to return ``(jaxpr, types)``, the latter a tree like the result.

    Raises:
        TypeError: when it is called, an argument is no array and no number.
    """
    made = make_program(fun, static_argnums, axis_env=axis_env, return_shape=True)

    @functools.wraps(fun)
    def jaxpr_of(*args: Any, **kwargs: Any) -> Any:
        program, types = made(*args, **kwargs)
        closed = ClosedJaxpr(program)
        return (closed, types) if return_shape else closed

    return jaxpr_of


def eval_jaxpr(jaxpr: Jaxpr, consts: Sequence[Any], *args: Any) -> list[Any]:
    """Run a jaxpr on values of its ``constvars`` and arguments: the list of its results."""
    return jaxpr.program.closed()[0](*consts, *args)


def jaxpr_as_fun(closed: ClosedJaxpr) -> Callable[..., list[Any]]:
    """A jaxpr as a function of its arguments, which returns the list of its results."""
    return lambda *args: eval_jaxpr(closed.jaxpr, closed.consts, *args)

"""`Program`: a straight line of primitive applications, as data.

Kernels compile it, adapters yield it, the reference runs it, capsules store it, people read it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from . import dispatch
from .arrays import Array
from .primitive import Primitive
from .shapes import ShapedArray


@dataclass(frozen=True, slots=True)
class SourceLine:
    """The user's line that an equation came from."""

    file: str
    line: int
    function: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} ({self.function})"


@dataclass(frozen=True, slots=True, eq=False)
class Variable:
    """A value of a program, defined once."""

    aval: ShapedArray


@dataclass(frozen=True, slots=True, eq=False)
class Constant:
    """A scalar written in the program: a NumPy scalar array of exactly ``aval.dtype``."""

    value: Any
    aval: ShapedArray


Atom = Variable | Constant


@dataclass(frozen=True, slots=True, eq=False)
class Equation:
    """``outputs = primitive[params](inputs)``, written at ``source`` in the `named_scope` blocks of ``scope``."""

    primitive: Primitive
    inputs: tuple[Atom, ...]
    outputs: tuple[Variable, ...]
    params: Mapping[str, Any]
    source: SourceLine | None = None
    scope: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Program:
    """Inputs, captured values, equations, outputs.

    Attributes:
        inputs: the variables that a call binds.
        captured: variables of values that tracing closed over, with those values (arrays, tracers).
        equations: in order of execution.
        outputs: what a call returns.
        name: the traced function's name.
    """

    inputs: tuple[Variable, ...]
    captured: tuple[tuple[Variable, Any], ...]
    equations: tuple[Equation, ...]
    outputs: tuple[Atom, ...]
    name: str = "program"

    @property
    def in_avals(self) -> list[ShapedArray]:
        """The abstract values of the inputs."""
        return [v.aval for v in self.inputs]

    @property
    def out_avals(self) -> list[ShapedArray]:
        """The abstract values of the outputs."""
        return [v.aval for v in self.outputs]

    def closed(self) -> tuple[Program, list[Any]]:
        """The same program with its captured values as leading inputs, and those values."""
        variables = tuple(v for v, _ in self.captured)
        return replace(self, inputs=variables + self.inputs, captured=()), [x for _, x in self.captured]

    def pruned(self) -> Program:
        """The same program without equations and captures that no output needs; those with effects are kept."""
        from .effects import effect_of

        needed: set[Variable] = {a for a in self.outputs if isinstance(a, Variable)}
        kept: list[Equation] = []
        for equation in reversed(self.equations):
            if any(v in needed for v in equation.outputs) or effect_of(equation):
                kept.append(equation)
                needed.update(a for a in equation.inputs if isinstance(a, Variable))
        captured = tuple((v, x) for v, x in self.captured if v in needed)
        return replace(self, equations=tuple(reversed(kept)), captured=captured)

    def __call__(self, *operands: Any) -> list[Array]:
        """Run the program on arrays, through dispatch: whoever owns the operands computes."""
        return evaluate(self, operands)

    def __str__(self) -> str:
        return "\n".join(_Printer().program(self))


def evaluate(program: Program, operands: Sequence[Any]) -> list[Array]:
    """Run a program equation by equation through dispatch.

    Raises:
        ValueError: the number of operands is wrong.
    """
    return run(program, operands, lambda e, xs: dispatch.bind(e.primitive, *xs, **e.params))


def run(
    program: Program, operands: Sequence[Any], apply: Callable[[Equation, list[Any]], Sequence[Any]]
) -> list[Any]:
    """Run a program with ``apply(equation, inputs) -> outputs`` for every equation.

    Raises:
        ValueError: the number of operands is wrong.
    """
    if len(operands) != len(program.inputs):
        raise ValueError(
            f"`operands` of program {program.name!r} must be {len(program.inputs)} arrays, got {len(operands)}."
        )
    values: dict[Variable, Any] = dict(zip(program.inputs, operands, strict=True))
    values.update(program.captured)

    def read(atom: Atom) -> Any:
        return values[atom] if isinstance(atom, Variable) else atom

    for equation in program.equations:
        results = apply(equation, [_unwrap(read(a)) for a in equation.inputs])
        values.update(zip(equation.outputs, results, strict=True))
    return [dispatch.lift(_unwrap(read(a))) for a in program.outputs]


def _unwrap(x: Any) -> Any:
    return constant_array(x) if isinstance(x, Constant) else x


def constant_array(constant: Constant) -> Any:
    """The operand that a written constant stands for: weak ones are Python scalars again."""
    return constant.value.item() if constant.aval.weak_type else constant.value


def subprograms(params: Mapping[str, Any]) -> Iterator[tuple[str, Program]]:
    """The programs among an equation's parameters (branches, loop bodies), with their names."""
    for name, value in params.items():
        if isinstance(value, Program):
            yield name, value
        elif isinstance(value, tuple) and value and all(isinstance(p, Program) for p in value):
            for i, p in enumerate(value):
                yield f"{name}[{i}]", p


def some_equation(program: Program, holds: Callable[[Equation], bool]) -> bool:
    """Whether something is so of an equation of a program, or of the programs within it."""
    return any(
        holds(e) or any(some_equation(p, holds) for _, p in subprograms(e.params)) for e in program.equations
    )


def axes_of(params: Mapping[str, Any]) -> Iterator[Any]:
    """The axes that the collectives of an equation's programs name."""
    for _, program in subprograms(params):
        for equation in program.equations:
            if equation.primitive.kind == "collective":
                yield from equation.params["axes"]
            yield from axes_of(equation.params)


def printed_equation(program: Program, equation: Equation) -> str:
    """One equation as the program prints it, with the program's names for its values."""
    printer = _Printer()
    printer.program(program)
    return printer.equation(equation)[0]


def printed_equations(program: Program) -> dict[Equation, str]:
    """Every equation, those inside of others too, as `printed_equation` prints it, without its inner programs."""
    printer, found = _Printer(), {}
    printer.program(program)

    def add(inner: Program) -> None:
        for equation in inner.equations:
            found[equation] = printer.equation(equation)[0]
            for _, nested in subprograms(equation.params):
                add(nested)

    add(program)
    return found


class _Printer:
    """Prints a program in the style of JAX's jaxprs; names variables a, b, ... in order."""

    def __init__(self) -> None:
        self.names: dict[Variable, str] = {}

    def name(self, atom: Atom) -> str:
        if isinstance(atom, Constant):
            return f"{atom.value.item()!r}:{atom.aval}"
        if atom not in self.names:
            self.names[atom] = _letters(len(self.names))
        return self.names[atom]

    def typed(self, variable: Variable) -> str:
        return f"{self.name(variable)}:{variable.aval}"

    def program(self, program: Program) -> list[str]:
        captured = " ".join(self.typed(v) for v, _ in program.captured)
        inputs = " ".join(self.typed(v) for v in program.inputs)
        lines = [f"{{ lambda {captured} ; {inputs}. let"]
        for equation in program.equations:
            lines += ["    " + line for line in self.equation(equation)]
        outputs = ", ".join(self.name(a) for a in program.outputs)
        return [*lines, f"  in ({outputs}{',' if len(program.outputs) == 1 else ''}) }}"]

    def equation(self, equation: Equation) -> list[str]:
        nested = dict(subprograms(equation.params))
        plain = {
            k: v
            for k, v in sorted(equation.params.items())
            if k not in nested and f"{k}[0]" not in nested and v is not None
        }
        shown = " ".join(f"{k}={_shown(v)}" for k, v in plain.items())
        left = " ".join(self.typed(v) for v in equation.outputs)
        right = " ".join(self.name(a) for a in equation.inputs)
        lines = [f"{left} = {equation.primitive.name}{f'[{shown}]' if shown else ''} {right}".rstrip()]
        for name, program in nested.items():
            lines.append(f"  {name}:")
            lines += ["    " + line for line in self.program(program)]
        return lines


def _shown(value: Any) -> str:
    return getattr(value, "__name__", None) or str(value)


def _letters(index: int) -> str:
    name = ""
    index += 1
    while index:
        index, digit = divmod(index - 1, 26)
        name = chr(ord("a") + digit) + name
    return name

"""A program in HLO's words: the text of `Lowered.compiler_ir("hlo")`, for those who look for an operation in it.

The grammar is that of XLA's HLO text. What HLO has no operation for is a ``custom-call`` that names the primitive.
Nothing here runs it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from .program import Atom, Constant, Equation, Program, Variable, subprograms
from .shapes import ShapedArray

# Primitives that HLO calls by the same name.
SHARED = (
    "abs", "add", "and", "atan2", "cbrt", "ceil", "clamp", "complex", "erf", "floor", "imag", "log", "logistic",
    "not", "or", "real", "reshape", "rsqrt", "sign", "sqrt", "tan", "tanh", "xor",
)  # fmt: skip
# A primitive, and the HLO operation that is the same on the same operands.
OPERATIONS: Mapping[str, str] = {
    **{name: name for name in SHARED},
    "clz": "count-leading-zeros",
    "convert_element_type": "convert",
    "cos": "cosine",
    "div": "divide",
    "exp": "exponential",
    "expm1": "exponential-minus-one",
    "is_finite": "is-finite",
    "log1p": "log-plus-one",
    "max": "maximum",
    "min": "minimum",
    "mul": "multiply",
    "neg": "negate",
    "population_count": "popcnt",
    "pow": "power",
    "rem": "remainder",
    "shift_left": "shift-left",
    "shift_right_arithmetic": "shift-right-arithmetic",
    "shift_right_logical": "shift-right-logical",
    "sin": "sine",
    "squeeze": "reshape",
    "sub": "subtract",
}
REDUCTIONS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "reduce_sum": ("add", lambda dtype: np.zeros((), dtype)),
    "reduce_prod": ("multiply", lambda dtype: np.ones((), dtype)),
    "reduce_and": ("and", lambda dtype: np.ones((), bool)),
    "reduce_or": ("or", lambda dtype: np.zeros((), bool)),
}


class Hlo:
    """The program's text.

    Attributes:
        program: what it is of.
    """

    def __init__(self, program: Program) -> None:
        self.program = program

    def as_hlo_text(self) -> str:
        """The module's text: its computations, the entry last."""
        module = _Module()
        module.computation(self.program.closed()[0], "main", entry=True)
        inputs = ", ".join(type_of(a) for a in [x.aval for _, x in self.program.captured])
        takes = ", ".join(filter(None, [inputs, *map(type_of, self.program.in_avals)]))
        gives = types_of(self.program.out_avals)
        head = f"HloModule jit_{self.program.name}, entry_computation_layout={{({takes})->{gives}}}"
        return "\n\n".join([head, *module.texts]) + "\n"

    __str__ = as_hlo_text


def type_of(aval: ShapedArray) -> str:
    """A type as HLO writes it: ``f32[2,3]{1,0}``."""
    name = str(aval.dtype)
    for long, short in (
        ("bool", "pred"),
        ("bfloat", "bf"),
        ("complex", "c"),
        ("float", "f"),
        ("uint", "u"),
        ("int", "s"),
    ):
        if name.startswith(long):
            name = short + name[len(long) :].replace("_", "")
            break
    layout = f"{{{_commas(reversed(range(aval.ndim)))}}}" if aval.ndim else ""
    return f"{name}[{_commas(aval.shape)}]{layout}"


def types_of(avals: Sequence[ShapedArray]) -> str:
    """The type of a result: of several it is a tuple's."""
    return type_of(avals[0]) if len(avals) == 1 else f"({', '.join(map(type_of, avals))})"


def _commas(numbers: Iterable[int]) -> str:
    return ",".join(map(str, numbers))


def _written(value: Any) -> str:
    x = np.asarray(value).item()
    if isinstance(x, bool):
        return str(x).lower()
    if isinstance(x, complex):
        return f"({x.real:.9g}, {x.imag:.9g})"
    return str(x) if isinstance(x, int) else f"{x:.9g}"


class _Module:
    """Gathers the texts of computations, with names that are given once."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.counts: dict[str, int] = {}

    def name(self, stem: str) -> str:
        """A name that no other value has."""
        self.counts[stem] = self.counts.get(stem, 0) + 1
        return f"{stem}.{self.counts[stem]}"

    def computation(self, program: Program, stem: str, entry: bool = False) -> str:
        """Write one, those that it calls first; its name."""
        writer = _Computation(self)
        writer.parameters(program.inputs)
        for equation in program.equations:
            writer.equation(equation)
        return self.close(writer, [writer.read(a) for a in program.outputs], program.out_avals, stem, entry)

    def close(
        self,
        writer: _Computation,
        outputs: list[str],
        avals: Sequence[ShapedArray],
        stem: str,
        entry: bool = False,
    ) -> str:
        """Write a computation's lines with its result as their root."""
        root = outputs[0] if len(outputs) == 1 else writer.line("tuple", types_of(avals), "tuple", outputs)
        lines = [f"  {'ROOT ' if line.startswith(f'{root} = ') else ''}{line}" for line in writer.lines]
        name = self.name(stem)
        self.texts.append("\n".join([f"{'ENTRY ' if entry else ''}{name} {{", *lines, "}"]))
        return name

    def region(self, operation: str, aval: ShapedArray) -> str:
        """A computation of two scalars, by which a reduction reduces."""
        writer, scalar = _Computation(self), aval.with_shape(())
        left, right = (writer.line("Arg", type_of(scalar), "parameter", [str(i)]) for i in range(2))
        result = writer.line(operation, type_of(scalar), operation, [left, right])
        return self.close(writer, [result], [scalar], "region")


class _Computation:
    """Writes the instructions of one computation."""

    def __init__(self, module: _Module) -> None:
        self.module = module
        self.lines: list[str] = []
        self.names: dict[Variable, str] = {}

    def line(
        self, stem: str, kind: str, operation: str, operands: Sequence[str], attributes: str = ""
    ) -> str:
        """Write an instruction; its name."""
        name = self.module.name(stem)
        self.lines.append(f"{name} = {kind} {operation}({', '.join(operands)}){attributes}")
        return name

    def parameters(self, variables: Sequence[Variable]) -> None:
        """Write the parameters."""
        for i, v in enumerate(variables):
            self.names[v] = self.line("Arg", type_of(v.aval), "parameter", [str(i)])

    def read(self, atom: Atom) -> str:
        """The name of a value."""
        if isinstance(atom, Constant):
            return self.line("constant", type_of(atom.aval), "constant", [_written(atom.value)])
        return self.names[atom]

    def equation(self, equation: Equation) -> None:
        """Write what an equation is."""
        operands = [self.read(a) for a in equation.inputs]
        avals = [v.aval for v in equation.outputs]
        name, kind = equation.primitive.name, types_of(avals) if avals else "()"
        form = FORMS.get(name)
        if form is not None:
            found = form(self, equation, operands)
        elif name in REDUCTIONS:
            operation, initial = REDUCTIONS[name]
            scalar = avals[0].with_shape(())
            start = self.line("constant", type_of(scalar), "constant", [_written(initial(scalar.dtype))])
            region = self.module.region(operation, scalar)
            axes = f", dimensions={{{_commas(equation.params['axes'])}}}, to_apply={region}"
            found = self.line(name, kind, "reduce", [*operands, start], axes)
        elif name in OPERATIONS:
            found = self.line(name, kind, OPERATIONS[name], operands)
        else:
            called = [self.module.computation(p.closed()[0], key) for key, p in subprograms(equation.params)]
            inner = f", called_computations={{{', '.join(called)}}}" if called else ""
            target = f', custom_call_target="verax.{name}"{inner}'
            found = self.line(name, kind, "custom-call", operands, target)
        self.bind(equation.outputs, found)

    def bind(self, outputs: Sequence[Variable], found: str) -> None:
        """Name an equation's results; of several each is an element of a tuple."""
        if len(outputs) == 1:
            self.names[outputs[0]] = found
            return
        for i, v in enumerate(outputs):
            self.names[v] = self.line(
                "element", type_of(v.aval), "get-tuple-element", [found], f", index={i}"
            )


def _type(e: Equation) -> str:
    return types_of([v.aval for v in e.outputs])


def _power(c: _Computation, e: Equation, xs: list[str]) -> str:
    """By repeated squaring, as XLA writes it."""
    power, base, found = e.params.get("y", 2), xs[0], ""
    left = abs(power)
    while left:
        if left & 1:
            found = c.line("integer_pow", _type(e), "multiply", [found, base]) if found else base
        left >>= 1
        if left:
            base = c.line("integer_pow", _type(e), "multiply", [base, base])
    if power > 0:
        return found
    one = c.line("constant", type_of(e.outputs[0].aval.with_shape(())), "constant", ["1"])
    ones = c.line("broadcast", _type(e), "broadcast", [one], ", dimensions={}")
    return c.line("integer_pow", _type(e), "divide", [ones, found]) if found else ones


def _compare(c: _Computation, e: Equation, xs: list[str]) -> str:
    return c.line(e.primitive.name, _type(e), "compare", xs, f", direction={e.primitive.name.upper()}")


def _select(c: _Computation, e: Equation, xs: list[str]) -> str:
    if len(xs) != 3 or str(e.inputs[0].aval.dtype) != "bool":
        return c.line("select_n", _type(e), "custom-call", xs, ', custom_call_target="verax.select_n"')
    return c.line("select_n", _type(e), "select", [xs[0], xs[2], xs[1]])


def _shaped(operation: str, key: str) -> Callable[[_Computation, Equation, list[str]], str]:
    def form(c: _Computation, e: Equation, xs: list[str]) -> str:
        return c.line(e.primitive.name, _type(e), operation, xs, f", dimensions={{{_commas(e.params[key])}}}")

    return form


def _slice(c: _Computation, e: Equation, xs: list[str]) -> str:
    p = e.params
    ends = [p["start_indices"], p["limit_indices"], *filter(None, [p.get("strides")])]
    shown = ", ".join(f"[{':'.join(map(str, axis))}]" for axis in zip(*ends, strict=True))
    return c.line("slice", _type(e), "slice", xs, f", slice={{{shown}}}")


def _dot(c: _Computation, e: Equation, xs: list[str]) -> str:
    contracted, batched = e.params["dimension_numbers"]
    attributes = "".join(
        f", {side}_{what}_dims={{{_commas(pair[i])}}}"
        for i, side in enumerate(("lhs", "rhs"))
        for what, pair in (("batch", batched), ("contracting", contracted))
        if pair[i]
    )
    return c.line("dot_general", _type(e), "dot", xs, attributes)


def _convolution(c: _Computation, e: Equation, xs: list[str]) -> str:
    p, rank = e.params, len(e.params["window_strides"])
    sizes = e.inputs[1].aval.shape
    fields = {
        "size": [sizes[i] for i in p["dimension_numbers"][1][2:]],
        "stride": p["window_strides"],
        "pad": [f"{low}_{high}" for low, high in p["padding"]],
        "lhs_dilate": p["lhs_dilation"],
        "rhs_dilate": p["rhs_dilation"],
    }
    plain = {"size": None, "pad": ["0_0"] * rank}
    window = " ".join(
        f"{key}={'x'.join(map(str, value))}"
        for key, value in fields.items()
        if list(value) != plain.get(key, [1] * rank)
    )
    labels = [
        "".join(_labels(spec, ends))
        for spec, ends in zip(p["dimension_numbers"], ("bf", "oi", "bf"), strict=True)
    ]
    groups = "".join(
        f", {key}={p[key]}" for key in ("feature_group_count", "batch_group_count") if p.get(key, 1) != 1
    )
    attributes = f", window={{{window}}}, dim_labels={labels[0]}_{labels[1]}->{labels[2]}{groups}"
    return c.line("conv_general_dilated", _type(e), "convolution", xs, attributes)


def _labels(spec: Sequence[int], ends: str) -> list[str]:
    """A letter for each axis: the two of ``ends`` for the first two places of ``spec``, a number for a spatial one."""
    found = [""] * len(spec)
    for axis, label in zip(spec, [*ends, *map(str, range(len(spec) - 2))], strict=True):
        found[axis] = label
    return found


def _call(c: _Computation, e: Equation, xs: list[str]) -> str:
    program = e.params["program"]
    called = c.module.computation(program.closed()[0], program.name)
    return c.line("call", _type(e), "call", xs, f", to_apply={called}")


FORMS: Mapping[str, Callable[[_Computation, Equation, list[str]], str]] = {
    **dict.fromkeys(("eq", "ne", "lt", "le", "gt", "ge"), _compare),
    "broadcast_in_dim": _shaped("broadcast", "broadcast_dimensions"),
    "conv_general_dilated": _convolution,
    "dot_general": _dot,
    "integer_pow": _power,
    "jit": _call,
    "rev": _shaped("reverse", "dimensions"),
    "select_n": _select,
    "slice": _slice,
    "square": _power,
    "transpose": _shaped("transpose", "permutation"),
}

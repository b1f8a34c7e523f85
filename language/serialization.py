"""Programs as JSON and back. A stored program is data: names from the catalogue, numbers, shapes.

Nothing is evaluated, imported or unpickled on the way in. Whatever a file says is checked: primitives
exist, parameters have known kinds, variables are defined before they are used, every abstract value
is the one that the catalogue's own rule gives, and no size exceeds the limits below.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .catalogue import PRIMITIVES, GatherDimensionNumbers, ScatterDimensionNumbers
from .dtypes import DType, as_dtype, float0
from .errors import UsageError
from .inlining import inlined
from .program import Atom, Constant, Equation, Program, SourceLine, Variable
from .shapes import ShapedArray

FORMAT = "verax-program/1"
MOST_EQUATIONS = 100_000
MOST_ELEMENTS = 1 << 24  # of one array, and so of one value that a stored program may ask to be computed
MOST_NESTED = 16

_RECORDS: dict[str, Callable[..., Any]] = {
    "gather": GatherDimensionNumbers,
    "scatter": ScatterDimensionNumbers,
}


class FormatError(UsageError, ValueError):
    """Raised when stored data is not what its format says."""


# -- out -------------------------------------------------------------------------------------------
def program_to_json(program: Program, label: Callable[[SourceLine], str] | None = None) -> dict[str, Any]:
    """A program as JSON: calls inlined, captured values written out.

    Args:
        program: what to store; it must not have captured tracers.
        label: how a source line is written; None leaves the lines out.
    """
    return _Writer(label).program(inlined(program))


def array_to_json(value: np.ndarray[Any, Any], weak_type: bool = False) -> dict[str, Any]:
    """An array as JSON: dtype, shape, and its little-endian bytes in hexadecimal."""
    data = np.ascontiguousarray(value)
    if data.dtype.byteorder == ">":
        data = data.astype(data.dtype.newbyteorder("<"))
    found = {"dtype": str(value.dtype), "shape": list(value.shape), "hex": data.tobytes().hex()}
    return {**found, "weak": True} if weak_type else found


class _Writer:
    def __init__(self, label: Callable[[SourceLine], str] | None) -> None:
        self.label = label
        self.numbers: dict[Variable, int] = {}

    def program(self, program: Program) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "name": program.name,
            "captured": [
                {"variable": self.variable(v), "value": array_to_json(_machine(x), v.aval.weak_type)}
                for v, x in program.captured
            ],
            "inputs": [self.variable(v) for v in program.inputs],
            "equations": [self.equation(e) for e in program.equations],
            "outputs": [self.atom(a) for a in program.outputs],
        }

    def equation(self, equation: Equation) -> dict[str, Any]:
        found: dict[str, Any] = {
            "primitive": equation.primitive.name,
            "inputs": [self.atom(a) for a in equation.inputs],
            "outputs": [self.variable(v) for v in equation.outputs],
        }
        if equation.params:
            found["params"] = {k: self.param(v) for k, v in equation.params.items()}
        if self.label is not None and equation.source is not None:
            found["source"] = [
                self.label(equation.source),
                equation.source.line,
                equation.source.function,
            ]
        return found

    def variable(self, variable: Variable) -> list[Any]:
        number = self.numbers.setdefault(variable, len(self.numbers))
        return [number, *_aval_to_json(variable.aval)]

    def atom(self, atom: Atom) -> Any:
        if isinstance(atom, Constant):
            return {"constant": array_to_json(np.asarray(atom.value), atom.aval.weak_type)}
        return self.numbers[atom]

    def param(self, value: Any) -> Any:
        if value is None or isinstance(value, (bool, int, str)):
            return value
        if isinstance(value, float):
            return {"float": value.hex()}
        if isinstance(value, np.dtype):
            return {"dtype": _dtype_name(value)}
        if isinstance(value, Program):
            return {"program": _Writer(self.label).program(value)}
        if isinstance(value, (tuple, list)):
            return {"tuple": [self.param(v) for v in value]}
        for kind, record in _RECORDS.items():
            if isinstance(value, record):  # type: ignore[arg-type]  # the table's entries are classes
                return {kind: {f.name: self.param(getattr(value, f.name)) for f in dataclasses.fields(value)}}
        raise FormatError(
            f"A parameter of kind {type(value).__name__} cannot be stored: {value!r}. "
            f"Store the program before it is given such parameters."
        )


def _machine(value: Any) -> np.ndarray[Any, Any]:
    found = value.machine_value() if hasattr(value, "machine_value") else value
    return np.asarray(found)


def _dtype_name(dtype: DType) -> str:
    return "float0" if dtype == float0 else str(dtype)


def _aval_to_json(aval: ShapedArray) -> list[Any]:
    return [_dtype_name(aval.dtype), list(aval.shape), aval.weak_type]


# -- in --------------------------------------------------------------------------------------------
def program_from_json(data: Any) -> Program:
    """The program that was stored.

    Raises:
        FormatError: the data is not a stored program; the message says where and why.
    """
    return _Reader().program(data, "program", 0)


def array_from_json(data: Any, where: str = "array") -> tuple[np.ndarray[Any, Any], bool]:
    """The array that was stored, and whether its dtype was weak.

    Raises:
        FormatError: the data is not a stored array.
    """
    entry = _mapping(data, where, {"dtype", "shape", "hex"}, {"weak"})
    dtype = _dtype(entry["dtype"], f"{where}.dtype")
    shape = _shape(entry["shape"], f"{where}.shape")
    text = _string(entry["hex"], f"{where}.hex")
    size = math.prod(shape) * dtype.itemsize
    if len(text) != 2 * size:
        raise FormatError(
            f"`{where}.hex` must hold {2 * size} hexadecimal digits for {dtype}{list(shape)}, got {len(text)}."
        )
    try:
        raw = bytes.fromhex(text)
    except ValueError as err:
        raise FormatError(f"`{where}.hex` must hold hexadecimal digits only, got {text[:20]!r}.") from err
    if len(raw) != size:
        raise FormatError(f"`{where}.hex` must hold hexadecimal digits only, without spaces.")
    value = np.frombuffer(raw, dtype=dtype).reshape(shape).copy()
    if dtype == np.bool_ and value.view(np.uint8).max(initial=0) > 1:
        raise FormatError(f"`{where}.hex` must hold 00 or 01 for bool, got another byte.")
    return value, _flag(entry.get("weak", False), f"{where}.weak")


class _Reader:
    def __init__(self) -> None:
        self.variables: dict[int, Variable] = {}
        self.equations = 0

    def program(self, data: Any, where: str, depth: int) -> Program:
        if depth > MOST_NESTED:
            raise FormatError(f"`{where}` must be nested at most {MOST_NESTED} deep.")
        entry = _mapping(data, where, {"format", "name", "captured", "inputs", "equations", "outputs"})
        if entry["format"] != FORMAT:
            raise FormatError(f"`{where}.format` must be {FORMAT!r}, got {_short(entry['format'])}.")
        captured = []
        for i, one in enumerate(_list(entry["captured"], f"{where}.captured")):
            here = f"{where}.captured[{i}]"
            pair = _mapping(one, here, {"variable", "value"})
            value, weak = array_from_json(pair["value"], f"{here}.value")
            variable = self.define(pair["variable"], f"{here}.variable")
            if variable.aval != ShapedArray(value.shape, value.dtype, weak):
                raise FormatError(f"`{here}.variable` must be the value's own type, got {variable.aval}.")
            captured.append((variable, value))
        inputs = [
            self.define(v, f"{where}.inputs[{i}]")
            for i, v in enumerate(_list(entry["inputs"], f"{where}.inputs"))
        ]
        listed = _list(entry["equations"], f"{where}.equations")
        equations = [self.equation(e, f"{where}.equations[{i}]", depth) for i, e in enumerate(listed)]
        outputs = [
            self.atom(a, f"{where}.outputs[{i}]")
            for i, a in enumerate(_list(entry["outputs"], f"{where}.outputs"))
        ]
        name = _string(entry["name"], f"{where}.name")
        return Program(tuple(inputs), tuple(captured), tuple(equations), tuple(outputs), name)

    def equation(self, data: Any, where: str, depth: int) -> Equation:
        self.equations += 1
        if self.equations > MOST_EQUATIONS:
            raise FormatError(f"A stored program must have at most {MOST_EQUATIONS} equations.")
        entry = _mapping(data, where, {"primitive", "inputs", "outputs"}, {"params", "source"})
        name = _string(entry["primitive"], f"{where}.primitive")
        if name not in PRIMITIVES:
            raise FormatError(
                f"`{where}.primitive` must be a primitive of the catalogue, got {_short(name)}."
            )
        primitive = PRIMITIVES[name]
        if primitive.kind == "call":
            raise FormatError(f"`{where}.primitive` must not be a call with a rule of its own, got {name!r}.")
        inputs = [
            self.atom(a, f"{where}.inputs[{i}]")
            for i, a in enumerate(_list(entry["inputs"], f"{where}.inputs"))
        ]
        given = entry.get("params", {})
        if not isinstance(given, dict):
            raise FormatError(f"`{where}.params` must be an object, got {_short(given)}.")
        params = {str(k): self.param(v, f"{where}.params.{k}", depth) for k, v in given.items()}
        found = self.inferred(primitive, inputs, params, where)
        outputs = [
            self.define(v, f"{where}.outputs[{i}]")
            for i, v in enumerate(_list(entry["outputs"], f"{where}.outputs"))
        ]
        # Not the weak flags: inlining may have put a strong value where a call took a weak one.
        if [(v.aval.shape, v.aval.dtype) for v in outputs] != [(a.shape, a.dtype) for a in found]:
            shown = ", ".join(map(str, found))
            raise FormatError(f"`{where}.outputs` must be {shown}, as {name} gives, got another type.")
        source = self.source(entry["source"], f"{where}.source") if "source" in entry else None
        return Equation(primitive, tuple(inputs), tuple(outputs), params, source)

    def inferred(
        self, primitive: Any, inputs: list[Atom], params: Mapping[str, Any], where: str
    ) -> list[ShapedArray]:
        try:
            found = primitive.infer([a.aval for a in inputs], params)
        except (TypeError, ValueError, KeyError, IndexError, AttributeError) as err:
            raise FormatError(f"`{where}` is no application of {primitive.name}: {err}") from err
        for aval in found:
            if aval.size > MOST_ELEMENTS:
                raise FormatError(f"`{where}` must give at most {MOST_ELEMENTS} elements, got {aval.size}.")
        return list(found)

    def source(self, data: Any, where: str) -> SourceLine:
        entry = _list(data, where)
        if len(entry) != 3 or isinstance(entry[1], bool) or not isinstance(entry[1], int):
            raise FormatError(f"`{where}` must be [file, line, function], got {_short(data)}.")
        return SourceLine(_string(entry[0], where), entry[1], _string(entry[2], where))

    def define(self, data: Any, where: str) -> Variable:
        entry = _list(data, where)
        if len(entry) != 4:
            raise FormatError(f"`{where}` must be [number, dtype, shape, weak], got {_short(data)}.")
        number = _count(entry[0], where)
        if number in self.variables:
            raise FormatError(f"`{where}` must define a new variable, got number {number} again.")
        dtype = float0 if entry[1] == "float0" else _dtype(entry[1], where)
        variable = Variable(ShapedArray(_shape(entry[2], where), dtype, _flag(entry[3], where)))
        self.variables[number] = variable
        return variable

    def atom(self, data: Any, where: str) -> Atom:
        if isinstance(data, dict):
            entry = _mapping(data, where, {"constant"})
            value, weak = array_from_json(entry["constant"], f"{where}.constant")
            if value.shape:
                raise FormatError(f"`{where}.constant` must be a scalar, got shape {value.shape}.")
            return Constant(value, ShapedArray((), value.dtype, weak))
        number = _count(data, where)
        if number not in self.variables:
            raise FormatError(f"`{where}` must be a variable defined before, got number {number}.")
        return self.variables[number]

    def param(self, data: Any, where: str, depth: int) -> Any:
        if depth > MOST_NESTED:
            raise FormatError(f"`{where}` must be nested at most {MOST_NESTED} deep.")
        if data is None or isinstance(data, (bool, int, str)):
            return data
        if not isinstance(data, dict) or len(data) != 1:
            raise FormatError(f"`{where}` must be a plain value or one tagged value, got {_short(data)}.")
        ((kind, value),) = data.items()
        if kind == "float":
            try:
                return float.fromhex(_string(value, where))
            except (ValueError, OverflowError) as err:
                raise FormatError(f"`{where}` must be a hexadecimal float, got {_short(value)}.") from err
        if kind == "dtype":
            return _dtype(value, where)
        if kind == "tuple":
            return tuple(self.param(v, f"{where}[{i}]", depth + 1) for i, v in enumerate(_list(value, where)))
        if kind == "program":
            inner = _Reader()
            inner.equations = self.equations
            found = inner.program(value, where, depth + 1)
            self.equations = inner.equations
            return found
        if kind in _RECORDS:
            return self.record(kind, value, where, depth)
        raise FormatError(f"`{where}` must be tagged as a known kind, got {_short(kind)}.")

    def record(self, kind: str, value: Any, where: str, depth: int) -> Any:
        record = _RECORDS[kind]
        names = {f.name for f in dataclasses.fields(record)}  # type: ignore[arg-type]  # the entries are classes
        entry = _mapping(value, where, names)
        fields = {name: self.param(v, f"{where}.{name}", depth + 1) for name, v in entry.items()}
        for name, axes in fields.items():
            plain = isinstance(axes, tuple) and all(type(a) is int for a in axes)
            if not plain:
                raise FormatError(f"`{where}.{name}` must be a tuple of integers, got {_short(axes)}.")
        return record(**fields)


# -- checks ------------------------------------------------------------------------------------------
def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _mapping(data: Any, where: str, needed: set[str], allowed: set[str] = frozenset()) -> dict[str, Any]:  # type: ignore[assignment]  # an empty default
    if not isinstance(data, dict):
        raise FormatError(f"`{where}` must be an object, got {_short(data)}.")
    missing, unknown = needed - set(data), set(data) - needed - allowed
    if missing or unknown:
        problem = f"lacks {sorted(missing)}" if missing else f"has the unknown {sorted(map(str, unknown))}"
        raise FormatError(f"`{where}` must have the fields {sorted(needed)}; it {problem}.")
    return data


def _list(data: Any, where: str) -> list[Any]:
    if not isinstance(data, list):
        raise FormatError(f"`{where}` must be a list, got {_short(data)}.")
    return data


def _string(data: Any, where: str) -> str:
    if not isinstance(data, str):
        raise FormatError(f"`{where}` must be a string, got {_short(data)}.")
    return data


def _flag(data: Any, where: str) -> bool:
    if not isinstance(data, bool):
        raise FormatError(f"`{where}` must be true or false, got {_short(data)}.")
    return data


def _count(data: Any, where: str) -> int:
    if not isinstance(data, int) or isinstance(data, bool) or data < 0:
        raise FormatError(f"`{where}` must be a non-negative integer, got {_short(data)}.")
    return data


def _shape(data: Any, where: str) -> tuple[int, ...]:
    shape = tuple(_count(n, where) for n in _list(data, where))
    if len(shape) > 32 or math.prod(shape) > MOST_ELEMENTS:
        raise FormatError(
            f"`{where}` must have at most {MOST_ELEMENTS} elements and 32 axes, got {_short(data)}."
        )
    return shape


def _dtype(data: Any, where: str) -> DType:
    try:
        return as_dtype(_string(data, where))
    except TypeError as err:
        raise FormatError(f"`{where}` must name a dtype that the language has, got {_short(data)}.") from err

"""Elementwise primitives of the language, over the hooks: which definition, decision or integer function.

Sources: those of the definitions' rows; openxla.org/xla/operation_semantics (BitcastConvertType, Clamp, Compare,
ConvertElementType, ReducePrecision, Select); IEEE 754-2019 5.11 for comparisons.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...language.dtypes import DType, bool_, is_float
from ...language.primitive import Primitive
from ..array import ReferenceArray
from ..exact import ordering
from ..reals import Scalar, format_of, to_machine
from ..system import Definition, NumberSystem
from . import (
    parametric,  # noqa: F401  # its rows are part of the table
    steps,
)
from .call import Call, Lists, Rule
from .elementwise import DEFINITIONS, integer_pow
from .integers import COMPARISONS, INTEGERS, width, wrapped

RULES: dict[str, Rule] = {}


def rule(name: str) -> Callable[[Rule], Rule]:
    """Register the rule of a primitive."""

    def register(function: Rule) -> Rule:
        RULES[name] = function
        return function

    return register


def _lists(operands: Sequence[ReferenceArray], size: int) -> list[list[Scalar]]:
    """The scalars of operands, scalars among them repeated."""
    return [x.scalars * size if len(x.scalars) == 1 != size else x.scalars for x in operands]


def integers(
    system: NumberSystem, name: str, dtype: DType, operands: Sequence[Sequence[Scalar]]
) -> list[Scalar]:
    """An integer function, element by element."""
    function, bits = INTEGERS[name], width(dtype)

    def one(*xs: Any) -> Any:
        return wrapped(function(*xs, bits), dtype)

    return [system.plainly(one, xs) for xs in zip(*operands, strict=True)]


def sum_of(system: NumberSystem, primitive: Primitive, dtype: DType, xs: Sequence[Scalar]) -> Scalar:
    """The sum of scalars of any dtype of numbers."""
    if is_float(dtype):
        return system.total(primitive, dtype, xs)
    return system.plainly(lambda *ns: wrapped(sum(ns), dtype), xs)


def _defined(name: str) -> Rule:
    definition = DEFINITIONS[name]

    def apply(c: Call) -> Lists:
        dtype = c.results[0].dtype
        if is_float(dtype):
            return [c.system.map(definition, dtype, [x.scalars for x in c.operands])]
        return [integers(c.system, name, dtype, [x.scalars for x in c.operands])]

    return apply


def _integral(name: str) -> Rule:
    def apply(c: Call) -> Lists:
        return [integers(c.system, name, c.results[0].dtype, [x.scalars for x in c.operands])]

    return apply


def _compared(test: Callable[[Any], bool]) -> Rule:
    def plain(x: Any, y: Any) -> bool:
        return test((x > y) - (x < y))

    def apply(c: Call) -> Lists:
        pairs = zip(c.operands[0].scalars, c.operands[1].scalars, strict=True)
        if is_float(c.operands[0].dtype):
            return [[c.system.answer(test, ordering, pair) for pair in pairs]]
        return [[c.system.plainly(plain, pair) for pair in pairs]]

    return apply


def _stepped(question: Callable[[Scalar], Any], integer: str | None = None) -> Rule:
    def apply(c: Call) -> Lists:
        (x,) = c.operands
        if integer is not None and not is_float(x.dtype):
            return [integers(c.system, integer, x.dtype, [x.scalars])]
        return [[c.system.step(steps.read, question, (s,)) for s in x.scalars]]

    return apply


RULES.update({name: _defined(name) for name in DEFINITIONS})
RULES.update(
    {name: _integral(name) for name in ("not", "and", "or", "xor", "shift_left")}
    | {name: _integral(name) for name in ("shift_right_arithmetic", "shift_right_logical")}
    | {name: _integral(name) for name in ("population_count", "clz", "mulhi")}
)
RULES.update({name: _compared(test) for name, test in COMPARISONS.items()})
RULES["sign"] = _stepped(steps.sign, "sign")
RULES["floor"] = _stepped(steps.floor)
RULES["ceil"] = _stepped(steps.ceil)


@rule("round")
def _round(c: Call) -> Lists:
    question = steps.ROUNDING[int(c.params["rounding_method"])]
    return [[c.system.step(steps.read, question, (s,)) for s in c.operands[0].scalars]]


@rule("is_finite")
def _is_finite(c: Call) -> Lists:
    return [[c.system.answer(bool, steps.is_finite, (s,)) for s in c.operands[0].scalars]]


@rule("nextafter")
def _nextafter(c: Call) -> Lists:
    question = steps.next_after(c.results[0].dtype)
    pairs = zip(c.operands[0].scalars, c.operands[1].scalars, strict=True)
    return [[c.system.step(steps.read, question, pair) for pair in pairs]]


@rule("integer_pow")
def _integer_pow(c: Call) -> Lists:
    (x,), n, dtype = c.operands, c.params["y"], c.results[0].dtype
    if is_float(dtype):
        return [c.system.map(integer_pow(n), dtype, [x.scalars])]
    return [[c.system.plainly(lambda s: wrapped(s**n, dtype), (s,)) for s in x.scalars]]


@rule("pow")
def _pow(c: Call) -> Lists:
    x, y, dtype = *c.operands, c.results[0].dtype
    exponents = (
        y.scalars if is_float(y.dtype) else [_converted_integer(c.system, n, dtype) for n in y.scalars]
    )
    return [c.system.map(DEFINITIONS["pow"], dtype, [x.scalars, exponents])]


@rule("max")
def _max(c: Call) -> Lists:
    return [_extremes(c.system, c.operands, "max", 1)]


@rule("min")
def _min(c: Call) -> Lists:
    return [_extremes(c.system, c.operands, "min", -1)]


def _extremes(system: NumberSystem, operands: Sequence[ReferenceArray], name: str, sign: int) -> list[Scalar]:
    x, y = operands
    if is_float(x.dtype):
        return [system.extreme(x.dtype, pair, sign) for pair in zip(x.scalars, y.scalars, strict=True)]
    return integers(system, name, x.dtype, [x.scalars, y.scalars])


@rule("clamp")
def _clamp(c: Call) -> Lists:
    triples = _lists(c.operands, c.results[0].size)
    if is_float(c.results[0].dtype):
        return [[c.system.clamp(c.results[0].dtype, *triple) for triple in zip(*triples, strict=True)]]
    return [integers(c.system, "clamp", c.results[0].dtype, triples)]


@rule("select_n")
def _select_n(c: Call) -> Lists:
    which, *cases = _lists(c.operands, c.results[0].size)
    return [[c.system.select(w, xs) for w, *xs in zip(which, *cases, strict=True)]]


@rule("stop_gradient")
def _stop_gradient(c: Call) -> Lists:
    (x,) = c.operands
    return [[c.system.stop(s) for s in x.scalars] if is_float(x.dtype) else x.scalars]


@rule("name")
def _name(c: Call) -> Lists:
    return [c.operands[0].scalars]


# -- conversions -------------------------------------------------------------------------------------------
_CONVERT = Definition(
    "convert_element_type",
    "the same real in another format",
    lambda system, x: x,
    lambda x, bits, rounding: x,
    partials=(lambda o, x, z: 1,),
)


def _holds(wide: DType, narrow: DType) -> bool:
    """Whether every number of the format ``narrow`` is one of ``wide``."""
    (p, least, top), (q, low, high) = format_of(wide), format_of(narrow)
    return p >= q and least <= low and top >= high


def _converted_integer(system: NumberSystem, n: Scalar, dtype: DType) -> Scalar:
    return system.marked(system.lift(int(system.outcome(n)), dtype), (n,))


@rule("convert_element_type")
def _convert_element_type(c: Call) -> Lists:
    (x,), new = c.operands, c.results[0].dtype
    if is_float(x.dtype) and is_float(new):
        return [x.scalars if _holds(new, x.dtype) else c.system.map(_CONVERT, new, [x.scalars])]
    if is_float(new):
        return [[_converted_integer(c.system, n, new) for n in x.scalars]]
    if is_float(x.dtype) and new == bool_:
        return [[c.system.answer(bool, steps.is_nonzero, (s,)) for s in x.scalars]]
    if is_float(x.dtype):
        question = steps.saturated(new)
        return [[c.system.answer(int, question, (s,)) for s in x.scalars]]
    return [[c.system.plainly(lambda n: wrapped(int(n), new), (n,)) for n in x.scalars]]


@rule("bitcast_convert_type")
def _bitcast_convert_type(c: Call) -> Lists:
    # The bits of the nearest machine numbers: all that a real has of bits.
    import numpy as np

    (x,), result = c.operands, c.results[0]
    if x.dtype == result.dtype:
        return [x.scalars]

    def bits_of(s: Scalar) -> Any:
        found = to_machine(s, x.dtype) if is_float(x.dtype) else s
        return None if found != found else found

    def plain(s: Scalar) -> Any:
        return c.system.answer(steps.read, bits_of, (s,)) if is_float(x.dtype) else s

    scalars = [plain(s) for s in x.scalars]
    old, new = x.dtype.itemsize, result.dtype.itemsize
    from_each, into_each = max(old // new, 1), max(new // old, 1)
    found: list[Scalar] = []
    for i in range(0, len(scalars), into_each):
        group = scalars[i : i + into_each]
        machine = np.array([c.system.outcome(s) for s in group]).astype(x.dtype).view(result.dtype)
        values = machine.astype(np.float64) if is_float(result.dtype) else machine
        lifted = [c.system.lift(v, result.dtype) for v in values.tolist()]
        assert len(lifted) == from_each, "bits go where they fit"
        found += [c.system.marked(v, group) for v in lifted]
    return [found]

"""What a program costs: arithmetic and memory traffic, counted from the types of its equations."""

from __future__ import annotations

from collections.abc import Sequence

from .program import Atom, Equation, Program, subprograms

# Elementwise primitives that a machine computes in one instruction an element, or moves without computing.
_PLAIN = frozenset(
    [
        "abs",
        "add",
        "and",
        "clamp",
        "complex",
        "conj",
        "div",
        "eq",
        "floor",
        "ceil",
        "round",
        "ge",
        "gt",
        "imag",
        "integer_pow",
        "is_finite",
        "le",
        "lt",
        "max",
        "min",
        "mul",
        "ne",
        "neg",
        "not",
        "or",
        "real",
        "rem",
        "select_n",
        "shift_left",
        "shift_right_arithmetic",
        "shift_right_logical",
        "sign",
        "square",
        "sub",
        "xor",
    ]
)
_FREE = frozenset(
    [
        "convert_element_type",
        "bitcast_convert_type",
        "stop_gradient",
        "name",
        "reshape",
        "squeeze",
        "broadcast_in_dim",
    ]
)


class Costs(dict[str, float]):
    """XLA's keys: ``flops``, ``transcendentals`` and ``bytes accessed``."""

    def plus(self, other: Costs, times: float = 1.0) -> Costs:
        """The sum of two costs, the second taken several times."""
        keys = dict.fromkeys((*self, *other))
        return Costs({k: self.get(k, 0.0) + times * other.get(k, 0.0) for k in keys})


def _bytes(atoms: Sequence[Atom]) -> float:
    return float(sum(a.aval.size * a.aval.dtype.itemsize for a in atoms))


def costs_of(program: Program) -> Costs:
    """The sum over the program's equations: what they compute, and the bytes that they read and write.

    A ``scan`` costs its body times its length, a branch as much as the dearest one, a ``while``, whose steps are
    unknown, one step. Nothing is taken for fused: it is what the program says, not what a compiler makes of it.
    """
    total = Costs({"flops": 0.0, "transcendentals": 0.0, "bytes accessed": 0.0})
    for equation in program.equations:
        total = total.plus(_cost(equation))
    return total


def _cost(equation: Equation) -> Costs:
    inner = [costs_of(p) for _, p in subprograms(equation.params)]
    if equation.primitive.name == "cond":
        return max(inner, key=lambda c: (c["flops"], c["bytes accessed"]))
    if inner:
        found = Costs()
        for c in inner:
            found = found.plus(c, equation.params.get("length", 1))
        return found
    work, name = {"bytes accessed": _bytes((*equation.inputs, *equation.outputs))}, equation.primitive.name
    size = float(max((v.aval.size for v in equation.outputs), default=0))
    if equation.primitive.kind == "elementwise" and name not in _FREE:
        work["flops" if name in _PLAIN else "transcendentals"] = size
    elif equation.primitive.kind == "reduction":
        work["flops"] = float(equation.inputs[0].aval.size) - size
    elif name == "dot_general":
        (left, _), _ = equation.params["dimension_numbers"]
        terms = 1
        for axis in left:
            terms *= equation.inputs[0].aval.shape[axis]
        work["flops"] = 2.0 * size * terms
    return Costs(work)

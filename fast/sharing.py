"""Common subexpressions: what a program computes twice from the same operands is computed once."""

from __future__ import annotations

from collections.abc import Hashable
from contextlib import suppress
from dataclasses import replace

from ..language.program import Atom, Constant, Equation, Program

# What may be another thing each time, or holds programs of its own, is left as it is.
KINDS = frozenset({"elementwise", "structural", "indexing", "reduction", "product", "creation"})


def shared(program: Program) -> Program:
    """The same program with each operation on the same operands once, and each constant once."""
    names: dict[Atom, Atom] = {}
    seen: dict[Hashable, Equation] = {}
    written: dict[Hashable, Constant] = {}
    kept: list[Equation] = []

    def read(atom: Atom) -> Atom:
        if isinstance(atom, Constant):
            # By bits: 0.0 and -0.0 are two constants, and a NaN is equal to itself.
            return written.setdefault((atom.value.tobytes(), atom.aval), atom)
        return names.get(atom, atom)

    for e in program.equations:
        inputs = tuple(read(a) for a in e.inputs)
        first = None
        if e.primitive.kind in KINDS:
            key = (e.primitive, inputs, tuple(sorted(e.params.items(), key=lambda pair: pair[0])))
            with suppress(TypeError):  # a parameter that cannot be hashed
                first = seen.setdefault(key, e)
        if first is None or first is e:
            kept.append(replace(e, inputs=inputs))
        else:
            names.update(zip(e.outputs, first.outputs, strict=True))
    return replace(program, equations=tuple(kept), outputs=tuple(read(a) for a in program.outputs))

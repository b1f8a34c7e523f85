"""`Plan`: backwards through a program, which elements are needed; then forwards, these are computed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ...language.program import Atom, Constant, Equation, Program, Variable, constant_array
from ..array import ReferenceArray
from ..interpreter import implementation
from ..primitives.call import Lists
from ..reals import Scalar
from ..system import current_system
from .part import Asked, Part, Places, has_pairs
from .rows import row_of

Found = dict[Variable, dict[int, Scalar]]


class Plan:
    """What some elements of a program's results rest on.

    Args:
        program: without calls (`inlined`).
        places: for each result the elements that are wanted.
        read: the elements of an input at some places.

    Attributes:
        needs: for each input the elements that must be given to `run`.
    """

    def __init__(
        self,
        program: Program,
        places: Sequence[Places],
        read: Callable[[int, Places], Sequence[Scalar]],
    ) -> None:
        self.program, self.places = program, places
        self._read, self._inputs = read, {v: i for i, v in enumerate(program.inputs)}
        self._makers = {v: k for k, e in enumerate(program.equations) for v in e.outputs}
        self._captured: dict[Variable, Any] = dict(program.captured)
        # What is known already: indices, which tell what else is needed.
        self._known: Found = {}
        pairs = zip(program.outputs, places, strict=True)
        wanted, self._parts = self._backwards([(a, p) for a, p in pairs if isinstance(a, Variable)])
        self.needs = [sorted(wanted.get(v, ())) for v in program.inputs]
        self._from_outside = wanted

    def run(self, given: Sequence[Sequence[Scalar]]) -> Lists:
        """The elements that are wanted, of the inputs' elements at `needs`."""
        for v, places, scalars in zip(self.program.inputs, self.needs, given, strict=True):
            self._known.setdefault(v, {}).update(zip(places, scalars, strict=True))
        self._forwards(self._from_outside, self._parts)
        return [self._at(a, places) for a, places in zip(self.program.outputs, self.places, strict=True)]

    # -- backwards ----------------------------------------------------------------------------------------
    def _backwards(
        self, asked: Iterable[tuple[Variable, Places]]
    ) -> tuple[dict[Variable, set[int]], list[tuple[Equation, Part]]]:
        """What is wanted of every value, and how each equation gives it, the last one first."""
        wanted: dict[Variable, set[int]] = {}
        for v, places in asked:
            self._want(wanted, v, places)
        parts = []
        last = max((self._makers.get(v, -1) for v in wanted), default=-1)
        for equation in reversed(self.program.equations[: last + 1]):
            if any(wanted.get(v) for v in equation.outputs):
                part = self._part(equation, wanted)
                parts.append((equation, part))
                for atom, places in zip(equation.inputs, part.needs, strict=True):
                    if isinstance(atom, Variable):
                        self._want(wanted, atom, places)
        return wanted, parts

    def _want(self, wanted: dict[Variable, set[int]], v: Variable, places: Places) -> None:
        known = self._known.get(v, {})
        wanted.setdefault(v, set()).update(p for p in places if p not in known)

    def _part(self, equation: Equation, wanted: dict[Variable, set[int]]) -> Part:
        asked = Asked(
            system=current_system(),
            primitive=equation.primitive,
            operands=[a.aval for a in equation.inputs],
            results=[v.aval for v in equation.outputs],
            params=equation.params,
            places=[sorted(wanted.get(v, ())) for v in equation.outputs],
            read=lambda i, places: self._looked_up(equation.inputs[i], places),
        )
        return row_of(equation.primitive, has_pairs([*asked.operands, *asked.results]))(asked)

    def _looked_up(self, atom: Atom, places: Places) -> list[Scalar]:
        """Elements that must be known now: computed on their own, and kept."""
        if isinstance(atom, Variable):
            wanted, parts = self._backwards([(atom, places)])
            self._forwards(wanted, parts)
        return self._at(atom, places)

    # -- forwards -----------------------------------------------------------------------------------------
    def _forwards(self, wanted: dict[Variable, set[int]], parts: Sequence[tuple[Equation, Part]]) -> None:
        for v, asked in wanted.items():
            if v not in self._makers:
                self._give(v, [p for p in sorted(asked) if p not in self._known.get(v, {})])
        for equation, part in reversed(parts):
            lists = [self._at(a, places) for a, places in zip(equation.inputs, part.needs, strict=True)]
            for v, places, scalars in zip(equation.outputs, part.gives, part.run(lists), strict=True):
                known = self._known.setdefault(v, {})
                for p, x in zip(places, scalars, strict=True):
                    known.setdefault(p, x)  # one scalar stands for one real wherever it is used

    def _give(self, v: Variable, places: Places) -> None:
        """Elements of an input, or of a value that tracing closed over."""
        if places:
            found = (
                self._own(v).elements_at(places)
                if v in self._captured
                else self._read(self._inputs[v], places)
            )
            self._known.setdefault(v, {}).update(zip(places, found, strict=True))

    def _own(self, v: Variable) -> ReferenceArray:
        own = self._captured[v] = implementation.own(self._captured[v])
        return own

    def _at(self, atom: Atom, places: Places) -> list[Scalar]:
        if isinstance(atom, Constant):
            return list(implementation.own(constant_array(atom)).elements_at(places))
        known = self._known.get(atom, {})
        return [known[p] for p in places]

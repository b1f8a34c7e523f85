"""`ROWS`: for each primitive, which elements of its operands an element of its result needs.

Elementwise primitives need the elements at the same places, factorizations the matrix. What is in no table needs all
of its operands: that is the truth of loops without a length and of random words, and always right.
"""

from __future__ import annotations

from ...language.primitive import Primitive
from ..array import of_elements
from ..interpreter import implementation
from ..primitives.call import Lists
from . import branches, indexed, loops, matrices, moves, sums
from .matrices import factorization
from .part import Asked, Part, Row, smaller

ROWS: dict[str, Row] = {
    **moves.ROWS,
    **sums.ROWS,
    **indexed.ROWS,
    **branches.ROWS,
    **loops.ROWS,
    **matrices.ROWS,
}


# With complex numbers.
PAIRED: dict[str, Row] = {**moves.ROWS, **sums.PAIRED, **loops.ROWS, **matrices.ROWS}


def row_of(primitive: Primitive, pairs: bool = False) -> Row:
    """The row of a primitive; ``pairs`` says whether complex numbers take part."""
    rows = PAIRED if pairs else ROWS
    if primitive.name in rows:
        return rows[primitive.name]
    return _KINDS.get(primitive.kind, everything)


def elementwise(a: Asked) -> Part:
    """The elements at the same places; operands that are scalars beside arrays as they are."""
    places, shape = a.union, a.results[0].shape
    wide = [x.shape == shape for x in a.operands]
    needs = [places if w else [0] for w in wide]
    return smaller(a, needs, [(len(places),) if w else () for w in wide])


def everything(a: Asked) -> Part:
    """All elements of all operands."""

    def run(lists: object) -> Lists:
        assert isinstance(lists, list)
        operands = [of_elements(xs, v, a.system) for xs, v in zip(lists, a.operands, strict=True)]
        found = implementation.bind(a.primitive, list(operands), a.params)
        whole = [implementation.own(x) for x in found]
        return [list(x.elements_at(range(x.size))) for x in whole]

    return Part([range(x.size) for x in a.operands], run, [range(x.size) for x in a.results])


_KINDS: dict[str, Row] = {"elementwise": elementwise, "factorization": factorization}

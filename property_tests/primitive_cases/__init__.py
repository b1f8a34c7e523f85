"""Every primitive of the catalogue as a subject: operands and parameters, drawn at random.

Elementwise rows need nothing here: their arity and dtypes are asked of the catalogue. A row of another
kind has one row in the table of its room, by its name; `case_of` refuses, with the mend, a primitive that has none.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...language.catalogue import PRIMITIVES
from ...language.dtypes import complex_of, real_of
from ...language.primitive import Primitive
from ...language.shapes import ShapedArray
from ..matrix_cases import MATRICES, matrix_case, of_parts
from .calls import CALLS
from .case import FLOATS, Builder, Case, Rng, any_dtype, applied, operand, pick
from .collectives import collective
from .elementwise import accepted, elementwise
from .folds import FOLDS
from .indexing import INDEXING
from .products import PRODUCTS
from .structure import STRUCTURE

# One row a primitive that is neither elementwise nor a call.
BUILDERS: dict[str, Builder] = {**STRUCTURE, **FOLDS, **INDEXING, **PRODUCTS}


def _built(rng: Rng, primitive: Primitive) -> Case:
    build = BUILDERS[primitive.name]
    for _ in range(64):
        dtype = any_dtype(rng)
        operands, params = build(rng, dtype)
        avals = [ShapedArray(tuple(int(d.expression) for d in x.dimensions), x.dtype) for x in operands]
        try:
            primitive.infer(avals, params)
        except (TypeError, ValueError):  # a dtype that the row does not take: another one
            continue
        shown = operands[0].dtype if operands else dtype
        return Case(f"{primitive.name}_{shown}", applied(primitive, params), tuple(operands), params)
    raise LookupError(
        f"The builder of {primitive.name!r} in `BUILDERS` must give operands that its shape rule accepts, and "
        f"did not in 64 attempts. Mend the builder."
    )


def _factored(rng: Rng, name: str) -> Case:
    dtype = pick(rng, FLOATS)
    function, shapes, params = matrix_case(name, rng)
    whole = complex_of(dtype)
    if rng.random() < 0.5 and real_of(whole) == dtype:  # there is none of float16 and bfloat16
        function, shapes = of_parts(function, shapes)
        return Case(
            f"{name}_{whole}", function, tuple(operand(dtype, s) for s in shapes), params, alone=False
        )
    operands = tuple(operand(dtype, shape) for shape in shapes)
    return Case(f"{name}_{dtype}", function, operands, params, alone=False)


def case_of(name: str, seed: int) -> Case:
    """A primitive of the catalogue with operands and parameters drawn from a seed.

    Raises:
        LookupError: the catalogue has a row that nothing here knows how to call.
    """
    primitive = PRIMITIVES[name]
    rng = np.random.default_rng([seed, *name.encode()])
    if name in CALLS:
        return replace(CALLS[name](rng), alone=False)
    if primitive.kind == "collective":
        return replace(collective(rng, primitive), alone=False)
    if name in MATRICES:
        return _factored(rng, name)
    if name in BUILDERS:
        return _built(rng, primitive)
    if primitive.kind == "elementwise" and primitive.domain and accepted(primitive, len(primitive.domain)):
        return elementwise(rng, primitive)
    raise LookupError(
        f"`{name}` of the catalogue has no operands here: give it a row in a table of "
        f"property_tests/primitive_cases, or a domain for each operand if it is elementwise without parameters."
    )


def every_case(seed: int) -> list[Case]:
    """One case of each primitive, in the catalogue's order."""
    return [case_of(name, seed) for name in PRIMITIVES]

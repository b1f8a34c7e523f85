"""Random programs are well typed, equal for equal seeds, and reach the whole catalogue."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from verax.language import catalogue, transforms
from verax.language.primitive import Primitive
from verax.language.program import Program, subprograms
from verax.language.shapes import ShapeDtypeStruct
from verax.language.subject import ArrayOf, size_of
from verax.property_tests import primitive_cases
from verax.property_tests.primitive_cases import case_of, every_case
from verax.property_tests.random_programs import RandomProgram, random_program


def described(specs: tuple[ArrayOf, ...]) -> list[ShapeDtypeStruct]:
    return [ShapeDtypeStruct(tuple(size_of(d.expression, {}) for d in s.dimensions), s.dtype) for s in specs]


def traced(program: RandomProgram) -> Program:
    from verax.language.config import enable_x64

    with enable_x64():
        return transforms.make_program(program)(*described(program.inputs))


def used(program: Program) -> set[str]:
    found = {e.primitive.name for e in program.equations}
    for equation in program.equations:
        for _, inner in subprograms(equation.params):
            found |= used(inner)
    return found


def test_programs_are_well_typed_and_reach_most_float_primitives() -> None:
    programs = [random_program(seed) for seed in range(300)]
    names = set().union(*(used(traced(p)) for p in programs))

    assert {"scan", "cond", "dot_general", "sort", "select_n", "reduce_sum", "exp", "lgamma"} <= names
    assert len(names) > 60


def test_equal_seeds_give_equal_programs() -> None:
    assert str(random_program(11)) == str(random_program(11)) != str(random_program(12))


def test_a_program_prints_its_steps() -> None:
    text = str(random_program(3))

    assert text.startswith("v0: float")
    assert text.splitlines()[-1].startswith("return v")


@pytest.mark.parametrize("seed", range(20))
def test_every_primitive_has_operands_that_its_rule_accepts(seed: int) -> None:
    from verax.language.config import enable_x64

    cases = every_case(seed)
    assert len(cases) == len(catalogue.PRIMITIVES)
    with enable_x64():
        for case in cases:
            transforms.make_program(case.function)(*described(case.operands))


def test_a_new_elementwise_row_needs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    row = dataclasses.replace(catalogue.PRIMITIVES["tanh"], name="brand_new")
    monkeypatch.setitem(catalogue.PRIMITIVES, "brand_new", row)

    assert case_of("brand_new", 0).name.startswith("brand_new_")


def test_a_new_row_of_another_kind_must_say_how_it_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    row = Primitive("brand_new", "structural", lambda x, **_: [x])
    monkeypatch.setitem(catalogue.PRIMITIVES, "brand_new", row)

    with pytest.raises(LookupError, match="`brand_new` of the catalogue has no operands here: give it a row"):
        case_of("brand_new", 0)


def test_a_builder_whose_operands_are_refused_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(primitive_cases.BUILDERS, "rev", lambda rng, dtype: ([], {"dimensions": ()}))

    with pytest.raises(LookupError, match="The builder of 'rev' in `BUILDERS` must give operands"):
        case_of("rev", 0)


def test_programs_run_eagerly_as_traced() -> None:
    program = random_program(5)
    arrays = [np.ones(s.shape, np.float32) for s in described(program.inputs)]

    assert len(program(*arrays)) == len(program.outputs)

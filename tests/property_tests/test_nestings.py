"""Nestings of transforms are their plain forms: a sample of `tox run -e nestings`, and faults that it must catch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import verax
from verax.property_tests.nestings import __main__ as command
from verax.property_tests.nestings.holding import wrong
from verax.property_tests.nestings.nesting import FORMS, nested, nestings
from verax.property_tests.nestings.programs import PROGRAMS
from verax.property_tests.nestings.trying import Task, attempt, nestings_of, place_of

DRAWN = [("dot_general", 0), ("sin", 0), ("while", 0), ("custom_vjp_call", 0), ("gather", 1)]


def test_there_are_340_nestings_to_depth_four_and_twelve_programs() -> None:
    assert len(list(nestings(4))) == len(set(nestings(4))) == 340
    assert len(PROGRAMS) == 12
    assert all(len(point) <= 3 for _, point in PROGRAMS.values())


@pytest.mark.parametrize("name", ["polynomial", "waves", "product", "sorted", "branches"])
def test_a_program_under_every_nesting_to_depth_two_is_its_plain_form(name: str) -> None:
    tried = attempt(Task("program", name, 0))

    assert (tried.wrong, tried.held) == ([], 20)


@pytest.mark.parametrize(("name", "seed"), DRAWN)
def test_a_primitive_under_every_nesting_to_depth_two_is_its_plain_form(name: str, seed: int) -> None:
    tried = attempt(Task("primitive", name, seed))

    assert (tried.wrong, tried.held + tried.refused) == ([], 20)


@pytest.mark.parametrize("seed", [0, 1, 2, 5])
def test_a_random_program_under_a_nesting_drawn_is_its_plain_form(seed: int) -> None:
    task = Task("random", "", seed, 4)

    assert attempt(task).wrong == []
    assert nestings_of(task) == nestings_of(task)


def test_what_is_refused_by_design_is_told_apart() -> None:
    assert attempt(Task("primitive", "while", 0)).refused > 0
    assert place_of(Task("primitive", "population_count", 0)) is None


def forgetful(f: Any) -> Any:
    """A vmap that gives every lane the first lane's results."""

    def mapped(*xs: Any) -> list[Any]:
        return [verax.numpy.stack([y[0], y[0]]) for y in FORMS["vmap"](f)(*xs)]

    return mapped


def doubled(f: Any) -> Any:
    """A vjp whose cotangents are doubled."""

    def pulled(*xs: Any) -> list[Any]:
        found = FORMS["vjp"](f)(*xs)
        return [*found[: -len(xs)], *(2 * c for c in found[-len(xs) :])]

    return pulled


def raising(f: Any) -> Any:
    def pushed(*xs: Any) -> list[Any]:
        raise ValueError("no tangents today")

    return pushed


@pytest.mark.parametrize(
    ("form", "fault", "told"),
    [
        ("vmap", forgetful, "is not its plain form in exact numbers"),
        ("vjp", doubled, "is not its plain form in exact numbers"),
        ("jvp", raising, "raises ValueError: no tangents today"),
        ("vmap", lambda f: f, "is of another type than its plain form"),
        (
            "jit",
            lambda f: lambda *xs: [y + (0 if isinstance(y, verax.fast.FastArray) else 1) for y in f(*xs)],
            "is another under jit",
        ),
    ],
    ids=["forgetful vmap", "doubled vjp", "raising jvp", "no vmap", "another under jit"],
)
def test_a_planted_fault_in_a_nesting_is_told(form: str, fault: Any, told: str) -> None:
    f, point = PROGRAMS["waves"]

    assert told in wrong((form, "jit"), f, point, {**FORMS, form: fault})
    assert wrong((form, "jit"), f, point) == ""


def test_a_hessian_is_symmetric_to_the_bit_in_exact_numbers() -> None:
    def f(x: Any) -> Any:
        return (x * x * x).sum() * x[0] + (x[1] * x[2]) ** 2

    found = [np.asarray(verax.hessian(f)(verax.numpy.asarray([1.0, 2.0, 3.0], dtype="float32")))]
    with verax.using("reference"):
        found.append(np.asarray(verax.hessian(f)(verax.numpy.asarray([1.0, 2.0, 3.0], dtype="float32"))))

    assert found[0].tolist() == found[0].T.tolist() == found[1].tolist()


def test_jit_inside_of_every_nesting_traces_once() -> None:
    for names in nestings(2):
        traced: list[Any] = []

        def f(x: Any, traced: list[Any] = traced) -> list[Any]:
            traced.append(None)
            return [x * x]

        g = nested(names, verax.jit(f))
        for _ in range(3):
            g(np.ones(2, np.float32))

        assert len(traced) == 1, names


def test_the_command_counts_and_fails_where_a_nesting_is_wrong(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setattr(command, "tasks_of", lambda *_: [Task("program", "polynomial", 0, 1)])
    monkeypatch.setattr(command, "answers", lambda f, tasks, *_: ((t, f(t)) for t in tasks))
    good = CliRunner().invoke(command.main, ["--record", str(tmp_path)])
    monkeypatch.setattr(
        command, "answers", lambda *_: iter([(Task("program", "x", 0), command.Tried(1, 0, ["bad"]))])
    )
    bad = CliRunner().invoke(command.main, [])

    assert (good.exit_code, bad.exit_code) == (0, 1)
    assert "nestings that are their plain forms | 4" in good.output
    assert "- bad" in bad.output
    assert len(list(tmp_path.iterdir())) == 1

"""Nestings of transforms are their plain forms: a sample of `tox run -e nestings`, and faults that it must catch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import verax
from verax.language.catalogue import PRIMITIVES
from verax.property_tests.laws.workers import Crashed
from verax.property_tests.nestings import __main__ as command
from verax.property_tests.nestings import trying
from verax.property_tests.nestings.holding import wrong
from verax.property_tests.nestings.nesting import FORMS, nested, nestings
from verax.property_tests.nestings.programs import PROGRAMS
from verax.property_tests.nestings.trying import Task, Tried, attempt, drawn_nesting, place_of

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
    task = Task("random", "", seed, (drawn_nesting(seed, 4),))

    assert attempt(task).wrong == []
    assert drawn_nesting(seed, 4) == drawn_nesting(seed, 4)


def test_what_is_left_of_one_far_out_is_asked_with_more_digits() -> None:
    """1 - tanh(46)^2 has 40 digits before its first."""
    inner = verax.jit(lambda x, y: [verax.lax.tanh(x) * y, x - y])
    point = [np.float32(45.912228), np.float32(-21.470812)]

    assert wrong(("vjp", "vjp"), lambda x, y: inner(x, verax.lax.cos(y)), point) == ""


def test_what_is_refused_by_design_is_told_apart() -> None:
    assert attempt(Task("primitive", "while", 0)).refused > 0


@pytest.mark.parametrize("name", ["population_count", "argmax", "and"])
def test_what_has_no_derivative_is_held_under_vmap_and_jit(name: str) -> None:
    tried = attempt(Task("primitive", name, 0))

    assert (tried.wrong, tried.held, tried.floats) == ([], 6, False)


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


def test_a_random_program_that_is_wrong_is_shrunk_to_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault planted: a sorted array is wrong in every nesting that has a vjp."""

    def planted(names: Any, f: Any, point: Any) -> str:
        with np.errstate(all="ignore"):
            program = str(verax.make_program(lambda *xs: list(f(*xs)))(*point))
        return "is wrong" if "sort[" in program and "vjp" in names else ""

    monkeypatch.setattr(trying, "wrong", planted)
    seed = next(s for s in range(100) if (p := place_of(Task("random", "", s))) and " = sort[" in p.text)

    (text,) = attempt(Task("random", "", seed, (("jit", "vjp", "vmap"),))).wrong

    assert text.startswith("jit of vjp of vmap of v0: ")
    shrunk = text.split("shrunk: ")[1].splitlines()
    assert shrunk[0].startswith("vjp, at v0 = ")
    assert [line.split("(")[0] for line in shrunk[-2:]] == ["v1 = sort[0]", "return v1"]
    assert len(shrunk) == 4


def in_this_process(function: Any, tasks: Any, *_: Any) -> Any:
    return ((task, function(task)) for task in tasks)


def test_the_command_counts_and_fails_where_a_nesting_is_wrong(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        command, "tasks_of", lambda *_: [Task("program", "polynomial", 0, tuple(nestings(1)))]
    )
    monkeypatch.setattr(command, "answers", in_this_process)
    good = CliRunner().invoke(command.main, ["--record", str(tmp_path)])
    monkeypatch.setattr(command, "attempt", lambda _: Tried(1, 0, ["bad"]))
    bad = CliRunner().invoke(command.main, [])
    monkeypatch.setattr(command, "answers", lambda _, tasks, *__: ((t, Crashed(-9)) for t in tasks))
    crashed = CliRunner().invoke(command.main, [])

    assert (good.exit_code, bad.exit_code, crashed.exit_code) == (0, 1, 1)
    assert "nestings that are their plain forms | 4" in good.output
    assert "- bad" in bad.output
    assert "left, after ten minutes or a crash | 1" in crashed.output
    assert [p.name.partition("-")[0] for p in tmp_path.glob("*.md")] == ["nestings"]


def test_a_run_that_was_ended_goes_on_where_it_stood(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.chdir(tmp_path)
    tasks = [Task("program", name, 0, (("jit",),)) for name in ("waves", "sums")]
    monkeypatch.setattr(command, "tasks_of", lambda *_: tasks)
    tried: list[str] = []

    def ending(function: Any, left: Any, *_: Any) -> Any:
        for task in left:
            tried.append(task.name)
            yield task, function(task)
            raise KeyboardInterrupt

    monkeypatch.setattr(command, "answers", ending)
    ended = CliRunner().invoke(command.main, [])
    monkeypatch.setattr(command, "answers", in_this_process)
    found = CliRunner().invoke(command.main, [])

    assert (ended.exit_code, found.exit_code) == (130, 0)
    assert "The same command goes on" in ended.output
    assert tried == ["waves"]
    assert "programs tried | 2" in found.output
    assert not list((tmp_path / ".verax").glob("*.jsonl"))


def test_the_tasks_are_primitives_to_depth_two_twelve_programs_to_four_and_random_ones() -> None:
    tasks = command.tasks_of(2000, 4, 0)
    kinds = {kind: [t for t in tasks if t.kind == kind] for kind in ("primitive", "program", "random")}

    assert {t.name for t in kinds["primitive"]} == set(PRIMITIVES)
    assert {len(t.nestings) for t in kinds["primitive"]} == {20}
    assert len(kinds["program"]) == 12 * 340
    assert len(kinds["random"]) == len({t.seed for t in kinds["random"]}) == 2000
    assert max(len(t.nestings[0]) for t in kinds["random"]) == 4

"""Limits against dual numbers: a bounded sample of the full run, and planted faults that it catches."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mpmath.libmp import from_man_exp, mpf_shift

from verax import lax as vlax
from verax.language.catalogue import PRIMITIVES
from verax.language.errors import UsageError
from verax.property_tests import journal
from verax.property_tests.derivatives import __main__ as command
from verax.property_tests.derivatives import trying
from verax.property_tests.derivatives.__main__ import journal_of, run, tasks_of
from verax.property_tests.derivatives.agreement import Agreement, agree, compared, sequences
from verax.property_tests.derivatives.orders import floating
from verax.property_tests.derivatives.record import Outcome, page
from verax.property_tests.derivatives.trying import Task, Tried, safely, tried
from verax.reference import Dual, limits
from verax.reference.decisions import Watching
from verax.reference.primitives.elementwise import DEFINITIONS
from verax.reference.reals import from_number, real
from verax.reference.system import NumberSystem

pytestmark = pytest.mark.no_cover  # other tests cover it; traced by coverage it takes three times as long

# The full run has 100 points of each and 200 programs, in an environment of its own.
SEED = 1


# These take several seconds each: the full run has them.
SLOW = {"igamma_grad_a", "igammac", "random_gamma_grad", "regularized_incomplete_beta", "zeta"}


@pytest.mark.parametrize("name", sorted(PRIMITIVES.keys() - SLOW))
def test_limits_are_dual_numbers_at_a_point_of_every_primitive(name: str) -> None:
    found = safely(Task("primitive", name, SEED)).found
    assert found.disagreements == []
    assert found.unverified == []


@pytest.mark.parametrize("seed", range(20, 32))
def test_limits_are_dual_numbers_for_random_programs(seed: int) -> None:
    found = safely(Task("program", "", seed)).found
    assert found.disagreements == []
    assert found.unverified == []
    assert found.elements


def test_integers_have_no_derivative_and_steps_have_one() -> None:
    assert not any(trying.has_derivative(name, SEED) for name in ("and", "argmax", "eq"))
    assert all(trying.has_derivative(name, SEED) for name in ("sort", "floor", "gather"))


# -- planted faults ------------------------------------------------------------------------------------------
def faults(name: str) -> list[str]:
    """The disagreements at some points: of a few draws, real and complex ones."""
    return [
        text
        for seed in range(SEED, SEED + 4)
        for text in tried(Task("primitive", name, seed)).found.disagreements
    ]


def plant(monkeypatch: pytest.MonkeyPatch, name: str, partial: Any) -> None:
    """Another partial derivative for a definition, which is frozen and already in the hands of its rule."""
    wrong = replace(DEFINITIONS[name], partials=(partial,))
    applied = Dual.apply

    def apply(self, definition, dtype, operands):  # type: ignore[no-untyped-def]  # the hook
        return applied(self, wrong if definition.name == name else definition, dtype, operands)

    monkeypatch.setattr(Dual, "apply", apply)


@pytest.mark.parametrize(
    ("name", "partial"),
    [
        ("sin", lambda o, x, z: o.neg(o.cos(x))),  # a wrong sign
        ("square", lambda o, x, z: x),  # a lost factor
        ("exp", lambda o, x, z: o.mul(z, z)),
        ("tanh", lambda o, x, z: o.sub(1, z)),  # z in place of its square
        ("log", None),  # said to be constant
    ],
)
def test_a_wrong_partial_is_caught(monkeypatch: pytest.MonkeyPatch, name: str, partial: object) -> None:
    assert faults(name) == []
    plant(monkeypatch, name, partial)
    assert any("order 1" in text for text in faults(name))


@pytest.mark.parametrize(("digits", "caught"), [(31, False), (29, True)])
def test_a_partial_is_right_that_is_wrong_in_the_31st_digit_alone(
    monkeypatch: pytest.MonkeyPatch, digits: int, caught: bool
) -> None:
    def scaled(o, x, z):  # type: ignore[no-untyped-def]  # a partial
        return o.mul(o.cos(x), o.div(10**digits + 1, 10**digits))

    plant(monkeypatch, "sin", scaled)
    assert any("order 1" in text for text in faults("sin")) == caught


def test_confused_perturbations_are_caught_from_the_second_order_on(monkeypatch: pytest.MonkeyPatch) -> None:
    before = Dual.__init__

    def shallow(self: Dual, base: NumberSystem, honour_custom_rules: bool = False) -> None:
        before(self, base, honour_custom_rules)
        self.depth = 1  # one tag for all

    assert faults("mul") == []
    monkeypatch.setattr(Dual, "__init__", shallow)
    found = faults("mul")
    assert found
    assert not any("order 1" in text for text in found)


def test_a_gradient_that_is_not_stopped_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    assert faults("stop_gradient") == []
    monkeypatch.setattr(Watching, "stop", lambda self, x: x)  # not what it was at the point
    assert any("order 1" in text for text in faults("stop_gradient"))


def test_a_quotient_with_another_step_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    quotient = limits._quotient

    def wider(at, low, high, step, bits):  # type: ignore[no-untyped-def]  # what it stands for
        return quotient(at, low, high, mpf_shift(step, 1), bits)

    assert faults("cos") == []
    monkeypatch.setattr(limits, "_quotient", wider)
    assert any("order 1" in text for text in faults("cos"))


def test_a_fault_of_the_harness_is_a_disagreement() -> None:
    assert "raised KeyError" in safely(Task("primitive", "no such primitive", 0)).found.disagreements[0]


def test_derivatives_out_of_reach_are_unverified_with_the_reason() -> None:
    far = compared(floating(lambda x: [vlax.erf(x)]), [np.float32(90)], [[np.float32(1)]] * 3)
    assert far.disagreements == []
    assert "order 1 along direction 0: a derivative is hidden" in far.unverified[0]

    # The value of a 1 x 1 matrix is straight: its dual numbers' second derivative cancels, but for the last digits.
    matrix = np.array([[-0.14417067]], np.float32)
    straight = compared(
        floating(lambda x: [vlax.linalg.svd(x)[1]]), [matrix], [[np.ones_like(matrix) * 1.3]] * 3
    )
    assert straight.disagreements == []
    assert all("what rounding made" in text for text in straight.unverified)


# -- the pieces ----------------------------------------------------------------------------------------------
def test_zero_agrees_with_zero_alone() -> None:
    tiny = real(from_man_exp(1, -4000))
    assert agree(0.0, 0.0)
    assert agree(tiny, tiny)
    assert not agree(tiny, 0.0)
    assert not agree(0.0, tiny)
    assert not agree(from_number(1.0), from_number(-1.0))


def test_every_direction_has_its_turn_and_a_neighbour() -> None:
    a, b, c = ["a"], ["b"], ["c"]
    assert sequences([a, b, c], 1) == [[a], [b], [c]]
    assert sequences([a, b, c], 2) == [[a, b], [b, c], [c, a]]
    assert sequences([a, b, c], 3) == [[a, a, b], [b, b, c], [c, c, a]]


def test_equal_tasks_have_equal_points() -> None:
    task = Task("primitive", "mul", 5)
    first, second = trying.place_of(task), trying.place_of(task)
    assert first is not None
    assert second is not None
    assert [x.tobytes() for x in first.point] == [x.tobytes() for x in second.point]
    assert first.text == second.text


def test_tasks_are_a_point_of_each_primitive_and_programs_by_turns() -> None:
    tasks = list(tasks_of(["sin", "mul"], 2, 3, 10))
    assert [(t.kind, t.name, t.seed) for t in tasks] == [
        ("primitive", "sin", 10),
        ("primitive", "mul", 10),
        ("program", "", 10),
        ("primitive", "sin", 11),
        ("primitive", "mul", 11),
        ("program", "", 11),
        ("program", "", 12),
    ]


def test_a_run_ends_when_its_time_is_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(command, "PRIMITIVES", {"sin": PRIMITIVES["sin"]})
    assert run(1, 0, 0, 1, 0.0, tmp_path).points == 0


# -- runs that are ended, and go on --------------------------------------------------------------------------
SIN, MUL = Task("primitive", "sin", 0), Task("primitive", "mul", 0)
AGREED = Tried(True, Agreement(9, 3), "sin_float32 {}")


def answering(*names: str, then: type[BaseException] | None = None) -> Any:
    """In place of the workers: answers for the tasks of these names, and then the end, or ctrl-C."""

    def answers(function: Any, tasks: Any, processes: int, seconds: float) -> Any:
        for task in tasks:
            assert task.name in names, "it was tried before"
            yield task, AGREED
            if then is not None:
                raise then

    return answers


def test_a_run_that_was_ended_goes_on_where_it_stood(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(command, "PRIMITIVES", {name: PRIMITIVES[name] for name in ("sin", "mul")})
    monkeypatch.setattr(command, "answers", answering("sin", then=KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        run(1, 0, 0, 1, np.inf, tmp_path)
    assert list(journal_of(tmp_path, 0).known()) == [SIN]

    monkeypatch.setattr(command, "answers", answering("mul"))
    outcome = run(1, 0, 0, 1, np.inf, tmp_path)
    assert outcome.points == 2
    assert set(outcome.rows) == {"sin", "mul"}
    assert not journal_of(tmp_path, 0).known()  # it came to its end: the next run begins anew


def test_what_did_not_agree_is_tried_again_by_other_sources(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = journal_of(tmp_path, 0)
    found.add(SIN, AGREED)
    found.add(MUL, Tried(True, Agreement(disagreements=["order 1: no"]), "mul_float32 {}"))
    assert list(found.known()) == [SIN, MUL]
    monkeypatch.setattr(journal, "sources", lambda _: "others")
    assert list(found.known()) == [SIN]
    assert found.known()[SIN][0] == AGREED


def test_a_journal_that_cannot_be_read_is_told_with_the_mend(tmp_path: Path) -> None:
    found = journal_of(tmp_path, 0)
    found.add(SIN, AGREED)
    with found.path.open("a", encoding="utf-8") as file:
        file.write('{"task"')  # a line that was cut off: its task is tried again
    assert list(found.known()) == [SIN]
    journal_of(tmp_path, 0).add(MUL, AGREED)
    assert list(found.known()) == [SIN, MUL]
    found.path.write_text("no task\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"Line 1 of .* Delete the file to begin anew"):
        found.known()


def test_a_record_counts_points_and_names_what_was_found() -> None:
    outcome = Outcome(without=["eq"])
    outcome.add(Task("primitive", "sin", 1), Tried(True, Agreement(9, 2), "sin"), "4567")
    outcome.add(
        Task("primitive", "sin", 2), Tried(True, Agreement(disagreements=["order 1: no"]), "sin"), "4567"
    )
    outcome.add(
        Task("program", "", 3), Tried(True, Agreement(unverified=["order 3: far"] * 2), "program"), "4567"
    )
    outcome.add(
        Task("program", "", 4), Tried(True, Agreement(unverified=["left after 9 s"]), "program"), "0123"
    )
    outcome.add(Task("primitive", "cos", 5), Tried(True, Agreement(9), "cos_complex64 {}"), "0123")
    text = page(outcome, "the command", 1.5, dt.date(2026, 1, 2))

    assert (
        "18 elements of derivatives agree to 30 significant digits, 2 of them exactly zero, at 5 points"
        in text
    )
    assert "1 disagreements, 2 points unverified (40.00 %)" in text
    assert "| sin | 2 | 0 | 9 | 2 | 0 | 0 |" in text
    assert "| cos | 1 | 1 | 9 | 0 | 0 | 0 |" in text
    assert "by the code of digest 4567 (3 points), 0123 (2 points)." in text
    assert "## Disagreements\n\n- order 1: no; sin\n" in text
    assert "- program, seed 3: order 3: far\n- program, seed 4: left after 9 s\n" in text
    assert "floating result: eq." in text


def test_the_command_prints_its_count(tmp_path: Path) -> None:
    script = (
        "from verax.property_tests.derivatives import __main__ as command\n"
        "command.PRIMITIVES = {name: command.PRIMITIVES[name] for name in ('sin', 'eq')}\n"
        "if __name__ == '__main__': command.main()\n"
    )
    (tmp_path / "few.py").write_text(script, encoding="utf-8")
    done = subprocess.run(
        [
            *(sys.executable, "-W", "error", "few.py"),
            *("--points", "2", "--programs", "1", "--record", "pages"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 disagreements, 0 points unverified" in done.stdout
    (written,) = (tmp_path / "pages").iterdir()
    assert "| sin | 2 | 0 | 18 | 0 | 0 | 0 |" in written.read_text(encoding="utf-8")

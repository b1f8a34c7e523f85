"""Plain JAX programs run on Verax unchanged, and what is said of them is no compliment: planted faults are seen."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.programs.judging import LAWS, Held, Step, held, multiply_adds, ran
from tests.programs.record import AGENT, MOST, Row, report, shortcomings
from tests.programs.table import FOLDER, ROWS

import verax
import verax.numpy as vnp
from verax.chex_like.judging.case import Case
from verax.reference.findings import Status
from verax.reference.verdict import Measured

pytestmark = pytest.mark.no_cover  # other tests cover it; traced by coverage it takes three times as long

ROOT = Path(__file__).parents[2]
PLAIN = [name for name, row in ROWS.items() if not row.wheels and name != "forward-mode meta-learning"]
INSTALLED = {one.name for one in distributions()}


def run(*command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "verax.as_jax", *command],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, str(ROOT)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "primitives executed by Verax" in done.stderr
    return done.stdout


def record(*names: str, last: int) -> str:
    return run("-m", "tests.programs.record", "--only", *names, "--last", str(last), "--entries", "1")


# -- the programs ------------------------------------------------------------------------------------------------
def test_pmap_and_shard_map_on_eight_devices_hold_their_bounds() -> None:
    text = record(*PLAIN, last=1)
    assert "Nothing falls short." in text
    assert text.count("| data-parallel ") == len(PLAIN) * 2 * len(LAWS)


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.wheels])
def test_a_program_of_the_libraries_holds_its_bounds(name: str) -> None:
    lacking = {*ROWS[name].wheels} - INSTALLED
    if lacking:
        pytest.skip(  # RLax brings packages that are not asked of everyone who runs the tests
            f"{', '.join(sorted(lacking))} not installed: `tox run -e programs` installs what it needs"
        )
    assert "Nothing falls short." in record(name, last=0)


def test_pmap_and_shard_map_end_in_the_same_network() -> None:
    first, second = run(str(FOLDER / "data_parallel.py"), "--steps", "5").splitlines()
    assert first.removeprefix("pmap") == second.removeprefix("shard_map")


def test_learning_rates_are_learnt() -> None:
    said = run(str(FOLDER / "meta_learning.py"), "--steps", "20").splitlines()[0]
    before, after = (float(word.strip(",")) for word in said.split() if word[0] == "0")
    assert after < before


def test_each_program_is_judged() -> None:
    assert {row.script for row in ROWS.values()} == {path.stem for path in FOLDER.glob("*.py")}


# -- planted faults ----------------------------------------------------------------------------------------------
RNG = np.random.default_rng(0)
PARAMS = {name: RNG.standard_normal(shape).astype(np.float32) for name, shape in (("w", (3, 4)), ("v", (4,)))}
BATCH = tuple(RNG.standard_normal(shape).astype(np.float32) for shape in ((2, 3), (2,)))


@verax.custom_jvp
def curved(x: Any) -> Any:
    """tanh, whose rule is off by a 64th."""
    return vnp.tanh(x)


curved.defjvp(
    lambda primals, tangents: (curved(*primals), (65 / 64) * (1 - vnp.tanh(primals[0]) ** 2) * tangents[0])
)


def a_step(activation: Callable[[Any], Any] = vnp.tanh) -> Step:
    def loss(params: Any, batch: Any) -> Any:
        points, wanted = batch
        return vnp.mean((activation(points @ params["w"]) @ params["v"] - wanted) ** 2)

    def update(params: Any, batch: Any) -> tuple[Any, Any, Any]:
        value, gradient = verax.value_and_grad(loss)(params, batch)
        return verax.tree.map(lambda p, g: p - 0.1 * g, params, gradient), value, gradient

    return Step("a network", verax.jit(update), lambda p: loss(p, BATCH), lambda p: p, PARAMS, BATCH)


def red(step: Step, case: Case) -> set[str]:
    return {law.law for law in held(step, case, entries=16) if law.red}


def moved(case: Case, result: int, by: float) -> Case:
    """The case, with one element of a result off by a part of itself."""
    results = [r.copy() for r in case.results]
    results[result].reshape(-1)[-1] *= 1 + by
    return replace(case, results=results)


def test_an_honest_step_holds() -> None:
    step = a_step()
    laws = list(held(step, ran(step), entries=5))
    assert [law.law for law in laws] == [*LAWS]
    assert [len(law.measured) for law in laws] == [1, 9, 16, 9]
    assert not any(law.red for law in laws)
    assert multiply_adds(step) == 2 * 3 * 4 + 2 * 4


@pytest.mark.parametrize(
    ("result", "laws"),
    [
        (0, {"loss"}),
        (1, {"gradient", "gradient as a limit"}),
        (2, {"gradient", "gradient as a limit"}),
        (3, {"parameters"}),
        (4, {"parameters"}),
    ],
)
def test_one_element_beyond_its_bound_is_seen(result: int, laws: set[str]) -> None:
    step = a_step()
    assert red(step, moved(ran(step), result, 2.0**-12)) == laws


def test_a_wrong_rule_is_seen_by_the_limit_alone() -> None:
    step = a_step(curved)
    assert red(step, ran(step)) == {"gradient as a limit"}


def test_a_gradient_of_something_else_is_seen_by_the_limit_alone() -> None:
    step = replace(a_step(), loss=lambda p: a_step(vnp.sin).loss(p))
    assert red(step, ran(step)) == {"gradient as a limit"}


# -- what is said ------------------------------------------------------------------------------------------------
def test_what_falls_short_is_said() -> None:
    good = Measured(Status.HOLD, None, 0.1, 1.0)
    unbounded, bad = replace(good, bound=None), replace(good, status=Status.FINDING, reason="is off")
    rows = [Row("p", 0, 5, Held("loss", [m])) for m in (good, unbounded, bad)]
    rows.append(Row("q", 1, MOST + 1, Held("loss", [good])))
    assert list(shortcomings(rows, [(0, 0.9), (1, 0.89)])) == [
        "p, step 0, loss: it has no bound.",
        "p, step 0, loss: is off.",
        "q: 100,001 multiply-adds a pass, 100,000 are the most.",
        f"{AGENT}, seed 1: a mean return of 0.89, 0.9 is asked for.",
    ]


def test_the_record_has_a_row_for_each_law(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.programs.record.version", lambda name: "1.2")
    row = Row(AGENT, 0, 1234, Held("loss", [Measured(Status.HOLD, None, 0.5, 2.0)]))
    text = report([row], [(0, 1.0)], 8, 1.5)
    assert f"| {AGENT} | 0 | 1,234 | loss | 1 | 0.5 | 2 | 0.5 | 0 |" in text
    assert "- seed 0: 1.00" in text
    assert "dm-haiku 1.2, optax 1.2, rlax 1.2, numpy 1.2, Python" in text
    assert text.endswith("Nothing falls short.\n")

"""`python -m verax.property_tests.calibration`: bounds that NumPy never exceeds, and that are not slack."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from verax.adapters import NUMPY_UFUNCS
from verax.language.catalogue import PRIMITIVES
from verax.language.dtypes import DType, bfloat16, float16
from verax.language.primitive import Primitive
from verax.property_tests.calibration import planted
from verax.property_tests.calibration.__main__ import calibrated, tried
from verax.property_tests.calibration.judging import Judged, bounds_of, judged
from verax.property_tests.calibration.plain import ELEMENTWISE, OTHER, run
from verax.property_tests.calibration.programs import SHARES, drawn
from verax.property_tests.calibration.record import PlantedRun, Run
from verax.reference.verdict import QUIET_RATIO

pytestmark = pytest.mark.no_cover  # other tests cover it; traced by coverage it takes three times as long

# The full thousand takes minutes: `tox run -e calibration`; its last record stands in docs/measured.
SAMPLE = 100


def test_numpy_stays_within_its_bounds_which_are_not_slack_and_errs_as_is_typical() -> None:
    done = calibrated(SAMPLE, 0, NUMPY_UFUNCS)

    assert done.faults == []
    assert {p.kind for p in done.programs} == set(SHARES)
    assert len(done.zs) > SAMPLE / 4  # the claim is not empty
    for p in done.programs:
        assert p.kind == "edges" or p.ambiguous + p.unverified <= p.elements / 2, p.name


def test_a_budget_that_numpy_does_not_keep_is_an_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    right = drawn(_first_with("exp"))
    bounds = bounds_of(right, NUMPY_UFUNCS)
    assert not judged(right, run(right.program, right.operands), bounds).told

    def meddled(name: str, x: Any) -> Any:
        return x + 64 * np.spacing(x) if name == "exp" else x

    wrong = judged(right, run(right.program, right.operands, meddled), bounds)
    assert wrong.alarms


@pytest.mark.parametrize("dtype", [float16, bfloat16], ids=str)
def test_narrow_formats_stay_within_their_bounds(dtype: DType) -> None:
    judgements = []
    for seed in range(20):
        trial = drawn(seed, dtype)
        judgements.append(judged(trial, run(trial.program, trial.operands), bounds_of(trial, NUMPY_UFUNCS)))
    assert [text for j in judgements for text in j.alarms] == []
    assert not any(j.quiet for j in judgements)
    assert sum(j.unverified + j.ambiguous for j in judgements) < sum(j.elements for j in judgements) / 4


def _first_with(name: str) -> int:
    return next(
        seed
        for seed in range(1000)
        if (trial := drawn(seed)).kind == "normalisation"
        and trial.independent
        and name in {e.primitive.name for e in trial.program.equations}
    )


def test_the_program_of_a_seed_is_always_the_same_and_all_kinds_are_drawn() -> None:
    trials = [drawn(seed) for seed in range(60)]
    for seed, trial in enumerate(trials):
        again = drawn(seed)
        assert str(again.program) == str(trial.program)
        assert all(x.tobytes() == y.tobytes() for x, y in zip(again.operands, trial.operands, strict=True))
    assert set(Counter(t.kind for t in trials)) == set(SHARES)


def test_numpy_gives_what_the_program_says() -> None:
    for seed in range(60):
        trial = drawn(seed)
        results = run(trial.program, trial.operands)
        assert [(x.shape, x.dtype) for x in results] == [(a.shape, a.dtype) for a in trial.program.out_avals]


def test_every_row_is_a_primitive() -> None:
    assert set(ELEMENTWISE) | set(OTHER) <= set(PRIMITIVES)
    assert not set(ELEMENTWISE) & set(OTHER)


def test_a_run_names_its_faults() -> None:
    fine = Judged("elementwise", "a", 3, 4, 0, 0, (), (5.0, 6.0), 1.0, False)
    alarm = Judged("product", "b", 3, 4, 0, 0, ("[0] is off",), (), None, False)
    quiet = Judged("scan", "c", 3, 4, 0, 0, (), (), 7.0, True)
    slack = Judged("elementwise", "d", 3, 4, 0, 0, (), (1e3, 1e4, 1e5), 0.1, False)
    assert Run([fine], 0, 1.0, "numpy").faults == []
    faults = Run([fine, alarm, quiet, slack], 0, 1.0, "numpy", ["9: KeyError: 'x'"]).faults
    assert [f.split(":")[0] for f in faults] == [
        "b",
        "c",
        "9",
        "the median of bound over error is 1e+03; 20 is allowed",
        "z is within a factor of 3 for 50.0% only",
    ]
    page = Run([alarm], 4, 1.0, "numpy").page(dt.date(2026, 1, 2))
    assert page.startswith("# The calibration of bounds on 2026-01-02\n")
    assert "## Faults\n\n- b: [0] is off (beyond its bound)\n" in page


def test_the_command_prints_and_records(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-W", "error", "-m", "verax.property_tests.calibration"),
            *("--programs", "4", "--seed", "3", "--record", "pages"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 programs, seeds 3 to 6, " in done.stdout
    (page,) = (tmp_path / "pages").iterdir()
    assert page.name.endswith("-seed-3.md")
    assert "0 **alarms**" in page.read_text(encoding="utf-8")


def test_one_program_is_judged_alike_every_time() -> None:
    assert tried(1, NUMPY_UFUNCS) == tried(1, NUMPY_UFUNCS)


# -- planted faults of the quiet kind: all of them by `tox run -e calibration`, these here
def test_products_and_sums_in_narrower_formats_are_told_and_honest_ones_are_not() -> None:
    for trial, plants in (
        *((t := planted.product_trial(n), planted.products(t)) for n in (64, 1024)),
        (t := planted.reduction_trial(64), planted.reductions(t)),
    ):
        bounds = bounds_of(trial, NUMPY_UFUNCS)
        honest = judged(trial, run(trial.program, trial.operands), bounds)
        assert not honest.told, (trial, honest.z)
        for plant in plants:
            found = judged(trial, plant.results, bounds)
            assert found.told, plant.name
            assert found.z is not None
            assert found.z > 10, plant.name


@pytest.mark.parametrize("primitive", planted.elementary(), ids=str)
def test_an_elementary_function_with_an_error_spread_over_four_ulps_is_told(primitive: Primitive) -> None:
    dtype = np.dtype(np.float64 if primitive.name in ("exp", "sin", "cbrt", "tanh") else np.float32)
    trial = planted.function_trial(primitive, dtype)
    bounds = bounds_of(trial, NUMPY_UFUNCS)
    assert not judged(trial, run(trial.program, trial.operands), bounds).told
    (plant,) = planted.functions(trial, primitive)
    found = judged(trial, plant.results, bounds)
    assert found.told
    assert found.z is not None
    assert found.z > QUIET_RATIO  # by the pooled errors alone, whether or not one is over its bound


def test_tf32_keeps_eleven_bits_rounded_to_nearest_even() -> None:
    x = np.array([1 + 2.0**-10, 1 + 2.0**-11, 1 + 3 * 2.0**-11, 1 + 2.0**-11 + 2.0**-20, -3.0], np.float32)
    assert planted.tf32(x).tolist() == [1 + 2.0**-10, 1.0, 1 + 2.0**-9, 1 + 2.0**-10, -3.0]


def test_a_run_of_planted_faults_names_what_is_not_told() -> None:
    fine = Judged("planted", "a", 1, 4, 0, 0, (), (5.0,), 1.0, False)
    told = Judged("planted", "b", 1, 4, 0, 0, ("[0] is off",), (), 9.0, True)
    assert PlantedRun([("x", told)], [fine], 1.0).faults == []
    wrong = PlantedRun([("x", told), ("y", fine)], [fine, told], 1.0)
    assert [f.split(" is ")[0] for f in wrong.faults] == ["y", "b"]
    assert wrong.summary().startswith("1 planted faults of 2 told, 1 alarms on 2 honest programs")
    assert "| y | 1 | 0 | **no** |" in wrong.page(dt.date(2026, 1, 2))

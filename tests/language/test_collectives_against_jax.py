"""Collectives of whole numbers are JAX's on devices of their own: groups, tiles, places and several axes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.language.jax_collectives import CASES, Case

import verax
from verax import lax
from verax.fake_devices import fake_devices


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = tmp_path_factory.mktemp("jax") / "answers.npz"
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-m", "tests.language.jax_collectives", str(path)], check=True, cwd=root)
    with np.load(path) as found:
        return dict(zip(CASES, [found[name] for name in found.files], strict=True))


def by(mapped: Any, case: Case) -> Any:
    def lane(x: Any) -> Any:
        return case.function(lax, x)

    for name in reversed(case.axes):
        lane = mapped(lane, axis_name=name)
    return np.asarray(lane(case.operand()))


@pytest.mark.parametrize("name", CASES)
def test_collectives_are_jaxs(name: str, answers: dict[str, Any]) -> None:
    for implementation in ("fast", "reference"):
        with verax.using(implementation), fake_devices(8):
            for mapped in (verax.vmap, verax.pmap):
                np.testing.assert_array_equal(by(mapped, CASES[name]), answers[name], strict=True)


def test_a_planted_order_of_axes_is_seen(answers: dict[str, Any]) -> None:
    straight = CASES["all_to_all (0, 1), tiled False over two axes"]
    assert not np.array_equal(by(verax.vmap, straight), answers["all_to_all over the axes turned"])


def test_slopes_over_two_axes_go_back_the_way_that_values_came() -> None:
    rng = np.random.default_rng(5)
    x, weights = (rng.integers(-5, 5, (2, 4, 8, 3)).astype(np.float32) for _ in range(2))
    pairs = [(k, (k + 3) % 8) for k in range(7)]
    ways: dict[str, Any] = {
        "all_to_all": lambda row: lax.all_to_all(row, ("j", "i"), 0, 0, tiled=True),
        "ppermute": lambda row: lax.ppermute(row, ("j", "i"), pairs),
    }
    for way in ways.values():
        for mapped in (verax.vmap, verax.pmap):

            def over(x: Any, way: Any = way, mapped: Any = mapped) -> Any:
                return mapped(mapped(way, axis_name="i"), axis_name="j")(x)

            with fake_devices(8):
                slope = verax.grad(lambda x, over=over: (over(x * x) * weights).sum())(x)
                # Where each element goes, counted from 1; 0 came from nowhere.
                came = np.asarray(over(np.arange(1, x.size + 1, dtype=np.int32).reshape(x.shape)))
            back = np.zeros(x.size + 1, np.float32)
            back[came.ravel()] = weights.ravel()
            assert np.asarray(slope).tolist() == (2 * x * back[1:].reshape(x.shape)).tolist()

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

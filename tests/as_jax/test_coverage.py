"""The page of names is current, and no module has fewer of JAX's names than it promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from verax.as_jax import coverage

# The least share of a module's names, in percent. It is raised as names are added, never lowered.
LEAST = {
    "jax": 48,
    "jax.dtypes": 100,
    "jax.errors": 100,
    "jax.lax": 100,
    "jax.nn": 94,
    "jax.nn.initializers": 100,
    "jax.numpy": 94,
    "jax.numpy.linalg": 100,
    "jax.ops": 100,
    "jax.random": 100,
    "jax.lax.linalg": 90,
    "jax.scipy.linalg": 75,
    "jax.scipy.special": 90,
    "jax.tree": 100,
    "jax.tree_util": 100,
}


@pytest.mark.parametrize("module", LEAST)
def test_a_module_has_the_share_that_it_promises(module: str) -> None:
    found = coverage.share(module, coverage.peer_names()[module])

    assert found.percent >= LEAST[module], f"missing: {', '.join(found.missing)}"


def test_the_page_is_current() -> None:
    written = Path(__file__).parents[2].joinpath("docs", "coverage.md").read_text(encoding="utf-8")

    assert written == coverage.page(), f"Run `{coverage.COMMAND}`."


def test_a_name_that_is_not_there_is_told() -> None:
    found = coverage.share("jax.tree", ["map", "mop"])

    assert found.missing == ["mop"]
    assert found.percent == 50


def test_a_module_that_is_not_there_is_told() -> None:
    assert coverage.share("jax.export", ["export"]).missing == ["export"]

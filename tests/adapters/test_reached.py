"""No promise is broken by what its platform was measured to reach, and none is more than 4 times that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pytest

from verax.adapters import NUMPY_UFUNCS, PROFILES
from verax.adapters.reached import REACHED
from verax.language.catalogue import PRIMITIVES
from verax.language.platform import Platform, Promise
from verax.language.primitive import ULPs

Rows = Mapping[str, Mapping[str, tuple[float, float]]]
MOST_GENEROUS = 4.0


def generous(platform: Platform, rows: Rows) -> Iterator[str]:
    """The promises of a platform that are more than 4 times what it reaches."""
    for name, row in rows.items():
        for dtype, (most, typical) in row.items():
            primitive, d = PRIMITIVES[name], np.dtype(dtype)
            if platform.most(primitive, d) > MOST_GENEROUS * most:
                yield f"{name} {dtype}: {platform.most(primitive, d)} ULP promised, {most} reached"
            if platform.typical(primitive, d) > MOST_GENEROUS * typical:
                yield f"{name} {dtype}: typically {platform.typical(primitive, d)} ULP promised, {typical} reached"


def broken(platform: Platform, rows: Rows) -> Iterator[str]:
    """The promises that were measured not to be kept; typical errors may be larger by half, by luck of the points."""
    for name, row in rows.items():
        for dtype, (most, typical) in row.items():
            primitive, d = PRIMITIVES[name], np.dtype(dtype)
            if most > platform.most(primitive, d):
                yield f"{name} {dtype}: {platform.most(primitive, d)} ULP promised, {most} reached"
            if typical > 1.5 * platform.typical(primitive, d):
                yield f"{name} {dtype}: typically {platform.typical(primitive, d)} ULP promised, {typical} reached"


@pytest.mark.parametrize("name", sorted(REACHED))
def test_no_promise_is_more_than_four_times_what_was_reached(name: str) -> None:
    assert list(generous(PROFILES[name], REACHED[name])) == []


@pytest.mark.parametrize("name", sorted(REACHED))
def test_what_was_reached_is_promised(name: str) -> None:
    assert list(broken(PROFILES[name], REACHED[name])) == []


def test_no_budget_of_the_catalogue_is_more_than_four_times_what_our_kernels_reach() -> None:
    too_much = [
        f"{name} {dtype}: a budget of {budget} ULP, {most} reached"
        for name, row in REACHED["numpy"].items()
        for dtype, (most, _) in row.items()
        if (budget := PRIMITIVES[name].budget.of(np.dtype(dtype))) > MOST_GENEROUS * most
    ]
    assert too_much == []


@pytest.mark.parametrize("name", sorted(REACHED))
def test_every_promise_of_a_measured_platform_was_measured(name: str) -> None:
    """Whoever adds a promise runs `python benchmarks/budgets.py --write`."""
    assert set(PROFILES[name].promises) <= set(REACHED[name])


def test_a_promise_that_is_too_generous_or_broken_is_told() -> None:
    rows = {"exp": REACHED["numpy-ufuncs"]["exp"]}
    source = "a test, with more than ten letters"
    lavish = Platform("lavish", {"exp": Promise(ULPs(16.0, 16.0, 16.0), source, ULPs(0.5, 0.5, 0.5))})
    mean = Platform("mean", {"exp": Promise(ULPs(1.0, 0.6, 0.51), source, ULPs(0.5, 0.5, 0.5))})
    assert len(list(generous(lavish, rows))) == 3
    assert len(list(broken(mean, rows))) == 2
    assert not list(generous(NUMPY_UFUNCS, rows))
    assert not list(broken(NUMPY_UFUNCS, rows))

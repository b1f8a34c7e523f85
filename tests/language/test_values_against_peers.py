"""Drawn calls of every name that NumPy or SciPy has too: their answers lie within the bound derived for NumPy.

200 calls of each name: `tox run -e peer-values`; its last record stands in docs/measured. Here are a few of each.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.language.peer_values.comparing import Subject
from tests.language.peer_values.exceptions import EXCEPTIONS, FINDINGS
from tests.language.peer_values.record import share, thin
from tests.language.peer_values.running import run, shown
from tests.language.peer_values.subjects import MODULES

from verax.language import numpy as vnp
from verax.language.scipy import special

pytestmark = pytest.mark.no_cover  # other tests cover it; traced by coverage it takes three times as long

NAMES = [(module, name) for module, of in MODULES.items() for name in sorted(of.rows)]
CALLS = 3  # of which two are of the tables of special values


@pytest.mark.parametrize(("module", "name"), NAMES)
def test_drawn_values_are_numpy_s(module: str, name: str) -> None:
    # Always the same calls; others, and many more, come from the seeds of `tox run -e peer-values`.
    ran = run(name, MODULES[module], CALLS)
    assert not ran.differences, shown(ran.differences)


@pytest.mark.parametrize("module", MODULES)
def test_every_name_has_rows_or_a_reason(module: str) -> None:
    of = MODULES[module]
    owner = of.subject.module.linalg if module == "numpy.linalg" else of.subject.module
    assert set(owner.__all__) == set(of.rows) | set(of.without)
    assert not set(of.rows) & set(of.without)
    assert all(of.without.values())


@pytest.mark.parametrize("module", MODULES)
def test_exceptions_are_few_and_of_names_that_are_compared(module: str) -> None:
    assert set(EXCEPTIONS.get(module, {})) <= set(MODULES[module].rows)
    assert set(FINDINGS.get(module, {})) <= set(MODULES[module].rows)
    assert share(module) <= 0.03


# -- planted faults ------------------------------------------------------------------------------------------
def _ulp_off(function: Callable[..., Any]) -> Callable[..., Any]:
    def off(*xs: Any, **keywords: Any) -> Any:
        found = np.asarray(function(*xs, **keywords))
        for _ in range(6):
            found = np.nextafter(found, np.asarray(np.inf, found.dtype))
        return found

    return off


def _next_axis(function: Callable[..., Any]) -> Callable[..., Any]:
    def moved(x: Any, axis: Any = None, **keywords: Any) -> Any:
        axis = axis if axis is None or isinstance(axis, tuple) or not np.ndim(x) else (axis + 1) % np.ndim(x)
        return function(x, axis=axis, **keywords)

    return moved


def _flushed(x: Any) -> Any:
    found = np.abs(x)
    return np.where(found < np.finfo(x.dtype).tiny, x.dtype.type(0), found) if x.dtype.kind == "f" else found


FAULTS: dict[str, tuple[str, str, Callable[..., Any] | None]] = {
    "six ulps off": ("numpy", "sin", _ulp_off(np.sin)),
    "a sum of one more": ("numpy", "sum", lambda x, **k: np.sum(x, **k) + np.sum(x, **k).dtype.type(1)),
    "NaN left out": ("numpy", "max", np.nanmax),
    "the next axis": ("numpy", "cumsum", _next_axis(np.cumsum)),
    "the next axis of a reduction": ("numpy", "mean", _next_axis(np.mean)),
    "nothing adds up to one": ("numpy", "sum", lambda x, **k: np.sum(x, **{**k, "initial": np.size(x) == 0})),
    "an axis not kept": ("numpy", "any", lambda x, keepdims=False, **k: np.any(x, **k)),
    "the sign of zero lost": ("numpy", "negative", lambda x: x.dtype.type(0) - x),
    "infinity made the largest number": ("numpy", "exp", lambda x: np.nan_to_num(np.exp(x), nan=np.nan)),
    "subnormals flushed": (
        "lax",
        "abs",
        _flushed,
    ),
    "ties upwards": (
        "numpy",
        "rint",
        lambda x: np.floor(x + x.dtype.type(0.5)) if x.dtype.kind == "f" else x,
    ),
    "a mask forgotten": ("numpy", "nanmean", lambda x, where=True, **k: np.nanmean(x, **k)),
    "equal elements in the other order": (
        "numpy",
        "argsort",
        lambda x, axis=-1, **k: np.flip(np.argsort(x, axis), axis),
    ),
    "the conjugate forgotten": ("numpy", "vdot", lambda x, y: np.dot(x.ravel(), y.ravel())),
    "an operand's parts swapped": ("numpy", "imag", np.real),
    "a factor": ("numpy.fft", "ifft", lambda x, *a, **k: np.fft.ifft(x, *a, **(k | {"norm": "ortho"}))),
    "a norm's root": ("numpy.linalg", "norm", None),  # made below
    "an unsigned shift": ("lax", "shift_right_logical", np.right_shift),
}


class Faulty:
    """An oracle with one function replaced."""

    def __init__(self, oracle: Any, name: str, function: Any) -> None:
        self.oracle = oracle
        setattr(self, name, function)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.oracle, name)


def planted(module: str, name: str, function: Callable[..., Any] | None) -> Subject:
    """A module's subject whose oracle is wrong in one name: the comparison is symmetric."""
    subject = MODULES[module].subject
    if function is None:
        norms = SimpleNamespace(norm=lambda x, *a, **k: np.linalg.norm(x, *a, **k) ** 2)
        return subject._replace(oracle=Faulty(np, "linalg", norms))
    return subject._replace(oracle=Faulty(subject.oracle, name, function))


# Of SciPy's functions, which truth at 50 digits may find wrong, ours is planted.
OURS: dict[str, tuple[str, Callable[..., Any]]] = {
    "the wrong branch": ("xlogy", lambda x, y: vnp.multiply(x, vnp.log(y))),
    "a digit lost": ("erf", lambda x: vnp.multiply(special.erf(x), 1.00001)),
    "the other sign far out": (
        "gammaln",
        lambda x: vnp.where(vnp.isinf(x), -special.gammaln(x), special.gammaln(x)),
    ),
}


@pytest.mark.parametrize("fault", OURS)
def test_a_planted_fault_of_ours_is_not_taken_for_scipy_s(fault: str) -> None:
    name, function = OURS[fault]
    of = MODULES["scipy.special"]
    ran = run(name, of, 60, subject=of.subject._replace(module=Faulty(special, name, function)))
    assert ran.differences


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_caught(fault: str) -> None:
    module, name, function = FAULTS[fault]
    ran = run(name, MODULES[module], 60, subject=planted(module, name, function))
    assert ran.differences


def test_a_name_of_which_nothing_is_compared_is_told() -> None:
    ran = run("sum", MODULES["numpy"], 20)
    assert not thin(ran)
    ran.counts["undecided"] += 10**6
    assert thin(ran)

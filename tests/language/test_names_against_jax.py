"""Every name that takes or makes arrays has JAX's shapes, dtypes and weak types, or both refuse, or a rule says why.

200 calls of each are `tox run -e peer-types`; here a few. Calls are drawn with every dtype, weak types, Python's and
NumPy's numbers, empty arrays, wrong axes, and 64-bit types on and off: tests/language/peer_names.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from tests.language.peer_names.comparing import drawn, outcome, outcomes
from tests.language.peer_names.differences import differences
from tests.language.peer_names.table import ROOMS, elsewhere, modules
from tests.language.peer_types.calls import CALLS

from verax import numpy as vnp
from verax import random
from verax.language.numpy import creation, moments, promotion, reductions, searching
from verax.language.transforms import arguments

pytestmark = pytest.mark.no_cover  # other tests cover it; traced by coverage it takes three times as long

SHORT = (np.dtype("float16"), np.dtype(ml_dtypes.bfloat16))
# Fewer of what takes long to trace.
LONG = {
    "interp",
    "setdiff1d",
    "setxor1d",
    "intersect1d",
    "expn",
    "sici",
    "hessian",
    "binomial",
    "multinomial",
}


@pytest.mark.parametrize("room", [room for room in ROOMS if room != "transforms"])
def test_every_name_has_a_row(room: str) -> None:
    rows = {name.split(".")[0] for name in ROOMS[room]} | (set(CALLS) if room == "lax" else set())
    public = set(modules(room)[0].__all__)
    assert public - rows - elsewhere(room) == set(), "names without a row: say how their calls are drawn"
    assert elsewhere(room) <= public


@pytest.mark.parametrize("room", ROOMS)
def test_drawn_calls_have_jax_types(room: str) -> None:
    found = []
    for name, row in ROOMS[room].items():
        count = 1 if name in LONG else 2
        found += outcomes(f"{room}.{name}", row, modules(room), differences(room, name), count)[1]
    assert found == []


def _without_keepdims(original: Callable[..., Any]) -> Callable[..., Any]:
    def without(*args: Any, keepdims: bool = False, **options: Any) -> Any:
        return original(*args, **options)

    return without


def _same(dtype: Any) -> Any:
    return dtype


def _first(original: Callable[..., Any]) -> Callable[..., Any]:
    """Several arrays have the first one's dtype in common."""
    return lambda pairs, x64: (original(pairs[:1], x64)[0], original(pairs, x64)[1])


def _never_weak(original: Callable[..., Any]) -> Callable[..., Any]:
    return lambda pairs, x64: (original(pairs, x64)[0], False)


def _wide_beside_weak(original: Callable[..., Any]) -> Callable[..., Any]:
    """A weak float makes float32 of a 16-bit one."""

    def common(pairs: Any, x64: bool) -> Any:
        dtype, weak = original(pairs, x64)
        beside = any(w and d.kind == "f" for d, w in pairs) and not weak
        return (np.dtype("float32") if beside and dtype in SHORT else dtype), weak

    return common


# What is wrong -> the module and the name called, and what is replaced where.
FAULTS: dict[str, tuple[str, str, Any, str, Callable[[Any], Any]]] = {
    "a sum is never weak": ("numpy", "add", promotion, "_common", _never_weak),
    "two arrays have the first one's dtype": ("numpy", "multiply", promotion, "_common", _first),
    "a weak float widens a short one": ("numpy", "subtract", promotion, "_common", _wide_beside_weak),
    "numbers of NumPy's lose weak types": (
        "numpy",
        "true_divide",
        promotion,
        "convert",
        lambda convert: (
            lambda x, dtype, weak=False: convert(x, dtype, weak and not isinstance(x, np.generic))
        ),
    ),
    "a sum drops keepdims": ("numpy", "sum", vnp, "sum", _without_keepdims),
    "a median drops keepdims": ("numpy", "median", vnp, "median", _without_keepdims),
    "the default integer has 32 bits with 64-bit types too": (
        "numpy",
        "argsort",
        searching,
        "default_int",
        lambda _: lambda: np.dtype("int32"),
    ),
    "the default float has 32 bits with 64-bit types too": (
        "numpy",
        "zeros",
        creation,
        "default_float",
        lambda _: lambda: np.dtype("float32"),
    ),
    "a mean of integers is one": ("numpy", "mean", moments, "to_inexact", lambda _: _same),
    "a deviation of complex numbers is complex": ("numpy", "std", moments, "real_of", lambda _: _same),
    "a sum of small integers stays small": ("numpy", "sum", reductions, "to_wide", lambda _: _same),
    "an array like a weak one is strong": (
        "numpy",
        "full_like",
        creation,
        "_weak_full",
        lambda _: creation.full,
    ),
    "points between integers are integers": ("numpy", "linspace", creation, "to_inexact", lambda _: _same),
    "a choice makes numbers of booleans": (
        "numpy",
        "where",
        searching,
        "promote",
        lambda _: promotion.promote_numeric,
    ),
    "squeeze takes out all axes": ("numpy", "squeeze", vnp, "squeeze", lambda f: lambda x, axis=None: f(x)),
    "an axis out of range is taken round": (
        "numpy",
        "flip",
        vnp,
        "flip",
        lambda f: lambda x, axis=None: f(x, axis % max(np.ndim(x), 1) if isinstance(axis, int) else axis),
    ),
    "a dtype that is asked for is forgotten": (
        "numpy",
        "cumsum",
        vnp,
        "cumsum",
        lambda f: lambda x, axis=None, dtype=None: f(x, axis),
    ),
    "random integers are of 32 bits": (
        "random",
        "randint",
        random,
        "randint",
        lambda f: lambda *given, dtype="int32": f(*given, dtype=dtype),
    ),
    "a gradient of a weak argument is strong": (
        "transforms",
        "grad",
        arguments,
        "as_weak",
        lambda _: lambda x, _: x,
    ),
}


def _until_one_differs(room: str, name: str) -> None:
    for call in drawn(f"{room}.{name}", ROOMS[room][name], 200):
        outcome(call, modules(room), differences(room, name))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_seen(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    room, name, module, attribute, plant = FAULTS[fault]
    monkeypatch.setattr(module, attribute, plant(getattr(module, attribute)))
    with pytest.raises(AssertionError):
        _until_one_differs(room, name)

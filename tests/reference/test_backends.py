"""What the reference computes with is chosen by what is installed, and does not change what it says."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

from verax.reference.balls import enclosures, has_arb
from verax.reference.balls.arb import Arb

# Sums, elementary functions, a loop and a derivative, told to the last digit.
_SAID = """
import numpy as np
from mpmath.libmp import BACKEND
from verax import grad, lax
from verax import numpy as vnp
from verax.reference import Exact, evaluate

x = np.random.default_rng(0).standard_normal((4, 4)).astype(np.float32)
def said(w, h):
    last, _ = lax.scan(lambda h, _: (vnp.tanh(w @ h), None), h, None, 5)
    return [last, vnp.exp(last) / vnp.sum(vnp.exp(last)), grad(lambda v: vnp.sum(vnp.log1p(v * v)))(h)]
print(BACKEND)
for row in evaluate(said, [x, x[0]], Exact(50)):
    print([tuple(map(int, s._mpf_)) for s in row.scalars])
"""


def _said(**environment: str) -> list[str]:
    ran = subprocess.run(
        [sys.executable, "-c", _SAID],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.splitlines()


def test_gmpy2_is_used_where_it_is_installed_and_changes_nothing() -> None:
    backend, *with_gmpy2 = _said()
    assert backend == ("gmpy" if find_spec("gmpy2") and "MPMATH_NOGMPY" not in os.environ else "python")
    backend, *without = _said(MPMATH_NOGMPY="1")
    assert backend == "python"
    assert with_gmpy2 == without


def test_without_python_flint_arb_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "flint", None)
    with pytest.raises(ImportError, match=r"need python-flint.* pip install 'verax\[arb\]'"):
        Arb(100)


def test_without_python_flint_balls_are_intervals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "flint", None)
    has_arb.cache_clear()
    try:
        assert enclosures(100).name == "intervals"
    finally:
        has_arb.cache_clear()

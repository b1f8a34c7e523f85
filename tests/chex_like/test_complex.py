"""Complex functions are judged by their parts: honest ones hold, planted faults are told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import verax
import verax.numpy as vnp
from verax import lax
from verax.chex_like.judging.judgement import judge
from verax.fast import kernels
from verax.reference.findings import Blame, Status

Z = np.array([0.5 + 0.25j, -1.25 + 2j, 3 - 0.125j], np.complex64)


def rational(z: Any) -> Any:
    return vnp.exp(z) * z / (1 + z * z)


@pytest.mark.parametrize("order", [0, 1, 2])
def test_an_honest_function_holds(order: int) -> None:
    verdict = judge(rational, Z, order=order)
    assert verdict.status is Status.HOLD, str(verdict)
    assert len(verdict.elements) == 2 * Z.size


def test_a_part_is_named() -> None:
    def wrong(z: Any) -> Any:
        return vnp.conj(vnp.exp(z))

    @verax.custom_jvp
    def planted(z: Any) -> Any:
        return vnp.exp(z)

    @planted.defjvp
    def _(primals: Any, tangents: Any) -> Any:
        (z,), (t,) = primals, tangents
        return planted(z), wrong(z) * t

    finding = judge(planted, Z, order=1).findings[0]
    assert finding.blame is Blame.RULE
    assert ".real[" in finding.message or ".imag[" in finding.message


def test_a_product_that_drops_the_second_sum_is_an_implementation_at_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def careless(call: Any) -> Any:
        return lambda z, w: (z.real * w.real + 1j * (z.real * w.imag + z.imag * w.real)).astype(z.dtype)

    monkeypatch.setitem(kernels.KERNELS, "mul", careless)
    z = np.tile(Z, 3)[:7]  # a size of its own: kernels are kept by shape
    (finding, *_) = judge(lax.mul, z, z[::-1].copy()).findings
    assert finding.blame is Blame.IMPLEMENTATION


def test_a_formula_that_overflows_on_the_way_is_blamed() -> None:
    far = np.array([200 + 1j], np.complex64)
    (finding, *_) = judge(lambda z: vnp.log(vnp.exp(z)), far).findings
    assert finding.blame is Blame.FORMULA

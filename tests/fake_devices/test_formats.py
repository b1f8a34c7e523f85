"""Number formats of other hardware: what NumPy makes of operands that are rounded or flushed by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import ml_dtypes
import numpy as np
import pytest

import verax
from verax import chex_like as chex
from verax import lax
from verax import numpy as vnp
from verax.fake_devices import (
    FORMATS,
    Format,
    bf16_products,
    fake_devices,
    flush_subnormals,
    no_float64,
    number_formats,
    tf32_products,
)

F32 = np.float32
RNG = np.random.default_rng(5)
A, B = RNG.standard_normal((6, 9)).astype(F32), RNG.standard_normal((9, 4)).astype(F32)


def to_tf32(x: float) -> F32:
    """The nearest number of 11 bits, ties away from zero: in exact arithmetic."""
    if x == 0:
        return F32(x)
    exact = Fraction(x)
    unit = Fraction(2) ** (int(np.frexp(abs(x))[1]) - 11)
    count = abs(exact) / unit
    whole = int(count + Fraction(1, 2))
    return F32(float(whole * unit) * np.sign(x))


def product(a: Any, b: Any) -> Any:
    return vnp.asarray(a) @ vnp.asarray(b)


WAYS = {"eager": product, "jit": verax.jit(product)}


@pytest.mark.parametrize("way", WAYS)
def test_operands_of_products_are_rounded_to_tf32(way: str) -> None:
    rounded = [np.vectorize(to_tf32, otypes=[F32])(x) for x in (A, B)]
    with number_formats(tf32_products):
        assert np.asarray(WAYS[way](A, B)).tolist() == (rounded[0] @ rounded[1]).tolist()
    assert (
        np.asarray(WAYS[way](A, B)).tolist() == (A @ B).tolist()
    )  # and what was compiled for it is not used here


@pytest.mark.parametrize("way", WAYS)
def test_operands_of_products_are_rounded_to_bfloat16(way: str) -> None:
    rounded = [x.astype(ml_dtypes.bfloat16).astype(F32) for x in (A, B)]
    with number_formats(bf16_products):
        assert np.asarray(WAYS[way](A, B)).tolist() == (rounded[0] @ rounded[1]).tolist()


@pytest.mark.parametrize("each", [tf32_products, bf16_products])
def test_ties_and_specials_of_a_product_are_rounded_as_hardware_does(each: Format) -> None:
    keep = 10 if each is tf32_products else 7
    tie = 1 + 2.0 ** -(keep + 1)  # half a unit above 1
    up = each is tf32_products  # away from 0; to even is down
    values = [tie, -tie, 1 + 2.0**-keep, np.inf, -np.inf, np.nan, 0.0, -0.0]
    want = [1 + 2.0**-keep * up, -1 - 2.0**-keep * up, 1 + 2.0**-keep, np.inf, -np.inf, np.nan, 0.0, -0.0]
    found = each.operand("dot_general", np.array(values, F32), np.dtype(F32), np)
    np.testing.assert_array_equal(found, np.array(want, F32))
    assert np.signbit(found).tolist() == np.signbit(np.array(want, F32)).tolist()
    assert each.operand("add", np.array(values, F32), np.dtype(F32), np)[0] == F32(tie)


def test_nothing_else_than_products_of_binary32_is_rounded() -> None:
    x = np.array([0.1, 0.2], F32)
    with number_formats(tf32_products, bf16_products):
        assert np.asarray(vnp.asarray(x) * x).tolist() == (x * x).tolist()
        whole = A.astype(np.float16)
        assert (
            np.asarray(product(whole, whole.T)).tolist() == np.asarray(WAYS["jit"](whole, whole.T)).tolist()
        )


@pytest.mark.parametrize("dtype", [np.float32, np.float64, ml_dtypes.bfloat16])
def test_subnormals_are_flushed_on_the_way_in_and_out(dtype: Any) -> None:
    least = 2.0**-1022 if dtype is np.float64 else 2.0**-126
    x = np.array([least / 2, -least / 2, least, -least, 0.0, 1.0, np.inf], dtype)
    with verax.enable_x64(), number_formats(flush_subnormals):
        y = vnp.asarray(x)
        assert np.asarray(y).tolist() == x.tolist()  # what only moves is kept
        assert np.asarray(vnp.reshape(y, (7, 1))).ravel().tolist() == x.tolist()
        once = np.asarray(y * 1)
        assert once.tolist() == [0.0, 0.0, least, -least, 0.0, 1.0, np.inf]
        assert np.signbit(once[:2].astype(F32)).tolist() == [False, True]
        assert np.asarray(y == 0).tolist() == [True, True, False, False, True, False, False]
        assert np.asarray(y / 2)[2:4].tolist() == [0.0, 0.0]
        assert np.asarray(verax.jit(lambda a: a / 2)(y))[2:4].tolist() == [0.0, 0.0]
    with verax.enable_x64():
        assert np.asarray(vnp.asarray(x) / 2)[2:4].tolist() == [least / 2, -least / 2]


def test_binary64_is_refused_where_there_is_none() -> None:
    with verax.enable_x64(), number_formats(no_float64):
        assert np.asarray(vnp.asarray(A) + 1).dtype == F32
        with pytest.raises(TypeError, match=r"`add` on hardware without binary64 must have .* got float64"):
            lax.add(np.float64(1), np.float64(2))
        with pytest.raises(TypeError, match="without binary64"):
            verax.jit(lambda x: x.astype(np.complex128) * 2)(A)


def test_formats_are_the_devices_and_gone_with_them() -> None:
    def lane(x: Any) -> Any:
        return lax.psum(x * 1, "i")

    tiny = np.full(4, 1e-40, F32)
    with fake_devices(4, formats=flush_subnormals):
        assert np.asarray(verax.pmap(lane, axis_name="i")(tiny)).tolist() == [0.0] * 4
    with fake_devices(4):
        assert (np.asarray(verax.pmap(lane, axis_name="i")(tiny)) > 0).all()


def test_the_reference_knows_no_formats() -> None:
    with verax.using("reference"), number_formats(*FORMATS):
        assert np.asarray(vnp.asarray(np.array([1e-40], F32)) * 1)[0] > 0


def test_every_format_says_what_it_mimics_and_how_that_is_known() -> None:
    for each in FORMATS:
        assert len(each.mimics) > 20
        assert len(each.source) > 20
    with (
        pytest.raises(TypeError, match="`formats` must hold flush_subnormals, tf32_products"),
        number_formats(
            "tf32"  # type: ignore[arg-type]  # wrong on purpose
        ),
    ):
        pass


def test_what_formats_do_to_a_programs_error_is_a_table() -> None:
    rows = {row.name: row for row in chex.format_errors(lambda a: vnp.tanh(a @ B), A)}
    assert rows["as it is"].said == "hold"
    assert rows["flush_subnormals"].error == rows["as it is"].error
    assert rows["tf32_products"].said == rows["bf16_products"].said == "finding"
    bf16, tf32, plain = (rows[n].error for n in ("bf16_products", "tf32_products", "as it is"))
    assert bf16 is not None
    assert tf32 is not None
    assert plain is not None
    assert bf16 > tf32 > 64 * plain  # 2^(23-10) and 2^(23-7) of the last place, against roundings of it
    assert rows["no_float64"].said == "hold"
    with verax.enable_x64():
        table = chex.format_errors(lambda a: a * 2, A.astype(np.float64), formats=[no_float64])
    assert table[1].error is None
    assert "no_float64         error none" in str(table)

"""What only a compiler is told changes no value, and is accepted as JAX accepts it."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np
import pytest

import verax
from verax import lax
from verax.language.errors import UnexpectedTracerError
from verax.language.transforms import make_program

jax_lax: Any = jax.lax  # its types are not those of what it takes
F32 = np.float32
X = np.array([0.5, -2.0, 3.0], F32)


@pytest.fixture(params=["fast", "reference"], autouse=True)
def implementation(request: pytest.FixtureRequest) -> Any:
    with verax.using(request.param):
        yield request.param


def test_a_barrier_gives_its_operands() -> None:
    got = lax.optimization_barrier({"a": X, "b": (1.0, 2)})
    assert np.asarray(got["a"]).tolist() == X.tolist()
    assert got["b"][0].weak_type
    slope = verax.grad(lambda x: (lax.optimization_barrier(x) * x).sum())(X)
    assert np.asarray(slope).tolist() == (2 * X).tolist()


def test_a_number_is_staged_as_an_array() -> None:
    assert isinstance(lax.stage(3), verax.Array)
    assert lax.stage(1.0).weak_type
    assert str(make_program(lambda: lax.stage(1.0))()).count("1.0") == 1


def test_a_sink_and_tokens_order_nothing() -> None:
    lax.dce_sink({"x": X})
    token = lax.after_all(lax.create_token(), lax.create_token(X))
    assert token.shape == (0,)
    assert token.dtype == np.bool_
    with pytest.raises(TypeError, match="An operand must be an array or a number"):
        lax.dce_sink("text")


def test_a_composite_is_its_decomposition() -> None:
    tangent = lax.composite(lambda x, *, scale: lax.sin(x) / lax.cos(x) * scale, name="my.tangent")
    assert np.asarray(tangent(X, scale=1)).tolist() == np.asarray(lax.sin(X) / lax.cos(X)).tolist()
    assert tangent.__name__ == "<lambda>"
    with pytest.raises(UnexpectedTracerError, match=r"Keyword arguments of the composite 'my.tangent'"):
        make_program(lambda s: tangent(X, scale=s))(F32(1))


def test_the_platform_chooses_the_branch() -> None:
    chosen = lax.platform_dependent(X, cpu=lambda x: x + 1, tpu=lambda x: x, default=lambda x: 2 * x)
    want = jax_lax.platform_dependent(X, cpu=lambda x: x + 1, tpu=lambda x: x, default=lambda x: 2 * x)
    assert np.asarray(chosen).tolist() == np.asarray(want).tolist()
    other = lax.platform_dependent(X, tpu=lambda x: x, default=lambda x: 2 * x)
    assert np.asarray(other).tolist() == (2 * X).tolist()
    with pytest.raises(TypeError, match="branches of switch must return equal shapes"):
        lax.platform_dependent(X, cpu=lambda x: x, default=lambda x: x[0])
    with pytest.raises(ValueError, match="must be called 'cuda' or 'rocm'"):
        lax.platform_dependent(X, gpu=lambda x: x, default=lambda x: x)
    with pytest.raises(ValueError, match="`default` of platform_dependent must be given"):
        lax.platform_dependent(X, tpu=lambda x: x)
    with pytest.raises(TypeError, match="`cpu` of platform_dependent must be a function"):
        lax.platform_dependent(X, cpu=1)  # type: ignore[arg-type]  # refused


@pytest.mark.parametrize("x", [True, 1, 1.5, float, int, bool, "float32", np.float16, X, np.int8(1)])
def test_the_dtype_of_anything_is_jaxs(x: Any) -> None:
    assert lax.dtype(x) == jax_lax.dtype(x)


def test_the_dtype_of_an_array_is_its_own() -> None:
    assert lax.dtype(lax.stage(X)) == F32
    with pytest.raises(TypeError):
        lax.dtype(object())


@pytest.mark.parametrize("preset", lax.DotAlgorithmPreset)
def test_algorithms_of_products_are_jaxs(preset: Any) -> None:
    other = jax_lax.DotAlgorithmPreset[preset.name]

    def plain(types: Any) -> Any:
        return types and [np.dtype(t) for t in types]

    assert preset.value == other.value
    assert plain(preset.supported_lhs_types) == plain(other.supported_lhs_types)
    assert plain(preset.supported_rhs_types) == plain(other.supported_rhs_types)
    assert preset.accumulation_type == (other.accumulation_type and np.dtype(other.accumulation_type))
    assert np.asarray(lax.dot(X, X, precision=preset)) == np.asarray(lax.dot(X, X))


def test_accuracy_is_accepted_and_tolerances_are_checked() -> None:
    assert [m.value for m in lax.AccuracyMode] == [m.value for m in jax_lax.AccuracyMode]
    tolerance = lax.Tolerance(0.0, 1e-3)
    assert repr(tolerance).endswith("=0.001, ulps=0)")
    for given in (tolerance, lax.AccuracyMode.HIGHEST, None):
        assert np.asarray(lax.exp(X, accuracy=given)).tolist() == np.asarray(lax.exp(X)).tolist()
    for wrong in ((), (-1.0,)):
        with pytest.raises(ValueError, match="of a Tolerance must be at least 0 and not all 0"):
            lax.Tolerance(*wrong)
    assert lax.DotAlgorithm(F32, F32, F32) == lax.DotAlgorithm(F32, F32, F32, 1, 1, 1, False)

"""Variants are pytest's own: a mark and a fixture, which go together with parametrize and with every other fixture."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np
import pytest
from tests.property_tests.test_plugin import PLUGIN

import verax
import verax.numpy as vnp
from verax.chex_like.variant_marks import VARIANTS, Variant

pytest_plugins = ["pytester"]

TESTS = """
import pytest
import verax.numpy as vnp
from verax import chex_like as chex

@pytest.fixture
def offset():
    return 1.0

@pytest.mark.variants("jit", "eager", "vmap", "pmap", "reference")
@pytest.mark.parametrize(("x", "expected"), [(1.0, 2.0), (2.0, 3.0)])
def test_composes(variant, x, expected, offset):
    @variant
    def f(x, y):
        return {"sum": x + y}
    assert float(f(vnp.asarray(x), offset)["sum"]) == expected

@pytest.mark.variants
def test_all(variant):
    assert float(variant(lambda x, n: x * n, static_argnums=1)(vnp.ones(()), 3)) == 3.0

@pytest.mark.variants("jit")
class TestClass:
    def test_in_a_class(self, variant):
        assert variant.name == "jit"
        variant()(lambda x: x)(vnp.ones(2))

@pytest.mark.parametrize("again", [1, 2])
def test_traces_are_counted_anew(again):
    import verax
    verax.jit(chex.assert_max_traces(lambda x: x, 1))(1.0)
"""
WRONG = """
import pytest

@pytest.mark.variants("jit")
def test_never_applies(variant): pass

def test_unmarked(variant): pass
"""


def test_a_test_runs_once_for_each_variant(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TESTS)
    done = pytester.runpytest_subprocess(*PLUGIN, "-p", "no:cacheprovider", "-v")

    done.assert_outcomes(passed=10 + 5 + 1 + 2)
    done.stdout.fnmatch_lines(["*test_composes?jit-1.0-2.0? PASSED*", "*test_all?reference? PASSED*"])


def test_what_is_marked_wrongly_is_told(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        WRONG,
        test_unknown="import pytest\n@pytest.mark.variants('gpu')\ndef test_f(variant): ...\n",
        test_without="import pytest\n@pytest.mark.variants('jit')\ndef test_f(): ...\n",
    )
    done = pytester.runpytest_subprocess(*PLUGIN, "-p", "no:cacheprovider", "--continue-on-collection-errors")

    done.assert_outcomes(passed=1, errors=4)
    done.stdout.fnmatch_lines(
        [
            "*applied `variant` to no function (Variant('jit'))*",
            "*The fixture `variant` needs a mark*",
        ]
    )
    for said in ("knows eager, jit, vmap, pmap, reference, got ['gpu']", "must take the fixture `variant`"):
        assert said in done.stdout.str()


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_takes_trees_names_and_static_arguments(name: str) -> None:
    def f(tree: Any, power: int, *, scale: Any) -> Any:
        assert type(power) is int
        return {"y": scale * tree["x"] ** power}

    found = Variant(name)(f, static_argnums=1)({"x": vnp.arange(3.0)}, 2, scale=np.float32(2))

    assert np.asarray(found["y"]).tolist() == [0.0, 2.0, 8.0]


def test_each_variant_does_what_it_is_called() -> None:
    seen: dict[str, Any] = {}

    def look(x: Any) -> Any:
        seen[name] = type(x).__name__, verax.device_count()
        return x

    for name in VARIANTS:
        Variant(name)(look)(vnp.ones(2))
    kinds = {name: kind for name, (kind, _) in seen.items()}
    assert kinds == {
        "eager": "FastArray",
        "jit": "AbstractTracer",
        "vmap": "BatchTracer",
        "pmap": "FastArray",
        "reference": "ReferenceArray",
    }
    assert seen["pmap"][1] == 2


def test_lanes_that_differ_are_told() -> None:
    def f(x: Any) -> Any:
        return x + verax.lax.axis_index("i")

    for name in ("vmap", "pmap"):
        with pytest.raises(AssertionError, match="Lanes that are given the same must give the same"):
            Variant(name)(f)(vnp.ones(2))


def test_functions_of_jax_get_its_transforms() -> None:
    def f(x: Any) -> Any:
        assert isinstance(x, jax.core.Tracer)
        return x + 1

    for name in ("jit", "vmap"):
        assert np.asarray(Variant(name)(f)(jax.numpy.ones(2))).tolist() == [2.0, 2.0]

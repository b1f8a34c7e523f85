"""What the record of types brought to light: what was mended, and rules that excuse no more than they say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.special
from hypothesis import strategies as st
from tests.language.peer_names.comparing import Refused
from tests.language.peer_names.differences import differences
from tests.language.peer_names.drawing import Call, Spec, by_name
from tests.language.peer_types.comparing import Spec as LaxSpec
from tests.language.peer_types.comparing import drawn_outcomes, of

from verax import lax, random
from verax import numpy as vnp
from verax.language import catalogue
from verax.scipy import special

F32 = np.dtype("float32")


# -- values that were mended ----------------------------------------------------------------------------------
def test_polynomials_of_booleans_and_of_several_columns_are_as_numpy_has_them() -> None:
    bits, ones = np.array([True, False]), np.ones((2, 2), np.float32)
    assert bool(vnp.polyval(bits, bits)[0]) == bool(np.polyval(bits, bits)[0])
    assert np.array_equal(vnp.polyadd(ones, ones), np.polyadd(ones, ones))
    assert np.array_equal(vnp.polysub(ones, ones), np.polysub(ones, ones))
    assert np.array_equal(vnp.polyadd(np.array([1, 2, 3]), np.array([1])), [1, 2, 4])


def test_no_dimensions_have_a_logarithm_of_one() -> None:
    found = special.multigammaln(np.ones(3, np.float32), 0)
    assert np.array_equal(found, np.zeros(3))
    assert scipy.special.multigammaln(1.0, 0) == 0


def test_a_filler_is_promoted_with_the_elements_and_indices_stay() -> None:
    x, y = np.array([1, 2, 3]), np.array([2, 3, 4])
    values, first, second = vnp.intersect1d(x, y, return_indices=True, size=3, fill_value=1.5)
    assert np.array_equal(values, np.array([2, 3, 1.5], np.float32))
    assert np.array_equal(first, [1, 2, 3])
    assert np.array_equal(second, [0, 1, 3])
    assert np.array_equal(vnp.setxor1d(x, y, size=4, fill_value=0.5), np.array([1, 4, 0.5, 0.5], np.float32))
    assert np.array_equal(vnp.setxor1d(x, y, size=4), [1, 4, 1, 1])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: vnp.repeat(np.zeros(0), 1, total_repeat_length=3), "must be 0 where there is nothing"),
        (
            lambda: lax.sort(np.array([1j, 2], np.complex64), num_keys=2),
            r"`num_keys` of sort must lie in \[1, 1\]",
        ),
        (lambda: lax.reduce_max(np.array(1j, np.complex64), (0,)), "axes"),
        (lambda: random.permutation(random.key(0), 3, axis=1), "axis"),
        (
            lambda: random.multivariate_normal(random.key(0), np.ones(2) * 1j, np.eye(2)),
            "must be a float dtype",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_name(call: Callable[[], Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        call()


# -- rules that excuse no more than they say ------------------------------------------------------------------
def _excused(name: str, call: Call, ours: Any, theirs: Any) -> bool:
    room, _, of_room = (
        name.rpartition(".") if not name.startswith("numpy.ndarray") else ("numpy", "", name[6:])
    )
    return any(rule.fits(call, ours, theirs) for rule in differences(room, of_room))


def _call(name: str, *args: Any, **kwargs: Any) -> Call:
    return Call(by_name(name), name, args, kwargs)


def _spec(*shape: int) -> Spec:
    return Spec(shape, F32)


NARROW: dict[str, tuple[str, Call, Any, Any, Call]] = {
    "an IRFFT of the right half": (
        "lax.fft",
        _call("fft", _spec(4), "irfft", (3,)),
        Refused("must have sizes (2,) for IRFFT of lengths (3,)"),
        [((3,), "float32", False)],
        _call("fft", _spec(2), "irfft", (3,)),
    ),
    "a lognormal number of a given sigma": (
        "random.lognormal",
        _call("lognormal", dtype="float16"),
        [((), "float16", False)],
        Refused("In arguments to lognormal, cannot safely cast argument of type float32 to float16"),
        _call("lognormal", sigma=_spec(), dtype="float16"),
    ),
    "two vectors of variables": (
        "numpy.cov",
        _call("cov", _spec(2), y=_spec(2, 2), rowvar=False),
        [((3, 3), "float32", False)],
        Refused("Cannot concatenate arrays with shapes that differ"),
        _call("cov", _spec(2), y=_spec(3), rowvar=False),
    ),
    "a quantile of something": (
        "numpy.quantile",
        _call("quantile", _spec(0, 0), 0.5, axis=1),
        [((0,), "float32", False)],
        Refused("Slice size at index 1 in gather op is out of range"),
        _call("quantile", _spec(2, 2), 0.5, axis=1),
    ),
    "indices of something": (
        "numpy.take",
        _call("take", _spec(0, 0), _spec(0, 1), axis=None),
        [((0, 1), "float32", False)],
        [((0,), "float32", False)],
        _call("take", _spec(2, 2), _spec(0, 1), axis=None),
    ),
    "values put in beside something": (
        "numpy.insert",
        _call("insert", _spec(0, 1), 1, _spec(2), axis=1),
        Refused("Shapes must broadcast together, got (2, 1), (0, 1)."),
        [((0, 2), "float32", False)],
        _call("insert", _spec(1, 1), 1, _spec(2), axis=1),
    ),
    "two values for one place": (
        "numpy.ndarray.at",
        _call("at", _spec(2), _spec(1)),
        [((2,), "float32", False)],
        Refused("Cannot broadcast to shape with fewer dimensions: arr_shape=(1,) shape=()"),
        _call("at", _spec(2), _spec(2)),
    ),
    "an intersection with something": (
        "numpy.intersect1d",
        _call("intersect1d", _spec(0), _spec(0), size=2),
        [((2,), "float32", False), ((2,), "int32", False), ((2,), "int32", False)],
        [((2,), "float32", False), ((0,), "int32", False), ((0,), "int32", False)],
        _call("intersect1d", _spec(1), _spec(0), size=2),
    ),
    "two numbers beside two": (
        "scipy.linalg.eigh_tridiagonal",
        _call("eigh_tridiagonal", _spec(1), _spec(1)),
        Refused("`d` and `e` must have shapes (n,) and (n - 1,), got"),
        [((1,), "float32", False)],
        _call("eigh_tridiagonal", _spec(2), _spec(2)),
    ),
}


@pytest.mark.parametrize("what", NARROW)
def test_a_rule_excuses_its_case_and_not_the_next(what: str) -> None:
    name, call, ours, theirs, other = NARROW[what]
    assert _excused(name, call, ours, theirs)
    assert not _excused(name, other, ours, theirs)


def test_every_unexplained_call_is_told() -> None:
    calls = st.sampled_from([of(lambda m, x: m.exp(x), "exp", LaxSpec((n,), F32)) for n in (1, 2, 3)])
    assert drawn_outcomes(calls, 3) == (["equal"] * 3, [])
    rule = catalogue.exp_p.rule
    object.__setattr__(catalogue.exp_p, "rule", lambda x: [x.with_shape(())])
    try:
        found, unexplained = drawn_outcomes(calls, 3)
    finally:
        object.__setattr__(catalogue.exp_p, "rule", rule)
    assert found == []
    assert len(unexplained) == 3
    assert all("ours [((), " in line for line in unexplained)

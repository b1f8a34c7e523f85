"""What calls are drawn from, and how ours are held against JAX's."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import ml_dtypes
import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jax import lax as jax_lax

from verax.language import dispatch, lax, trees
from verax.language.arrays import Array
from verax.language.shapes import ShapedArray
from verax.language.tracing import trace

# Types need no implementation: nothing is computed.
NOBODY: Any = types.SimpleNamespace(name="nobody", array_type=Array, precedence=0)


NARROW = [
    np.dtype(t)
    for t in (
        "bool",
        "int8",
        "int16",
        "int32",
        "uint8",
        "uint16",
        "uint32",
        "float16",
        "float32",
        "complex64",
    )
]


NARROW.append(np.dtype(ml_dtypes.bfloat16))


WIDE = [np.dtype(t) for t in ("int64", "uint64", "float64")]


NUMBERS = [d for d in NARROW if d != np.bool_]


FLOATS = [np.dtype("float16"), np.dtype(ml_dtypes.bfloat16), np.dtype("float32")]


DEFAULTS = [np.dtype("int32"), np.dtype("float32")]


REFUSED = "refused"


class Spec(NamedTuple):
    shape: tuple[int, ...]
    dtype: Any
    weak: bool = False


class Call(NamedTuple):
    """``function(lax, *arrays)`` on operands of these types; ``text`` says what was drawn."""

    function: Callable[..., Any]
    operands: tuple[Spec, ...]
    text: str = ""
    lenient: bool = False  # we may accept where JAX refuses
    strict: bool = False  # we may refuse where JAX accepts
    runs: bool = False  # it asks an implementation: a transform, or a solver


def verax_types(call: Call) -> Any:
    def flat(*operands: Any) -> list[Any]:
        return [dispatch.lift(x) for x in trees.leaves(call.function(lax, *operands))]

    try:
        with dispatch.using("fast" if call.runs else NOBODY):
            program = trace(flat, [ShapedArray(s.shape, s.dtype, s.weak) for s in call.operands])
    except (TypeError, ValueError, OverflowError):
        return REFUSED
    return [(a.shape, str(a.dtype), a.weak_type) for a in program.out_avals]


def jax_types(call: Call) -> Any:
    struct: Any = jax.ShapeDtypeStruct  # untyped in some releases
    operands = [struct(s.shape, s.dtype, weak_type=s.weak) for s in call.operands]
    try:
        found = jax.eval_shape(lambda *xs: call.function(jax_lax, *xs), *operands)
    except (TypeError, ValueError, IndexError, OverflowError, ZeroDivisionError, AssertionError):
        return REFUSED
    return [(a.shape, str(a.dtype), a.weak_type) for a in jax.tree.leaves(found)]


def outcome(call: Call) -> str:
    """'equal', 'refused' by both, or 'excused': refused by one that may.

    Raises:
        AssertionError: the types differ, or one refuses that may not.
    """
    ours, theirs = verax_types(call), jax_types(call)
    if (theirs == REFUSED and ours != REFUSED and call.lenient) or (
        ours == REFUSED and theirs != REFUSED and call.strict
    ):
        return "excused"
    assert ours == theirs, f"{call.text} of {call.operands}: ours {ours}, JAX's {theirs}"
    return "refused" if ours == REFUSED else "equal"


def assert_types_agree(call: Call) -> None:
    """Raise AssertionError unless both give the same types, or both refuse."""
    outcome(call)


def _each(calls: st.SearchStrategy[Call], count: int, shrink: bool, look: Callable[[Call], None]) -> None:
    """Look at each of the drawn calls, always the same ones."""
    phases = [Phase.explicit, Phase.generate, *([Phase.shrink] if shrink else [])]

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )
    @given(calls)
    def each(call: Call) -> None:
        look(call)

    each()


def drawn_outcomes(calls: st.SearchStrategy[Call], count: int) -> tuple[list[str], list[str]]:
    """The outcomes of drawn calls, and what is unexplained: every such call, where `check_drawn` stops at the first."""
    found: list[str] = []
    unexplained: list[str] = []

    def look(call: Call) -> None:
        try:
            found.append(outcome(call))
        except AssertionError as err:
            unexplained.append(str(err).splitlines()[0])

    _each(calls, count, False, look)
    return found, unexplained


def check_drawn(calls: st.SearchStrategy[Call], count: int, shrink: bool = True) -> None:
    """Raise AssertionError unless the types of all drawn calls agree."""
    _each(calls, count, shrink, assert_types_agree)


shapes = st.lists(st.integers(0, 3), max_size=3).map(tuple)


solid = st.lists(st.integers(1, 3), min_size=1, max_size=3).map(tuple)


# The default dtypes, the only ones that are ever weak, come more often.
dtypes = st.sampled_from([*NARROW, *DEFAULTS * 3])


weak = st.booleans()


def mostly(valid: st.SearchStrategy[Any], other: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(valid, valid, valid, other)


@st.composite
def specs(draw: Any, shape: st.SearchStrategy[Any] = shapes, dtype: st.SearchStrategy[Any] = dtypes) -> Spec:
    found = draw(dtype)
    # Weak types come from Python's int and float: of the default dtypes.
    return Spec(draw(shape), found, found in DEFAULTS and draw(weak))


@st.composite
def unary(draw: Any, name: str) -> Call:
    return Call(lambda lax, x: getattr(lax, name)(x), (draw(specs()),), name)


@st.composite
def binary(draw: Any, name: str) -> Call:
    x = draw(specs())
    scalar = draw(st.none() | st.none() | st.sampled_from([True, 1, -2, 1.5]))
    if scalar is not None:
        left = draw(st.booleans())
        text = f"{name} with the scalar {scalar}"
        if left:
            return Call(lambda lax, x: getattr(lax, name)(scalar, x), (x,), text, lenient=True)
        return Call(lambda lax, x: getattr(lax, name)(x, scalar), (x,), text, lenient=True)
    dtype = draw(mostly(st.just(x.dtype), dtypes))
    ones = tuple(draw(st.sampled_from([n, n, 1])) for n in x.shape)
    shape = draw(mostly(st.sampled_from([x.shape, x.shape, (), ones]), shapes))
    y = Spec(shape, dtype, dtype in DEFAULTS and draw(weak))
    return Call(lambda lax, x, y: getattr(lax, name)(x, y), (x, y), name)


def of(
    function: Callable[..., Any], text: str, *operands: Spec, lenient: bool = False, strict: bool = False
) -> Call:
    return Call(function, operands, text, lenient, strict)

"""How an answer of NumPy's is held against what the program of a drawn call allows it."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import jax
import numpy as np
from tests.language.peer_values.drawing import PROMOTED, Drawn

from verax.adapters.numpy_profile import NUMPY_UFUNCS
from verax.language import dispatch, trees
from verax.language import numpy as vnp
from verax.language.config import enable_x64
from verax.language.dtypes import is_complex, is_float, real_of
from verax.language.shapes import ShapedArray
from verax.language.tracing import trace
from verax.reference import Bounded, evaluate
from verax.reference.reals import is_special
from verax.reference.ulps import error_in_ulps
from verax.reference.verdict import exact

REFUSALS = (TypeError, ValueError, IndexError, OverflowError, NotImplementedError, ZeroDivisionError)
# What adds zeros up, and may begin with one of its own: the sign of a zero that results is nobody's promise.
SUMS = {
    *("reduce_sum", "cumsum", "dot_general", "conv_general_dilated", "scatter_add", "reduce_window_sum"),
    *("select_and_scatter_add", "ragged_dot_general", "psum", "fft"),
}


# What asks which of two numbers is the larger.
ORDERS = {
    "sort",
    "top_k",
    "lt",
    "le",
    "gt",
    "ge",
    "max",
    "min",
    "argmax",
    "argmin",
    "reduce_max",
    "reduce_min",
}


class Difference(NamedTuple):
    """One element that is not where it may be."""

    call: Drawn
    text: str
    got: Any = None
    want: Any = None
    dtype: Any = None
    place: tuple[int, ...] = ()


class Compared(NamedTuple):
    """What came of a call: how many elements went which way, and where they differ."""

    counts: Counter[str]
    differences: list[Difference]


@contextmanager
def quiet() -> Iterator[None]:
    """NumPy's remarks on NaN, empty slices and deprecated names are not looked at."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def program_of(call: Callable[..., Any], arrays: Sequence[Any]) -> Any:
    def flat(*operands: Any) -> list[Any]:
        return [dispatch.lift(x) for x in trees.leaves(call(*operands))]

    return trace(flat, [ShapedArray(x.shape, x.dtype) for x in arrays])


def primitives(program: Any) -> set[str]:
    """The names of all primitives in a program, branches and bodies included."""
    return {equation.primitive.name for equation in program.equations}


# -- one element ---------------------------------------------------------------------------------------------------
def judged(got: Any, scalar: Any, dtype: Any, signs: bool) -> str:
    """Where an element lies: equal, within, outside, or left out, and why."""
    if hasattr(scalar, "candidates"):
        return "undecided"
    if getattr(scalar, "unverified", None):
        return "no bound"
    if getattr(scalar, "undecided", False):
        return "undecided"
    value, bound = getattr(scalar, "value", scalar), getattr(scalar, "bound", 0.0)
    if not is_float(dtype):
        # NumPy sums and multiplies small integers in 64 bits: it wraps when it is converted.
        return "equal" if int(np.asarray(got).astype(dtype)) == int(value) else "outside"
    answer = float(np.asarray(got).astype(dtype))
    if (is_special(value) and value != 0) or not np.isfinite(answer):
        return "equal" if error_in_ulps(answer, value, dtype) == 0 else "outside"
    apart = abs(exact(answer) - exact(value))
    if not apart:
        zero = answer == 0 and not bound
        return "outside" if signs and zero and np.signbit(answer) != np.signbit(float(value)) else "equal"
    if apart > exact(bound):
        return "outside"
    return "within" if bound < abs(float(value)) else "within a wide bound"


def judged_in_parts(got: Any, pair: Sequence[Any], dtype: Any) -> list[str]:
    """Where both parts of a complex number lie.

    Which parts of a number that is not finite are infinite and which are NaN, a product leaves open (C99 G.5.1), and
    the signs of parts that are zero: it need not be finite there where it is here.
    """
    if any(getattr(s, "unverified", None) for s in pair):
        return ["no bound"] * 2  # what overflows in one part is infinite or NaN in both
    if any(getattr(s, "undecided", False) for s in pair):
        return ["undecided"] * 2
    values = [getattr(s, "value", s) for s in pair]
    if any(is_special(v) and v != 0 for v in values):
        return ["equal as not finite"] * 2 if not np.isfinite(got) else ["outside"] * 2
    return [judged(part, s, dtype, False) for part, s in zip((got.real, got.imag), pair, strict=True)]


def placed(answer: Any, bounded: Any, signs: bool) -> Iterator[tuple[Any, Any, str]]:
    """Each element that was got, the scalar that it is held to, and where it lies."""
    real, elements = real_of(bounded.dtype), np.asarray(answer).reshape(-1)
    if not is_complex(bounded.dtype):
        for got, scalar in zip(elements, bounded.scalars, strict=True):
            yield got, scalar, judged(got, scalar, real, signs)
        return
    size = bounded.size
    with np.errstate(all="ignore"):
        elements = elements.astype(bounded.dtype)
    for i, got in enumerate(elements):
        pair = bounded.scalars[i], bounded.scalars[size + i]
        for part, scalar, where in zip(
            (got.real, got.imag), pair, judged_in_parts(got, pair, real), strict=True
        ):
            yield part, scalar, where


def held(
    call: Drawn, program: Any, answers: Sequence[Any], platform: Any = NUMPY_UFUNCS, signs: bool = True
) -> Compared:
    """Every element of the answers against what the program allows."""
    counts: Counter[str] = Counter()
    found = []
    used = primitives(program)
    signs = signs and not used & SUMS
    if used & ORDERS and any(x.dtype.kind == "c" and np.isnan(x).any() for x in call.arrays):
        # In the array API complex numbers have no order; NumPy and JAX put those with a NaN part elsewhere.
        return Compared(Counter({"no order": sum(np.size(y) for y in answers)}), [])
    outputs = evaluate(program, list(call.arrays), Bounded(platform))
    if len(outputs) != len(answers):
        return Compared(counts, [Difference(call, f"{len(answers)} results, not {len(outputs)}")])
    for k, (bounded, answer) in enumerate(zip(outputs, answers, strict=True)):
        given = np.asarray(answer)
        if given.shape != bounded.shape:
            found.append(Difference(call, f"result {k} has shape {given.shape} there, {bounded.shape} here"))
            continue
        if not given.size:
            counts["empty"] += 1
        if is_complex(given.dtype) and not is_complex(bounded.dtype):
            found.append(Difference(call, f"result {k} is complex there, {bounded.dtype} here"))
            continue
        for i, (got, scalar, where) in enumerate(placed(given, bounded, signs)):
            counts[where] += 1
            if where == "outside":
                value = getattr(scalar, "value", scalar)
                text = f"result {k}, element {i}: {got!r} for {scalar!r}"
                found.append(Difference(call, text, got, value, real_of(bounded.dtype), (k, i)))
    return Compared(counts, found)


# -- one call --------------------------------------------------------------------------------------------------------
class Subject(NamedTuple):
    """A module of ours, the one it is held against, and JAX's, which decides about calls that one of them refuses."""

    name: str
    module: Any
    oracle: Any
    jax: Any
    signs: bool = True  # whether the oracle says anything of the signs of zeros


def promoted(call: Drawn, program: Any) -> list[Any]:
    """The operands as we compute in: promoted together as ours are, and integers as floats where a float results.

    NumPy computes functions of small integers in float16.
    """
    arrays = list(call.arrays)
    shared = [i for i, kind in enumerate(call.kinds) if kind in PROMOTED]
    dtypes = [arrays[i].dtype for i in shared]
    several = len(set(dtypes)) > 1
    if several and program is not None and set(dtypes) <= {a.dtype for a in program.out_avals}:
        return arrays  # each comes back as it was: `meshgrid` promotes nothing
    common = vnp.result_type(*dtypes) if several else None
    out = program.out_avals[0].dtype if program is not None and program.out_avals else None
    for i in shared:
        dtype = common or arrays[i].dtype
        if dtype.kind in "biu" and out is not None and (is_float(out) or is_complex(out)):
            dtype = out
        elif is_float(dtype) and out is not None and is_float(out) and out.itemsize > dtype.itemsize:
            dtype = out  # an angle of one float16 is JAX's default float
        arrays[i] = arrays[i].astype(dtype)
    return arrays


def answered(function: Callable[..., Any], arrays: Sequence[Any]) -> Any:
    """The leaves of an answer, or the message of a refusal."""
    try:
        return [np.asarray(y) for y in trees.leaves(function(*arrays))]
    except (*REFUSALS, AttributeError, RuntimeError, np.linalg.LinAlgError) as err:
        return f"{type(err).__name__}: {err}"


def by_jax(call: Drawn, subject: Subject) -> Any:
    """The types of JAX's answer to traced operands, as ours are, or the message of its refusal."""
    with jax.enable_x64(call.x64):
        try:
            return jax.tree.leaves(jax.eval_shape(lambda *xs: call.call(subject.jax, *xs), *call.arrays))
        except REFUSALS as err:
            return f"{type(err).__name__}: {err}"


def compare(call: Drawn, subject: Subject) -> Compared:
    """A drawn call of ours, and NumPy's answer.

    NumPy is asked in the dtype given, and where that is 16 bits wide, and it refuses or rounds after every step, in
    float32, which holds all such numbers. JAX decides about a call that one of both refuses.
    """
    with enable_x64(call.x64), quiet():
        program: Any = None
        try:
            program = program_of(lambda *xs: call.call(subject.module, *xs), call.arrays)
        except REFUSALS as err:
            refusal = f"{type(err).__name__}: {err}"
        operands = promoted(call, program)
        answer = answered(lambda *xs: call.call(subject.oracle, *xs), operands)
        if program is None:
            return (
                Compared(Counter(["refused by both"]), [])
                if isinstance(answer, str)
                else _refused_here(call, subject, refusal)
            )
        found = None if isinstance(answer, str) else held(call, program, answer, signs=subject.signs)
        if (found is None or found.differences) and any(
            x.dtype.itemsize == 2 and is_float(x.dtype) for x in operands
        ):
            wide = [
                x.astype(np.float32) if x.dtype.itemsize == 2 and is_float(x.dtype) else x for x in operands
            ]
            again = answered(lambda *xs: call.call(subject.oracle, *xs), wide)
            if not isinstance(again, str):
                other = held(call, program, again, signs=subject.signs)
                if found is None or not other.differences:
                    other.counts["asked in float32"] += 1
                    return other
        return _refused_there(call, subject, program, answer) if found is None else found


def _refused_here(call: Drawn, subject: Subject, refusal: str) -> Compared:
    theirs = by_jax(call, subject)
    if isinstance(theirs, str):
        return Compared(Counter(["refused as by JAX"]), [])
    return Compared(Counter(), [Difference(call, f"refused here, not by JAX: {refusal}")])


def _refused_there(call: Drawn, subject: Subject, program: Any, refusal: str) -> Compared:
    theirs = by_jax(call, subject)
    if isinstance(theirs, str) and not any(a.size for a in program.out_avals):
        return Compared(Counter(["empty"]), [])  # nothing of nothing, which both refuse
    if isinstance(theirs, str):
        return Compared(Counter(), [Difference(call, f"refused there: {refusal}; by JAX: {theirs}")])
    ours = [(tuple(a.shape), str(a.dtype)) for a in program.out_avals]
    if ours != [(tuple(y.shape), str(y.dtype)) for y in theirs]:
        return Compared(
            Counter(), [Difference(call, f"refused there: {refusal}; JAX has other types than {ours}")]
        )
    return Compared(Counter(["answered as by JAX"]), [])

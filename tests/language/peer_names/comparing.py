"""How a drawn call is held against JAX: equal types, refused by both, or a difference that has a stated rule."""

from __future__ import annotations

import contextlib
import types
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import jax
import numpy as np
from tests.language.peer_names.drawing import Call, Draw, Row, Spec

from verax.language import dispatch, trees
from verax.language.arrays import Array
from verax.language.config import enable_x64
from verax.language.shapes import ShapedArray
from verax.language.tracing import trace

# Types need no implementation: nothing is computed. Only mapped and differentiated functions ask one.
NOBODY: Any = types.SimpleNamespace(
    name="nobody",
    array_type=Array,
    precedence=0,
    vmap=lambda *given: dispatch.implementation_of("fast").vmap(*given),
)


class Refused(NamedTuple):
    """The call is refused, with this message."""

    message: str


class Difference(NamedTuple):
    """A rule by which we differ from JAX on purpose."""

    rule: str
    ours: str | None = None  # we alone refuse, and our message says this
    theirs: str | None = None  # JAX alone refuses, and its message says this
    types: Callable[[Call, Any, Any], bool] | None = (
        None  # both answer: (call, ours, theirs) -> as the rule says
    )
    when: Callable[[Call], bool] | None = None  # only for these calls

    def fits(self, call: Call, ours: Any, theirs: Any) -> bool:
        if self.when is not None and not self.when(call):
            return False
        if isinstance(ours, Refused):
            return self.ours is not None and self.ours in ours.message
        if isinstance(theirs, Refused):
            return self.theirs is not None and self.theirs in theirs.message
        return self.types is not None and self.types(call, ours, theirs)


def _is_spec(x: Any) -> bool:
    return isinstance(x, Spec)


def _is_array(x: Any) -> bool:
    return hasattr(x, "aval") or isinstance(x, Array | jax.Array | np.ndarray | np.generic)


def _described(x: Any) -> str:
    """What is no array, in words: a dtype, a number, a text."""
    if isinstance(x, np.dtype):
        return f"dtype {x}"
    if isinstance(x, bool | int | float | complex | str | None):
        return repr(x)
    if hasattr(x, "bits") and hasattr(x, "dtype"):
        limits = (
            "eps",  # tolerance-name: an argument
            "tiny",
            "smallest_normal",
            "smallest_subnormal",
            "nmant",
            "nexp",
            "precision",
        )
        return str([f"{n} {getattr(x, n, None)!s}" for n in ("bits", "dtype", "min", "max", *limits)])
    return f"{type(x).__name__} {x}"


def _split(found: Any, leaves: Callable[[Any], list[Any]]) -> tuple[list[Any], list[Any]]:
    """The arrays among the results, and a row of what each result is: None for an array."""
    arrays: list[Any] = []
    told: list[Any] = []
    for leaf in leaves(found):
        told.append(None if _is_array(leaf) else _described(leaf))
        if _is_array(leaf):
            arrays.append(leaf)
    return arrays, told


def _filled(call: Call, module: Any, arrays: Sequence[Any]) -> Any:
    given = iter(arrays)
    args, kwargs = jax.tree.map(
        lambda x: next(given) if _is_spec(x) else x, (call.args, call.kwargs), is_leaf=_is_spec
    )
    return call.function(module, *args, **kwargs)


def _specs(call: Call) -> list[Spec]:
    return [x for x in jax.tree.leaves((call.args, call.kwargs), is_leaf=_is_spec) if _is_spec(x)]


def typed(aval: Any) -> tuple[Any, ...]:
    if str(aval.dtype).startswith("key<"):  # JAX's typed keys; ours are their words, in a class of their own
        return (*aval.shape, 2), "uint32", False
    # A weak bool is a bool: nothing depends on it, and JAX gives it at some places and not at others.
    return aval.shape, str(aval.dtype), bool(aval.weak_type) and aval.dtype != np.bool_


def _merged(avals: Sequence[Any], told: Sequence[Any]) -> list[Any]:
    found = iter(avals)
    return [typed(next(found)) if x is None else x for x in told]


def verax_types(call: Call, module: Any) -> Any:
    """Our types of a call's results; `Refused` where it raises one of the errors that our functions may raise."""
    told: list[Any] = []

    def flat(*arrays: Any) -> list[Any]:
        found, told[:] = _split(_filled(call, module, arrays), trees.leaves)
        return [dispatch.lift(x) for x in found]

    try:
        with warnings.catch_warnings(), dispatch.using("fast" if call.runs else NOBODY):
            warnings.simplefilter("ignore")
            program = trace(flat, [ShapedArray(s.shape, s.dtype, s.weak) for s in _specs(call)])
    except (TypeError, ValueError, IndexError, OverflowError, NotImplementedError) as err:
        return Refused(f"{type(err).__name__}: {err}")
    return _merged(program.out_avals, told)


def jax_types(call: Call, module: Any) -> Any:
    """JAX's types of a call's results; `Refused` where it raises anything: it does not always mean to."""
    told: list[Any] = []
    struct: Any = jax.ShapeDtypeStruct  # untyped in some releases

    def flat(*arrays: Any) -> list[Any]:
        found, told[:] = _split(_filled(call, module, arrays), jax.tree.leaves)
        return found

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            avals = jax.eval_shape(flat, *(struct(s.shape, s.dtype, weak_type=s.weak) for s in _specs(call)))
    except Exception as err:  # noqa: BLE001  # whatever JAX raises is a refusal
        return Refused(f"{type(err).__name__}: {err}")
    return _merged(avals, told)


@contextlib.contextmanager
def bits(wide: bool) -> Iterator[None]:
    """Both with 64-bit types, or without."""
    with enable_x64(wide), jax.enable_x64(wide):
        yield


def outcome(call: Call, modules: tuple[Any, Any], differences: Sequence[Difference]) -> str:
    """'equal', 'refused' by both, or the rule by which they differ.

    Raises:
        AssertionError: they differ, and no rule says so.
    """
    with bits(call.wide):
        ours, theirs = verax_types(call, modules[0]), jax_types(call, modules[1])
    if isinstance(ours, Refused) and isinstance(theirs, Refused):
        return "refused"
    if ours == theirs:
        return "equal"
    for difference in differences:
        if difference.fits(call, ours, theirs):
            return difference.rule
    raise AssertionError(f"{call}: ours {ours}, JAX's {theirs}")


def drawn(name: str, row: Row, count: int) -> Iterator[Call]:
    """Calls of a row, always the same ones: the second half of them with 64-bit types."""
    for i in range(count):
        yield row(Draw(f"{name} {i}", wide=2 * i >= count))


def outcomes(
    name: str, row: Row, modules: tuple[Any, Any], differences: Sequence[Difference], count: int
) -> tuple[list[str], list[str]]:
    """The outcome of each drawn call, and what is unexplained."""
    found, unexplained = [], []
    for call in drawn(name, row, count):
        try:
            found.append(outcome(call, modules, differences))
        except AssertionError as err:
            unexplained.append(str(err))
        except Exception as err:  # noqa: BLE001  # whatever else we raise is a fault of ours too
            unexplained.append(f"{call}: ours {type(err).__name__}: {err}")
    return found, unexplained

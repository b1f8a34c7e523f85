"""Dispatch: who owns a call.

The owner is the innermost tracer among the operands; else a reference array; else a fast array; else
the current implementation. The language knows implementations only by the protocol written here.
All state is in context variables: right under threads, tasks and lanes, restored in ``finally``.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

import numpy as np

from .arrays import Array
from .collecting import looking
from .config import looks_for_nonfinite
from .dtypes import DType, bool_, canonical, default_complex, default_float, default_int
from .errors import UnboundAxisError, UnexpectedTracerError
from .implementations import MODULES
from .meshes import Mesh
from .primitive import Primitive
from .shapes import ShapedArray

# What a primitive may be applied to: an Array, a NumPy array or scalar, or a Python scalar (weak).
Operand = Any
# A function of flat arrays that returns a list of arrays.
FlatFunction = Callable[..., list[Array]]
Params = Mapping[str, Any]
Pullback = Callable[[Sequence["Array | None"]], list["Array | None"]]


class Compilation(Protocol):
    """What an implementation has made of a program."""

    def __call__(self, *operands: Array) -> list[Array]:
        """The program's results."""

    def text(self) -> str:
        """The code that runs, for people."""


class Implementation(Protocol):
    """What runs programs. Everything here takes and returns flat lists of its own arrays."""

    name: str
    array_type: type[Array]
    precedence: int  # among arrays of several owners the highest owns the call

    @property
    def platform(self) -> str:
        """What it runs on, as JAX names it: "cpu" or "cuda"."""

    carries_tangents: bool  # whether its arrays may hold tangents that their types do not show

    def put(self, x: Any, device: Any) -> Array:
        """An array or number as one of its arrays, on a device where it is one of its own."""

    def lift(self, value: np.ndarray[Any, Any], aval: ShapedArray) -> Array:
        """The implementation's array of a machine value, as ``aval`` says (its dtype is canonical)."""

    def bind(self, primitive: Primitive, operands: list[Array], params: Params) -> list[Array]:
        """Apply a primitive to arrays of this implementation."""

    def jit(
        self,
        function: FlatFunction,
        operands: list[Array],
        key: Any,
        memory: dict[Hashable, Any] | None = None,
    ) -> tuple[list[Array], Any]:
        """Run ``function``, compiled; returns its results and what ``function.out_tree`` was.

        ``key`` is hashable and equal for equal (function, static arguments, tree); None: do not cache.
        ``memory``, where given, belongs to this function and tree: what is put there, `recall` finds.
        """

    def recall(self, memory: dict[Hashable, Any], operands: Sequence[Any]) -> tuple[Any] | None:
        """The result, in its tree, of a jitted function on operands that it has been compiled for.

        None if it has not, or if anything but this implementation's own arrays takes part: then `jit` is
        called. It is a short cut, by which a compiled call costs less than one eager operation.
        """

    def kept(self, function: Any) -> int:
        """How many traces of a jitted function are kept."""

    def forget(self, function: Any) -> None:
        """Forget the traces of a jitted function."""

    def compiled(self, program: Any) -> Compilation:
        """A closed `Program`, ready to run on arrays of its own."""

    def vmap(
        self, function: FlatFunction, operands: list[Array], axes: list[int | None], size: int, axis_name: Any
    ) -> tuple[list[Array], list[bool]]:
        """Map over ``axes``. Each result is stacked along axis 0 where its flag is True; where it is
        False the result does not depend on the lane and is returned once, unstacked.
        """

    def pmap(
        self, function: FlatFunction, operands: list[Array], axes: list[int | None], size: int, axis_name: Any
    ) -> list[Array]:
        """Run one lane per device over ``axes``; every result is stacked along axis 0."""

    def shard_map(
        self,
        function: FlatFunction,
        operands: list[Array],
        axes: list[tuple[Any, ...]],
        mesh: Mesh,
        names: Sequence[Any],
    ) -> tuple[list[Array], list[tuple[Any, ...]]]:
        """Run one lane per device along the axes ``names`` of a mesh.

        Each operand has a leading axis for each of its ``axes``, and is the same for the lanes along the others.
        Returns results, and of each its axes in the same sense. Both are in order of ``names``.
        """

    def jvp(
        self, function: FlatFunction, primals: list[Array], tangents: list[Array | None]
    ) -> tuple[list[Array], list[Array | None]]:
        """Values and directional derivative; None is a zero (or float0) tangent."""

    def vjp(self, function: FlatFunction, primals: list[Array]) -> tuple[list[Array], Pullback]:
        """Values and the transposed derivative; None is a zero cotangent, in and out."""

    def linearize(
        self, function: FlatFunction, primals: list[Array]
    ) -> tuple[list[Array], Callable[[Sequence[Array | None]], list[Array | None]]]:
        """Values and the derivative at ``primals`` as a linear function of tangents."""

    def jacobian(
        self, function: FlatFunction, primals: list[Array], wrt: list[int], mode: str
    ) -> tuple[list[Array], list[list[Array]]]:
        """Values, and for each result and each primal of ``wrt`` an array of shape result + primal.
        ``mode`` is 'forward' or 'reverse'.
        """

    def transpose(
        self, function: FlatFunction, avals: Sequence[ShapedArray], cotangents: list[Array]
    ) -> list[Array | None]:
        """What a linear function's transpose gives for cotangents of its results; None is zero."""

    def linear_solve(self, system: Any, operands: list[Array]) -> list[Array]:
        """What ``system.solve`` (a `solves.LinearSystem`'s) gives for right-hand sides, differentiated as the
        solution of ``system.matvec``.
        """

    def cond(self, index: Array, branches: Sequence[FlatFunction], operands: list[Array]) -> list[Array]:
        """The result of ``branches[index](*operands)``; ``index`` is an int32 scalar in range."""

    def while_loop(self, test: FlatFunction, body: FlatFunction, init: list[Array]) -> list[Array]:
        """Apply ``body`` while ``test`` gives [True]."""

    def scan(
        self, body: FlatFunction, init: list[Array], xs: list[Array], length: int, reverse: bool
    ) -> tuple[list[Array], list[Array]]:
        """``body(*carry, *x) -> [*carry, *y]``; returns the last carry and the stacked ys."""

    def custom_jvp(self, function: FlatFunction, rule: FlatFunction, operands: list[Array]) -> list[Array]:
        """``function`` whose derivative is said to be ``rule(*primals, *tangents) -> [*outs, *tangents]``."""

    def custom_vjp(
        self, function: FlatFunction, forward: FlatFunction, backward: FlatFunction, operands: list[Array]
    ) -> list[Array]:
        """``function`` whose derivative is said to be ``forward(*primals) -> [*outs, *residuals]``
        (``forward.perturbed`` is told before a call along which primals, ``forward.num_outputs`` says after it where
        the residuals begin) and ``backward(*residuals, *cotangents) -> [*cotangents of primals]``, where None is a
        cotangent that is zero if ``backward.symbolic_zeros``.
        """


class Level:
    """One running transform. Its tracers are processed by its ``bind``.

    Attributes:
        depth: the place on the stack, set by `push`.
        implementation: whose transform it is.
        staging: whether operations without tracers belong to it too (tracing to a `Program`).
    """

    depth: int = -1
    staging: bool = False

    def __init__(self, implementation: Implementation) -> None:
        self.implementation = implementation

    def lift(self, value: Operand) -> Tracer:
        """A tracer of this level for a constant: an array, a tracer of a level below, a scalar."""
        raise TypeError(f"{type(self).__name__} does not lift.")

    def bind(self, primitive: Primitive, operands: list[Any], params: Params) -> list[Array]:
        """Apply a primitive to tracers of this level."""
        raise TypeError(f"{type(self).__name__} does not bind.")

    def origin(self, tracer: Tracer) -> object:
        """The line that made a tracer of this level, for messages; None where it is not known."""
        return None

    def custom_jvp(self, function: FlatFunction, rule: FlatFunction, operands: list[Any]) -> list[Array]:
        """Apply a function with a custom jvp rule to tracers of this level."""
        raise TypeError(f"{type(self).__name__} does not bind.")

    def custom_vjp(
        self, function: FlatFunction, forward: FlatFunction, backward: FlatFunction, operands: list[Any]
    ) -> list[Array]:
        """Apply a function with a custom vjp rule to tracers of this level."""
        raise TypeError(f"{type(self).__name__} does not bind.")


class Tracer(Array):
    """An array that a transform watches."""

    __slots__ = ("level",)
    level: Level


@dataclass(frozen=True, slots=True)
class AxisFrame:
    """A named axis in scope: its size, and the `Level` that maps it or the lane that runs in it."""

    name: Any
    size: int
    owner: Any


_CURRENT: ContextVar[Implementation | None] = ContextVar("verax_implementation", default=None)
_LEVELS: ContextVar[tuple[Level, ...]] = ContextVar("verax_levels", default=())
_AXES: ContextVar[tuple[AxisFrame, ...]] = ContextVar("verax_axes", default=())
# A module's name -> the implementation found in it.
_LOADED: dict[str, Implementation] = {}

DEFAULT = "fast"


def implementation_of(which: Any) -> Implementation:
    """The implementation meant by a name, a module, or itself.

    Raises:
        ValueError: there is none of that name.
    """
    if isinstance(which, str):
        if which not in MODULES:
            raise ValueError(
                f"`implementation` must be one of {', '.join(sorted(MODULES))}, got {which!r}. "
                f"Import verax first, which registers them."
            )
        module = MODULES[which]
        loaded = _LOADED.get(module)
        if loaded is None:
            loaded = _LOADED[module] = implementation_of(importlib.import_module(module))
        return loaded
    found: Implementation = getattr(which, "implementation", which)
    return found


def current() -> Implementation:
    """The implementation that owns calls without arrays of ours."""
    return _CURRENT.get() or implementation_of(DEFAULT)


class _Using(AbstractContextManager[Implementation]):
    """A block in which an implementation is current. A class: every call of a transform enters one."""

    __slots__ = ("chosen", "tokens")

    def __init__(self, chosen: Implementation) -> None:
        self.chosen = chosen
        self.tokens: list[Token[Implementation | None]] = []

    def __enter__(self) -> Implementation:
        self.tokens.append(_CURRENT.set(self.chosen))
        return self.chosen

    def __exit__(self, *_: object) -> None:
        _CURRENT.reset(self.tokens.pop())


def using(which: Any) -> AbstractContextManager[Implementation]:
    """Make an implementation (``verax.reference``, ``verax.fast``, or a name) current in the block.

    Returns:
        A context manager.

    Raises:
        ValueError: the name is unknown.
    """
    return _Using(implementation_of(which))


@contextmanager
def push(level: Level) -> Iterator[None]:
    """Run the block one level deeper; the level is popped even when the block raises."""
    stack = _LEVELS.get()
    level.depth = len(stack)
    token = _LEVELS.set((*stack, level))
    try:
        yield
    finally:
        _LEVELS.reset(token)


@contextmanager
def below(level: Level) -> Iterator[None]:
    """Run the block as the levels outside ``level`` see it: where a rule of ``level`` computes."""
    token = _LEVELS.set(_LEVELS.get()[: level.depth])
    try:
        yield
    finally:
        _LEVELS.reset(token)


@contextmanager
def named_axis(name: Any, size: int, owner: Any) -> Iterator[None]:
    """Bring a named axis into scope."""
    token = _AXES.set((*_AXES.get(), AxisFrame(name, size, owner)))
    try:
        yield
    finally:
        _AXES.reset(token)


def axis_frame(name: Any) -> AxisFrame:
    """The innermost axis of that name.

    Raises:
        UnboundAxisError: no axis of that name is in scope.
    """
    for frame in reversed(_AXES.get()):
        if frame.name == name:
            return frame
    known = ", ".join(repr(f.name) for f in _AXES.get()) or "none"
    raise UnboundAxisError(
        f"`axis_name` must be an axis in scope ({known}), got {name!r}. "
        f"Call the function inside vmap or pmap with axis_name={name!r}."
    )


def levels_in_force() -> tuple[Level, ...]:
    """The levels of the transforms that are under way here, outermost first."""
    return _LEVELS.get()


def axes_in_scope() -> tuple[AxisFrame, ...]:
    """The named axes, outermost first."""
    return _AXES.get()


def undisturbed() -> bool:
    """Whether no transform runs and no axis is named: operations go straight to their arrays' owner."""
    return not _LEVELS.get() and not _AXES.get()


def lanes_in_scope() -> tuple[AxisFrame, ...]:
    """The named axes whose owner is a lane, outermost first."""
    return tuple(f for f in _AXES.get() if not isinstance(f.owner, Level))


def staging_level() -> Level | None:
    """The innermost level that stages everything, if one runs."""
    for level in reversed(_LEVELS.get()):
        if level.staging:
            return level
    return None


def level_for(operands: Sequence[Operand], axes: Sequence[Any] = ()) -> Level | None:
    """The level that owns a call: the deepest of the tracers', the staging one, the named axes'.

    Raises:
        UnexpectedTracerError: a tracer's transform has ended.
    """
    stack = _LEVELS.get()
    found = staging_level() if stack else None
    for x in operands:
        if isinstance(x, Tracer):
            level = x.level
            if level.depth >= len(stack) or stack[level.depth] is not level:
                _refuse_leaked(x)
            if found is None or level.depth > found.depth:
                found = level
    for name in axes:
        owner = axis_frame(name).owner
        if isinstance(owner, Level) and (found is None or owner.depth > found.depth):
            found = owner
    return found


def _refuse_leaked(x: Tracer) -> NoReturn:
    from .tracing import user_line  # which imports this module

    made, used = x.level.origin(x), user_line()
    raise UnexpectedTracerError(
        f"A tracer ({x.aval}) was used outside the transform that made it. "
        + (f"It was made at {made}. " if made else "")
        + "Return it from the transformed function instead of storing it."
        + (f" At {used}." if used else "")
    )


def owner_of(operands: Sequence[Operand]) -> Implementation:
    """The implementation that a call on these operands belongs to, levels aside or not."""
    level = level_for(operands)
    return _owner_among(operands) if level is None else level.implementation


def _owner_among(operands: Sequence[Operand]) -> Implementation:
    # Where no level owns the call.
    found: Implementation | None = None
    for x in operands:
        if isinstance(x, Array):
            owner: Implementation = x.implementation  # type: ignore[attr-defined]  # each array class sets it
            if found is None or owner.precedence > found.precedence:
                found = owner
    return found or current()


@functools.cache
def _scalar(dtype: DType, weak: bool) -> ShapedArray:
    return ShapedArray((), dtype, weak)


def aval_of(x: Operand) -> ShapedArray:
    """The abstract value of an operand: Python scalars are weak, NumPy arrays are strong.

    Raises:
        TypeError: it is neither an array nor a number, or of a dtype that the language lacks.
    """
    if isinstance(x, Array):
        return x.aval
    if isinstance(x, bool):
        return _scalar(bool_, False)
    if type(x) is int:
        return _scalar(default_int(), True)
    if type(x) is float:
        return _scalar(default_float(), True)
    if type(x) is complex:
        return _scalar(default_complex(), True)
    if isinstance(x, np.generic):
        return _scalar(canonical(x.dtype), False)
    if isinstance(x, np.ndarray):
        return ShapedArray(x.shape, canonical(x.dtype))
    if isinstance(x, int):  # of a class of its own, such as an IntEnum
        return _scalar(default_int(), True)
    raise TypeError(
        f"An operand must be an array or a number, got {type(x).__name__}: {x!r}. "
        f"Convert it with verax.numpy.asarray."
    )


def lift_to(implementation: Implementation, x: Operand) -> Array:
    """``x`` as an array of ``implementation``; another owner's array goes through its machine value."""
    if isinstance(x, implementation.array_type):
        return x
    aval = aval_of(x)
    if isinstance(x, Tracer):
        raise UnexpectedTracerError(
            f"A tracer ({x.aval}) cannot be handed to `{implementation.name}`: it has no machine value. "
            f"Call the implementation outside the transform."
        )
    value = x.machine_value() if isinstance(x, Array) else np.asarray(x)
    if value.dtype != aval.dtype:
        if type(x) is int:
            check_fits(x, aval.dtype)
        with np.errstate(over="ignore", invalid="ignore"):
            value = value.astype(aval.dtype)
    return implementation.lift(value, aval)


def check_fits(x: int, dtype: DType) -> None:
    """Raise OverflowError unless an integer dtype holds the number."""
    limits = np.iinfo(dtype)
    if not limits.min <= x <= limits.max:
        raise OverflowError(
            f"The Python integer {x} does not fit {dtype}. "
            f"Enable 64-bit types, or pass an array of a dtype that holds it."
        )


def lift(x: Operand) -> Array:
    """``x`` as an array: itself, or lifted to the level or implementation that is current."""
    if isinstance(x, Array):
        return x
    level = staging_level()
    return level.lift(x) if level is not None else lift_to(current(), x)


def bind(primitive: Primitive, *operands: Operand, **params: Any) -> list[Array]:
    """Apply a primitive through the owner of the call; returns the list of results."""
    if primitive.rebind is not None:
        return primitive.rebind(operands, params)
    collective = primitive.kind == "collective"
    if operands and not collective and not _LEVELS.get():
        # The common case, which everything else would be slowed by: one owner's arrays, and no transform.
        kinds = {*map(type, operands)}
        sole: Implementation | None = getattr(kinds.pop(), "implementation", None)
        if sole is not None and not kinds:
            return _bound(sole, primitive, list(operands), params)
    axes: Sequence[Any] = params["axes"] if collective else ()
    if primitive.kind == "control" and _AXES.get():
        from .program import axes_of

        # No operand may be mapped, and yet a collective inside is.
        axes = [name for name in axes_of(params) if isinstance(axis_frame(name).owner, Level)]
    level = level_for(operands, axes)
    if level is not None:
        own = [x if isinstance(x, Tracer) and x.level is level else level.lift(x) for x in operands]
        return level.bind(primitive, own, params)
    owner = _owner_among(operands)
    return _bound(owner, primitive, [lift_to(owner, x) for x in operands], params)


def _bound(owner: Implementation, primitive: Primitive, operands: list[Array], params: Params) -> list[Array]:
    results = owner.bind(primitive, operands, params)
    if looks_for_nonfinite():
        from .nonfinite import refuse

        refuse(primitive, operands, params, results)
    into = looking()
    if into is not None:
        from .automatic_checks import look

        look(into, primitive, operands, params, results)
    return results


def bind_custom_jvp(function: FlatFunction, rule: FlatFunction, operands: Sequence[Operand]) -> list[Array]:
    """Call a function with a custom jvp rule through the owner of the call."""
    level = level_for(operands)
    if level is not None:
        own = [x if isinstance(x, Tracer) and x.level is level else level.lift(x) for x in operands]
        return level.custom_jvp(function, rule, own)
    owner = _owner_among(operands)
    return owner.custom_jvp(function, rule, [lift_to(owner, x) for x in operands])


def bind_custom_vjp(
    function: FlatFunction, forward: FlatFunction, backward: FlatFunction, operands: Sequence[Operand]
) -> list[Array]:
    """Call a function with a custom vjp rule through the owner of the call."""
    level = level_for(operands)
    if level is not None:
        own = [x if isinstance(x, Tracer) and x.level is level else level.lift(x) for x in operands]
        return level.custom_vjp(function, forward, backward, own)
    owner = _owner_among(operands)
    return owner.custom_vjp(function, forward, backward, [lift_to(owner, x) for x in operands])

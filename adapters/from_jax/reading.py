"""A jaxpr, read: the functions of the language are applied to its equations, and what they write is the program."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ...language import dispatch, lax, trees
from ...language.catalogue import PRIMITIVES
from ...language.config import enable_x64
from ...language.dispatch import aval_of
from ...language.program import Program, SourceLine
from ...language.shapes import ShapedArray
from ...language.tracing import attributed, trace
from ...language.transforms import vmap
from . import parameters
from .errors import Unconvertible, the_real_jax

Row = Callable[[Mapping[str, Any], list[Any]], Sequence[Any]]
_VERAX = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "")
KEY_WORDS = 2  # a key is two words of 32 bits (threefry)


def program_of(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Program:
    """The program of a JAX function on such arguments.

    Args:
        function: written with `jax.numpy` and `jax.lax`; transformed by JAX if it is.
        args: arrays, or `jax.ShapeDtypeStruct`, in trees.
        kwargs: the same by name.

    Returns:
        A program whose inputs are the leaves of the arguments; keys are two words of uint32.

    Raises:
        Unconvertible: it holds a primitive that the language lacks; the message names it and the line.
        UsageError: JAX is not installed.
    """
    closed = the_real_jax().make_jaxpr(function)(*args, **kwargs)
    return from_jaxpr(closed, getattr(function, "__name__", "program"))


def from_jaxpr(closed: Any, name: str = "program") -> Program:
    """A closed jaxpr as a program of the same inputs and outputs, in JAX's current setting of 64 bits.

    Args:
        closed: what `jax.make_jaxpr(f)(*args)` returns.
        name: what the program is called.

    Raises:
        Unconvertible: as `program_of`.
    """
    with enable_x64(bool(the_real_jax().config.jax_enable_x64)):
        return trace(function_of(closed), [aval(v.aval) for v in closed.jaxpr.invars], name)


def function_of(closed: Any) -> Callable[..., list[Any]]:
    """A closed jaxpr as a function of flat operands."""

    def call(*operands: Any) -> list[Any]:
        return read(closed.jaxpr, closed.consts, operands)

    return call


def is_key(theirs: Any) -> bool:
    """Whether a variable or value is of keys."""
    return str(getattr(theirs, "dtype", "")).startswith("key<")


def aval(theirs: Any) -> ShapedArray:
    """The type of a variable; a key's is that of its words."""
    if is_key(theirs):
        return ShapedArray((*theirs.shape, KEY_WORDS), np.dtype(np.uint32))
    return ShapedArray(tuple(theirs.shape), np.dtype(theirs.dtype), bool(theirs.weak_type))


def read(jaxpr: Any, consts: Sequence[Any], operands: Sequence[Any]) -> list[Any]:
    """The outputs of a jaxpr at operands of ours: every equation through its row, under its own line."""
    known = dict(zip(jaxpr.constvars, map(_constant, consts), strict=True))
    known.update(zip(jaxpr.invars, operands, strict=True))

    def of(atom: Any) -> Any:
        return _literal(atom) if hasattr(atom, "val") else known[atom]

    for equation in jaxpr.eqns:
        source = line_of(equation)
        with attributed(source):
            found = applied(equation, [of(a) for a in equation.invars], str(source or ""))
        known.update(zip(equation.outvars, found, strict=True))
    return [of(a) for a in jaxpr.outvars]


def applied(equation: Any, operands: list[Any], source: str) -> list[Any]:
    """One equation.

    Raises:
        Unconvertible: the primitive has no row and no namesake, or what came of it has another type than JAX says.
    """
    name, out = equation.primitive.name, [aval(v.aval) for v in equation.outvars]
    try:
        row = _row(name, out)
        are_keys = [is_key(a.aval) for a in equation.invars]
        if any(are_keys) and name in PRIMITIVES and PRIMITIVES[name].kind not in ("control", "call"):
            row = _for_each_word(row, are_keys)
        found = list(row(equation.params, operands))
    except Unconvertible as err:
        raise err if err.source else Unconvertible(err.primitive, err.why, source) from err
    except (TypeError, ValueError) as err:
        raise Unconvertible(name, f"the language refuses it, {err}", source) from err
    for want, got in zip(out, map(aval_of, found), strict=True):
        if (want.shape, want.dtype) != (got.shape, got.dtype):
            raise Unconvertible(name, f"it gives {got} here and {want} there", source)
    return found


def _row(name: str, out: Sequence[ShapedArray]) -> Row:
    """The row of a primitive; without one that of its namesake."""
    from .rows import ROWS

    if name in ROWS:
        return ROWS[name]
    if name not in PRIMITIVES:
        raise Unconvertible(name, "the language has no such primitive")
    primitive = PRIMITIVES[name]

    def bound(params: Mapping[str, Any], operands: list[Any]) -> list[Any]:
        if primitive.kind == "elementwise":  # JAX lets numbers stand beside arrays
            operands = [_filling(x, out[0].shape) for x in operands]
        return list(dispatch.bind(primitive, *operands, **parameters.own(name, params)))

    return bound


def _filling(x: Any, shape: tuple[int, ...]) -> Any:
    own = aval_of(x).shape
    if own == shape:
        return x
    if not own:
        return lax.full_like(x, x, shape=shape)
    kept = [i for i, n in enumerate(own) if n == shape[i]]
    line = lax.reshape(x, [own[i] for i in kept])
    return lax.broadcast_in_dim(line, shape, kept)


def _for_each_word(row: Row, are_keys: Sequence[bool]) -> Row:
    """What is done to keys as if they were numbers is done to each of their words."""
    axes = tuple(-1 if key else None for key in are_keys)
    return lambda params, operands: vmap(lambda *xs: row(params, list(xs)), axes, -1)(*operands)


def _constant(x: Any) -> Any:
    """A captured array, as NumPy's; a key as its words."""
    if is_key(x):
        x = the_real_jax().random.key_data(x)
    return np.asarray(x)


def _literal(atom: Any) -> Any:
    """A number in an equation: a weak one of the default dtype is Python's, so that it is weak here."""
    array = np.asarray(atom.val).astype(aval(atom.aval).dtype)
    if atom.aval.weak_type and not array.shape and aval_of(array.item()).dtype == array.dtype:
        return array.item()
    return array[()]


def line_of(equation: Any) -> SourceLine | None:
    """The user's line that wrote an equation: the innermost outside of JAX, and of Verax that has called it.

    None within a function that JAX has compiled for itself, as most of `jax.numpy` are: there it is the call's.
    """
    traceback = getattr(equation.source_info, "traceback", None)
    inside = os.path.dirname(the_real_jax().__file__), _VERAX
    for frame in getattr(traceback, "frames", ()):
        if not frame.file_name.startswith((*inside, "<")):
            return SourceLine(frame.file_name, frame.line_num, frame.function_name)
    return None


def leaves(*found: Any) -> list[Any]:
    """The arrays of a function's results, in order."""
    return trees.leaves(found)

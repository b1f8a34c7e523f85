"""Results that are NaN or infinite, refused where they come up: `debug_nans` and `debug_infs`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from .arrays import Array
from .config import config, setting
from .dtypes import is_complex, is_float
from .eagerness import disable_jit
from .primitive import Primitive
from .program import Equation, Program, run

# What is looked for -> the elements of an array that are it.
_KINDS: dict[str, Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]] = {"nan": np.isnan, "inf": np.isinf}


@contextmanager
def debug_nans(value: bool = True) -> Iterator[None]:
    """Raise, in the block, where the first NaN comes up: at the primitive that gives it, also in what is jitted.

    A jitted function is run once more, uncompiled, if a result of it is NaN; a NaN that no result shows is not found.

    Returns:
        A context manager. What runs in it raises FloatingPointError, as in JAX.

    Raises nothing of its own.
    """
    with setting("debug_nans", bool(value)):
        yield


@contextmanager
def debug_infs(value: bool = True) -> Iterator[None]:
    """Raise, in the block, where the first infinity comes up; else as `debug_nans`.

    Returns:
        A context manager. What runs in it raises FloatingPointError, as in JAX.

    Raises nothing of its own.
    """
    with setting("debug_infs", bool(value)):
        yield


def found_in(results: Sequence[Any]) -> tuple[str, int, tuple[int, ...]] | None:
    """The first result that is what is looked for: "nan" or "inf", its place, and the index of the first element."""
    kinds = [kind for kind in _KINDS if config.read(f"debug_{kind}s")]
    for place, x in enumerate(results):
        if not isinstance(x, Array) or not (is_float(x.dtype) or is_complex(x.dtype)):
            continue
        value = np.asarray(x.machine_value())
        for kind in kinds:
            at = np.argwhere(_KINDS[kind](value))
            if len(at):
                return kind, place, tuple(int(i) for i in at[0])
    return None


def refuse(
    primitive: Primitive, operands: Sequence[Any], params: Mapping[str, Any], results: Sequence[Array]
) -> None:
    """Raise if a result is what is looked for, of the innermost equation that gives it.

    Raises:
        FloatingPointError: it is; the message begins with JAX's words, and says where in the result.
    """
    found = found_in(results)
    if found is None:
        return
    if primitive.name in _INSIDE:
        _INSIDE[primitive.name](operands, params)
    kind, place, index = found
    before = [i for i, x in enumerate(operands) if (told := found_in([x])) and told[0] == kind]
    held = f" Operand {before[0]} holds one already." if before else ""
    raise FloatingPointError(
        f"invalid value ({kind}) encountered in {primitive.name}{_told(index, place, results)}.{held} "
        f"Mend what leads to it, or leave debug_{kind}s."
    )


def refuse_jitted(name: str, results: Sequence[Any], again: Callable[[], Any]) -> None:
    """Raise if a result of a jitted function is what is looked for, from the operation that gives it.

    Args:
        name: the function's.
        results: of its call.
        again: the same call; it is made with nothing compiled.

    Raises:
        FloatingPointError: it is.
    """
    found = found_in(results)
    if found is None:
        return
    with disable_jit():
        again()
    kind, place, index = found
    raise FloatingPointError(
        f"invalid value ({kind}) encountered in the jitted {name!r}{_told(index, place, results)}. Called without jit "
        f"none comes up: it is returned as it was given, or made by the rounding of what is compiled."
    )


def _told(index: tuple[int, ...], place: int, results: Sequence[Any]) -> str:
    parts = [f"at {list(index)}"] if index else []
    parts += [f"of result {place}"] if len(results) > 1 else []
    return " " + " ".join(parts) if parts else ""


# -- programs in equations: run once more, equation by equation ----------------------------------------------
def _evaluate(program: Program, operands: Sequence[Any]) -> list[Any]:
    from . import dispatch

    def apply(equation: Equation, inputs: list[Any]) -> Sequence[Any]:
        try:
            return dispatch.bind(equation.primitive, *inputs, **equation.params)
        except FloatingPointError as err:
            if equation.source is not None:
                err.add_note(f"From {equation.source}")
            raise

    return run(program, operands, apply)


def _call(operands: Sequence[Any], params: Mapping[str, Any]) -> None:
    _evaluate(params["program"], operands)


def _cond(operands: Sequence[Any], params: Mapping[str, Any]) -> None:
    index, *rest = operands
    branches = params["branches"]
    _evaluate(branches[min(max(int(index), 0), len(branches) - 1)], rest)


def _while(operands: Sequence[Any], params: Mapping[str, Any]) -> None:
    first = params["cond_nconsts"]
    split = first + params["body_nconsts"]
    test, body, carry = list(operands[:first]), list(operands[first:split]), list(operands[split:])
    while bool(_evaluate(params["cond_program"], [*test, *carry])[0]):
        carry = _evaluate(params["body_program"], [*body, *carry])


def _scan(operands: Sequence[Any], params: Mapping[str, Any]) -> None:
    consts, length = params["num_consts"], params["length"]
    split = consts + params["num_carry"]
    fixed, carry, xs = operands[:consts], list(operands[consts:split]), operands[split:]
    for i in reversed(range(length)) if params["reverse"] else range(length):
        carry = _evaluate(params["program"], [*fixed, *carry, *(x[i] for x in xs)])[: params["num_carry"]]


_INSIDE: dict[str, Callable[[Sequence[Any], Mapping[str, Any]], None]] = {
    "jit": _call,
    "checkpoint": _call,
    "cond": _cond,
    "while": _while,
    "scan": _scan,
}

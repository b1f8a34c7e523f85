"""Arguments that a caller gives away: they are deleted once a jitted function has used their memory, as JAX has it."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Iterable, Sequence
from typing import Any

from .. import trees
from ..arrays import Array
from ..dispatch import Tracer
from ..flat import name_of
from .arguments import Function
from .staging import parameters_of


def donated_places(
    fun: Function,
    count: int,
    numbers: int | Sequence[int],
    names: str | Iterable[str],
) -> tuple[set[int], set[str]]:
    """Which positional arguments (of ``count``), and which by name, are given away."""
    given = (numbers,) if isinstance(numbers, int) else tuple(numbers)
    named = {names} if isinstance(names, str) else set(names)
    parameters = parameters_of(fun)
    places = {i % count for i in given if -count <= i < count}
    places |= {i for i, name in enumerate(parameters[:count]) if name in named}
    return places, named | {parameters[i] for i in given if -len(parameters) <= i < len(parameters)}


def with_donation(jitted: Function, numbers: int | Sequence[int], names: str | Iterable[str]) -> Function:
    """A jitted function that deletes the arrays it is given for good.

    An array is deleted where a result has its shape and dtype, and could have taken its memory; of the others
    JAX warns, and so does this, once for the same ones.
    """
    seen: set[Any] = set()

    @functools.wraps(jitted)
    def donated(*args: Any, **kwargs: Any) -> Any:
        found = jitted(*args, **kwargs)
        places, named = donated_places(jitted, len(args), numbers, names)
        given = [args[i] for i in sorted(places)], {k: kwargs[k] for k in sorted(named & kwargs.keys())}
        leaves, results = trees.leaves(given), trees.leaves(found)
        arrays = {id(x): x for x in leaves if isinstance(x, Array)}
        if any(isinstance(x, Tracer) for x in (*arrays.values(), *results)):
            return found
        free = [x.aval for x in results if isinstance(x, Array)]
        kept = {id(x) for x in results}
        unusable = []
        for x in arrays.values():
            fitting = next((a for a in free if (a.shape, a.dtype) == (x.shape, x.dtype)), None)
            if fitting is None:
                unusable.append(x.aval)
                continue
            free.remove(fitting)
            if id(x) not in kept:  # the reference gives back the very array, where JAX gives back its memory
                x.delete()
        key = tuple(unusable)
        if unusable and key not in seen:
            seen.add(key)
            warnings.warn(
                f"Some donated buffers were not usable: {', '.join(map(str, unusable))}, which {name_of(jitted)!r} has "
                f"no result like. Donate arguments that a result replaces.",
                stacklevel=2,
            )
        return found

    return donated

"""Branches that devices take apart from each other: what meets others in one of them would wait for ever.

Lanes of `vmap` run every branch and choose, so their collectives may stand anywhere. Those of devices run their own
branch alone; where a program is traced once for all of them, this is found in the program.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ....fake_devices.standing import MismatchError, Stand, odd_ones, told
from ....language import dispatch
from ....language.dispatch import Level, Tracer
from ....language.errors import CollectiveError
from ....language.program import Atom, Constant, Equation, Program, subprograms
from ....language.tracing import AbstractTracer, ProgramLevel
from ...batching import BatchLevel, BatchTracer


def refuse_parting(level: BatchLevel, index: Any, branches: Sequence[Program]) -> None:
    """Refuse a choice of branches by lane where lanes meet in one, unless all lanes are known to take the same.

    Raises:
        MismatchError: lanes take branches in which they meet others differently.
        CollectiveError: they may; or they meet alike, which one program for all lanes cannot say.
    """
    if not level.device:
        return
    axes, index = _parted(level, index)
    met = [list(_collectives(b, axes)) for b in branches]
    if not any(met):
        return
    known = known_value(index)
    taken = None if known is None else np.clip(known, 0, len(branches) - 1)
    if taken is not None and (taken == taken.flat[0]).all():
        return
    alike = all([_told(e) for e in m] == [_told(e) for e in met[0]] for m in met)
    if taken is None or alike:
        lines = "; ".join(f"{_told(e)}, {e.source or 'no line of yours'}" for m in met for e in m)
        differs = "differs" if alike and taken is not None else "may differ"
        raise CollectiveError(
            f"Devices along {_named(axes)} whose program is traced once must all take the branch in which they meet, "
            f"got a choice that {differs} between lanes, and {lines}. Choose by what all lanes know (psum, pmax), "
            f"move the collective out of the branch, or run lanes one by one: fake_devices(..., schedule=0)."
        )
    stands = [_stand(place, met[int(b)]) for place, b in np.ndenumerate(taken)]
    odd = odd_ones(stands)
    raise MismatchError(
        f"The lanes of axis {_named(axes)} must meet at the same collective with equal shapes and dtypes, got "
        f"{told(stands, odd)}. Call collectives in every lane, in the same order.",
        stands,
        odd,
    )


def refuse_leaving(level: BatchLevel, test: Program, body: Program) -> None:
    """Refuse a loop that lanes leave at different times, if they meet in it.

    Raises:
        CollectiveError: they do.
    """
    if not level.device:
        return
    met = [*_collectives(test, [level.axis_name]), *_collectives(body, [level.axis_name])]
    if met:
        lines = "; ".join(f"{_told(e)}, {e.source or 'no line of yours'}" for e in met)
        raise CollectiveError(
            f"Devices along {level.axis_name!r} must leave a loop together in which they meet, got a test that may "
            f"differ between lanes, and {lines}. Test what all lanes know (psum, pmax)."
        )


def _parted(level: BatchLevel, index: Any) -> tuple[list[Any], Any]:
    """The axes of devices along which a choice differs, outermost first, and the choices of all lanes along these."""
    axes = [level.axis_name]
    while isinstance(index, BatchTracer):
        outer = index.level
        if isinstance(outer, BatchLevel) and outer.device:
            axes.insert(0, outer.axis_name)
        index = index.value
    return axes, index


def _named(axes: Sequence[Any]) -> str:
    return " and ".join(map(repr, axes))


def _collectives(program: Program, axes: Sequence[Any]) -> Iterator[Equation]:
    """Where lanes wait for each other along axes, in order."""
    for equation in program.pruned().equations:
        collective = equation.primitive.kind == "collective" and equation.primitive.name != "axis_index"
        if collective and not set(axes).isdisjoint(equation.params["axes"]):
            yield equation
        for _, inner in subprograms(equation.params):
            yield from _collectives(inner, axes)


def _told(equation: Equation) -> str:
    aval = equation.inputs[0].aval
    params = ", ".join(f"{k}={v}" for k, v in equation.params.items() if k != "axes")
    shown = f"{equation.primitive.name} with {params}" if params else equation.primitive.name
    return f"{shown} of {aval.dtype}{list(aval.shape)} over axis {equation.params['axes'][-1]!r}"


def _stand(place: tuple[int, ...], met: Sequence[Equation]) -> Stand:
    lane = str(place[0]) if len(place) == 1 else str(place)
    if not met:
        return Stand(lane, "goes on without meeting the others", None)
    return Stand(lane, f"is at {' and '.join(map(_told, met))}", met[0].source)


def known_value(x: Any) -> np.ndarray[Any, Any] | None:
    """The value of an array that does not depend on what is not known while tracing; None if it does."""
    if not isinstance(x, Tracer):
        return np.asarray(dispatch.lift(x).machine_value())
    level = x.level
    if not isinstance(x, AbstractTracer) or not isinstance(level, ProgramLevel):
        return None
    made = {v: e for e in level.equations for v in e.outputs}
    captured = dict(level.captured.values())
    ground = Level(level.implementation)
    ground.depth = 0

    def value(atom: Atom) -> Any:
        if isinstance(atom, Constant):
            return atom.value
        if atom in captured:
            return known_value(captured[atom])
        equation = made.get(atom)
        if equation is None or equation.primitive.kind in ("control", "collective"):
            return None
        operands = [value(a) for a in equation.inputs]
        if any(y is None for y in operands):
            return None
        found = dispatch.bind(equation.primitive, *operands, **equation.params)
        return found[equation.outputs.index(atom)].machine_value()

    with dispatch.below(ground):
        result = value(x.atom)
    return None if result is None else np.asarray(result)

"""One primitive or program under nestings: which hold, which are refused by design, which are wrong."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...language import dispatch
from ...language.config import enable_x64
from ...language.dispatch import aval_of
from ...language.dtypes import DType, is_float
from ..inputs import sample
from ..primitive_cases import case_of
from ..random_programs import RandomProgram, random_program
from ..shrinking import shrunk
from ..strategies import arguments
from ..subjects import Subject
from .holding import wrong
from .nesting import NAMES, Function, nestings
from .programs import PROGRAMS

_DRAWS = 12
# The transforms of what has no derivative.
_MAPS = frozenset({"vmap", "jit"})
# Of a random program a nesting doubles every result, and so does the next.
_MOST_ELEMENTS = 8
# What Verax refuses on purpose, and says so: a loop of unknown length backwards, a parameter without a derivative, a
# rule for reverse mode forwards.
REFUSED = (
    "cannot go through while_loop",
    "must not be asked for: there is no primitive for it",
    "which has a custom_vjp rule",
)


Nesting = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """Nestings of a primitive ("primitive"), of one of the twelve ("program"), or of a random program ("random")."""

    kind: str
    name: str
    seed: int
    nestings: tuple[Nesting, ...] = tuple(nestings(2))


@dataclass(slots=True)
class Tried:
    """What came of a task.

    Attributes:
        held: how many nestings are their plain forms.
        refused: how many are refused by design.
        wrong: what is wrong with the others.
        floats: whether derivatives were among them.
    """

    held: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list)
    floats: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """A function of arrays, a point where it and its value are finite, and what it is called.

    Attributes:
        function: flat.
        point: an array for each of its operands.
        text: for people.
        program: what the function is of, where that is a random program.
        floats: whether operands and results are floating, so that derivatives are something.
    """

    function: Function
    point: Sequence[Any]
    text: str
    program: RandomProgram | None = None
    floats: bool = True


def drawn_nesting(seed: int, depth: int) -> Nesting:
    """One nesting of up to that depth, the same for the same seed."""
    rng = np.random.default_rng([seed, 11])
    return tuple(str(n) for n in rng.choice(NAMES, int(rng.integers(1, depth + 1))))


def attempt(task: Task) -> Tried:
    """Try a task's nestings; of what is not floating those of vmap and jit; none where no draw is finite."""
    tried, place = Tried(), place_of(task)
    if place is None:
        return tried
    tried.floats = place.floats
    for names in task.nestings:
        if not place.floats and not _MAPS.issuperset(names):
            continue
        told = wrong(names, place.function, place.point)
        if not told:
            tried.held += 1
        elif _is_refused(told):
            tried.refused += 1
        else:
            tried.wrong.append(_told(names, place, told))
    return tried


def _is_refused(told: str) -> bool:
    return any(reason in told for reason in REFUSED)


def _told(names: Nesting, place: Place, told: str) -> str:
    """What is wrong in words: of a random program, with the smallest nesting and part of it that is wrong too."""
    text = f"{' of '.join(names)} of {place.text}: {told}"
    if place.program is None:
        return text

    def fault(program: RandomProgram, point: Sequence[Any], some: Nesting = names) -> str:
        found = wrong(some, lambda *xs: list(program(*xs)), point)
        return "" if _is_refused(found) else found

    shorter = next((some for some in _parts(names) if fault(place.program, place.point, some)), names)
    part, point = shrunk(place.program, place.point, lambda p, at: bool(fault(p, at, shorter)))
    at = ", ".join(f"v{i} = {np.asarray(x).tolist()}" for i, x in enumerate(point))
    return f"{text}\nshrunk: {' of '.join(shorter)}, at {at}, of\n{part}"


def _parts(names: Nesting) -> list[Nesting]:
    """What a nesting is when transforms are left out, the shortest first."""
    return [part for n in range(1, len(names)) for part in itertools.combinations(names, n)]


def place_of(task: Task) -> Place | None:
    """Where a task's nestings are tried: at floating operands, else at any. None where no draw is small and finite."""
    if task.kind == "program":
        return Place(*PROGRAMS[task.name], task.name)
    for is_moved in (is_float, is_held):
        for subject, text, program in _subjects(task):
            found = _place(subject, task.seed, f"{text}, seed {task.seed}", program, is_moved)
            if found is not None:
                return found
    return None


def is_held(dtype: DType) -> bool:
    """Any dtype: of operands that no derivative is taken along."""
    return True


def _place(
    subject: Subject,
    seed: int,
    text: str,
    program: RandomProgram | None,
    is_moved: Callable[[DType], bool],
) -> Place | None:
    assert subject.signature is not None, "cases and programs say what they take"
    drawn = list(sample(arguments(subject.signature), 1, seed)[0].dynamic)
    moving = [i for i, x in enumerate(drawn) if is_moved(np.asarray(x).dtype) and np.size(x)]
    if not moving or sum(np.size(drawn[i]) for i in moving) > _MOST_ELEMENTS:
        return None
    function, point = _moving(subject, drawn, moving, is_moved), [np.asarray(drawn[i]) for i in moving]
    if not _is_finite(function, point):
        return None
    return Place(function, point, text, program, is_moved is is_float)


def _subjects(task: Task) -> Iterator[tuple[Subject, str, RandomProgram | None]]:
    for turn in range(_DRAWS):
        seed = task.seed * _DRAWS + turn
        if task.kind == "primitive":
            case = case_of(task.name, seed)
            yield case.subject(), case.name, None
        else:
            program = random_program(seed)
            yield program.subject(), str(program), program


def _moving(
    subject: Subject, drawn: Sequence[Any], moving: Sequence[int], is_moved: Callable[[DType], bool]
) -> Function:
    def function(*xs: Any) -> list[Any]:
        full = list(drawn)
        for i, x in zip(moving, xs, strict=True):
            full[i] = x
        found = subject.function(*full)
        leaves = found if isinstance(found, (tuple, list)) else [found]
        return [y for y in leaves if is_moved(aval_of(y).dtype)]

    return function


def _is_finite(function: Function, point: Sequence[Any]) -> bool:
    wide = any(x.dtype.itemsize == 8 for x in point)
    if not all(np.isfinite(x.astype(np.float64)).all() for x in point):
        return False
    with enable_x64(wide), dispatch.using("fast"), np.errstate(all="ignore"):
        found = [np.asarray(y).astype(np.float64) for y in function(*map(dispatch.lift, point))]
    return bool(found) and all(np.isfinite(y).all() for y in found)

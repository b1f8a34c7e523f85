"""One primitive or random program under its nestings: which hold, which are refused by design, which are wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...language import dispatch
from ...language.config import enable_x64
from ...language.dispatch import aval_of
from ...language.dtypes import is_float
from ..inputs import sample
from ..primitive_cases import case_of
from ..random_programs import random_program
from ..strategies import arguments
from ..subjects import Subject
from .holding import wrong
from .nesting import NAMES, Function, nestings
from .programs import PROGRAMS

_DRAWS = 12
# Of a random program a nesting doubles every result, and so does the next.
_MOST_ELEMENTS = 8
# What Verax refuses on purpose, and says so: a loop of unknown length backwards, a parameter without a derivative, a
# rule for reverse mode forwards.
REFUSED = (
    "cannot go through while_loop",
    "must not be asked for: there is no primitive for it",
    "which has a custom_vjp rule",
)


@dataclass(frozen=True, slots=True)
class Task:
    """A primitive or one of the twelve programs ("program"), nested to a depth in all ways; a random one in one."""

    kind: str
    name: str
    seed: int
    depth: int = 2


@dataclass(slots=True)
class Tried:
    """What came of a task.

    Attributes:
        held: how many nestings are their plain forms.
        refused: how many are refused by design.
        wrong: what is wrong with the others.
    """

    held: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list)


def attempt(task: Task) -> Tried:
    """Try a task's nestings; nothing is tried where no draw has floating operands, results and finite values."""
    tried, place = Tried(), place_of(task)
    if place is None:
        return tried
    function, point, text = place
    for names in nestings_of(task):
        told = wrong(names, function, point)
        if not told:
            tried.held += 1
        elif any(reason in told for reason in REFUSED):
            tried.refused += 1
        else:
            tried.wrong.append(f"{' of '.join(names)} of {text}: {told}")
    return tried


def nestings_of(task: Task) -> list[tuple[str, ...]]:
    """All to a depth; of a random program one of up to that depth, drawn from its seed."""
    if task.kind != "random":
        return list(nestings(task.depth))
    rng = np.random.default_rng([task.seed, 11])
    return [tuple(str(n) for n in rng.choice(NAMES, int(rng.integers(1, task.depth + 1))))]


def place_of(task: Task) -> tuple[Function, list[Any], str] | None:
    """A function of floating arrays, a point where it and its value are finite, and what it is called."""
    if task.kind == "program":
        return (*PROGRAMS[task.name], task.name)
    for subject, text in _subjects(task):
        assert subject.signature is not None, "cases and programs say what they take"
        drawn = list(sample(arguments(subject.signature), 1, task.seed)[0].dynamic)
        moving = [i for i, x in enumerate(drawn) if is_float(np.asarray(x).dtype) and np.size(x)]
        if not moving or sum(np.size(drawn[i]) for i in moving) > _MOST_ELEMENTS:
            continue
        function, point = _floating(subject, drawn, moving), [np.asarray(drawn[i]) for i in moving]
        if _is_finite(function, point):
            return function, point, f"{text}, seed {task.seed}"
    return None


def _subjects(task: Task) -> Iterator[tuple[Subject, str]]:
    for turn in range(_DRAWS):
        seed = task.seed * _DRAWS + turn
        if task.kind == "primitive":
            case = case_of(task.name, seed)
            yield case.subject(), case.name
        else:
            program = random_program(seed)
            yield program.subject(), str(program)


def _floating(subject: Subject, drawn: Sequence[Any], moving: Sequence[int]) -> Function:
    def function(*xs: Any) -> list[Any]:
        full = list(drawn)
        for i, x in zip(moving, xs, strict=True):
            full[i] = x
        found = subject.function(*full)
        leaves = found if isinstance(found, (tuple, list)) else [found]
        return [y for y in leaves if is_float(aval_of(y).dtype)]

    return function


def _is_finite(function: Function, point: Sequence[Any]) -> bool:
    wide = any(x.dtype.itemsize == 8 for x in point)
    if not all(np.isfinite(x.astype(np.float64)).all() for x in point):
        return False
    with enable_x64(wide), dispatch.using("fast"), np.errstate(all="ignore"):
        found = [np.asarray(y).astype(np.float64) for y in function(*map(dispatch.lift, point))]
    return bool(found) and all(np.isfinite(y).all() for y in found)

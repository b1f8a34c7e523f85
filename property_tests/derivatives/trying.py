"""One function at one point: a primitive of the catalogue, or a random program."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...language.catalogue import PRIMITIVES
from ...language.config import enable_x64
from ...language.dispatch import bind
from ...language.dtypes import bfloat16, float16, float32, float64, is_float
from ...reference.system import OutOfReach
from ..inputs import sample
from ..primitive_cases import case_of
from ..primitive_cases.elementwise import HELD
from ..random_programs import random_program
from ..strategies import arguments
from ..subjects import Subject
from .agreement import Agreement, compared
from .orders import Direction, Function, floating, is_finite, values

DIRECTIONS = 3
# So many draws are tried for one point; where none has a finite value, the row has no derivative to try.
_DRAWS = 48
_POINTS = 2
# What a small array does not show, a large one does not either.
_MOST_ELEMENTS = 12
_DIGITS = 50
# Of functions with parameters: the formats, and how far operands are from the ends of their domains, and at most.
DTYPES = (float64, float32, float16, bfloat16)
_LEAST, _LARGEST = 0.01, 20.0


@dataclass(frozen=True, slots=True)
class Task:
    """A primitive (``kind`` "primitive") or a random program ("program"), at the point of a seed."""

    kind: str
    name: str
    seed: int


@dataclass(frozen=True, slots=True)
class Place:
    """A function of floating arrays, a point where its value is finite, and directions."""

    function: Function
    point: Sequence[Any]
    directions: Sequence[Direction]
    text: str


@dataclass(slots=True)
class Tried:
    """What came of one task. ``place`` says whether there was anything to differentiate."""

    place: bool = False
    found: Agreement = field(default_factory=Agreement)
    text: str = ""


def _subjects(task: Task) -> Iterator[tuple[Subject, str, int]]:
    for turn in range(_DRAWS):
        seed = task.seed * _DRAWS + turn
        if task.kind == "primitive":
            case = case_of(task.name, seed)
            yield case.subject(), f"{case.name} {dict(case.params)}, seed {seed}", seed
        else:
            program = random_program(seed)
            yield program.subject(), f"{program}\nseed {seed}", seed


def place_of(task: Task) -> Place | None:
    """The first of the task's draws that has a derivative: floating operands and results, finite values."""
    if task.kind == "primitive" and task.name in HELD:
        return _place_of_parameters(task)
    for subject, text, seed in _subjects(task):
        assert subject.signature is not None, "cases and programs say what they take"
        drawn = sample(arguments(subject.signature), 1, seed)[0].dynamic
        if _is_of_one_element(task):
            drawn = [x.reshape(-1)[0] for x in drawn]  # one element says all, and is not hidden behind others
        moving = [i for i, x in enumerate(drawn) if is_float(x.dtype) and x.size]
        if not moving or sum(x.size for x in drawn) > _MOST_ELEMENTS or not _is_inside(task, drawn):
            continue
        function = floating(_of_moving(subject, drawn, moving))
        point = [drawn[i] for i in moving]
        try:
            found = values(function, point, _DIGITS)
        except OutOfReach:
            continue
        if found and is_finite(found):
            return Place(function, point, _directions(point, seed), text)
    return None


def _place_of_parameters(task: Task) -> Place:
    """A function with parameters, by all of them and its operand, where its series are of hundreds of terms.

    The order of a polygamma function is a whole number, by which there is no derivative.
    """
    rng, primitive = np.random.default_rng([task.seed, *task.name.encode()]), PRIMITIVES[task.name]
    dtype = DTYPES[int(rng.integers(len(DTYPES)))]
    parameters = [np.asarray(x) for x in HELD[task.name](rng, ())]
    domain = primitive.domain[len(parameters)]
    low, high = max(domain.low, _LEAST), min(domain.high, _LARGEST)
    # By decades from the lower end; next to an upper one that is an end of the domain by decades from there.
    away = np.exp(rng.uniform(np.log(_LEAST), np.log(high - low)))
    operand = high - away if high == domain.high and rng.random() < 0.5 else low + away
    numbers = [np.asarray(x).astype(dtype) for x in (*parameters, operand)]
    first = len(parameters) if task.name == "polygamma" else 0

    def function(*moving: Any) -> list[Any]:
        return bind(primitive, *numbers[:first], *moving)

    point = numbers[first:]
    text = f"{task.name}_{dtype} at {', '.join(str(x) for x in numbers)}"
    return Place(floating(function), point, _directions(point, task.seed), text)


def _is_of_one_element(task: Task) -> bool:
    """Whether one element can be taken for all."""
    return task.kind == "primitive" and PRIMITIVES[task.name].kind == "elementwise"


def has_derivative(name: str, seed: int) -> bool:
    """Whether a primitive has a floating operand and a floating result in any of a few points' draws."""
    with enable_x64():
        return any(place_of(Task("primitive", name, seed + i)) is not None for i in range(_POINTS))


def _is_inside(task: Task, drawn: Sequence[Any]) -> bool:
    """Whether a primitive's operands lie strictly inside of its domain: at an end there is one side only."""
    domains = PRIMITIVES[task.name].domain if task.kind == "primitive" else ()
    return all(
        not is_float(x.dtype) or bool(np.all((x > domain.low) & (x < domain.high)))
        for domain, x in zip(domains, drawn, strict=False)
    )


def _of_moving(subject: Subject, drawn: Sequence[Any], moving: Sequence[int]) -> Function:
    """The subject as a function of its floating operands; the others stay."""

    def function(*operands: Any) -> list[Any]:
        given = dict(zip(moving, operands, strict=True))
        found = subject.function(*(given.get(i, x) for i, x in enumerate(drawn)))
        return list(found) if isinstance(found, (tuple, list)) else [found]

    return function


def _directions(point: Sequence[Any], seed: int) -> list[Direction]:
    """Normal numbers; of the last direction only every other one, so that some derivatives vanish."""
    rng = np.random.default_rng([seed, 11])
    found: list[Direction] = [
        [np.asarray(rng.standard_normal(x.shape)).astype(x.dtype) for x in point] for _ in range(DIRECTIONS)
    ]
    kept = itertools.cycle((1, 0))
    found[-1] = [
        (t * np.array([next(kept) for _ in range(t.size)]).reshape(t.shape)).astype(t.dtype)
        for t in found[-1]
    ]
    return found


def tried(task: Task) -> Tried:
    """Hold limits against dual numbers at the task's point."""
    with enable_x64():
        place = place_of(task)
        if place is None:
            return Tried()
        return Tried(True, compared(place.function, place.point, place.directions), place.text)


def safely(task: Task) -> Tried:
    """Try one task; a fault of the harness or of a number system is a disagreement too."""
    try:
        return tried(task)
    except Exception as err:  # noqa: BLE001  # one crash must not hide the other tasks' results
        return Tried(True, Agreement(disagreements=[f"raised {type(err).__name__}: {err}"]), str(task))

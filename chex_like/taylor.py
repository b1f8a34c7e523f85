"""`taylor_test`: whether a gradient is one, of a function that nobody can look into: by the order of what is left over.

For a function of NumPy's, of another library or of a simulator there is no truth to be had, only values. Moved by h
along a direction, what is left over of ``f(x + h) - f(x) - <gradient, h>`` is of order 2 in h if the gradient is right,
and of order 1 if it is not. Both sides are taken: the odd part of what is left over has order 3 or 1, and the even part
has order 1 at a kink. Steps are powers of two, from a quarter of the inputs' sizes down into the noise; none is to be
picked. Three answers: PASS (the gradient is right to 1 part in 256 at least, in float64 to far more), FAIL, and
INCONCLUSIVE where noise, a kink or an infinity leaves nothing to see.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

from .assertion import assertion
from .claims.failure import calling_line, definition_of, replay_line, shown_line
from .ulps import format_of, is_floating

Values = np.ndarray[Any, Any]

_DIRECTIONS = 3
_STEPS = 44
# What is not above so many ulps of f is noise.
_NOISE = 16
# An order is read off so many steps that follow each other.
_RUN = 4
# A gradient whose error could hide in the noise to more than this share of f's slope was not tested.
_POWER = 2.0**-8


class Outcome(StrEnum):
    """How a test ended."""

    PASS = "PASS"  # no password
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"


@dataclass(frozen=True, slots=True)
class Taylor:
    """What came of a test.

    Attributes:
        outcome: PASS, FAIL or INCONCLUSIVE.
        why: what was seen.
        order: the order of what is left over where it was read off; None where it is noise.
        expected: the slope of f along the direction, by its values; None where there is none.
        got: the slope that the gradient says.
    """

    outcome: Outcome
    why: str
    order: float | None = None
    expected: float | None = None
    got: float | None = None

    def __str__(self) -> str:
        return f"{self.outcome}: {self.why}"


@assertion
def assert_taylor(f: Callable[..., Any], gradient: Callable[..., Any], *args: Any, seed: int = 0) -> None:
    """Assert that ``gradient`` is the gradient of ``f`` at ``args``, of a function that is not in Verax's vocabulary.

    An inconclusive test fails too, and says so: nothing was shown. `assert_gradients` is sharper wherever the function
    can be traced. Of a function that stops a gradient values do not tell what the gradient should be: hold what is
    stopped constant in ``f``.

    Args:
        f: of NumPy arrays; returns a number.
        gradient: of the same arrays; returns an array for each, or one alone.
        args: the very arrays; float64 shows most.
        seed: what the directions are drawn from.

    >>> import numpy as np
    >>> assert_taylor(lambda x: np.sum(np.sin(x)), np.cos, np.array([0.5, 2.0]))
    """
    found = taylor_test(f, gradient, *args, seed=seed)
    if found.outcome is not Outcome.PASS:
        lines = [f"the remainder of f's Taylor expansion is of order 2, and the test says {found}"]
        if found.got is not None:
            lines.append(
                f"  worst:   the slope along a direction is {found.got!r} where {found.expected!r} is expected"
            )
        places = {"line:": definition_of(gradient), "at:": calling_line()}
        lines += [f"  {name:8} {shown_line(line)}" for name, line in places.items() if line is not None]
        lines.append(f"  replay:  {replay_line('', 'an opaque function has no program to store')}")
        raise AssertionError("\n".join(lines))


def taylor_test(f: Callable[..., Any], gradient: Callable[..., Any], *args: Any, seed: int = 0) -> Taylor:
    """Whether ``gradient`` is the gradient of ``f`` at ``args``: PASS, FAIL, or INCONCLUSIVE.

    Args:
        f: of NumPy arrays; returns a number.
        gradient: of the same arrays; returns an array for each, or one alone.
        args: the very arrays.
        seed: what the directions are drawn from.

    Raises:
        TypeError: an argument is not of a floating format, or ``f`` returns no number.
        ValueError: the gradient has other shapes than the arguments.

    >>> import numpy as np
    >>> taylor_test(np.sin, np.cos, 0.5).outcome.value
    'PASS'
    >>> taylor_test(np.sin, np.sin, 0.5).outcome.value
    'FAIL'
    >>> taylor_test(np.abs, np.sign, 0.0).outcome.value
    'INCONCLUSIVE'
    """
    inputs = [np.asarray(x) for x in args]
    for i, x in enumerate(inputs):
        if not is_floating(x.dtype):
            raise TypeError(
                f"`args` must be floating arrays, got {x.dtype} for argument {i}. Close over others."
            )
    slopes = _slopes(gradient(*inputs), inputs)
    rng = np.random.default_rng([seed, 40])
    found = [_along(f, slopes, inputs, _direction(inputs, rng)) for _ in range(_DIRECTIONS)]
    for outcome in (Outcome.FAIL, Outcome.INCONCLUSIVE):
        if bad := [t for t in found if t.outcome is outcome]:
            return bad[0]
    return found[0]


def _slopes(gradient: Any, inputs: Sequence[Values]) -> list[Values]:
    given = list(gradient) if isinstance(gradient, (list, tuple)) else [gradient]
    slopes = [np.asarray(g, np.float64) for g in given]
    if [g.shape for g in slopes] != [x.shape for x in inputs]:
        shapes = [[g.shape for g in slopes], [x.shape for x in inputs]]
        raise ValueError(
            f"`gradient` must return an array for each argument, got {shapes[0]} for {shapes[1]}."
        )
    return slopes


def _direction(inputs: Sequence[Values], rng: np.random.Generator) -> list[Values]:
    """Random signs and sizes, each element of its input's own size; of size 1 where that is 0."""
    found = []
    for x in inputs:
        wide = x.astype(np.float64)
        size = np.where(wide == 0, 1.0, np.abs(wide))
        found.append(size * rng.uniform(0.5, 1.0, x.shape) * rng.choice([-1.0, 1.0], x.shape))
    return found


@dataclass(frozen=True, slots=True)
class _Step:
    """What was seen at one step: parts of what is left over, and the noise in them."""

    h: float
    odd: float
    even: float
    noise: float
    rise: float


def _along(f: Any, slopes: Sequence[Values], inputs: Sequence[Values], direction: Sequence[Values]) -> Taylor:
    steps = []
    here = _number(f(*inputs))
    for k in range(2, _STEPS):
        h = 2.0**-k
        above, below = (_side(f, slopes, inputs, direction, sign * h) for sign in (1.0, -1.0))
        if above is None or below is None:
            break  # below the format
        (up, rise), (down, fall) = above, below
        with np.errstate(all="ignore"):
            left = [up - here[0] - rise, down - here[0] - fall]
            noise = _NOISE * here[1] * (max(abs(here[0]), abs(up), abs(down)) + abs(rise))
        steps.append(_Step(h, (left[0] - left[1]) / 2, (left[0] + left[1]) / 2, noise, (up - down) / 2))
    slope = sum(float(np.sum(g * v)) for g, v in zip(slopes, direction, strict=True))
    if not np.isfinite(slope) or not all(np.isfinite([s.odd for s in steps])):
        return Taylor(Outcome.INCONCLUSIVE, "a value or the gradient is infinite or NaN")
    return _read(_in_quanta(steps), slope, abs(here[0]))


def _in_quanta(steps: Sequence[_Step]) -> list[_Step]:
    """The steps, with what f's own roundings inside make of its values: it moves by no less than its least move."""
    least = min((abs(s.rise) for s in steps if s.rise), default=0.0)
    return [replace(s, noise=max(s.noise, _NOISE * least)) for s in steps]


def _number(x: Any) -> tuple[float, float]:
    """A value as a float, and the relative precision of its format."""
    found = np.asarray(x)
    if found.size != 1 or not is_floating(found.dtype):
        raise TypeError(
            f"`f` must return a floating number, got {found.dtype}{list(found.shape)}. Add it up."
        )
    return float(found.reshape(())), float(format_of(found.dtype).eps)


def _side(
    f: Any, slopes: Sequence[Values], inputs: Sequence[Values], direction: Sequence[Values], h: float
) -> tuple[float, float] | None:
    """The value a step away, and how far the gradient says that it rises on the step that was really made."""
    moved = [(x.astype(np.float64) + h * v).astype(x.dtype) for x, v in zip(inputs, direction, strict=True)]
    made = [m.astype(np.float64) - x.astype(np.float64) for m, x in zip(moved, inputs, strict=True)]
    if not any(np.any(d != 0) for d in made):
        return None
    rise = sum(float(np.sum(g * d)) for g, d in zip(slopes, made, strict=True))
    return _number(f(*moved))[0], rise


def _read(steps: Sequence[_Step], slope: float, size: float) -> Taylor:
    """The orders, off the smallest steps that are above the noise."""
    if not steps:
        return Taylor(Outcome.INCONCLUSIVE, "no step can be made in this format")
    odd, even = _last_run(steps, [s.odd for s in steps]), _last_run(steps, [s.even for s in steps])
    if even and _is_of_order_1(even, [s.even for s in even]):
        return Taylor(Outcome.INCONCLUSIVE, "the two sides differ: it is a kink, and has no gradient", 1.0)
    if odd and _is_of_order_1(odd, [s.odd for s in odd]):
        expected = slope + odd[-1].odd / odd[-1].h
        return Taylor(
            Outcome.FAIL, "what is left over is of order 1, as of a wrong gradient", 1.0, expected, slope
        )
    # What could hide: the noise over the step, at the step where that is least, beside the slopes of f itself.
    hidden = min(max(s.noise, abs(s.odd)) / s.h for s in steps)
    steepest = max(
        size, abs(slope), *(abs(s.rise) / s.h for s in steps[:_RUN]), abs(steps[0].even) / steps[0].h
    )
    if hidden > _POWER * steepest:
        return Taylor(Outcome.INCONCLUSIVE, "noise could hide a wrong gradient: compute in a wider format")
    order = float(np.log2(abs(odd[-2].odd / odd[-1].odd))) if odd else None
    return Taylor(Outcome.PASS, "what is left over falls faster than the step, down into the noise", order)


def _last_run(steps: Sequence[_Step], left: Sequence[float]) -> Sequence[_Step]:
    """The smallest steps, each half the one before, at which what is left over is above the noise; else none.

    A function that jumps is above it at steps here and there, of which nothing can be read.
    """
    above = [abs(x) > s.noise for x, s in zip(left, steps, strict=True)]
    for end in range(len(steps), _RUN - 1, -1):
        if all(above[end - _RUN : end]):
            return steps[end - _RUN : end]
    return []


def _is_of_order_1(steps: Sequence[_Step], left: Sequence[float]) -> bool:
    """Whether what is left over is a number times the step: the numbers agree to a quarter."""
    numbers = [x / s.h for x, s in zip(left, steps, strict=True)]
    middle = sum(numbers) / len(numbers)
    return all(abs(n - middle) <= abs(middle) / 4 for n in numbers)

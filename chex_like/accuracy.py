"""Assertions with no tolerance to pick: the allowed error is derived, and a failure says who is to blame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..language.flat import name_of
from ..reference.capsules import Capsule
from ..reference.findings import Finding, Status
from ..reference.truth import true_value
from ..reference.verdict import Verdict, is_nan
from .assertion import assertion
from .claims.failure import raise_failure
from .judging.case import Case, case_of
from .judging.judgement import capsule_of, judge, judge_case, platform_of, replay
from .judging.nestings import is_possible, nestings_of, usual
from .judging.options import Options

# Above so many entries, derivatives are not taken forward, entry by entry.
_MOST_FORWARD = 256


@assertion
def assert_accurate(f: Callable[..., Any], *args: Any) -> None:
    """Assert that ``f(*args)`` is as near the truth as its platform promises.

    The truth is the real-number value at the very inputs; the allowed error is derived from the program. A failure
    says who is to blame: the implementation (a primitive that breaks its platform's promise, named with its line), or
    the formula (which loses its digits on any machine: the step is named, and a stable form if one is known).

    Args:
        f: a function of arrays, written in Verax's vocabulary.
        args: the very arrays to run it on.

    >>> import verax.numpy as vnp
    >>> assert_accurate(lambda x: vnp.logaddexp(x, 0.0), vnp.linspace(-30.0, 30.0, 5))
    """
    verdict = judge(f, *args)
    if not verdict.holds:
        _raise("f is as near the truth as its platform promises", verdict, f, args, 0, None)


@assertion
def assert_gradients(f: Callable[..., Any], *args: Any, order: int = 1, relative: bool = False) -> None:
    """Assert that the derivatives of ``f`` at ``args``, up to ``order``, are the true ones, however they are taken.

    The truth is a limit taken at high precision: there is no step size, and custom rules are not believed; at a kink
    it is what the subgradient table says. Every nesting of forward and reverse differentiation is held against it:
    reverse and forward for order 1, and the four of these for order 2 (but not forward through a rule for reverse
    alone, nor reverse through a loop of unknown length, which no machine can; nor forward by more than 256 entries).
    `assert_taylor` is for functions that are not written in Verax's vocabulary.

    Args:
        f: a function of arrays with floating results.
        args: the very arrays to differentiate at.
        order: 1 for the gradient, 2 for the second derivative along random directions as well.
        relative: whether each entry is held to its own size and format, as a library's own functions are: digits
            that are lost only beside larger entries, and what overflows in the narrow format alone, are told too.

    >>> import verax.numpy as vnp
    >>> assert_gradients(lambda x: vnp.sum(vnp.tanh(x)), vnp.array([0.0, 20.0]), order=2)

    Raises:
        ValueError: ``order`` is neither 1 nor 2, or ``f`` has no value at ``args``.
    """
    if order not in (1, 2):
        raise ValueError(f"`order` must be 1 or 2, got {order!r}. Higher derivatives are not judged yet.")
    valued = case_of(f, args, 0, 0)
    _check_has_value(valued)
    program = valued.traced()
    for each in range(1, order + 1):
        for nesting in nestings_of(each):
            if not is_possible(nesting, program):
                continue
            case = case_of(f, args, each, 0, None, nesting)
            if nesting.endswith("forward") and sum(case.inputs[i].size for i in case.floats) > _MOST_FORWARD:
                continue
            verdict = judge_case(
                case, Options(platform_of(None), formula=nesting == usual(each), relative=relative)
            )
            if not verdict.holds:
                sentence = f"the {verdict.law} of f, by {nesting} differentiation, is the true one"
                _raise(sentence, verdict, f, args, each, nesting, relative)


def _check_has_value(case: Case) -> None:
    """Raise where the function itself is no number: of a NaN there is no derivative, in any implementation."""
    if case.meaning is None or not any(np.isnan(np.asarray(y, np.complex128)).any() for y in case.results):
        return
    for y, label in zip(true_value(case.meaning, case.operands).outputs, case.labels, strict=True):
        places = [
            i for i, (s, known) in enumerate(zip(y.scalars, y.certified, strict=True)) if known and is_nan(s)
        ]
        if places:
            raise ValueError(
                f"`args` of assert_gradients must be where the function has a value, but {label} of {case.subject!r} "
                f"is NaN at element {places[0]} of {len(y.scalars)}. Give arguments of its domain."
            )


def _raise(
    sentence: str,
    verdict: Verdict,
    f: Any,
    args: Sequence[Any],
    order: int,
    nesting: str | None,
    relative: bool = False,
) -> None:
    """Raise with the gravest finding first, and the others after it."""
    __tracebackhide__ = True
    red = [finding for finding in verdict.findings if finding.fails]
    first = replace(red[0], message=f"{red[0].message} Blame: {red[0].blame}.")
    more = "".join(f"; {finding.code} besides: {finding.message}" for finding in red[1:])

    def capsule() -> Capsule:
        return capsule_of(f, args, red[0], order, 0, nesting, relative)

    raise_failure(
        sentence, replace(first, message=first.message + more, subject=name_of(f)), f, capsule, _again
    )


def _again(capsule: Capsule) -> Finding | None:
    """What a replay finds; None if it holds."""
    verdict = replay(capsule)
    return None if verdict.status is Status.HOLD else verdict.findings[0]

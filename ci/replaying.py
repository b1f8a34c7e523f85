"""Replays: a stored failure, judged again from its stored program, or with the function as it is now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..chex_like.claims.claim import recheck
from ..chex_like.claims.table import claim_named
from ..chex_like.judging.judgement import judge
from ..chex_like.judging.judgement import replay as judge_again
from ..language.errors import UsageError
from ..language.serialization import FormatError
from ..property_tests.arguments import Arguments
from ..property_tests.checking import check_subject, inputs_of
from ..property_tests.hosts import HOSTS, OWN
from ..property_tests.inputs import EXAMPLES
from ..property_tests.subjects import Subject, discover
from ..reference.capsules import Capsule, load
from ..reference.findings import Status
from ..reference.verdict import Verdict
from .failures import ORDERS
from .wording import plain


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay came to.

    Attributes:
        text: what is printed.
        exit_code: 0 it holds now, 1 it still fails.
    """

    text: str
    exit_code: int


def replay_capsule(path: str, live: bool = False) -> Replayed:
    """Judge a stored failure again.

    Args:
        path: the capsule's file.
        live: import the function that it names, and judge that instead of the stored program.

    Raises:
        UsageError: the capsule cannot be read, or cannot be replayed.
    """
    try:
        capsule = load(path)
    except FormatError as err:
        raise UsageError(str(err)) from err
    stored = capsule.finding
    head = f"stored: {stored.code} {stored.status} ({stored.blame}): {stored.message}"
    if claim_named(stored.law) is not None:
        return _claim_again(capsule, head, live)
    if stored.law not in ORDERS:
        return _law_again(capsule, head, live)
    try:
        verdict = _judge_live(capsule) if live else judge_again(capsule)
    except ValueError as err:
        raise UsageError(f"{plain(path)} cannot be replayed: {err}") from err
    lines = [head, f"now:    {verdict}", *(str(finding) for finding in verdict.findings)]
    return Replayed(plain("\n".join(lines)), 0 if verdict.status is Status.HOLD else 1)


def _claim_again(capsule: Capsule, head: str, live: bool) -> Replayed:
    """Check what an assertion claims of the stored program."""
    if live:
        raise UsageError("A failed assertion's function has no name to import. Replay it without --live.")
    try:
        finding = recheck(capsule)
    except ValueError as err:
        raise UsageError(f"The capsule cannot be replayed: {err}") from err
    lines = [head, "now:    hold" if finding is None else f"now:    {finding}"]
    return Replayed(plain("\n".join(lines)), 0 if finding is None else 1)


def _law_again(capsule: Capsule, head: str, live: bool) -> Replayed:
    """Try a law that calls the function itself, which a stored program cannot stand for."""
    law = capsule.finding.law
    if not live:
        raise UsageError(
            f"The law `{law}` is about the function itself, not about its stored program. Run it with --live."
        )
    report = check_subject(_named(capsule.finding.subject), [law])
    lines = [head, f"now:    {report.status}", *(str(finding) for finding in report.findings)]
    return Replayed(plain("\n".join(lines)), 0 if report.status is Status.HOLD else 1)


def _judge_live(capsule: Capsule) -> Verdict:
    subject = _named(capsule.finding.subject)
    declared, host = subject.mark.gradient, HOSTS.get(subject.owner, OWN)
    with host.running(capsule.x64):
        return judge(
            _as_function_of_leaves(subject, capsule),
            *host.lifted(capsule.inputs),
            order=capsule.order,
            platform=capsule.platform or None,
            scale=capsule.scale,
            gradient=declared,
            seed=capsule.seed or 0,
            name=subject.name,
        )


def _named(name: str) -> Subject:
    place = name.rpartition("::")[0]
    for subject in discover(place) if place else ():
        if subject.name == name:
            return subject
    raise UsageError(
        f"The capsule's function {name!r} cannot be found from here. Run it in the folder that the gate was run "
        f"in, or without --live."
    )


def _as_function_of_leaves(subject: Subject, capsule: Capsule) -> Callable[..., Any]:
    """The function, its trees and static arguments filled in as they were when it failed."""
    inputs = inputs_of(subject, EXAMPLES, capsule.seed or 0)
    for arguments in sorted(inputs, key=lambda a: not _is_same(a, capsule)):
        if _fits(arguments, capsule):
            return arguments.closed(subject.function)
    raise UsageError(
        f"The capsule's inputs do not fit {subject.name!r} any more: its arguments have changed. "
        f"Run it without --live."
    )


def _fits(arguments: Arguments, capsule: Capsule) -> bool:
    leaves = [np.asarray(x) for x in arguments.dynamic]
    return [(x.ndim, x.dtype.kind) for x in leaves] == [(x.ndim, x.dtype.kind) for x in capsule.inputs]


def _is_same(arguments: Arguments, capsule: Capsule) -> bool:
    leaves = [np.asarray(x) for x in arguments.dynamic]
    return len(leaves) == len(capsule.inputs) and all(
        a.shape == b.shape and a.tobytes() == b.tobytes() for a, b in zip(leaves, capsule.inputs, strict=True)
    )

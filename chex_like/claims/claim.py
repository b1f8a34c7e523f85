"""`Claim`: something that holds of a function at some inputs, and `hold`, which raises where it does not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...language import dispatch, trees
from ...language.dispatch import FlatFunction, lift_to
from ...language.flat import Flat, check_array, name_of, path_of
from ...language.program import Program
from ...language.tracing import trace
from ...reference.capsules import Capsule, hexadecimal
from ...reference.findings import Blame, Finding
from .failure import raise_failure


@dataclass(frozen=True, slots=True)
class Given:
    """What a claim is checked on.

    Attributes:
        name: the function's.
        function: of the inputs' leaves; returns the list of the results' leaves.
        inputs: arrays of the implementation that is current.
        paths: what each input is called.
        extras: what the claim needs besides, as arrays: axes, counts.
        seed: what is drawn derives from it.
    """

    name: str
    function: FlatFunction
    inputs: list[Any]
    paths: list[str]
    extras: tuple[np.ndarray[Any, Any], ...] = ()
    seed: int = 0

    def program(self) -> Program:
        """The function's own program.

        Raises:
            Exception: whatever the function raises when it is traced.
        """
        if isinstance(self.function, Program):
            return self.function  # with the lines that it came from
        return trace(self.function, [x.aval for x in self.inputs], self.name)

    def label(self, o: int) -> str:
        """What a result is called: ``out``, ``out['w']``, ``out[1]``."""
        if isinstance(self.function, Program) and len(self.function.outputs) == 1:
            return "out"
        tree = getattr(self.function, "out_tree", None)
        if tree is None:
            return f"out[{o}]"
        whole = trees.unflatten(tree, range(tree.num_leaves))
        return path_of((whole,), o, "out").replace("out 0", "out", 1)

    def finding(self, claim: Claim, message: str, **known: Any) -> Finding:
        """A finding about the claim; see `Finding` for what may be known."""
        inputs = tuple(hexadecimal(np.asarray(x.machine_value())) for x in self.inputs)
        known = {"blame": Blame.TRANSFORM, "worst_input": inputs, **known}
        message = f"{known.get('output', '')} {message}".strip()
        return Finding(code=claim.code, subject=self.name, law=claim.name, message=message, **known)


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that holds of a function.

    Attributes:
        name: a few words; the law that findings name, and by which a capsule is replayed.
        code: of the rule in `verax rule`.
        sentence: what is asserted, of ``f``.
        check: what is wrong at the worst place; None if the claim holds.
    """

    name: str
    code: str
    sentence: str
    check: Callable[[Given], Finding | None]


def hold(claim: Claim, f: Callable[..., Any], args: Sequence[Any], *extras: Any, seed: int = 0) -> None:
    """Check a claim of ``f`` at ``args``.

    Raises:
        Condemned: an AssertionError that says what was asserted, what was found, where, and how to see it again.
        TypeError: an argument is no array.
    """
    __tracebackhide__ = True
    given = given_of(f, args, extras, seed)
    finding = claim.check(given)
    if finding is not None:
        raise_failure(claim.sentence, finding, f, lambda: _capsule(given, finding), recheck)


def given_of(f: Callable[..., Any], args: Sequence[Any], extras: Sequence[Any] = (), seed: int = 0) -> Given:
    """A function at some arguments, flat.

    Raises:
        TypeError: an argument is no array.
    """
    leaves, tree = trees.flatten((tuple(args), {}))
    paths = [path_of(tuple(args), i) for i in range(len(leaves))]
    for x, path in zip(leaves, paths, strict=True):
        check_array(x, f"{path} of {name_of(f)!r}", "Close over what is no array: lambda x: f(x, option).")
    owner = dispatch.current()
    inputs = [lift_to(owner, x) for x in leaves]
    return Given(name_of(f), Flat(f, tree), inputs, paths, tuple(map(np.asarray, extras)), seed)


def _capsule(given: Given, finding: Finding) -> Capsule | None:
    """What is needed to check again; None where the function has no program."""
    from ...language.config import config

    try:
        program = given.program()
    except Exception:  # noqa: BLE001  # what raises when it is traced may be what the finding is about
        return None
    return Capsule(
        finding=finding,
        inputs=tuple(np.asarray(x.machine_value()) for x in given.inputs),
        weak=tuple(x.weak_type for x in given.inputs),
        extras=given.extras,
        program=program,
        seed=given.seed,
        x64=config.enable_x64,
    )


def recheck(capsule: Capsule) -> Finding | None:
    """Check the claim of a capsule again, of its stored program; None if it holds.

    Raises:
        ValueError: the capsule holds no program, or is about no claim.
    """
    from ...language.config import enable_x64
    from .table import claim_named

    claim = claim_named(capsule.finding.law)
    if claim is None or capsule.program is None:
        raise ValueError("`capsule` must hold a claim and a program, got none.")
    owner = dispatch.current()
    weak = capsule.weak or (False,) * len(capsule.inputs)
    with enable_x64(capsule.x64):
        arrays = [
            owner.lift(x, dispatch.aval_of(x).with_dtype(x.dtype, w))
            for x, w in zip(capsule.inputs, weak, strict=True)
        ]
        paths = [f"argument {i}" for i in range(len(arrays))]
        given = Given(
            capsule.finding.subject, capsule.program, arrays, paths, capsule.extras, capsule.seed or 0
        )
        finding = claim.check(given)
    return None if finding is None else replace(finding, platform=capsule.platform)

"""A call leaves its arguments as they were, and nothing traced behind."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from ...language import trees
from ...reference.findings import Blame
from ..arguments import Arguments
from ..hosts import HOSTS
from ..subjects import Subject
from ..trial import Raised, Trial
from .law import Checked, Law, Wrong

_MEND_ARGUMENTS = "Copy before writing: build a new dict or list, use x.at[i].set(v)."
_MOST = 100
_MEND_LEAK = "Return the value instead of storing it: a traced value means nothing once its trace has ended."


def why_not_callable(subject: Subject) -> str:
    """Why a subject cannot even be called; empty if it can."""
    return "" if subject.owner in HOSTS else f"its arrays are {subject.owner}'s, which are not made here"


class Purity(Law):
    """A function only returns."""

    name: ClassVar[str] = "purity"
    codes: ClassVar[tuple[str, ...]] = ("VX601",)
    claim: ClassVar[str] = "A call leaves its arguments as they were, and no traced value outlives its trace."

    def fits(self, subject: Subject) -> str:
        """Every function that can be called."""
        return why_not_callable(subject)

    def check(self, trial: Trial) -> Checked:
        """Compare the arguments before and after; look for tracers once under jit."""
        checked = Checked()
        wrong: list[Wrong] = []
        for i, _ in trial.returning():
            checked.tried(trial, i)
            if changed := _changed(trial, trial.inputs[i]):
                wrong.append(Wrong(i, f"The function changes {changed}"))
        checked.findings += self.told(trial, checked, wrong, blame=Blame.PURITY, mend=_MEND_ARGUMENTS)
        if checked.inputs and trial.host.transforms:
            self.check_leaks(trial, checked)
        return checked

    def check_leaks(self, trial: Trial, checked: Checked) -> None:
        """Trace the function once, and look where it may have stored a tracer."""
        before = {id(t) for t, _ in _tracers(trial)}
        first = next((i for i, _ in trial.returning()), None)
        if first is None or isinstance(trial.call(first, trial.host.jit), Raised):
            return  # what cannot be traced leaves nothing; the jit law speaks of it
        for tracer, place in _tracers(trial):
            if id(tracer) not in before:
                message = f"The function leaves a traced value ({tracer.aval}) in {place}."
                checked.findings.append(
                    trial.finding(
                        self.name, self.codes[0], message, blame=Blame.PURITY, index=first, mend=_MEND_LEAK
                    )
                )
                return


def _changed(trial: Trial, arguments: Arguments) -> str:
    """What a call changed of its own arguments; empty if nothing."""
    fresh = arguments.copied()
    lifted = trial.lifted(fresh.dynamic)
    args, kwargs = fresh.filled(lifted)
    # Containers are the caller's too: what they held, by identity, and the bits of every array.
    before_leaves, before_tree = trees.flatten((args, kwargs))
    bits = trial.host.bits
    before = [bits(x) for x in before_leaves]
    called = trial.run(lambda *_: trial.subject.function(*args, **kwargs), lifted)
    del called  # how it ended is other laws' business
    after_leaves, after_tree = trees.flatten((args, kwargs))
    if before_tree != after_tree:
        return f"the structure of its arguments: {before_tree} becomes {after_tree}"
    for i, (old, new, known) in enumerate(zip(before_leaves, after_leaves, before, strict=True)):
        if old is not new:
            return f"leaf {i} of its arguments: another object stands there"
        if bits(new) != known:
            return f"the elements of leaf {i} of its arguments"
    return ""


def _tracers(trial: Trial) -> Iterator[tuple[Any, str]]:
    """The tracers within reach of the function: its globals, closure, attributes and defaults."""
    for value, place in _within_reach(trial.subject.function):
        if trial.host.is_tracer(value):
            yield value, place


def _within_reach(function: Callable[..., Any]) -> Iterator[tuple[Any, str]]:
    plain: Any = inspect.unwrap(function)
    plain = getattr(plain, "__func__", plain)
    for name, value in getattr(plain, "__globals__", {}).items():
        yield from _inside(value, f"the global {name!r}")
    code = getattr(plain, "__code__", None)
    cells = getattr(plain, "__closure__", None) or ()
    for name, cell in zip(getattr(code, "co_freevars", ()), cells, strict=False):
        try:
            held = cell.cell_contents
        except ValueError:  # an empty cell holds nothing
            continue
        yield from _inside(held, f"the enclosing variable {name!r}")
    for name, value in vars(plain).items() if hasattr(plain, "__dict__") else ():
        yield from _inside(value, f"the attribute {name!r}")
    for value in getattr(plain, "__defaults__", None) or ():
        yield from _inside(value, "a default argument")
    instance = getattr(function, "__self__", None)
    if instance is not None and hasattr(instance, "__dict__"):
        for name, value in vars(instance).items():
            yield from _inside(value, f"the attribute {name!r} of its object")


def _inside(value: Any, place: str, depth: int = 2) -> Iterator[tuple[Any, str]]:
    yield value, place
    if depth and isinstance(value, (dict, list, tuple, set)):
        held = list(value.values() if isinstance(value, dict) else value)
        # What was stored last stands last; a container of the user's may hold anything, so not all is read.
        for inner in held if len(held) <= 2 * _MOST else held[:_MOST] + held[-_MOST:]:
            yield from _inside(inner, place, depth - 1)

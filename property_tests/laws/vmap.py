"""vmap(f) is the loop over rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from ...language.transforms import vmap
from ...reference.findings import Blame
from ..trial import Raised, Result, Trial, same_bits, shown
from .law import Checked, Law, Wrong
from .rounding import is_rounding

_ROWS = 3
_NOTHING = "", "", False


class Vmap(Law):
    """A batch is its rows."""

    name: ClassVar[str] = "vmap"
    codes: ClassVar[tuple[str, ...]] = ("VX302", "VX905")
    claim: ClassVar[str] = (
        "vmap(f) over a stack returns what f returns for each row: structure, shape, dtype and every bit, "
        "or, where a batch adds up in another order, within the bound."
    )

    def check(self, trial: Trial) -> Checked:
        """Stack rows of equal shapes along the first and the last axis, and compare with the loop."""
        checked = Checked()
        wrong: list[Wrong] = []
        unbounded: list[Wrong] = []
        for i, result in trial.returning():
            if not trial.inputs[i].dynamic:
                continue
            checked.tried(trial, i, 2 * _ROWS * result.size)
            for last in (False, True):
                message, location, numbers = _compared(trial, i, last)
                if message:
                    told = unbounded if numbers and trial.unreadable else wrong
                    told.append(Wrong(i, message, location))
                    break
        checked.findings += self.told(trial, checked, wrong, blame=Blame.TRANSFORM)
        checked.findings += self.told(trial, checked, unbounded, blame=Blame.NOTHING, code="VX905")
        return checked


def rows(leaves: Sequence[Any]) -> list[list[Any]]:
    """Rows to map over: the leaves, and the same elements in other places, so that domains are kept."""
    return [list(leaves), *([_moved(x, k) for x in leaves] for k in range(1, _ROWS))]


def _moved(x: Any, k: int) -> Any:
    if isinstance(x, float):
        return x
    flat = x.reshape(-1)
    return (flat[::-1] if k == 1 else np.roll(flat, k - 1)).reshape(x.shape)


def _stack(column: Sequence[Any], last: bool) -> np.ndarray[Any, Any]:
    return np.stack([np.asarray(x) for x in column], axis=-1 if last else 0)


def _compared(trial: Trial, index: int, last: bool) -> tuple[str, str, bool]:
    """What is wrong with vmap at an input, and where, and whether it is only numbers; empty if nothing."""
    arguments = trial.inputs[index]
    leaves = arguments.dynamic
    function = arguments.closed(trial.subject.function)
    each = [leaves] * _ROWS if arguments.source == "given" else rows(leaves)
    # A Python float is weak, and a row of a stack is not: floats are mapped only if there is nothing else.
    only_floats = all(isinstance(x, float) for x in leaves)
    mapped = [only_floats or not isinstance(x, float) for x in leaves]
    width = np.float64 if trial.x64 else np.float32
    each = [[np.asarray(x, width) if only_floats else x for x in row] for row in each]
    loop = [trial.run(function, row) for row in each]
    if any(isinstance(r, Raised) for r in loop):
        return _NOTHING  # permuted inputs may be out of what the function is for
    columns = [_stack(c, last) if m else c[0] for c, m in zip(zip(*each, strict=True), mapped, strict=True)]
    axes = tuple((-1 if last else 0) if m else None for m in mapped)
    batched = trial.run(trial.host.vmap(function, axes), columns)
    if isinstance(batched, Raised):
        return f"The function raises under vmap, and not without: {batched.error}", batched.location, False
    returned = [r for r in loop if isinstance(r, Result)]
    difference = _difference(returned, batched)
    if not difference:
        return _NOTHING
    message, numbers = f"vmap is not the loop over rows: {difference[0]}", difference[1]
    if not numbers or trial.unreadable:
        return message, "", numbers
    if trial.host.rounds_alike:
        within = _within_bound(trial, function, columns, axes)
    else:
        meaning = vmap(trial.program(index), in_axes=axes)
        stacked = [np.stack(each) for each in zip(*(r.leaves for r in returned), strict=True)]
        within = is_rounding(trial, meaning, columns, stacked, batched.leaves)
    return _NOTHING if within else (message, "", numbers)


def _difference(loop: Sequence[Result], batched: Result) -> tuple[str, bool] | None:
    """The first difference, and whether it is one of values only."""
    first = loop[0]
    if batched.tree != first.tree:
        return f"it returns {batched.tree} instead of {first.tree}", False
    for i, got in enumerate(batched.leaves):
        want = np.stack([r.leaves[i] for r in loop])
        if got.dtype != want.dtype or got.shape != want.shape:
            types = [f"{x.dtype}{list(x.shape)}" for x in (got, want)]
            return f"result {i} is {types[0]} instead of {types[1]}", False
        differs = np.argwhere(~same_bits(want, got))
        if len(differs):
            at = tuple(int(k) for k in differs[0])
            return f"result {i}{list(at)} is {shown(got[at])} instead of {shown(want[at])}", True
    return None


def _within_bound(
    trial: Trial,
    function: Callable[..., Any],
    columns: Sequence[Any],
    axes: tuple[int | None, ...],
) -> bool:
    """Whether every element that the batch computed is within the bound of the loop's program."""
    from ...chex_like.judging.judgement import judge

    def loop(*stacked: Any) -> Any:
        return vmap(function, in_axes=axes)(*stacked)

    with trial.machine():
        verdict = judge(loop, *trial.lifted(columns), platform=trial.platform)
    return not any(f.status == "finding" and f.blame is Blame.IMPLEMENTATION for f in verdict.findings)

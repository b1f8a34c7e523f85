"""`assert_vmap_is_loop` and `assert_pmap_is_loop`: a batch is its rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from ...fake_devices import fake_devices
from ...language import dispatch, trees
from ...language.dispatch import lift_to
from ...language.flat import check_array, name_of
from ...language.transforms import pmap, vmap
from ...reference.findings import Blame, Finding
from ..assertion import assertion
from ..judging.judgement import judge
from .claim import Claim, Given, hold
from .differing import Difference, difference, machine

# What an axis of None is stored as.
_NOT_MAPPED = np.iinfo(np.int64).min


@assertion
def assert_vmap_is_loop(f: Callable[..., Any], *args: Any, in_axes: Any = 0) -> None:
    """Assert that ``vmap(f)`` returns what ``f`` returns for each row, stacked.

    Structure, shapes and dtypes are the same, and so is every bit, or, where a batch adds up in another order, the
    value within the bound derived for it.

    Args:
        f: the function of one row.
        args: stacks of rows.
        in_axes: as of `verax.vmap`: an axis, None (not mapped), or a tree prefix of the arguments.

    Raises:
        ValueError: ``in_axes`` does not fit the arguments, or maps none of them.

    >>> import verax.numpy as vnp
    >>> assert_vmap_is_loop(lambda x, w: vnp.tanh(w @ x), vnp.ones((3, 2)), vnp.eye(2), in_axes=(0, None))
    """
    _hold(VMAP_IS_LOOP, f, args, in_axes)


@assertion
def assert_pmap_is_loop(f: Callable[..., Any], *args: Any, in_axes: Any = 0) -> None:
    """Assert that ``pmap(f)`` on as many fake devices as there are rows returns what ``f`` returns for each row.

    Every bit is the same. ``f`` calls no collectives: a row alone has nobody to meet (`assert_order_insensitive` is
    for these).

    Args:
        f: the function of one row.
        args: stacks of rows.
        in_axes: as of `verax.pmap`: an axis, None (not mapped), or a tree prefix of the arguments.

    Raises:
        ValueError: ``in_axes`` does not fit the arguments, or maps none of them.

    >>> import verax.numpy as vnp
    >>> assert_pmap_is_loop(lambda x: vnp.cumsum(x) / 3, vnp.ones((4, 2)))
    """
    _hold(PMAP_IS_LOOP, f, args, in_axes)


def _hold(claim: Claim, f: Callable[..., Any], args: Sequence[Any], in_axes: Any) -> None:
    """Check a claim whose inputs are those of the first row; the stacks are its extras, behind their axes."""
    __tracebackhide__ = True
    prefix = tuple(in_axes) if isinstance(in_axes, list) else in_axes
    leaves, tree = trees.flatten((tuple(args), {}))
    axes = trees.broadcast_prefix(prefix, trees.structure(tuple(args)), "in_axes")
    for x in leaves:
        check_array(
            x, f"an argument of {name_of(f)!r}", "Close over what is no array: lambda x: f(x, option)."
        )
    stacks = [lift_to(dispatch.current(), x) for x in leaves]
    if all(a is None for a in axes):
        raise ValueError(f"`in_axes` must map an argument, got {in_axes!r}. Give an axis, such as 0.")
    fits = [a is None or -len(x.shape) <= a < len(x.shape) for x, a in zip(stacks, axes, strict=True)]
    if not all(fits) or len(sizes := _sizes(stacks, axes)) != 1 or 0 in sizes:
        shapes = [tuple(x.shape) for x in stacks]
        raise ValueError(
            f"`in_axes` must be axes of one size, not 0, in all arguments, got {axes} for {shapes}."
        )
    first, _ = trees.unflatten(tree, _row(stacks, axes, 0))
    stored = np.array([_NOT_MAPPED if a is None else a for a in axes], np.int64)
    hold(claim, f, first, stored, *machine(stacks))


def _sizes(stacks: Sequence[Any], axes: Sequence[int | None]) -> set[int]:
    return {x.shape[a] for x, a in zip(stacks, axes, strict=True) if a is not None}


def _row(stacks: Sequence[Any], axes: Sequence[int | None], k: int) -> list[Any]:
    """The inputs of one row."""
    return [x if a is None else _taken(x, a, k) for x, a in zip(stacks, axes, strict=True)]


def _taken(x: Any, axis: int, k: int) -> Any:
    value = np.asarray(np.take(machine([x])[0], k, axis=axis))
    return dispatch.current().lift(value, x.aval.with_shape(value.shape))


def _stacked(rows: Sequence[Sequence[Any]]) -> list[Any]:
    """The results of all rows, each stacked along a new first axis."""
    found = []
    for column in zip(*rows, strict=True):
        value = np.stack(machine(column))
        aval = column[0].aval.with_shape(value.shape) if hasattr(column[0], "aval") else None
        found.append(value if aval is None else dispatch.current().lift(value, aval))
    return found


def _vmap_is_loop(given: Given) -> Finding | None:
    return _check(given, VMAP_IS_LOOP, _in_lanes)


def _pmap_is_loop(given: Given) -> Finding | None:
    return _check(given, PMAP_IS_LOOP, _on_devices)


def _check(given: Given, claim: Claim, mapper: Callable[..., Any]) -> Finding | None:
    owner = dispatch.current()
    axes = [None if a == _NOT_MAPPED else int(a) for a in given.extras[0]]
    stacks = [
        owner.lift(v, x.aval.with_shape(v.shape)) for v, x in zip(given.extras[1:], given.inputs, strict=True)
    ]
    (size,) = _sizes(stacks, axes)
    loop = _stacked([given.function(*_row(stacks, axes, k)) for k in range(size)])
    labels = [given.label(o) for o in range(len(loop))]
    batched = partial(mapper, given.function, tuple(axes), size)
    try:
        got = batched(*stacks)
    except Exception as err:  # noqa: BLE001  # that it raises is what is wrong
        text = f"The function raises in a batch, and not without: {type(err).__name__}: {err}"
        return given.finding(claim, text)
    found = difference(loop, got)
    if found is None or (
        found.of_values and claim is VMAP_IS_LOOP and _within_bound(given.name, batched, stacks)
    ):
        return None
    return given.finding(
        claim, _told(found), mend=_MEND, **found.known(labels[found.leaf] if labels else "out")
    )


_MEND = "Use axes from the end, and no shapes, state or numbers that were read outside of the function."


def _told(found: Difference) -> str:
    return f"{found.message}; the first axis counts the rows"


def _within_bound(name: str, batched: Callable[..., Any], stacks: Sequence[Any]) -> bool:
    """Whether every element that the batch computed is within the bound of the loop's program."""

    def loop(*stacked: Any) -> Any:
        return batched(*stacked)

    verdict = judge(loop, *stacks, formula=False, name=name)
    return not any(f.status == "finding" and f.blame is Blame.IMPLEMENTATION for f in verdict.findings)


def _in_lanes(function: Any, axes: tuple[int | None, ...], size: int, *inputs: Any) -> Any:
    return vmap(function, in_axes=axes)(*inputs)


def _on_devices(function: Any, axes: tuple[int | None, ...], size: int, *inputs: Any) -> Any:
    with fake_devices(size):
        return [_home(x) for x in pmap(function, in_axes=axes)(*inputs)]


def _home(x: Any) -> Any:
    return dispatch.current().lift(machine([x])[0], x.aval)


VMAP_IS_LOOP = Claim(
    "vmap is the loop",
    "VX302",
    "vmap(f) returns what f returns for each row",
    _vmap_is_loop,
)
PMAP_IS_LOOP = Claim(
    "pmap is the loop",
    "VX303",
    "pmap(f) on fake devices returns what f returns for each row, to the bit",
    _pmap_is_loop,
)

"""`assert_deterministic` and `assert_same_bits`: a call gives the bits that it gave before, wherever it runs."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

import numpy as np

from ...fast import devices, on_device
from ...language import dispatch
from ...reference.findings import Blame, Finding
from ..assertion import assertion
from .claim import Claim, Given, hold
from .differing import Leaves, difference, machine


@assertion
def assert_deterministic(f: Callable[..., Any], *args: Any, calls: int = 3) -> None:
    """Assert that no call of ``f`` remembers the ones before it: equal arguments give equal bits.

    Between two calls at ``args`` there is one at other arguments: the same elements in other places. That may raise.

    Args:
        f: a function of arrays in trees.
        args: the very arrays to run it on.
        calls: how often it is called at ``args``.

    Raises:
        ValueError: ``calls`` is less than 2.

    >>> import verax.numpy as vnp
    >>> assert_deterministic(lambda x: vnp.sum(x) / 3, vnp.arange(4.0))
    """
    if calls < 2:
        raise ValueError(f"`calls` must be at least 2, to be compared, got {calls}.")
    hold(DETERMINISTIC, f, args, calls)


@assertion
def assert_same_bits(f: Callable[..., Any], *args: Any, runs: int = 2, threads: int = 4) -> None:
    """Assert that ``f`` gives the same bits on every device, in several threads at once, and in every run.

    The devices are those that answer: the CPU, and GPUs that CuPy reaches. NaN equals NaN.

    Args:
        f: a function of arrays in trees.
        args: the very arrays to run it on.
        runs: how often it runs on each device.
        threads: in how many threads it then runs at once.

    Raises:
        ValueError: ``runs`` or ``threads`` is less than 1.

    >>> import verax.numpy as vnp
    >>> assert_same_bits(lambda x: vnp.exp(x) / 3, vnp.arange(4.0))
    """
    if runs < 1 or threads < 1:
        raise ValueError(f"`runs` and `threads` must be at least 1, got {runs} and {threads}.")
    hold(SAME_BITS, f, args, runs, threads)


def _deterministic(given: Given) -> Finding | None:
    first = machine(given.function(*given.inputs))
    labels = [given.label(o) for o in range(len(first))]
    for call in range(1, int(given.extras[0])):
        _elsewhere(given, call)
        found = difference(first, machine(given.function(*given.inputs)))
        if found is not None:
            message = f"{found.message}, in call {call + 1}"
            return _told(given, DETERMINISTIC, message, found.known(labels[found.leaf] if labels else "out"))
    return None


def _elsewhere(given: Given, call: int) -> None:
    """Call at the same elements in other places: what the function remembers of that is looked for afterwards."""
    with contextlib.suppress(Exception):  # they may be out of what the function is for
        given.function(*(_moved(x, call) for x in given.inputs))


def _moved(x: Any, k: int) -> Any:
    value = machine([x])[0]
    return dispatch.current().lift(np.roll(value.reshape(-1), k).reshape(value.shape), x.aval)


def _same_bits(given: Given) -> Finding | None:
    runs, threads = (int(x) for x in given.extras)
    first: Leaves | None = None
    labels: list[str] = []
    for where, got in _results(given, runs, threads):
        if first is None:
            first, labels = got, [given.label(o) for o in range(len(got))]
            continue
        found = difference(first, got)
        if found is not None:
            message = f"{found.message}, {where}"
            return _told(given, SAME_BITS, message, found.known(labels[found.leaf] if labels else "out"))
    return None


def _results(given: Given, runs: int, threads: int) -> Iterator[tuple[str, Leaves]]:
    """Where the function ran, and what it returned there."""
    values = [(machine([x])[0], x.aval) for x in given.inputs]

    def run() -> Leaves:
        owner = dispatch.current()
        return machine(given.function(*(owner.lift(v, aval) for v, aval in values)))

    for device in devices():
        with on_device(device):
            for k in range(runs):
                yield f"in run {k + 1} on {device}", run()
    together = threading.Barrier(threads)

    def in_thread() -> Leaves:
        together.wait()
        return run()

    contexts = [copy_context() for _ in range(threads)]
    with ThreadPoolExecutor(threads) as pool:
        running = [pool.submit(context.run, in_thread) for context in contexts]
        for k, each in enumerate(running):
            yield f"in thread {k + 1} of {threads} at once", each.result()


def _told(given: Given, claim: Claim, message: str, known: dict[str, Any]) -> Finding:
    mend = "Look for state, time, or an order of additions that changes from call to call."
    return given.finding(claim, message, blame=Blame.PURITY, mend=mend, **known)


DETERMINISTIC = Claim(
    "deterministic",
    "VX602",
    "equal arguments give equal bits, whatever was called in between",
    _deterministic,
)
SAME_BITS = Claim("same bits", "VX501", "f gives the same bits on every device, thread and run", _same_bits)

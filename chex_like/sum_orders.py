"""`assert_order_insensitive`: the order in which lanes run and their sums are added up may change last bits alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..adapters.profiles import profile_of
from ..fake_devices import fake_devices, in_order, ring, shuffled, tree
from ..fake_devices.orders import Order
from ..reference.findings import Blame, Status
from ..reference.truth import true_value
from .assertion import assertion
from .claims.failure import raise_failure
from .judging.case import Case, case_of
from .judging.derivatives import RuleCheck
from .judging.options import Options
from .judging.outputs import measured_outputs
from .judging.sampling import at_scale
from .judging.telling import told

_SENTENCE = "the order of its lanes moves no result of f by more than rounding"
_MEND = "Let no comparison rest on the last bits of a sum of lanes, or add up in a wider format."


@assertion
def assert_order_insensitive(
    f: Callable[..., Any], mesh: int | Mapping[Any, int], *args: Any, seeds: int = 4
) -> None:
    """Assert that no order of lanes or of their sums changes a result by more than its derived bound.

    It is run with sums in order, as a tree, as a ring and shuffled, each time with lanes in an order of its own. A
    result that is the same to the bit in all of these is fine; others must be as near the truth as any machine is
    that adds in any order: (n-1) roundings a term, and what the rest of the program makes of them. (A `where` whose
    comparison such roundings decide may take either branch, by that bound; a comparison that is returned may not.)

    Args:
        f: a function of whole arrays, which runs lanes: by `pmap` or `shard_map`.
        mesh: how many devices, or the axes of a mesh and how many along each.
        args: the very arrays to run it on.
        seeds: how many shuffled orders.

    Raises:
        ValueError: ``seeds`` is less than 1.

    >>> import numpy as np, verax
    >>> mean = verax.pmap(lambda x: verax.lax.pmean(x, "i"), axis_name="i")
    >>> assert_order_insensitive(mean, 4, np.array([0.1, 0.2, 0.3, 0.4], np.float32))
    """
    if seeds < 1:
        raise ValueError(f"`seeds` must be at least 1, got {seeds}.")
    named: dict[str, Order] = {"in order": in_order, "as a tree": tree, "as a ring": ring}
    named |= {f"shuffled by seed {k}": shuffled(k) for k in range(seeds)}
    axes: dict[Any, Any] = {"mesh": mesh} if isinstance(mesh, Mapping) else {"count": mesh}
    # Any order: no promise that machines keep of theirs counts.
    platform = replace(profile_of("numpy"), name="numpy, sums in any order", sum_blocks=None)
    options = Options(platform, formula=False)
    with fake_devices(**axes):
        case = at_scale(case_of(f, args, 0, 0, None), options.samples, np.random.default_rng(0))
        assert case.meaning is not None, "a value has a meaning"
        truth = true_value(case.meaning, case.operands)
    runs: dict[str, Case] = {}
    for k, (name, order) in enumerate(named.items()):
        with fake_devices(**axes, schedule=k, order=order):
            runs[name] = replace(case, results=_judged(case, case_of(f, args, 0, 0, None).results))
    moved = [_moved([run.results[o] for run in runs.values()]) for o in range(len(case.results))]
    if not any(moved):
        return
    for name, run in runs.items():
        with fake_devices(**axes):
            outputs = measured_outputs(run, options, truth, RuleCheck())
        for output, places in zip(outputs, moved, strict=True):
            for i in places:
                m = output.measured[i]
                if m.status is not Status.HOLD:
                    said = (
                        f"{output.place(i)} of {case.subject!r} depends on the order of its lanes by more than "
                        f"rounding: {name} it is {output.got.reshape(-1)[i]}. {m.reason}".rstrip()
                    )
                    known = {"blame": m.blame or Blame.NOTHING, "output": output.place(i), "mend": _MEND}
                    finding = told(case, options, "value", said, error=m.error, bound=m.bound, **known)
                    raise_failure(_SENTENCE, finding, f, lambda: None, lambda _: None)


def _moved(results: Sequence[np.ndarray[Any, Any]]) -> list[int]:
    """The elements that are not the same to the bit in all runs."""
    rows = [r.reshape(-1) for r in results]
    return [i for i in range(rows[0].size) if len({r[i].tobytes() for r in rows}) > 1]


def _judged(case: Case, results: list[Any]) -> list[Any]:
    """The elements that are judged."""
    if case.sampled is None:
        return results
    return [r.reshape(-1)[places] for r, (_, places) in zip(results, case.sampled, strict=True)]

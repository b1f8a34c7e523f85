"""How many bytes collectives move, if they are done as rings do them.

A lane that brings n bytes to a collective of N lanes sends, of a ring's bandwidth-optimal algorithm:

| collective | each lane sends | because |
|---|---|---|
| psum, pmax, pmin | 2 (N-1)/N n | a reduce-scatter, then an all-gather, of n/N bytes a step |
| reduce_scatter | (N-1)/N n | N-1 steps of n/N bytes |
| all_gather | (N-1) n | N-1 steps of n bytes |
| all_to_all | (N-1)/N n | all parts but its own |
| ppermute | n, if it sends to another lane | one message |

Sources: P. Patarasuk, X. Yuan, Bandwidth optimal all-reduce algorithms for clusters of workstations, J. Parallel
Distrib. Comput. 69 (2009), section 3, for the reductions and gathers; NVIDIA nccl-tests, doc/PERFORMANCE.md, whose
factors of bus bandwidth are these.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..language.dtypes import as_dtype
from .runs import Meeting


@dataclass(frozen=True, slots=True)
class Moved:
    """What one kind of collective has moved.

    Attributes:
        operation: its name.
        axis: along which lanes met.
        lanes: how many met each time.
        times: how often.
        sent: bytes that all lanes together have sent to others.
    """

    operation: str
    axis: Any
    lanes: int
    times: int
    sent: int


class Traffic:
    """What has been moved between the devices of a mesh; iterates over one `Moved` for each kind of collective."""

    def __init__(self) -> None:
        self._moved: dict[tuple[str, Any, int], Moved] = {}

    def __iter__(self) -> Iterator[Moved]:
        return iter(tuple(self._moved.values()))

    @property
    def sent(self) -> int:
        """Bytes that all lanes together have sent."""
        return sum(m.sent for m in self)

    def count(self, meeting: Meeting, lanes: int) -> None:
        """Add one meeting."""
        if not meeting.signature.of:
            return  # a word among the lanes of the reference, and no collective
        shape, dtype = meeting.signature.of
        axis = meeting.signature.names[meeting.signature.axis]
        self.add(meeting.signature.operation, axis, lanes, math.prod(shape) * as_dtype(dtype).itemsize)

    def add(self, operation: str, axis: Any, lanes: int, nbytes: int) -> None:
        """Add one meeting, to which each lane brings so many bytes."""
        key = operation.partition(" ")[0], axis, lanes
        before = self._moved.get(key, Moved(*key, times=0, sent=0))
        sent = before.sent + bytes_sent(operation, nbytes, lanes)
        self._moved[key] = Moved(*key, times=before.times + 1, sent=sent)

    def __str__(self) -> str:
        rows = [
            f"{m.operation} over {m.axis!r} of {m.lanes} lanes: {m.times} x, {m.sent:,} bytes" for m in self
        ]
        return "\n".join(rows) or "nothing was moved"


def bytes_sent(operation: str, nbytes: int, lanes: int) -> int:
    """Bytes that all lanes together send, each of which brings ``nbytes``; see the table above.

    Raises:
        ValueError: there is no such collective.
    """
    name, _, told = operation.partition(" ")
    if name in ("psum", "pmax", "pmin"):
        return 2 * (lanes - 1) * nbytes
    if name in ("reduce_scatter", "all_to_all"):
        return (lanes - 1) * nbytes
    if name == "all_gather":
        return lanes * (lanes - 1) * nbytes
    if name == "ppermute":
        pairs: list[tuple[str, str]] = re.findall(r"\((\d+), (\d+)\)", told)
        return nbytes * sum(source != to for source, to in pairs)
    raise ValueError(f"`operation` must be a collective, got {operation!r}.")

"""`Trial`: one subject, its inputs, and what the machine makes of them; shared by all laws."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..language.dtypes import complex128, float64, is_complex, is_inexact
from ..language.platform import Platform
from ..language.program import Program
from ..reference.capsules import hexadecimal
from ..reference.findings import Blame, Finding, Status, relative_name
from .arguments import Arguments
from .hosts import HOSTS, OWN, Host
from .rules import RULES
from .subjects import Subject


class Clock:
    """How much time is left."""

    def __init__(self, seconds: float | None = None) -> None:
        self.start = time.monotonic()
        self.seconds = seconds

    @property
    def spent(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.start

    @property
    def over(self) -> bool:
        """Whether the deadline has passed."""
        return self.seconds is not None and self.spent > self.seconds


def _wide(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return x.astype(complex128 if is_complex(x.dtype) else float64)


@dataclass(frozen=True)
class Result:
    """What a call returned: leaves as machine arrays, whether each is weakly typed, and the tree.

    Attributes:
        leaves: NumPy arrays of exactly the dtype of the result.
        weak: for each leaf whether its dtype is weak.
        tree: their structure.
        value: what the call returned, with arrays that Verax knows.
    """

    leaves: tuple[np.ndarray[Any, Any], ...]
    weak: tuple[bool, ...]
    tree: Any
    value: Any

    @property
    def size(self) -> int:
        """The number of elements."""
        return sum(x.size for x in self.leaves)

    @property
    def has_nan(self) -> bool:
        """Whether some element is NaN."""
        return any(bool(np.isnan(_wide(x)).any()) for x in self.leaves)

    @property
    def is_floating(self) -> bool:
        """Whether some leaf is of a floating dtype."""
        return any(is_inexact(x.dtype) for x in self.leaves)

    @property
    def is_finite(self) -> bool:
        """Whether no element is infinite or NaN."""
        return all(bool(np.isfinite(_wide(x)).all()) for x in self.leaves)

    @classmethod
    def of(cls, value: Any, host: Host = OWN) -> Result:
        """The result that a returned tree is.

        Raises:
            TypeError: a leaf is neither an array nor a number.
        """
        leaves, weak, tree = host.leaves(value)
        return cls(tuple(leaves), tuple(weak), tree, host.readable(value))

    def is_alike(self, other: Result) -> bool:
        """Whether structure, dtypes and shapes are equal, so that they can only differ in numbers."""
        types = [[(x.dtype, x.shape) for x in r.leaves] for r in (self, other)]
        return bool(self.tree == other.tree) and types[0] == types[1] and self.weak == other.weak

    def difference(self, other: Result) -> str:
        """Where two results differ in structure, dtype, shape or bits; empty if they do not.

        Weak types are compared too. All NaN are one.
        """
        if self.tree != other.tree:
            return f"returns {other.tree} instead of {self.tree}"
        for i, (a, b) in enumerate(zip(self.leaves, other.leaves, strict=True)):
            if a.dtype != b.dtype or a.shape != b.shape:
                return f"result {i} is {b.dtype}{list(b.shape)} instead of {a.dtype}{list(a.shape)}"
            differs = np.argwhere(~same_bits(a, b))
            if len(differs):
                at = tuple(int(k) for k in differs[0])
                more = f", and {len(differs) - 1} more elements" if len(differs) > 1 else ""
                return f"result {i}{list(at)} is {shown(b[at])} instead of {shown(a[at])}{more}"
        if self.weak != other.weak:
            return f"the results' weak types are {list(other.weak)} instead of {list(self.weak)}"
        return ""


def same_bits(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Elementwise: equal bits, or both NaN."""
    raw = np.dtype(f"u{a.dtype.itemsize}")
    same = np.ascontiguousarray(a).view(raw) == np.ascontiguousarray(b).view(raw)
    same = same.reshape(a.shape)
    if a.dtype.kind in "fV":  # bfloat16 is of kind V
        wide_a, wide_b = a.astype(np.float64), b.astype(np.float64)
        same = same | (np.isnan(wide_a) & np.isnan(wide_b))
    return np.asarray(same)


def shown(x: Any) -> str:
    """A number as people read it, and its bits."""
    plain = x.item()
    return f"{plain!r} ({float(plain).hex()})" if isinstance(plain, float) else repr(plain)


@dataclass(frozen=True)
class Raised:
    """A call that raised.

    Attributes:
        error: its type and message, one line.
        location: the line of the subject's own code nearest to it; empty when unknown.
    """

    error: str
    location: str = ""

    @classmethod
    def of(cls, err: BaseException, subject: Subject) -> Raised:
        """What an exception says, and where the subject's file was left."""
        text = str(err).strip().split("\n")[0]
        place = ""
        for frame in traceback.extract_tb(err.__traceback__):
            if subject.file and frame.filename == subject.file:
                place = f"{relative_name(frame.filename)}:{frame.lineno}"
        return cls(f"{type(err).__name__}: {text}" if text else type(err).__name__, place)


class Trial:
    """One subject on its inputs.

    Attributes:
        subject: the function.
        inputs: what it is tried on.
        platform: the profile of the machine that runs it.
        seed: what random choices of laws derive from.
        clock: how much time is left.
    """

    def __init__(
        self,
        subject: Subject,
        inputs: Sequence[Arguments],
        platform: Platform,
        seed: int = 0,
        clock: Clock | None = None,
    ) -> None:
        self.subject, self.inputs, self.platform = subject, list(inputs), platform
        self.seed, self.clock = seed, clock or Clock()
        # The largest true sizes of each output over the inputs, by order of the derivative; found when needed.
        self.scales: dict[int, list[float]] = {}
        self._eager: dict[int, Result | Raised] = {}

    @property
    def host(self) -> Host:
        """Who runs it."""
        return HOSTS.get(self.subject.owner, OWN)

    @property
    def x64(self) -> bool:
        """Whether it is judged with 64-bit types on."""
        return bool(self.subject.signature and self.subject.signature.needs_x64)

    @contextmanager
    def machine(self) -> Iterator[None]:
        """Run the block as the subject is to be run: by whom its arrays are, with its own dtypes."""
        with self.host.running(self.x64):
            yield

    def lifted(self, leaves: Sequence[Any]) -> list[Any]:
        """Leaves as the subject's arrays; Python floats stay what they are."""
        return self.host.lifted(leaves)

    @cached_property
    def unreadable(self) -> str:
        """Why the function has no program, so that laws that need one say nothing; empty if it has, or may have."""
        if self.subject.owner not in HOSTS or not self.host.transforms:
            return f"the function takes {self.subject.owner} arrays, whose programs cannot be read"
        if self.host is OWN:
            return ""
        for i, _ in self.returning():
            try:
                self.program(i)
            except Exception as err:  # noqa: BLE001  # what JAX raises while it traces is its own
                return Raised.of(err, self.subject).error
            return ""
        return ""

    def program(self, index: int) -> Program:
        """What the function computes at an input.

        Raises:
            VeraxError: it holds what has no words here.
            Exception: whatever tracing it raises.
        """
        arguments = self.inputs[index]
        with self.machine():
            function = arguments.closed(self.subject.function)
            return self.host.program(function, self.lifted(arguments.dynamic))

    def call(
        self, index: int, transform: Callable[[Callable[..., Any]], Callable[..., Any]] | None = None
    ) -> Result | Raised:
        """What the function, transformed, returns at an input; an exception is a result too."""
        arguments = self.inputs[index]
        function = arguments.closed(self.subject.function)
        return self.run(transform(function) if transform else function, arguments.dynamic)

    def run(self, function: Callable[..., Any], leaves: Sequence[Any]) -> Result | Raised:
        """What a function of leaves returns, or how it raises."""
        try:
            with self.machine():
                return Result.of(function(*self.lifted(leaves)), self.host)
        except (Exception, SystemExit) as err:  # noqa: BLE001  # whatever a subject does is a finding
            return Raised.of(err, self.subject)

    def eager(self, index: int) -> Result | Raised:
        """What the function returns at an input, called once."""
        if index not in self._eager:
            self._eager[index] = self.call(index)
        return self._eager[index]

    def returning(self) -> Iterator[tuple[int, Result]]:
        """The inputs at which the function returns, until the time is up."""
        for i in range(len(self.inputs)):
            if self.clock.over:
                return
            found = self.eager(i)
            if isinstance(found, Result):
                yield i, found

    def finding(
        self,
        law: str,
        code: str,
        message: str,
        *,
        blame: Blame,
        index: int | None = None,
        location: str = "",
        mend: str = "",
        status: Status | None = None,
    ) -> Finding:
        """A finding of a law, with the subject's name and place and the input filled in."""
        leaves = self.inputs[index].dynamic if index is not None else []
        return Finding(
            code=code,
            subject=self.subject.name,
            law=law,
            message=message,
            status=status or RULES[code].status,
            blame=blame,
            mend=mend or RULES[code].mend,
            location=location or self.subject.location,
            worst_input=tuple(hexadecimal(np.asarray(x)) for x in leaves),
            platform=self.platform.name,
        )


def at_inputs(count: int, total: int) -> str:
    """How a message says how often."""
    return f" (at {count} of {total} inputs)" if total > 1 else ""

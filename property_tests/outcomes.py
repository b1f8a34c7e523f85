"""What the check of one subject came to, as data that travels between processes and into JSON."""

from __future__ import annotations

import msgspec

from ..reference.findings import Finding, Status, Tally


class Sample(msgspec.Struct, frozen=True):
    """One point of the report's figure: an input, and how far off the result was there.

    Attributes:
        x: the input that the element rests on (of an array: the entry of largest size).
        error: the error in ULPs, fractional.
        bound: the error that the platform's budgets allow there, in ULPs.
        output: which output, counted from 0.
    """

    x: float
    error: float
    bound: float
    output: int = 0


class Worst(msgspec.Struct, frozen=True):
    """The largest error that was met, with its bound: of the element where error over bound is largest.

    Attributes:
        error: the error in ULPs, fractional.
        bound: the error that the platform's budgets allow there, in ULPs.
        output: which output and element.
    """

    error: float
    bound: float
    output: str = ""


class LawOutcome(msgspec.Struct, frozen=True):
    """How one law went for one subject.

    Attributes:
        law: the law's name.
        status: the gravest of what it found; HOLD when there is nothing to say.
        inputs: how many inputs it was tried on.
        edges: how many of them were edges.
        seconds: how long it took.
        elements: how many elements of results were compared.
    """

    law: str
    status: Status
    inputs: int
    edges: int
    seconds: float = 0.0
    elements: int = 0


class SubjectReport(msgspec.Struct, frozen=True):
    """Everything that is said of one subject: the gate's row.

    Attributes:
        subject: the function's name, such as "losses.py::huber".
        location: "file:line" of the function.
        findings: what the laws have to say; empty when all of them hold.
        laws: one entry for each law that was tried; a law that does not fit is not listed.
        value: the worst error of the values; None when none was measured.
        gradient: the worst error of the gradients; None when there is none.
        inputs: how many inputs were tried.
        edges: how many of them were edges: ties, signed zeros, subnormals, ends of intervals, ...
        samples: points for the figure, at most 2,000.
        skipped: laws that do not fit, with the reason.
        platform: the name of the profile that it was judged by.
        seed: what the inputs were drawn from.
        seconds: how long all of it took.
        complete: whether every law was tried on every input before the deadline.
    """

    subject: str
    location: str = ""
    findings: tuple[Finding, ...] = ()
    laws: tuple[LawOutcome, ...] = ()
    value: Worst | None = None
    gradient: Worst | None = None
    inputs: int = 0
    edges: int = 0
    samples: tuple[Sample, ...] = ()
    skipped: dict[str, str] = {}
    platform: str = ""
    seed: int = 0
    seconds: float = 0.0
    complete: bool = True

    @property
    def status(self) -> Status:
        """The gravest status of all laws."""
        from ..reference.findings import worst

        return worst([law.status for law in self.laws] + [f.status for f in self.findings])

    @property
    def tally(self) -> Tally:
        """How many laws ended how."""
        return Tally.of(law.status for law in self.laws)

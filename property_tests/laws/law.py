"""`Law`: something that a function should obey, and how it is checked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

from ...reference.findings import Blame, Finding
from ..hosts import HOSTS
from ..outcomes import Sample, Worst
from ..subjects import Subject
from ..trial import Trial, at_inputs


@dataclass
class Checked:
    """What the check of a law came to.

    Attributes:
        findings: what there is to say; empty when the law holds.
        inputs: how many inputs it was tried on.
        edges: how many of them were edges.
        worst: the largest error over bound, for laws that measure.
        samples: points for the figure, for laws that measure.
        elements: how many elements of results were compared.
    """

    findings: list[Finding] = field(default_factory=list)
    inputs: int = 0
    edges: int = 0
    worst: Worst | None = None
    samples: list[Sample] = field(default_factory=list)
    elements: int = 0

    def tried(self, trial: Trial, index: int, elements: int = 0) -> None:
        """Count one input, and the elements of its results."""
        self.inputs += 1
        self.elements += elements
        self.edges += trial.inputs[index].source == "edge"


class Wrong(NamedTuple):
    """An input at which a law fails: its place, what is said of it, and the line at fault if it is known."""

    place: int
    message: str
    location: str = ""


class Law(ABC):
    """A law is one file: what it claims, which subjects it fits, how it is checked."""

    name: ClassVar[str]
    codes: ClassVar[tuple[str, ...]]
    claim: ClassVar[str]

    # Whether it holds the function against its program, which some functions do not have.
    needs_program: ClassVar[bool] = False

    def fits(self, subject: Subject) -> str:
        """Why the law says nothing of this subject; empty if it fits."""
        host = HOSTS.get(subject.owner)
        known = host is not None and host.transforms
        return "" if known else f"its arrays are {subject.owner}'s, whose programs cannot be read"

    @abstractmethod
    def check(self, trial: Trial) -> Checked:
        """Try the law on the inputs of a trial."""

    def told(
        self,
        trial: Trial,
        checked: Checked,
        wrong: Sequence[Wrong],
        *,
        blame: Blame,
        code: str = "",
        mend: str = "",
    ) -> list[Finding]:
        """One finding for all inputs that fail alike: the first of them, and how many there are; none for none."""
        if not wrong:
            return []
        place, message, location = wrong[0]
        said = f"{message}{at_inputs(len(wrong), checked.inputs)}."
        code = code or self.codes[0]
        return [trial.finding(self.name, code, said, blame=blame, index=place, location=location, mend=mend)]

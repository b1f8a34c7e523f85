"""`Law`: something that a function should obey, and how it is checked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

from ...reference.findings import Finding
from ..outcomes import Sample, Worst
from ..subjects import Subject
from ..trial import READABLE, Trial


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


class Law(ABC):
    """A law is one file: what it claims, which subjects it fits, how it is checked."""

    name: ClassVar[str]
    codes: ClassVar[tuple[str, ...]]
    claim: ClassVar[str]

    def fits(self, subject: Subject) -> str:
        """Why the law says nothing of this subject; empty if it fits."""
        owner = subject.signature.owner if subject.signature else READABLE
        return "" if owner == READABLE else f"its arrays are {owner}'s, whose programs cannot be read"

    @abstractmethod
    def check(self, trial: Trial) -> Checked:
        """Try the law on the inputs of a trial."""

"""Values are as near to the truth as the machine can be, and the formula keeps its digits."""

from __future__ import annotations

from typing import ClassVar

from ..trial import Trial
from .law import Checked, Law
from .measured import measured


class Value(Law):
    """What is returned is what should have been."""

    name: ClassVar[str] = "value"
    codes: ClassVar[tuple[str, ...]] = (
        "VX101",
        "VX102",
        "VX103",
        "VX701",
        "VX702",
        "VX703",
        "VX801",
        "VX905",
        "VX906",
    )
    needs_program: ClassVar[bool] = True
    claim: ClassVar[str] = (
        "Every element is the real-number value of the program at the exact machine inputs, up to the error "
        "that a machine within its platform's budgets may make; and the formula keeps half of its digits."
    )

    def check(self, trial: Trial) -> Checked:
        """Hold the values at all inputs against the reference."""
        return measured(trial, self.name, 0)

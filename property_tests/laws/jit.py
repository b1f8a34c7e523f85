"""jit(f) returns what f returns, to the bit."""

from __future__ import annotations

from typing import ClassVar

from ...language.transforms import jit
from ...reference.findings import Blame
from ..trial import Raised, Trial
from .law import Checked, Law, Wrong


class Jit(Law):
    """Compilation changes nothing."""

    name: ClassVar[str] = "jit"
    codes: ClassVar[tuple[str, ...]] = ("VX301",)
    claim: ClassVar[str] = "jit(f) returns what f returns: structure, shape, dtype and every bit."

    def check(self, trial: Trial) -> Checked:
        """Compare jit(f) with f at every input."""
        checked = Checked()
        wrong: list[Wrong] = []
        for i, plain in trial.returning():
            checked.tried(trial, i, plain.size)
            compiled = trial.call(i, jit)
            if isinstance(compiled, Raised):
                message = f"The function raises under jit, and not without: {compiled.error}"
                wrong.append(Wrong(i, message, compiled.location))
            elif difference := plain.difference(compiled):
                wrong.append(Wrong(i, f"The function changes under jit: {difference}"))
        checked.findings += self.told(trial, checked, wrong, blame=Blame.TRANSFORM)
        return checked

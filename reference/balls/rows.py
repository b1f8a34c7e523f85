"""Rows of sets, for sums and products of sums."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..exact import Aligned
from ..reals import Scalar

if TYPE_CHECKING:
    from ..ball import Ball


class Row:
    """Sets in the backend's form for sums; there is one for each row of scalars."""

    __slots__ = ("scalars", "sets")

    def __init__(self, scalars: Sequence[Scalar], sets: Any) -> None:
        self.scalars, self.sets = list(scalars), sets


class Reused(Aligned):
    """Scalars of many sums: their sets are put in a row once."""

    __slots__ = ("_row", "_system")

    def __init__(self, scalars: Sequence[Scalar], system: Ball) -> None:
        super().__init__(scalars)
        self._system = system
        self._row: Row | None = None

    @property
    def row(self) -> Row | None:
        """The sets; None where one is infinite, NaN or unknown."""
        if self._row is None:
            self._row = self._system.rows(self.scalars)
        return self._row


def row_of(scalars: Sequence[Scalar], system: Ball) -> Row | None:
    """The sets of scalars, put in a row now or before."""
    return scalars.row if type(scalars) is Reused else system.rows(scalars)

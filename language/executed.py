"""How many primitives have been executed in this process, for whoever must know that Verax ran at all."""

from __future__ import annotations


class Executed:
    """A count. Of a compiled program every equation counts once a call, loops and what is in them as one.

    Attributes:
        primitives: how many; threads that run at once may lose a few of each other's.
    """

    __slots__ = ("primitives",)

    def __init__(self) -> None:
        self.primitives = 0


EXECUTED = Executed()

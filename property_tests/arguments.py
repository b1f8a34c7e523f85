"""The arguments of one call: what is drawn, apart from what is part of the program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from ..adapters.from_jax.machine import is_array_of_jax
from ..language import trees
from ..language.arrays import Array
from ..language.subject import Signature

Source = Literal["ordinary", "edge", "given"]


@dataclass(frozen=True, slots=True)
class Static:
    """A leaf that is part of the program: a default, a literal, an int."""

    value: Any


def _static(leaf: Any) -> bool:
    return isinstance(leaf, Static)


@dataclass(frozen=True)
class Arguments:
    """One input of a subject.

    Attributes:
        positional: trees of NumPy arrays, Python floats and `Static` leaves.
        keywords: the same, by keyword.
        source: "ordinary" (continuous, full mantissa), "edge", or "given" by the user.
        edge: what is at an edge, such as "ties" or "subnormals"; empty for ordinary inputs.
        judged_as_formula: whether the formula must hold its digits there. Infinities, and sizes near the
            end of the format that no one declared, are judged for what the machine makes of them only.
        sizes: the sizes of the named dimensions.
    """

    positional: tuple[Any, ...]
    keywords: dict[str, Any] = field(default_factory=dict)
    source: Source = "ordinary"
    edge: str = ""
    judged_as_formula: bool = True
    sizes: dict[str, int] = field(default_factory=dict)

    @property
    def dynamic(self) -> list[Any]:
        """The arrays and floats, in order of the tree: what a program takes."""
        return [x for x in trees.leaves((self.positional, self.keywords)) if not _static(x)]

    @property
    def plain(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments as the function takes them."""
        return self.filled(self.dynamic)

    def filled(self, leaves: Sequence[Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments with other leaves in place of the dynamic ones."""
        given = iter(leaves)
        every, tree = trees.flatten((self.positional, self.keywords))
        full = [x.value if _static(x) else next(given) for x in every]
        # A static value may itself be a tree (a tuple of axes), so it is put in as one leaf.
        args, kwargs = trees.unflatten(tree, full)
        return args, kwargs

    def closed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """``function`` of the dynamic leaves alone."""

        def call(*leaves: Any) -> Any:
            args, kwargs = self.filled(leaves)
            return function(*args, **kwargs)

        call.__name__ = str(getattr(function, "__name__", type(function).__name__))
        call.__qualname__ = call.__name__
        return call

    def copied(self) -> Arguments:
        """The same with arrays of its own."""
        positional, keywords = trees.map(
            lambda x: x.copy() if isinstance(x, np.ndarray) else x, (self.positional, self.keywords)
        )
        return Arguments(
            positional, keywords, self.source, self.edge, self.judged_as_formula, dict(self.sizes)
        )


def given(batch: tuple[Any, ...], signature: Signature | None) -> Arguments:
    """A real input as arguments: arrays and floats are dynamic, everything else is part of the program."""
    return Arguments(tuple(trees.map(_given_leaf, one) for one in batch), source="given")


def _given_leaf(x: Any) -> Any:
    if isinstance(x, Array):
        return np.array(x.machine_value())
    if isinstance(x, np.generic) or is_array_of_jax(x):
        return np.asarray(x)
    if isinstance(x, (np.ndarray, float)):
        return x
    return Static(x)

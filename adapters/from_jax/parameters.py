"""What the values of JAX's parameters are called here; which of them are hints, and which must be at rest."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ...language.catalogue.indexing import GatherDimensionNumbers, ScatterDimensionNumbers
from .errors import Unconvertible


def anything(_value: Any) -> bool:
    """Of a hint, which says how fast, where or how exactly, but not what."""
    return True


def nothing(value: Any) -> bool:
    """Of what must be left out."""
    return value is None


def everywhere(value: Any) -> bool:
    """Of a sharding: left out, or one that no axis of a mesh has a part in."""
    return value is None or not any(getattr(value, "spec", (True,)))


def false(value: Any) -> bool:
    """Of what must be off."""
    return not value


def true(value: Any) -> bool:
    """Of what must be on."""
    return bool(value)


# Parameters that our primitives do not have, by name, or by primitive and name: which values may be dropped.
DROPPED: Mapping[str | tuple[str, str], Callable[[Any], bool]] = {
    "accuracy": nothing,
    "sharding": everywhere,
    "out_sharding": everywhere,
    "precision": anything,
    "indices_are_sorted": anything,
    "unique_indices": anything,
    "is_stable": anything,  # ours always is
    **{(name, "algorithm"): nothing for name in ("eigh", "svd")},
    "implementation": nothing,
    "subset_by_index": nothing,
    "use_magma": anything,
    "enable_eigvec_derivs": anything,
    "sort_eigenvalues": true,
    "pivoting": false,
    ("mul", "out_dtype"): nothing,
    ("reshape", "dimensions"): nothing,
}
MODES = {"CLIP": "clip", "FILL_OR_DROP": "fill", "PROMISE_IN_BOUNDS": "promise_in_bounds"}
NUMBERS: dict[str, Any] = {
    "GatherDimensionNumbers": GatherDimensionNumbers,
    "ScatterDimensionNumbers": ScatterDimensionNumbers,
}


def value(x: Any) -> Any:
    """A parameter's value in the language: dtypes are NumPy's, sequences tuples, enumerations integers or words."""
    kind = type(x).__name__
    if kind in NUMBERS:
        return NUMBERS[kind](**{name: value(part) for name, part in x._asdict().items()})
    if kind == "GatherScatterMode":
        return MODES.get(x.name, x.name)
    if isinstance(x, enum.Enum):
        return x.value
    if isinstance(x, (tuple, list)):
        return tuple(map(value, x))
    if isinstance(x, np.integer):
        return int(x)
    if isinstance(x, type) and issubclass(x, np.generic):
        return np.dtype(x)
    return x


def own(primitive: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that ours has, too.

    Raises:
        Unconvertible: one that ours lacks asks for something.
    """
    found = {}
    for name, given in params.items():
        may_go = DROPPED.get((primitive, name), DROPPED.get(name))
        if may_go is None:
            found[name] = value(given)
        elif not may_go(given):
            raise Unconvertible(primitive, f"the language has no `{name}`, got {given!r}")
    return found

"""What annotations say, word by word: dimensions, fields, bounds."""

from __future__ import annotations

import collections.abc
import dataclasses
import functools
import sys
import types
import typing
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import annotated_types

from ..dtypes import DType, as_dtype, bool_
from ..primitive import Domain
from .sizes import parsed, value_in
from .specs import Dimension


def dimensions_of(text: str, unique: Callable[[], str]) -> tuple[Dimension, ...]:
    """jaxtyping's dimensions, word by word; ``unique`` makes names for those that are compared with none."""
    return tuple(_dimension(word, unique) for word in text.split())


def _dimension(word: str, unique: Callable[[], str]) -> Dimension:
    if word == "...":
        return Dimension(word, unique(), variadic=True)
    rest, marks = word, ""
    while rest[:1] in tuple("#*?_") and rest:
        marks += rest[0]
        rest = rest[1:]
    expression = rest.split("=")[-1]  # "rows=3" documents a fixed size
    if "_" in marks or "?" in marks or not expression:  # not to be compared with another one
        expression = unique()
    if "*" in marks:
        return Dimension(word, expression, variadic=True, broadcasts="#" in marks)
    value_in(parsed(expression), collections.defaultdict(lambda: 1))  # refuses what is no size
    return Dimension(word, expression, broadcasts="#" in marks)


def builtins_module() -> types.ModuleType:
    """Where names are looked up for a callable that belongs to no module."""
    return sys.modules["builtins"]


def built_from_fields(cls: Any, labels: Sequence[str], values: Sequence[Any]) -> Any:
    """An instance of a class of fields."""
    return cls(**dict(zip(labels, values, strict=True)))


def fields_of(annotation: Any) -> dict[str, Any] | None:
    """The annotated fields of a TypedDict, NamedTuple or dataclass; None for anything else."""
    if not isinstance(annotation, type):
        return None
    named = hasattr(annotation, "_fields") and issubclass(annotation, tuple)
    if named or typing.is_typeddict(annotation):
        return typing.get_type_hints(annotation, include_extras=True)
    if dataclasses.is_dataclass(annotation):
        hints = typing.get_type_hints(annotation, include_extras=True)
        return {f.name: hints[f.name] for f in dataclasses.fields(annotation) if f.init}
    return None


def parts_of(annotation: Any) -> tuple[Any, ...]:
    """The annotations inside an annotation; a Literal has none."""
    fields = fields_of(annotation)
    if fields is not None:
        return tuple(fields.values())
    if typing.get_origin(annotation) is typing.Literal:
        return ()
    return tuple(a for a in typing.get_args(annotation) if a is not Ellipsis)


def unaliased(annotation: Any) -> Any:
    """What a NewType or a type alias stands for."""
    while True:
        if isinstance(annotation, typing.NewType):
            annotation = annotation.__supertype__
        elif type(annotation).__name__ == "TypeAliasType":  # `type X = ...` of Python 3.12
            annotation = annotation.__value__
        else:
            return annotation


def is_array_type(annotation: Any) -> bool:
    """Whether it is jaxtyping's: told by what it says, so that jaxtyping need not be imported."""
    return isinstance(annotation, type) and all(
        hasattr(annotation, a) for a in ("dim_str", "dtypes", "array_type")
    )


def is_listed(names: Any) -> bool:
    """Whether an array type lists its dtypes; jaxtyping's ``Shaped`` does not."""
    return isinstance(names, (list, tuple, set, frozenset))


def dtype_named(name: str) -> DType | None:
    """The dtype of that name; None if it is none of ours."""
    if name in ("bool", "bool_"):
        return bool_
    try:
        return as_dtype(name)
    except TypeError:
        return None


def owner_of(array_type: Any) -> str:
    """The package whose array class it is; "verax" for ours and for Any."""
    module = str(getattr(array_type, "__module__", "")).split(".")[0]
    return {"jaxlib": "jax", "": "verax", "typing": "verax"}.get(module, module)


def flattened(metadata: Sequence[Any]) -> Iterator[Any]:
    """The metadata of an Annotated, groups taken apart."""
    for one in metadata:
        if isinstance(one, annotated_types.GroupedMetadata):
            yield from flattened(list(one))
        else:
            yield one


def bounds_of(one: Any) -> Domain | None:
    """The domain that one annotation declares; None if it declares none."""
    if isinstance(one, annotated_types.GroupedMetadata):
        inside = [b for b in map(bounds_of, one) if b is not None]
        return functools.reduce(narrowed, inside) if inside else None
    if isinstance(one, annotated_types.Ge):
        return Domain(low=float(one.ge))  # type: ignore[arg-type]  # the protocol promises order only
    if isinstance(one, annotated_types.Gt):
        return Domain(low=float(one.gt), open_low=True)  # type: ignore[arg-type]  # likewise
    if isinstance(one, annotated_types.Le):
        return Domain(high=float(one.le))  # type: ignore[arg-type]  # likewise
    if isinstance(one, annotated_types.Lt):
        return Domain(high=float(one.lt), open_high=True)  # type: ignore[arg-type]  # likewise
    return None


def narrowed(a: Domain, b: Domain) -> Domain:
    """What lies in both domains."""
    low, open_low = max((a.low, a.open_low), (b.low, b.open_low))
    high, shut_high = min((a.high, not a.open_high), (b.high, not b.open_high))
    return Domain(low, high, open_low, not shut_high)

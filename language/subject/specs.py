"""What an argument may be, as data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..dtypes import DType, float64, int64, uint64
from ..primitive import Domain
from .sizes import names_in


# -- annotations of our own ---------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Index:
    """Says that integers index an axis: ``Annotated[Int32[Array, "n"], Index("k")]`` lies in [0, k).

    ``size`` is a dimension's name, an expression of names ("k-1"), or an integer.
    """

    size: str | int


# -- what an argument may be --------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Dimension:
    """One word of a shape: ``3``, ``n``, ``n+1``, ``#n`` (broadcasts), ``*batch`` or ``...`` (any rank)."""

    text: str
    expression: str
    variadic: bool = False
    broadcasts: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The dimension names that its size depends on."""
        return (self.expression,) if self.variadic else names_in(self.expression)


@dataclass(frozen=True, slots=True)
class ArrayOf:
    """An array: ``owner`` says whose ("verax", "numpy", "jax", "torch", "cupy", ...).

    ``accepts`` lists the dtypes that a family such as ``Float`` stands for; it is drawn in ``dtype``.
    """

    dtype: DType
    dimensions: tuple[Dimension, ...]
    owner: str
    domain: Domain | None = None
    index: Index | None = None
    accepts: tuple[DType, ...] = ()

    def __str__(self) -> str:
        return f"{self.dtype}[{' '.join(d.text for d in self.dimensions)}]"


@dataclass(frozen=True, slots=True)
class ScalarOf:
    """A Python scalar: float (an operand, weak), int or bool (part of the program)."""

    kind: type[float] | type[int] | type[bool]
    domain: Domain | None = None
    index: Index | None = None

    def __str__(self) -> str:
        return self.kind.__name__


@dataclass(frozen=True, slots=True)
class KeyOf:
    """A random key of `verax.random`."""

    owner: str

    def __str__(self) -> str:
        return "key"


@dataclass(frozen=True, slots=True)
class Fixed:
    """A value that is part of the program: a default, or a literal."""

    value: Any

    def __str__(self) -> str:
        return repr(self.value)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several."""

    options: tuple[Spec, ...]

    def __str__(self) -> str:
        return " | ".join(map(str, self.options))


@dataclass(frozen=True, slots=True)
class TreeOf:
    """A container: ``build(children)`` makes it of one value for each child."""

    labels: tuple[Any, ...]
    children: tuple[Spec, ...]
    build: Callable[[Sequence[Any]], Any]
    kind: str

    def __str__(self) -> str:
        pairs = zip(self.labels, self.children, strict=True)
        inside = ", ".join(f"{label}: {child}" for label, child in pairs)
        return f"{self.kind}({inside})"


Spec = ArrayOf | ScalarOf | KeyOf | Fixed | Choice | TreeOf


@dataclass(frozen=True, slots=True)
class Argument:
    """One parameter of a function and what it may be; ``by_name`` if it is passed by keyword."""

    name: str
    spec: Spec
    by_name: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function takes and returns.

    Attributes:
        arguments: in order; arguments whose default is used are among them, as `Fixed`.
        returns: what it promises to return; None if it does not say.
    """

    arguments: tuple[Argument, ...]
    returns: Spec | None = None

    @property
    def owner(self) -> str:
        """Whose function it is, by its array class; "verax" for one of scalars only."""
        owners = [s.owner for a in self.arguments for s in walk(a.spec) if isinstance(s, (ArrayOf, KeyOf))]
        return owners[0] if owners else "verax"

    @property
    def needs_x64(self) -> bool:
        """Whether it is to be judged with 64-bit types on: it names one."""
        specs = [a.spec for a in self.arguments] + ([self.returns] if self.returns is not None else [])
        return any(
            isinstance(s, ArrayOf) and s.dtype in (float64, int64, uint64) for top in specs for s in walk(top)
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The dimension names, in order of appearance (those of variadic dimensions apart)."""
        found = [n for a in self.arguments for s in walk(a.spec) for n in _names_of(s)]
        return tuple(dict.fromkeys(found))

    @property
    def variadics(self) -> tuple[str, ...]:
        """The names of variadic dimensions, in order of appearance."""
        found = [
            d.expression
            for a in self.arguments
            for s in walk(a.spec)
            if isinstance(s, ArrayOf)
            for d in s.dimensions
            if d.variadic
        ]
        return tuple(dict.fromkeys(found))

    def __str__(self) -> str:
        inside = ", ".join(f"{a.name}: {a.spec}" for a in self.arguments)
        return f"({inside})" + (f" -> {self.returns}" if self.returns is not None else "")


def walk(spec: Spec) -> Iterator[Spec]:
    """The spec and everything inside it."""
    yield spec
    inside = spec.children if isinstance(spec, TreeOf) else spec.options if isinstance(spec, Choice) else ()
    for child in inside:
        yield from walk(child)


def _names_of(spec: Spec) -> tuple[str, ...]:
    found: tuple[str, ...] = ()
    if isinstance(spec, ArrayOf):
        found = tuple(n for d in spec.dimensions if not d.variadic for n in d.names)
    if isinstance(spec, (ArrayOf, ScalarOf)) and spec.index is not None:
        found += names_in(str(spec.index.size))
    return found

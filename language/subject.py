"""Subjects: what a user's function says it takes, read from its annotations.

`subject` marks a function, and does nothing else to it. `signature_of` reads the annotations that people
already write: jaxtyping's for arrays, annotated_types' (and our `Index`) for domains.

How each kind of argument is treated:

- an array, ``Float32[Array, "n k"]``: drawn; equal dimension names have equal sizes throughout a call.
  A family of dtypes (``Float``, ``Int``, ``Num``...) stands for its 32-bit member;
- ``Annotated[..., Interval(ge=0, le=50)]``: its values stay there;
- ``Annotated[Int32[Array, "n"], Index("k")]``: indices into an axis of size k;
- ``float``: a Python scalar, drawn and differentiated; ``int`` and ``bool``: part of the program (static);
- an argument with a default and no array type or domain: its default (static);
- ``tuple``, ``list``, ``dict``, TypedDict, NamedTuple, dataclass of the above: a tree of them;
- ``X | None``, ``Literal``, Enum: each of them in turn; ``Key[Array, ""]``: a random key;
- a bound method: as a function of its remaining arguments.

Strings (``from __future__ import annotations``) are evaluated where the function was defined.
"""

from __future__ import annotations

import ast
import collections.abc
import dataclasses
import enum
import functools
import inspect
import sys
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, overload

import annotated_types

from .dtypes import ALL, DType, as_dtype, bool_, float32, float64, int32, int64, uint32, uint64
from .errors import VeraxError
from .primitive import Domain

F = TypeVar("F", bound=Callable[..., Any])
Gradient = Literal["true", "declared"]
MARK = "__verax_subject__"


class Undrawable(VeraxError, TypeError):
    """Raised when arguments cannot be drawn for a function: its signature does not say what it takes.

    Attributes:
        argument: the argument's name, or "return".
    """

    def __init__(self, argument: str, message: str) -> None:
        super().__init__(message)
        self.argument = argument

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.argument, str(self))


# -- the mark -----------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Mark:
    """What `subject` was told.

    Attributes:
        gradient: "true" if the derivative shall be the derivative; "declared" if a custom rule is meant
            to differ from it (clipped gradients, straight-through).
        inputs: real inputs: argument tuples, or a function that returns them; None: none were given.
        name: the name to report it by; None: the function's own.
    """

    gradient: Gradient = "true"
    inputs: Any = None
    name: str | None = None

    def given_inputs(self) -> list[tuple[Any, ...]]:
        """The real inputs, one tuple of positional arguments each.

        Raises:
            TypeError: an entry is no tuple of arguments.
        """
        found = self.inputs() if callable(self.inputs) else self.inputs or ()
        batches = list(found)
        for i, batch in enumerate(batches):
            if not isinstance(batch, tuple):
                raise TypeError(
                    f"`inputs` of a subject must hold tuples of positional arguments, got "
                    f"{type(batch).__name__} at {i}. Write [(x, y)], or [(x,)] for one argument."
                )
        return batches


@overload
def subject(fun: F, /) -> F: ...
@overload
def subject(
    fun: None = None, /, *, gradient: Gradient = ..., inputs: Any = ..., name: str | None = ...
) -> Callable[[F], F]: ...
def subject(
    fun: Any = None, /, *, gradient: Gradient = "true", inputs: Any = None, name: str | None = None
) -> Any:
    """Mark a function as a subject of the gate. It stays the very same function.

    Args:
        fun: the function. Omit it to get a decorator.
        gradient: "true", or "declared" if its custom rule is meant to differ from the derivative.
        inputs: real inputs to judge it at, beside those that are drawn: a list of argument tuples, or a
            function that returns one (called when the subject is judged).
        name: the name to report it by.

    Example:
        >>> import verax
        >>> @verax.subject(gradient="declared")
        ... def straight_through(x): ...

    Returns:
        The very same function.

    Raises:
        ValueError: ``gradient`` is neither "true" nor "declared".
        TypeError: ``inputs`` are no list and no function, or ``fun`` takes no attributes.
    """
    if gradient not in ("true", "declared"):
        raise ValueError(f"`gradient` must be 'true' or 'declared', got {gradient!r}.")
    if inputs is not None and not callable(inputs) and not isinstance(inputs, (list, tuple)):
        raise TypeError(
            f"`inputs` must be a list of argument tuples or a function that returns one, got "
            f"{type(inputs).__name__}."
        )
    mark = Mark(gradient, inputs, name)

    def decorate(function: Any) -> Any:
        if not callable(function):
            raise TypeError(f"`fun` must be callable, got {type(function).__name__}. Mark a function.")
        try:
            setattr(function, MARK, mark)
        except AttributeError as err:
            raise TypeError(
                f"`fun` must take attributes, got {type(function).__name__}, which does not. "
                f"Wrap it in a function and mark that."
            ) from err
        return function

    return decorate if fun is None else decorate(fun)


def mark_of(function: Any) -> Mark | None:
    """What `subject` was told of a function; None if it was not marked."""
    found = getattr(function, MARK, None)
    return found if isinstance(found, Mark) else None


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
        return (self.expression,) if self.variadic else _names_in(self.expression)


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
        found += _names_in(str(spec.index.size))
    return found


# -- sizes --------------------------------------------------------------------------------------------
_ARITHMETIC: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.FloorDiv: lambda a, b: a // b,
}


@functools.cache
def _parsed(expression: str) -> ast.expr:
    return ast.parse(expression, mode="eval").body


def size_of(expression: str | int, sizes: Mapping[str, int]) -> int:
    """The value of a size: an integer, a name, or sums, differences, products and quotients of them."""
    return expression if isinstance(expression, int) else _value(_parsed(expression), sizes)


def _value(node: ast.expr, sizes: Mapping[str, int]) -> int:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    if isinstance(node, ast.Name):
        return sizes[node.id]
    if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        return _ARITHMETIC[type(node.op)](_value(node.left, sizes), _value(node.right, sizes))
    raise ValueError(
        f"A dimension must be an integer, a name, or +, -, * and // of them, got {ast.unparse(node)!r}."
    )


def _names_in(expression: str) -> tuple[str, ...]:
    return tuple(node.id for node in ast.walk(_parsed(expression)) if isinstance(node, ast.Name))


def _dimensions(text: str, unique: Callable[[], str]) -> tuple[Dimension, ...]:
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
    _value(_parsed(expression), collections.defaultdict(lambda: 1))  # refuses what is no size
    return Dimension(word, expression, broadcasts="#" in marks)


# -- reading annotations --------------------------------------------------------------------------------
# What a family of dtypes is judged in: its 32-bit member, the first of these that it has.
_PREFERRED: tuple[DType, ...] = (float32, int32, uint32)


def signature_of(function: Callable[..., Any]) -> Signature:
    """What the function takes and returns, by its annotations.

    Raises:
        Undrawable: an argument cannot be drawn; the message names it and says how to mend it.
    """
    return _Reader(function).signature()


class _Reader:
    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.name = str(getattr(function, "__name__", type(function).__name__))
        self.plain: Any = inspect.unwrap(function)
        self.plain = getattr(self.plain, "__func__", self.plain)
        self.argument = ""
        self.count = 0

    def signature(self) -> Signature:
        try:
            found = inspect.signature(self.function)
        except (TypeError, ValueError) as err:
            raise Undrawable(
                "",
                f"`{self.name}` must be a function with a signature: {err}. Wrap it in an annotated one.",
            ) from err
        arguments: list[Argument] = []
        for parameter in found.parameters.values():
            arguments += self.read(parameter)
        self.argument = "return"
        returns = None
        if found.return_annotation not in (inspect.Signature.empty, None, "None"):
            returns = self.promise(found.return_annotation)
        return Signature(tuple(arguments), returns)

    def refusal(self, problem: str, mend: str) -> Undrawable:
        what = "The return value" if self.argument == "return" else f"`{self.argument}`"
        return Undrawable(self.argument, f"{what} of `{self.name}` {problem}. {mend}")

    def read(self, parameter: inspect.Parameter) -> list[Argument]:
        self.argument = parameter.name
        if parameter.kind is parameter.VAR_KEYWORD:
            raise self.refusal("takes any keyword, so nothing can be drawn", "Name its keyword arguments.")
        by_name = parameter.kind is parameter.KEYWORD_ONLY
        has_default = parameter.default is not parameter.empty
        if parameter.annotation is parameter.empty:
            if has_default:
                return [Argument(parameter.name, Fixed(parameter.default), by_name)]
            raise self.refusal(
                "has no annotation",
                f'Annotate it, such as `{parameter.name}: Float32[Array, "n"]`'
                + (", or pass a bound method." if parameter.name == "self" else "."),
            )
        annotation = self.evaluated(parameter.annotation)
        if parameter.kind is parameter.VAR_POSITIONAL:
            spec = self.spec(annotation)
            return [Argument(f"{parameter.name}[{i}]", spec) for i in range(2)]
        if has_default and not self.is_drawn(annotation):
            return [Argument(parameter.name, Fixed(parameter.default), by_name)]
        return [Argument(parameter.name, self.spec(annotation), by_name)]

    # -- strings
    def evaluated(self, annotation: Any) -> Any:
        if isinstance(annotation, typing.ForwardRef):
            annotation = annotation.__forward_arg__
        if not isinstance(annotation, str):
            return annotation
        try:
            return eval(annotation, *self.scope())
        except (NameError, AttributeError, SyntaxError, TypeError) as err:
            raise self.refusal(
                f"has the annotation {annotation!r}, which cannot be evaluated ({err})",
                "Import its names at module level, not under TYPE_CHECKING.",
            ) from err

    def scope(self) -> tuple[dict[str, Any], dict[str, Any]]:
        plain = self.plain
        module = sys.modules.get(getattr(plain, "__module__", None) or "")
        names = getattr(plain, "__globals__", None) or vars(module or builtins_module())
        closure = getattr(plain, "__closure__", None) or ()
        free = getattr(getattr(plain, "__code__", None), "co_freevars", ())
        local: dict[str, Any] = {}
        for name, cell in zip(free, closure, strict=True):
            try:
                local[name] = cell.cell_contents
            except ValueError:  # not filled yet: the name is the function's own
                continue
        return names, local

    # -- annotations
    def is_drawn(self, annotation: Any) -> bool:
        """Whether an argument that has a default is drawn all the same."""
        annotation = _unaliased(self.evaluated(annotation))
        if _is_array_type(annotation):
            return True
        if typing.get_origin(annotation) is typing.Annotated:
            inner, *metadata = typing.get_args(annotation)
            says = any(_bounds(m) is not None or isinstance(m, Index) for m in metadata)
            return says or self.is_drawn(inner)
        return any(self.is_drawn(a) for a in _parts(annotation))

    def spec(self, annotation: Any) -> Spec:
        annotation = _unaliased(self.evaluated(annotation))
        origin, args = typing.get_origin(annotation), typing.get_args(annotation)
        if origin is typing.Annotated:
            return self.annotated(args[0], args[1:])
        if _is_array_type(annotation):
            return self.array(annotation)
        if origin is typing.Literal:
            return Choice(tuple(Fixed(a) for a in args))
        if origin in (typing.Union, types.UnionType):
            return self.union(args)
        if annotation in (None, type(None)):
            return Fixed(None)
        if annotation is bool:
            return Choice((Fixed(False), Fixed(True)))
        if annotation is float:
            return ScalarOf(float)
        if annotation is int:
            raise self.refusal(
                "is an int without bounds",
                f"Write `{self.argument}: Annotated[int, Interval(ge=0, le=3)]`, or give it a default.",
            )
        container = self.container(annotation, origin, args)
        if container is not None:
            return container
        if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
            return Choice(tuple(Fixed(member) for member in annotation))
        shown = getattr(annotation, "__name__", None) or str(annotation)
        raise self.refusal(
            f"is annotated {shown}, which says neither dtype nor shape",
            f'Annotate it, such as `{self.argument}: Float32[Array, "n"]`, or give it a default.',
        )

    def promise(self, annotation: Any) -> Spec | None:
        """What the return annotation promises; None for one that promises no shape or dtype."""
        annotation = _unaliased(self.evaluated(annotation))
        origin = typing.get_origin(annotation)
        if origin is typing.Annotated:
            return self.promise(typing.get_args(annotation)[0])
        if annotation in (float, int, bool):
            return ScalarOf(annotation)
        if _is_array_type(annotation):
            return self.array(annotation)
        if origin in (tuple, list, dict) or _fields(annotation) is not None:
            return self.container(annotation, origin, typing.get_args(annotation), self.promise)
        return None

    def union(self, args: Sequence[Any]) -> Spec:
        specs = [self.spec(a) for a in args]
        owned = [s for s in specs if isinstance(s, ArrayOf) and s.owner == "verax"]
        if owned:  # `Array | np.ndarray`: it is judged as ours
            specs = [s for s in specs if not isinstance(s, ArrayOf) or s.owner == "verax"]
        return specs[0] if len(specs) == 1 else Choice(tuple(specs))

    def array(self, annotation: Any) -> Spec:
        owner = _owner(annotation.array_type)
        names = annotation.dtypes
        if "key" in str(getattr(annotation, "dtype", "")).lower() or names in (("prng_key",), ["prng_key"]):
            return KeyOf(owner)
        listed = [_dtype(n) for n in names] if _is_listed(names) else ALL
        known = [d for d in listed if d is not None]
        if not known:
            raise self.refusal(f"has a dtype that Verax lacks ({', '.join(names)})", "Choose another dtype.")
        preferred = [d for d in _PREFERRED if d in known]
        try:
            dimensions = _dimensions(annotation.dim_str, self.unique)
        except (ValueError, SyntaxError) as err:
            raise self.refusal(
                f"has the shape {annotation.dim_str!r}, which cannot be read ({err})", "Name its sizes."
            ) from err
        return ArrayOf((preferred or known)[0], dimensions, owner, accepts=tuple(dict.fromkeys(known)))

    def unique(self) -> str:
        self.count += 1
        return f"any{self.count}"

    def annotated(self, inner: Any, metadata: Sequence[Any]) -> Spec:
        inner = _unaliased(self.evaluated(inner))
        domain = Domain()
        bounded = False
        index: Index | None = None
        for one in _flattened(metadata):
            if isinstance(one, Index):
                index = one
                self.check_index(one)
            elif isinstance(one, (annotated_types.Predicate, annotated_types.MultipleOf)):
                raise self.refusal(
                    f"has the constraint {one!r}, which cannot be drawn", "Use Interval, or give `inputs=`."
                )
            else:
                bounds = _bounds(one)
                if bounds is not None:
                    domain, bounded = _narrowed(domain, bounds), True
        if bounded and not domain.low <= domain.high:
            raise self.refusal(f"has the empty domain [{domain.low}, {domain.high}]", "Swap its ends.")
        if inner is int and (bounded or index is not None):
            return ScalarOf(int, domain, index)
        spec = self.spec(inner)
        if not bounded and index is None:
            return spec
        return self.restricted(spec, domain if bounded else None, index)

    def check_index(self, index: Index) -> None:
        try:
            size_of(index.size, collections.defaultdict(lambda: 1))
        except (ValueError, SyntaxError) as err:
            raise self.refusal(
                f"has {index!r}, which cannot be read ({err})", 'Write Index("k") or Index(10).'
            ) from err

    def restricted(self, spec: Spec, domain: Domain | None, index: Index | None) -> Spec:
        """The spec with a domain put on every array and scalar in it."""
        if isinstance(spec, (ArrayOf, ScalarOf)):
            return dataclasses.replace(spec, domain=domain, index=index)
        if isinstance(spec, TreeOf):
            inside = tuple(self.restricted(c, domain, index) for c in spec.children)
            return dataclasses.replace(spec, children=inside)
        if isinstance(spec, Choice):
            return Choice(tuple(self.restricted(c, domain, index) for c in spec.options))
        return spec

    def container(
        self, annotation: Any, origin: Any, args: Sequence[Any], read: Callable[[Any], Any] | None = None
    ) -> Spec | None:
        inner = read or self.spec
        fields = _fields(annotation)
        labels: tuple[Any, ...]
        build: Callable[[Sequence[Any]], Any]
        if fields is not None:
            labels, types_of = tuple(fields), list(fields.values())
            kind, build = annotation.__name__, functools.partial(_from_fields, annotation, labels)
        elif origin is tuple and args and args[-1] is not Ellipsis:
            labels, types_of, kind, build = tuple(range(len(args))), list(args), "tuple", tuple
        elif origin in (tuple, list, collections.abc.Sequence) and args:
            labels, types_of, kind = (0, 1), [args[0]] * 2, "tuple" if origin is tuple else "list"
            build = tuple if origin is tuple else list
        elif origin in (dict, collections.abc.Mapping) and len(args) == 2 and args[0] is str:
            labels, types_of, kind = ("a", "b"), [args[1]] * 2, "dict"
            build = functools.partial(_from_fields, dict, labels)
        else:
            return None
        children = [inner(t) for t in types_of]
        if any(child is None for child in children):
            return None
        return TreeOf(labels, tuple(children), build, kind)


def builtins_module() -> types.ModuleType:
    """Where names are looked up for a callable that belongs to no module."""
    return sys.modules["builtins"]


def _from_fields(cls: Any, labels: Sequence[str], values: Sequence[Any]) -> Any:
    return cls(**dict(zip(labels, values, strict=True)))


def _fields(annotation: Any) -> dict[str, Any] | None:
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


def _parts(annotation: Any) -> tuple[Any, ...]:
    fields = _fields(annotation)
    if fields is not None:
        return tuple(fields.values())
    if typing.get_origin(annotation) is typing.Literal:
        return ()
    return tuple(a for a in typing.get_args(annotation) if a is not Ellipsis)


def _unaliased(annotation: Any) -> Any:
    while True:
        if isinstance(annotation, typing.NewType):
            annotation = annotation.__supertype__
        elif type(annotation).__name__ == "TypeAliasType":  # `type X = ...` of Python 3.12
            annotation = annotation.__value__
        else:
            return annotation


def _is_array_type(annotation: Any) -> bool:
    """Whether it is jaxtyping's: told by what it says, so that jaxtyping need not be imported."""
    return isinstance(annotation, type) and all(
        hasattr(annotation, a) for a in ("dim_str", "dtypes", "array_type")
    )


def _is_listed(names: Any) -> bool:
    return isinstance(names, (list, tuple, set, frozenset))


def _dtype(name: str) -> DType | None:
    if name in ("bool", "bool_"):
        return bool_
    try:
        return as_dtype(name)
    except TypeError:
        return None


def _owner(array_type: Any) -> str:
    module = str(getattr(array_type, "__module__", "")).split(".")[0]
    return {"jaxlib": "jax", "": "verax", "typing": "verax"}.get(module, module)


def _flattened(metadata: Sequence[Any]) -> Iterator[Any]:
    for one in metadata:
        if isinstance(one, annotated_types.GroupedMetadata):
            yield from _flattened(list(one))
        else:
            yield one


def _bounds(one: Any) -> Domain | None:
    """The domain that one annotation declares; None if it declares none."""
    if isinstance(one, annotated_types.GroupedMetadata):
        inside = [b for b in map(_bounds, one) if b is not None]
        return functools.reduce(_narrowed, inside) if inside else None
    if isinstance(one, annotated_types.Ge):
        return Domain(low=float(one.ge))  # type: ignore[arg-type]  # the protocol promises order only
    if isinstance(one, annotated_types.Gt):
        return Domain(low=float(one.gt), open_low=True)  # type: ignore[arg-type]  # likewise
    if isinstance(one, annotated_types.Le):
        return Domain(high=float(one.le))  # type: ignore[arg-type]  # likewise
    if isinstance(one, annotated_types.Lt):
        return Domain(high=float(one.lt), open_high=True)  # type: ignore[arg-type]  # likewise
    return None


def _narrowed(a: Domain, b: Domain) -> Domain:
    low, open_low = max((a.low, a.open_low), (b.low, b.open_low))
    high, shut_high = min((a.high, not a.open_high), (b.high, not b.open_high))
    return Domain(low, high, open_low, not shut_high)

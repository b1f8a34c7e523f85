"""A function's signature, read from its annotations."""

from __future__ import annotations

import collections.abc
import dataclasses
import enum
import functools
import inspect
import sys
import types
import typing
from collections.abc import Callable, Sequence
from typing import Any

import annotated_types

from ..dtypes import ALL, DType, float32, int32, uint32
from ..primitive import Domain
from .annotations import (
    bounds_of,
    built_from_fields,
    builtins_module,
    dimensions_of,
    dtype_named,
    fields_of,
    flattened,
    is_array_type,
    is_listed,
    narrowed,
    owner_of,
    parts_of,
    unaliased,
)
from .mark import Undrawable
from .sizes import size_of
from .specs import Argument, ArrayOf, Choice, Fixed, Index, KeyOf, ScalarOf, Signature, Spec, TreeOf

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
        annotation = unaliased(self.evaluated(annotation))
        if is_array_type(annotation):
            return True
        if typing.get_origin(annotation) is typing.Annotated:
            inner, *metadata = typing.get_args(annotation)
            says = any(bounds_of(m) is not None or isinstance(m, Index) for m in metadata)
            return says or self.is_drawn(inner)
        return any(self.is_drawn(a) for a in parts_of(annotation))

    def spec(self, annotation: Any) -> Spec:
        annotation = unaliased(self.evaluated(annotation))
        origin, args = typing.get_origin(annotation), typing.get_args(annotation)
        if origin is typing.Annotated:
            return self.annotated(args[0], args[1:])
        if is_array_type(annotation):
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
        annotation = unaliased(self.evaluated(annotation))
        origin = typing.get_origin(annotation)
        if origin is typing.Annotated:
            return self.promise(typing.get_args(annotation)[0])
        if annotation in (float, int, bool):
            return ScalarOf(annotation)
        if is_array_type(annotation):
            return self.array(annotation)
        if origin in (tuple, list, dict) or fields_of(annotation) is not None:
            return self.container(annotation, origin, typing.get_args(annotation), self.promise)
        return None

    def union(self, args: Sequence[Any]) -> Spec:
        specs = [self.spec(a) for a in args]
        owned = [s for s in specs if isinstance(s, ArrayOf) and s.owner == "verax"]
        if owned:  # `Array | np.ndarray`: it is judged as ours
            specs = [s for s in specs if not isinstance(s, ArrayOf) or s.owner == "verax"]
        return specs[0] if len(specs) == 1 else Choice(tuple(specs))

    def array(self, annotation: Any) -> Spec:
        owner = owner_of(annotation.array_type)
        names = annotation.dtypes
        if "key" in str(getattr(annotation, "dtype", "")).lower() or names in (("prng_key",), ["prng_key"]):
            return KeyOf(owner)
        listed = [dtype_named(n) for n in names] if is_listed(names) else ALL
        known = [d for d in listed if d is not None]
        if not known:
            raise self.refusal(f"has a dtype that Verax lacks ({', '.join(names)})", "Choose another dtype.")
        preferred = [d for d in _PREFERRED if d in known]
        try:
            dimensions = dimensions_of(annotation.dim_str, self.unique)
        except (ValueError, SyntaxError) as err:
            raise self.refusal(
                f"has the shape {annotation.dim_str!r}, which cannot be read ({err})", "Name its sizes."
            ) from err
        return ArrayOf((preferred or known)[0], dimensions, owner, accepts=tuple(dict.fromkeys(known)))

    def unique(self) -> str:
        self.count += 1
        return f"any{self.count}"

    def annotated(self, inner: Any, metadata: Sequence[Any]) -> Spec:
        inner = unaliased(self.evaluated(inner))
        domain = Domain()
        bounded = False
        index: Index | None = None
        for one in flattened(metadata):
            if isinstance(one, Index):
                index = one
                self.check_index(one)
            elif isinstance(one, (annotated_types.Predicate, annotated_types.MultipleOf)):
                raise self.refusal(
                    f"has the constraint {one!r}, which cannot be drawn", "Use Interval, or give `inputs=`."
                )
            else:
                bounds = bounds_of(one)
                if bounds is not None:
                    domain, bounded = narrowed(domain, bounds), True
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
        fields = fields_of(annotation)
        labels: tuple[Any, ...]
        build: Callable[[Sequence[Any]], Any]
        if fields is not None:
            labels, types_of = tuple(fields), list(fields.values())
            kind, build = annotation.__name__, functools.partial(built_from_fields, annotation, labels)
        elif origin is tuple and args and args[-1] is not Ellipsis:
            labels, types_of, kind, build = tuple(range(len(args))), list(args), "tuple", tuple
        elif origin in (tuple, list, collections.abc.Sequence) and args:
            labels, types_of, kind = (0, 1), [args[0]] * 2, "tuple" if origin is tuple else "list"
            build = tuple if origin is tuple else list
        elif origin in (dict, collections.abc.Mapping) and len(args) == 2 and args[0] is str:
            labels, types_of, kind = ("a", "b"), [args[1]] * 2, "dict"
            build = functools.partial(built_from_fields, dict, labels)
        else:
            return None
        children = [inner(t) for t in types_of]
        if any(child is None for child in children):
            return None
        return TreeOf(labels, tuple(children), build, kind)

"""`dataclass`: dataclasses that are nodes of trees, and mappings of their fields."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, dataclass_transform

from ..language import tree_util
from .array_kinds import imported

C = TypeVar("C", bound=type)
# Methods that every dataclass here has.
RESERVED = frozenset({"from_tuple", "replace", "to_tuple"})


# -- mappings ----------------------------------------------------------------------------------------------
def _fields(self: Any) -> dict[str, Any]:
    found: dict[str, Any] = self.__dict__
    return found


_AS_MAPPING: dict[str, Callable[..., Any]] = {
    "__getitem__": lambda self, name: _fields(self)[name],
    "__len__": lambda self: len(_fields(self)),
    "__iter__": lambda self: iter(_fields(self)),
    # Mapping's own would show the whole object.
    "keys": lambda self: _fields(self).keys(),
    "values": lambda self: _fields(self).values(),
    "items": lambda self: _fields(self).items(),
}


def mappable_dataclass(cls: Any) -> Any:
    """A dataclass that is a `collections.abc.Mapping` of its fields too, and is made as a dict is: by keywords.

    Raises:
        ValueError: the class is no dataclass; later, an object is made by places, or with an unknown field.
    """
    if not dataclasses.is_dataclass(cls):
        raise ValueError(f"Expected dataclass, got {cls}: apply mappable_dataclass on top of dataclass.")
    made: Any = cls
    fields = made.__dataclass_fields__.values()
    names, taken = {f.name for f in fields}, {f.name for f in fields if f.init}
    plain = made.__init__

    @functools.wraps(plain)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        if len(args) > 1 or (args and kwargs):
            raise ValueError(
                "Mappable dataclass constructor doesn't support positional args. Give each field by its name."
            )
        given = dict(*args, **kwargs)
        unknown = set(given) - names
        if unknown:
            raise ValueError(f"__init__() got unexpected kwargs: {unknown}.")
        plain(self, **{name: value for name, value in given.items() if name in taken})

    body = {**made.__dict__, **_AS_MAPPING, "__init__": init}
    body.pop("__dict__", None)
    body.pop("__weakref__", None)
    # `object` may not come before Mapping, and is there anyway.
    return type(made.__name__, (*(b for b in made.__bases__ if b is not object), Mapping), body)


# -- nodes -------------------------------------------------------------------------------------------------
def _taken_apart(node: Any) -> tuple[tuple[Any, ...], tuple[str, ...]]:
    names = tuple(sorted(node.__dict__))
    return tuple(node.__dict__[name] for name in names), names


def _put_together(data_class: type, names: tuple[str, ...], values: Any) -> Any:
    """Not by ``__init__``: leaves may be anything. Fields keep the order in which the class declares them."""
    made: Any = object.__new__(data_class)
    given = dict(zip(names, values, strict=True))
    declared = [name for name in getattr(data_class, "__dataclass_fields__", ()) if name in given]
    for name in (*declared, *(n for n in names if n not in declared)):
        object.__setattr__(made, name, given[name])
    if hasattr(made, "__post_init__"):
        made.__post_init__()
    return made


def _with_keys(key: Callable[[str], Any], node: Any) -> Any:
    values, names = _taken_apart(node)
    return tuple((key(name), value) for name, value in zip(names, values, strict=True)), names


_registered: dict[str, set[type]] = {"verax": set(), "jax": set()}


def register_dataclass_type_with_jax_tree_util(data_class: type) -> None:
    """Make a dataclass a node of trees, Verax's and, where the program has imported it, JAX's.

    Its children are what its instances hold, in the order of their names. A class that is a node already stays as
    it is.
    """
    jax = imported("jax")
    for owner, utilities in (("verax", tree_util), ("jax", getattr(jax, "tree_util", None))):
        if utilities is None or data_class in _registered[owner]:
            continue
        _registered[owner].add(data_class)
        try:
            utilities.register_pytree_with_keys(
                data_class,
                functools.partial(_with_keys, utilities.GetAttrKey),
                functools.partial(_put_together, data_class),
                _taken_apart,
            )
        except ValueError as err:
            if "already" not in str(err).lower() and "duplicate" not in str(err).lower():
                raise


# -- the decorator -----------------------------------------------------------------------------------------
@dataclass_transform()
def dataclass(
    cls: Any = None,
    *,
    init: bool = True,
    repr: bool = True,
    eq: bool = True,
    order: bool = False,
    unsafe_hash: bool = False,
    frozen: bool = False,
    kw_only: bool = False,
    mappable_dataclass: bool = True,
) -> Any:
    """A dataclass that is a node of trees, and has ``replace``, ``to_tuple`` and ``from_tuple``.

    Args:
        cls: the class; without it, the result is a decorator.
        init: as of `dataclasses.dataclass`, like all up to ``kw_only``.
        repr: likewise.
        eq: likewise.
        order: likewise.
        unsafe_hash: likewise.
        frozen: likewise.
        kw_only: likewise.
        mappable_dataclass: whether it is a mapping of its fields too, and is made by keywords alone.

    >>> @dataclass
    ... class Point:
    ...     x: float
    ...     y: float
    >>> Point(x=1.0, y=2.0).replace(y=3.0).to_tuple()
    (1.0, 3.0)

    Raises:
        TypeError: it is not frozen, and derives from one that is.
        ValueError: a field has the name of a method that the class is given.
    """
    if cls is None:
        return functools.partial(
            dataclass,
            init=init,
            repr=repr,
            eq=eq,
            order=order,
            unsafe_hash=unsafe_hash,
            frozen=frozen,
            kw_only=kw_only,
            mappable_dataclass=mappable_dataclass,
        )
    # Python says so only where the base has fields.
    for base in cls.__bases__:
        parameters = getattr(base, "__dataclass_params__", None)
        if parameters is not None and parameters.frozen and not frozen:
            raise TypeError("cannot inherit non-frozen dataclass from a frozen one")
    made: Any = dataclasses.dataclass(
        init=init, repr=repr, eq=eq, order=order, unsafe_hash=unsafe_hash, frozen=frozen, kw_only=kw_only
    )(cls)
    reserved = RESERVED & {f.name for f in dataclasses.fields(made)}
    if reserved:
        raise ValueError(f"The following dataclass fields are disallowed: {reserved} ({made}).")
    if mappable_dataclass:
        made = _mappable(made)
    _give_methods(made)
    if made.__module__ != "__main__":  # there, pickle of the class by value would drag the registry along
        register_dataclass_type_with_jax_tree_util(made)
    return made


_mappable = mappable_dataclass  # `dataclass` has an argument of that name


def _replaced(self: Any, **changes: Any) -> Any:
    return dataclasses.replace(self, **changes)


def _give_methods(made: Any) -> None:
    names = tuple(made.__dataclass_fields__)
    plain = made.__init__

    # Made or unpickled in a process that has not run the decorator, a class is registered then.
    @functools.wraps(plain)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        register_dataclass_type_with_jax_tree_util(made)
        plain(self, *args, **kwargs)

    def restore(self: Any, state: dict[str, Any]) -> None:
        register_dataclass_type_with_jax_tree_util(made)
        self.__dict__.update(state)

    def from_tuple(values: Any) -> Any:
        return made(**dict(zip(names, values, strict=False)))

    made.__init__ = init
    made.__getstate__ = _fields
    made.__setstate__ = restore
    made.from_tuple = staticmethod(from_tuple)
    made.to_tuple = lambda self: tuple(getattr(self, name) for name in names)
    made.replace = _replaced

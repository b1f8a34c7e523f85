"""`jax.tree_util`: trees of arrays, taken apart, mapped and put together."""

from __future__ import annotations

import collections
import dataclasses
import functools
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from . import trees
from .kept_nodes import optree
from .trees import NAMESPACE, TreeDef

__all__ = [
    "DictKey",
    "FlattenedIndexKey",
    "GetAttrKey",
    "KeyEntry",
    "KeyPath",
    "Partial",
    "PyTreeDef",
    "SequenceKey",
    "all_leaves",
    "default_registry",
    "flatten_one_level",
    "flatten_one_level_with_keys",
    "is_tree_node",
    "keystr",
    "register_dataclass",
    "register_pytree_node",
    "register_pytree_node_class",
    "register_pytree_with_keys",
    "register_pytree_with_keys_class",
    "register_static",
    "tree_all",
    "tree_broadcast",
    "tree_flatten",
    "tree_flatten_with_path",
    "tree_leaves",
    "tree_leaves_with_path",
    "tree_map",
    "tree_map_with_path",
    "tree_reduce",
    "tree_reduce_associative",
    "tree_structure",
    "tree_transpose",
    "tree_unflatten",
    "treedef_children",
    "treedef_is_leaf",
    "treedef_tuple",
]

PyTreeDef = TreeDef
IsLeaf = Callable[[Any], bool]
C = TypeVar("C", bound=type)


# -- keys: one step down a tree ---------------------------------------------------------------------------
@dataclasses.dataclass(frozen=True, slots=True)
class SequenceKey:
    """An element of a sequence."""

    idx: int

    def __str__(self) -> str:
        return f"[{self.idx!r}]"


@dataclasses.dataclass(frozen=True, slots=True)
class DictKey:
    """A value of a dictionary."""

    key: Hashable

    def __str__(self) -> str:
        return f"[{self.key!r}]"


@dataclasses.dataclass(frozen=True, slots=True)
class GetAttrKey:
    """An attribute: a named tuple's field, or a registered class's."""

    name: str

    def __str__(self) -> str:
        return f".{self.name}"


@dataclasses.dataclass(frozen=True, slots=True)
class FlattenedIndexKey:
    """A child of a class that was registered without keys."""

    key: int

    def __str__(self) -> str:
        return f"[<flat index {self.key}>]"


KeyEntry = SequenceKey | DictKey | GetAttrKey | FlattenedIndexKey
KeyPath = tuple[Any, ...]


def keystr(keys: KeyPath, *, simple: bool = False, separator: str = "") -> str:
    """A path as a person writes it: ``['layers'][0].weight``, or simply ``layers/0/weight``.

    Returns:
        A text.

    Raises nothing of its own.
    """
    return separator.join(_simple(k) if simple else str(k) for k in keys)


def _simple(key: Any) -> str:
    for attribute in ("idx", "key", "name"):
        if hasattr(key, attribute):
            return str(getattr(key, attribute))
    return str(key)


def _key_of(entry: Any) -> Any:
    """The key that an optree entry stands for."""
    inner = entry.entry
    if isinstance(inner, _Given):
        return inner.key
    if isinstance(entry, (optree.NamedTupleEntry, optree.StructSequenceEntry)):
        return GetAttrKey(entry.field)
    if isinstance(entry, (optree.GetAttrEntry, optree.DataclassEntry)):
        return GetAttrKey(inner)
    if isinstance(entry, optree.MappingEntry):
        return DictKey(inner)
    if isinstance(entry, optree.SequenceEntry):
        return SequenceKey(inner)
    return FlattenedIndexKey(inner)


@dataclasses.dataclass(frozen=True, slots=True)
class _Given:
    """A key that a registered class gave for itself, on its way through optree."""

    key: Any

    def __repr__(self) -> str:
        return repr(_simple(self.key))


# -- taking apart and putting together --------------------------------------------------------------------
def tree_flatten(tree: Any, is_leaf: IsLeaf | None = None) -> tuple[list[Any], TreeDef]:
    """The leaves of a tree, and its structure.

    Raises nothing of its own.
    """
    return trees.flatten(tree, is_leaf)


def tree_unflatten(treedef: TreeDef, leaves: Iterable[Any]) -> Any:
    """The tree of that structure with these leaves.

    Raises:
        ValueError: there are not as many leaves as the structure has.
    """
    return trees.unflatten(treedef, leaves)


def tree_leaves(tree: Any, is_leaf: IsLeaf | None = None) -> list[Any]:
    """The leaves of a tree.

    Raises nothing of its own.
    """
    return trees.leaves(tree, is_leaf)


def tree_structure(tree: Any, is_leaf: IsLeaf | None = None) -> TreeDef:
    """The structure of a tree.

    Raises nothing of its own.
    """
    return trees.structure(tree, is_leaf)


def tree_flatten_with_path(
    tree: Any, is_leaf: IsLeaf | None = None
) -> tuple[list[tuple[KeyPath, Any]], TreeDef]:
    """The leaves of a tree, each with the keys that lead to it, and its structure.

    Raises nothing of its own.
    """
    accessors, leaves, treedef = optree.tree_flatten_with_accessor(tree, is_leaf, namespace=NAMESPACE)
    paths = [tuple(_key_of(entry) for entry in accessor) for accessor in accessors]
    return list(zip(paths, leaves, strict=True)), treedef


def tree_leaves_with_path(tree: Any, is_leaf: IsLeaf | None = None) -> list[tuple[KeyPath, Any]]:
    """The leaves of a tree, each with the keys that lead to it.

    Raises nothing of its own.
    """
    return tree_flatten_with_path(tree, is_leaf)[0]


def all_leaves(iterable: Iterable[Any], is_leaf: IsLeaf | None = None) -> bool:
    """Whether every element is a leaf.

    Raises nothing of its own.
    """
    return all(treedef_is_leaf(trees.structure(x, is_leaf)) for x in iterable)


def treedef_is_leaf(treedef: TreeDef) -> bool:
    """Whether a structure is a leaf's.

    Raises nothing of its own.
    """
    return treedef.num_nodes == 1 and treedef.num_leaves == 1


def treedef_children(treedef: TreeDef) -> list[TreeDef]:
    """The structures of a node's children.

    Raises nothing of its own.
    """
    return list(treedef.children())


def treedef_tuple(treedefs: Iterable[TreeDef]) -> TreeDef:
    """The structure of a tuple of trees of these structures.

    Raises nothing of its own.
    """
    return optree.treespec_tuple(list(treedefs), namespace=NAMESPACE)


# -- mapping -------------------------------------------------------------------------------------------------
def tree_map(f: Callable[..., Any], tree: Any, *rest: Any, is_leaf: IsLeaf | None = None) -> Any:
    """Apply a function to the leaves of a tree and to what stands in their place in others.

    Raises:
        ValueError: the other trees have another structure.
    """
    return trees.map(f, tree, *rest, is_leaf=is_leaf)


def tree_map_with_path(f: Callable[..., Any], tree: Any, *rest: Any, is_leaf: IsLeaf | None = None) -> Any:
    """`tree_map` of a function that takes the keys that lead to the leaf first.

    Raises:
        ValueError: the other trees have another structure.
    """
    found, treedef = tree_flatten_with_path(tree, is_leaf)
    others = [treedef.flatten_up_to(r) for r in rest]
    return trees.unflatten(treedef, [f(*found[i], *(o[i] for o in others)) for i in range(len(found))])


_NOTHING = object()


def tree_reduce(
    function: Callable[[Any, Any], Any], tree: Any, initializer: Any = _NOTHING, is_leaf: IsLeaf | None = None
) -> Any:
    """Fold a function over the leaves.

    Raises:
        TypeError: the tree has no leaves and there is no ``initializer``.
    """
    leaves = trees.leaves(tree, is_leaf)
    if initializer is _NOTHING:
        return functools.reduce(function, leaves)
    return functools.reduce(function, leaves, initializer)


def tree_reduce_associative(
    operation: Callable[[Any, Any], Any],
    tree: Any,
    *,
    identity: Any = _NOTHING,
    is_leaf: IsLeaf | None = None,
) -> Any:
    """Fold an associative function over the leaves, half with half: log2 n steps deep.

    Raises:
        TypeError: the tree has no leaves and no ``identity`` is given.
    """
    found = trees.leaves(tree, is_leaf)
    if not found:
        if identity is _NOTHING:
            raise TypeError("`identity` of tree_reduce_associative must be given for a tree without leaves.")
        return identity
    return _halved(operation, found)


def _halved(operation: Callable[[Any, Any], Any], found: list[Any]) -> Any:
    if len(found) == 1:
        return found[0]
    middle = len(found) // 2
    return operation(_halved(operation, found[:middle]), _halved(operation, found[middle:]))


def tree_all(tree: Any, *, is_leaf: IsLeaf | None = None) -> bool:
    """Whether every leaf is true.

    Raises nothing of its own.
    """
    return all(trees.leaves(tree, is_leaf))


def tree_broadcast(prefix_tree: Any, full_tree: Any, is_leaf: IsLeaf | None = None) -> Any:
    """The prefix with each leaf repeated over the subtree that stands in its place.

    Raises:
        ValueError: the one is no prefix of the other.
    """
    found: list[Any] = []

    def spread(entry: Any, subtree: Any) -> None:
        found.extend([entry] * len(trees.leaves(subtree, is_leaf)))

    optree.tree_map_(spread, prefix_tree, full_tree, is_leaf=is_leaf, namespace=NAMESPACE)
    return trees.unflatten(trees.structure(full_tree, is_leaf), found)


def tree_transpose(outer_treedef: TreeDef, inner_treedef: TreeDef | None, pytree_to_transpose: Any) -> Any:
    """A tree of trees turned inside out.

    Raises:
        ValueError: the tree is not one of ``outer_treedef`` whose leaves are of ``inner_treedef``.
    """
    try:
        subtrees = outer_treedef.flatten_up_to(pytree_to_transpose)
    except ValueError:
        rows = _counted(outer_treedef, inner_treedef, pytree_to_transpose)
        if inner_treedef is None or rows is None:
            raise
    else:
        if inner_treedef is None:
            inner_treedef = trees.structure(subtrees[0])
        rows = []
        for subtree in subtrees:
            leaves, structure = trees.flatten(subtree)
            if structure != inner_treedef:
                raise ValueError(
                    f"`pytree_to_transpose` must hold trees of {inner_treedef}, got {structure}."
                )
            rows.append(leaves)
    columns = [[row[i] for row in rows] for i in range(inner_treedef.num_leaves)]
    return trees.unflatten(inner_treedef, [trees.unflatten(outer_treedef, column) for column in columns])


def _counted(outer: TreeDef, inner: TreeDef | None, tree: Any) -> list[list[Any]] | None:
    """The leaves of each inner tree by their number alone, of a tree that is of the class of ``outer``'s; else None.

    A node may keep what is below it as its metadata (Haiku's `FlatMapping` does), and then is another one here.
    """
    leaves, structure = trees.flatten(tree)
    size = 0 if inner is None else inner.num_leaves
    if structure.type is not outer.type or len(leaves) != outer.num_leaves * size:
        return None
    return [leaves[i : i + size] for i in range(0, len(leaves), size)]


# -- one level ----------------------------------------------------------------------------------------------
class Registry:
    """Which classes are nodes, and how each is taken apart by one level."""

    def is_node(self, kind: type) -> bool:
        """Whether instances of a class are nodes."""
        if kind in _BUILT_IN or (issubclass(kind, tuple) and hasattr(kind, "_fields")):
            return True
        return optree.register_pytree_node.get(kind, namespace=NAMESPACE) is not None

    def flatten_one_level(self, tree: Any) -> tuple[Iterable[Any], Any] | None:
        """The children of a node, and what tells it from others of its class; None for a leaf."""
        if not self.is_node(type(tree)):
            return None
        children, aux, _, _ = optree.tree_flatten_one_level(tree, namespace=NAMESPACE)
        return children, _metadata(tree, aux)

    def flatten_one_level_with_keys(self, tree: Any) -> tuple[Iterable[tuple[Any, Any]], Any] | None:
        """`flatten_one_level`, each child with the key that leads to it."""
        found = self.flatten_one_level(tree)
        if found is None:
            return None
        paths = [path for path, _ in tree_leaves_with_path(tree, is_leaf=lambda x: x is not tree)]
        children, aux = found
        return [(path[0], child) for path, child in zip(paths, children, strict=True)], aux


_BUILT_IN = (
    type(None),
    tuple,
    list,
    dict,
    collections.OrderedDict,
    collections.defaultdict,
    collections.deque,
)


def _metadata(tree: Any, aux: Any) -> Any:
    """What JAX keeps beside the children: nothing for sequences, the keys of dictionaries, a named tuple's class."""
    if isinstance(tree, dict):
        return (
            tuple(aux)
            if not isinstance(tree, collections.defaultdict)
            else (tree.default_factory, tuple(aux[1]))
        )
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)
    return aux if not isinstance(tree, (tuple, list)) else None


default_registry = Registry()


def is_tree_node(typ: type) -> bool:
    """Whether instances of a class are nodes of trees.

    Raises nothing of its own.
    """
    return default_registry.is_node(typ)


def flatten_one_level(tree: Any) -> tuple[Iterable[Any], Any]:
    """The children of a node, and what tells it from others of its class.

    Raises:
        ValueError: ``tree`` is a leaf.
    """
    found = default_registry.flatten_one_level(tree)
    if found is None:
        raise _leaf(tree)
    return found


def flatten_one_level_with_keys(tree: Any) -> tuple[Iterable[tuple[Any, Any]], Any]:
    """The children of a node with their keys, and what tells it from others of its class.

    Raises:
        ValueError: ``tree`` is a leaf.
    """
    found = default_registry.flatten_one_level_with_keys(tree)
    if found is None:
        raise _leaf(tree)
    return found


def _leaf(tree: Any) -> ValueError:
    return ValueError(f"`tree` must be a node of a tree, got a leaf of type {type(tree).__name__}.")


# -- registering -------------------------------------------------------------------------------------------------
def register_pytree_node(
    nodetype: type,
    flatten_func: Callable[[Any], tuple[Iterable[Any], Hashable]],
    unflatten_func: Callable[[Any, Iterable[Any]], Any],
    flatten_with_keys_func: Callable[[Any], tuple[Iterable[tuple[Any, Any]], Hashable]] | None = None,
) -> None:
    """Make a class a node of trees: ``flatten(x) -> (children, aux)``, ``unflatten(aux, children) -> x``.

    Raises:
        ValueError: the class is a node already.
    """
    if flatten_with_keys_func is None:
        trees.register_node(nodetype, flatten_func, unflatten_func)
    else:
        register_pytree_with_keys(nodetype, flatten_with_keys_func, unflatten_func, flatten_func)


def register_pytree_node_class(cls: C) -> C:
    """Make a class with methods ``tree_flatten`` and (class method) ``tree_unflatten`` a node.

    Raises:
        ValueError: the class is a node already.
    """
    register_pytree_node(cls, lambda x: x.tree_flatten(), cls.tree_unflatten)  # type: ignore[attr-defined]  # the class's promise
    return cls


def register_pytree_with_keys(
    nodetype: type,
    flatten_with_keys: Callable[[Any], tuple[Iterable[tuple[Any, Any]], Hashable]],
    unflatten_func: Callable[[Any, Iterable[Any]], Any],
    flatten_func: Callable[[Any], tuple[Iterable[Any], Hashable]] | None = None,
) -> None:
    """`register_pytree_node` for a class that says by which key each child is reached.

    Raises:
        ValueError: the class is a node already.
    """

    def flatten(x: Any) -> Any:
        pairs, aux = flatten_with_keys(x)
        pairs = list(pairs)
        return [child for _, child in pairs], aux, [_Given(key) for key, _ in pairs]

    optree.register_pytree_node(nodetype, flatten, unflatten_func, namespace=NAMESPACE)


def register_pytree_with_keys_class(cls: C) -> C:
    """Make a class with methods ``tree_flatten_with_keys`` and ``tree_unflatten`` a node.

    Raises:
        ValueError: the class is a node already.
    """
    register_pytree_with_keys(cls, lambda x: x.tree_flatten_with_keys(), cls.tree_unflatten)  # type: ignore[attr-defined]  # the class's promise
    return cls


def register_dataclass(
    nodetype: C,
    data_fields: Sequence[str] | None = None,
    meta_fields: Sequence[str] | None = None,
    drop_fields: Sequence[str] = (),
) -> C:
    """Make a dataclass a node: its data fields are children, its meta fields part of the structure.

    Without lists, fields whose metadata say ``static=True`` are meta fields, all others data fields.

    Raises:
        ValueError: the lists leave a field out, or name one that there is not.
    """
    if (data_fields is None) != (meta_fields is None):
        raise ValueError("`data_fields` and `meta_fields` of register_dataclass must be given together.")
    if dataclasses.is_dataclass(nodetype):
        fields = [f for f in dataclasses.fields(nodetype) if f.init]
        if data_fields is None:
            data_fields = [
                f.name for f in fields if not f.metadata.get("static") and f.name not in drop_fields
            ]
            meta_fields = [f.name for f in fields if f.metadata.get("static")]
        _check_fields(nodetype, {f.name for f in fields}, {*data_fields, *(meta_fields or ()), *drop_fields})
    if data_fields is None:
        raise ValueError(f"`nodetype` must be a dataclass, or the fields be given, got {nodetype!r}.")
    children, meta = tuple(data_fields), tuple(meta_fields or ())

    def flatten(x: Any) -> Any:
        return [(GetAttrKey(n), getattr(x, n)) for n in children], tuple(getattr(x, n) for n in meta)

    def unflatten(aux: Any, values: Iterable[Any]) -> Any:
        return nodetype(**dict(zip(children, values, strict=True)), **dict(zip(meta, aux, strict=True)))

    register_pytree_with_keys(nodetype, flatten, unflatten)
    return nodetype


def _check_fields(nodetype: type, there: set[str], named: set[str]) -> None:
    if there != named:
        raise ValueError(
            f"`data_fields` and `meta_fields` must be the fields of {nodetype.__name__}, {sorted(there)}, "
            f"got {sorted(named)}."
        )


def register_static(cls: C) -> C:
    """Make a hashable class a node without children: it is part of the structure.

    Raises:
        ValueError: the class is a node already.
    """
    trees.register_node(cls, lambda x: ((), x), lambda x, _: x)
    return cls


class Partial(functools.partial):  # type: ignore[type-arg]  # a partial of anything
    """`functools.partial` that is a node: the function is structure, the arguments are children."""


trees.register_node(
    Partial,
    lambda p: ((p.args, p.keywords), p.func),
    lambda func, children: _partial(func, iter(children)),
)


def _partial(func: Callable[..., Any], children: Iterator[Any]) -> Partial:
    args, keywords = children
    return Partial(func, *args, **keywords)

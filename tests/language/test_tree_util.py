"""`verax.tree_util` and `verax.tree` do what `jax.tree_util` does on the same trees."""

from __future__ import annotations

import collections
import dataclasses
import inspect
import subprocess
import sys
from typing import Any

import jax
import jax.tree_util
import numpy as np
import pytest

import verax
import verax.tree
from verax.language import tree as short
from verax.language import tree_util as ours

theirs: Any = jax.tree_util

Point = collections.namedtuple("Point", "x y")


@dataclasses.dataclass
class Layer:
    weight: Any
    bias: Any
    name: str = "layer"


class Keyed:
    def __init__(self, a: Any, b: Any) -> None:
        self.a, self.b = a, b


class Plain:
    def __init__(self, items: Any) -> None:
        self.items = items

    def tree_flatten(self) -> Any:
        return tuple(self.items), None

    @classmethod
    def tree_unflatten(cls, aux: Any, children: Any) -> Any:
        return cls(list(children))


for module in (ours, theirs):
    registry: Any = module
    registry.register_dataclass(Layer, ["weight", "bias"], ["name"])
    registry.register_pytree_node_class(Plain)
    registry.register_pytree_with_keys(
        Keyed,
        lambda k, m=registry: (((m.GetAttrKey("a"), k.a), (m.GetAttrKey("b"), k.b)), None),
        lambda _, children: Keyed(*children),
    )

TREES: dict[str, Any] = {
    "leaf": 3,
    "none": None,
    "nested": {"b": [1, (2, None)], "a": Point(3, 4)},
    "ordered": collections.OrderedDict([("z", 1), ("a", 2)]),
    "default": collections.defaultdict(list, {"k": [1, 2]}),
    "dataclass": [Layer(1, (2, 3)), Layer({"w": 4}, None, "last")],
    "keyed": Keyed([1, 2], {"k": 3}),
    "plain": Plain([1, Plain([2])]),
    "empty": [(), {}, []],
}


@pytest.mark.parametrize("name", TREES)
def test_leaves_and_paths_are_jax_s(name: str) -> None:
    tree = TREES[name]
    assert ours.tree_leaves(tree) == theirs.tree_leaves(tree)
    mine, _ = ours.tree_flatten_with_path(tree)
    other, _ = theirs.tree_flatten_with_path(tree)
    assert [ours.keystr(p) for p, _ in mine] == [theirs.keystr(p) for p, _ in other]
    assert [ours.keystr(p, simple=True, separator="/") for p, _ in mine] == [
        theirs.keystr(p, simple=True, separator="/") for p, _ in other
    ]
    assert [leaf for _, leaf in mine] == [leaf for _, leaf in other]


@pytest.mark.parametrize("name", TREES)
def test_a_tree_is_put_together_as_it_was(name: str) -> None:
    tree = TREES[name]
    leaves, treedef = ours.tree_flatten(tree)
    again = ours.tree_unflatten(treedef, leaves)
    assert ours.tree_structure(again) == treedef
    assert type(again) is type(tree)
    assert treedef.num_leaves == theirs.tree_structure(tree).num_leaves
    doubled = ours.tree_leaves(ours.tree_map(lambda x: 2 * x, tree))
    assert doubled == theirs.tree_leaves(theirs.tree_map(lambda x: 2 * x, tree))


@pytest.mark.parametrize("module", [ours, theirs], ids=["verax", "jax"])
def test_maps_folds_and_transposes(module: Any) -> None:
    tree = {"a": [1, 2], "b": 3}
    assert module.tree_map(lambda x, y: x + y, tree, tree) == {"a": [2, 4], "b": 6}
    assert module.tree_map_with_path(lambda p, x: (module.keystr(p), x), tree) == {
        "a": [("['a'][0]", 1), ("['a'][1]", 2)],
        "b": ("['b']", 3),
    }
    assert module.tree_reduce(lambda x, y: x + y, tree) == 6
    assert module.tree_reduce(lambda x, y: x + y, tree, 10) == 16
    assert module.tree_all([True, {"k": True}])
    assert not module.tree_all([True, {"k": 0}])
    assert module.all_leaves([1, 2])
    assert not module.all_leaves([1, [2]])
    outer, inner = module.tree_structure([0, 0]), module.tree_structure({"x": 0, "y": 0})
    assert module.tree_transpose(outer, inner, [{"x": 1, "y": 2}, {"x": 3, "y": 4}]) == {
        "x": [1, 3],
        "y": [2, 4],
    }
    assert module.tree_broadcast((1, 2), ([0, 0], {"k": 0})) == ([1, 1], {"k": 2})
    assert module.tree_leaves([1, None, (2,)], is_leaf=lambda x: x is None) == [1, None, 2]
    assert module.treedef_is_leaf(module.tree_structure(1))
    children = module.treedef_children(module.tree_structure((1, [2])))
    assert module.treedef_tuple(children) == module.tree_structure((1, [2]))


def test_partial_is_a_node_whose_arguments_are_children() -> None:
    bound = ours.Partial(lambda x, y, z: x * y + z, 2.0, z=1.0)
    assert ours.tree_leaves(bound) == [2.0, 1.0]
    assert float(verax.jit(lambda f, y: f(y))(bound, 3.0)) == 7.0
    assert float(verax.grad(lambda f: f(3.0))(bound).args[0]) == 3.0


def test_a_static_class_is_structure() -> None:
    @dataclasses.dataclass(frozen=True)
    class Mode:
        name: str

    ours.register_static(Mode)
    assert ours.tree_leaves([Mode("a"), 1]) == [1]
    assert ours.tree_structure(Mode("a")) != ours.tree_structure(Mode("b"))


def test_registered_classes_pass_through_transforms() -> None:
    layer = Layer(np.ones(2, np.float32), np.float32(3))
    slope = verax.grad(lambda layer: (layer.weight * layer.bias).sum())(layer)
    assert np.asarray(slope.weight).tolist() == [3.0, 3.0]
    assert float(slope.bias) == 2.0
    assert slope.name == "layer"


@pytest.mark.parametrize("name", TREES)
def test_one_level_is_jax_s(name: str) -> None:
    tree = TREES[name]
    assert ours.is_tree_node(type(tree)) == theirs.is_tree_node(type(tree)) == (name != "leaf")
    if name == "leaf":
        for module in (ours, theirs):
            with pytest.raises(ValueError, match=r"leaf|flatten"):
                module.flatten_one_level(tree)
            with pytest.raises(ValueError, match=r"leaf|flatten"):
                module.flatten_one_level_with_keys(tree)
        return
    (mine, aux), (other, meta) = ours.flatten_one_level(tree), theirs.flatten_one_level(tree)
    assert list(mine) == list(other)
    assert aux == meta
    keyed, aux = ours.flatten_one_level_with_keys(tree)
    assert aux == meta
    assert [child for _, child in keyed] == list(mine)
    assert [str(k) for k, _ in keyed] == [str(k) for k, _ in theirs.flatten_one_level_with_keys(tree)[0]]


def test_an_associative_fold_takes_halves_as_jax_does() -> None:
    for size in range(1, 9):
        tree = list(map(str, range(size)))
        fold = [
            m.tree_reduce_associative(lambda x, y: f"({x}{y})", tree, identity="") for m in (ours, theirs)
        ]
        assert fold[0] == fold[1]
    assert short.reduce_associative(lambda x, y: x + y, [], identity=5) == 5
    with pytest.raises(TypeError, match="`identity` of tree_reduce_associative must be given"):
        short.reduce_associative(lambda x, y: x + y, [])


def test_a_static_field_is_structure() -> None:
    @dataclasses.dataclass
    class Op:
        x: Any
        name: str = short.static(default="add", metadata={"unit": 1})

    ours.register_dataclass(Op)
    assert ours.tree_leaves(Op(3)) == [3]
    assert dict(dataclasses.fields(Op)[1].metadata) == {"unit": 1, "static": True}


def test_the_short_names_are_jax_tree_s() -> None:
    assert {n for n in dir(jax.tree) if not n.startswith("_")} == set(short.__all__)
    for name in set(short.__all__) - {"static"}:
        assert getattr(verax.tree, name) is getattr(ours, f"tree_{name}")
        here, there = inspect.signature(getattr(short, name)), inspect.signature(getattr(jax.tree, name))
        assert [p for p in there.parameters if p != "is_leaf_takes_path"] == list(here.parameters)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ours.register_dataclass(Layer, ["weight"], []), "must be the fields of Layer"),
        (lambda: ours.register_dataclass(Layer, ["weight"]), "must be given together"),
        (lambda: ours.register_dataclass(int), "must be a dataclass, or the fields be given"),
        (
            lambda: ours.tree_transpose(ours.tree_structure([0]), ours.tree_structure((0,)), [[1]]),
            "`pytree_to_transpose` must hold trees of",
        ),
    ],
)
def test_a_message_says_what_was_wrong(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match="`") as caught:
        call()
    assert message in str(caught.value)


@pytest.mark.parametrize("module", [ours, theirs], ids=["verax", "jax"])
def test_a_node_that_keeps_its_structure_as_metadata_is_transposed_by_its_leaves(module: Any) -> None:
    """As Haiku's FlatMapping: with leaves that are trees it is another node than with leaves alone."""

    class Flat:
        def __init__(self, tree: Any) -> None:
            self.tree = tree

    module.register_pytree_node(
        Flat,
        lambda flat: module.tree_flatten(flat.tree),
        lambda structure, leaves: Flat(module.tree_unflatten(structure, leaves)),
    )
    outer, inner = module.tree_structure(Flat({"a": 0, "b": 0})), module.tree_structure([0, 0])
    found = module.tree_transpose(outer, inner, Flat({"a": [3, 4], "b": [5, 6]}))

    assert [x.tree for x in found] == [{"a": 3, "b": 5}, {"a": 4, "b": 6}]
    with pytest.raises((ValueError, TypeError)):
        module.tree_transpose(outer, inner, Flat({"a": [3, 4], "b": [5]}))


def test_a_program_that_runs_exit_functions_itself_still_has_its_nodes() -> None:
    code = (
        "import atexit, verax.numpy, verax.tree_util as t\n"
        "atexit.register(print, 'at exit')\n"
        "atexit._run_exitfuncs()\n"
        "print(t.tree_leaves((1, [2, {'a': 3}])))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "at exit\n[1, 2, 3]\n"), done.stderr

"""`signature_of`: what a function takes, read from the annotations that people already write."""

from __future__ import annotations

import enum
import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple, NewType, Optional, TypedDict

import numpy as np
import pytest
from annotated_types import Ge, Gt, Interval, MultipleOf
from jaxtyping import Bool, Float, Float32, Float64, Int32, Key, Num, Shaped

from verax import Array
from verax.language.dtypes import ALL, float32, float64, int32
from verax.language.subject import (
    ArrayOf,
    Choice,
    Fixed,
    Index,
    KeyOf,
    Mark,
    ScalarOf,
    TreeOf,
    Undrawable,
    mark_of,
    signature_of,
    size_of,
    subject,
)

Vector = Float32[Array, "n"]
Alias = NewType("Alias", Vector)


class Layer(NamedTuple):
    w: Float32[Array, "n k"]
    b: Float32[Array, "k"]


@dataclass
class State:
    x: Vector
    step: Annotated[int, Interval(ge=0, le=3)]


class Options(TypedDict):
    scale: Vector


class Mode(enum.Enum):
    MEAN = 1
    SUM = 2


def only(function: Callable[..., Any]) -> Any:
    """The spec of a function's only argument."""
    (argument,) = signature_of(function).arguments
    return argument.spec


def test_an_array_has_a_dtype_named_sizes_and_an_owner() -> None:
    def f(x: Float32[Array, "n k"], y: Int32[Array, "3 n+1"]) -> Float64[Array, "n"]:
        raise AssertionError("never called")

    found = signature_of(f)
    x, y = (a.spec for a in found.arguments)

    assert isinstance(x, ArrayOf)
    assert isinstance(y, ArrayOf)
    assert (x.dtype, y.dtype) == (float32, int32)
    assert [d.text for d in x.dimensions] == ["n", "k"]
    assert found.names == ("n", "k")
    assert found.owner == "verax"
    assert isinstance(found.returns, ArrayOf)
    assert found.returns.dtype == float64


def test_a_family_of_dtypes_stands_for_its_32_bit_member() -> None:
    def f(x: Float[Array, "n"], y: Num[Array, "n"], z: Shaped[Array, "n"], b: Bool[Array, "n"]) -> None: ...

    specs = [a.spec for a in signature_of(f).arguments]

    assert [str(s) for s in specs] == ["float32[n]", "float32[n]", "float32[n]", "bool[n]"]
    assert isinstance(specs[2], ArrayOf)
    assert specs[2].accepts == ALL


def test_the_array_class_says_whose_function_it_is() -> None:
    def ours(x: Float32[Array, "n"]) -> None: ...
    def numpys(x: Float32[np.ndarray, "n"]) -> None: ...
    def both(x: Float32[np.ndarray | Array, "n"]) -> None: ...

    assert [signature_of(f).owner for f in (ours, numpys, both)] == ["verax", "numpy", "verax"]


@pytest.mark.parametrize("annotation", ["Float64[Array, 'n']", "dict[str, Float64[Array, 'n']]"])
def test_a_subject_that_names_a_64_bit_type_needs_them(annotation: str) -> None:
    def f(x: Any) -> None: ...

    f.__annotations__["x"] = annotation

    assert signature_of(f).needs_x64


def test_a_subject_of_32_bit_types_does_not_need_64() -> None:
    def f(x: Float32[Array, "n"]) -> None: ...

    assert not signature_of(f).needs_x64


def test_domains_are_narrowed_and_open_ends_kept() -> None:
    def f(x: Annotated[Vector, Interval(ge=0, lt=50), Gt(0)]) -> None: ...

    domain = only(f).domain

    assert (domain.low, domain.high, domain.open_low, domain.open_high) == (0.0, 50.0, True, True)


def test_a_domain_of_a_tree_holds_for_all_its_arrays() -> None:
    def f(x: Annotated[tuple[Vector, Vector], Ge(1)]) -> None: ...

    assert [c.domain.low for c in only(f).children] == [1.0, 1.0]


def test_an_index_lies_below_a_named_size() -> None:
    def f(x: Float32[Array, "n k"], i: Annotated[Int32[Array, "n"], Index("k-1")]) -> None: ...

    spec = signature_of(f).arguments[1].spec

    assert isinstance(spec, ArrayOf)
    assert spec.index == Index("k-1")
    assert size_of("k-1", {"k": 5}) == 4


def test_scalars_are_drawn_or_part_of_the_program() -> None:
    def f(x: float, n: Annotated[int, Interval(ge=1, le=3)], flag: bool) -> None: ...

    x, n, flag = (a.spec for a in signature_of(f).arguments)

    assert x == ScalarOf(float)
    assert isinstance(n, ScalarOf)
    assert n.kind is int
    assert flag == Choice((Fixed(False), Fixed(True)))


def test_a_default_is_used_unless_it_is_an_array_s_or_has_a_domain() -> None:
    def f(  # type: ignore[no-untyped-def]  # an argument without annotation is part of the test
        x: Vector,
        scale: float = 2.0,
        rate: Annotated[float, Interval(ge=0, le=1)] = 0.5,
        mask: Optional[Vector] = None,  # noqa: UP045  # both spellings are read
        anything=3,
    ) -> None: ...

    _, scale, rate, mask, anything = (a.spec for a in signature_of(f).arguments)

    assert scale == Fixed(2.0)
    assert isinstance(rate, ScalarOf)
    assert isinstance(mask, Choice)
    assert mask.options[1] == Fixed(None)
    assert anything == Fixed(3)


@pytest.mark.parametrize(
    ("annotation", "kind", "labels"),
    [
        (tuple[Vector, Vector], "tuple", (0, 1)),
        (tuple[Vector, ...], "tuple", (0, 1)),
        (list[Vector], "list", (0, 1)),
        (Sequence[Vector], "list", (0, 1)),
        (dict[str, Vector], "dict", ("a", "b")),
        (Mapping[str, Vector], "dict", ("a", "b")),
        (Layer, "Layer", ("w", "b")),
        (State, "State", ("x", "step")),
        (Options, "Options", ("scale",)),
    ],
)
def test_containers_are_trees(annotation: Any, kind: str, labels: tuple[Any, ...]) -> None:
    def f(x: Any) -> None: ...

    f.__annotations__["x"] = annotation
    spec = only(f)

    assert isinstance(spec, TreeOf)
    assert (spec.kind, spec.labels) == (kind, labels)
    built = spec.build([np.float32(i) for i in range(len(labels))])
    assert len(list(built if not isinstance(built, State) else [built.x, built.step])) == len(labels)


def test_literals_enums_keys_and_aliases_are_read() -> None:
    def f(a: Literal["mean", "sum"], b: Mode, c: Key[Array, ""], d: Alias) -> None: ...

    a, b, c, d = (x.spec for x in signature_of(f).arguments)

    assert a == Choice((Fixed("mean"), Fixed("sum")))
    assert b == Choice((Fixed(Mode.MEAN), Fixed(Mode.SUM)))
    assert c == KeyOf("verax")
    assert isinstance(d, ArrayOf)


def test_a_bound_method_is_a_function_of_the_rest() -> None:
    class Model:
        def loss(self, x: Vector) -> None: ...

    assert [a.name for a in signature_of(Model().loss).arguments] == ["x"]
    with pytest.raises(Undrawable, match="pass a bound method"):
        signature_of(Model.loss)


def test_string_annotations_see_the_variables_that_the_function_encloses() -> None:
    here = Float32[Array, "p q"]

    def f(x: here) -> Any:
        return here

    assert f.__annotations__["x"] == "here"
    assert str(only(f)) == "float32[p q]"


def no_annotation(x): ...  # type: ignore[no-untyped-def]
def bare(x: Array) -> None: ...
def any_keyword(x: Vector, **options: Any) -> None: ...
def unbounded(n: int) -> None: ...
def unknown(x: Nowhere[Array, "n"]) -> None: ...  # type: ignore[name-defined]
def constrained(x: Annotated[Vector, MultipleOf(2)]) -> None: ...
def empty(x: Annotated[Vector, Interval(ge=2, le=1)]) -> None: ...


@pytest.mark.parametrize(
    ("function", "argument", "mend"),
    [
        (no_annotation, "x", r"Annotate it, such as `x: Float32\[Array, "),
        (bare, "x", r"Annotate it, such as `x: Float32\[Array, "),
        (any_keyword, "options", "Name its keyword arguments"),
        (unbounded, "n", r"Annotated\[int, Interval"),
        (unknown, "x", "Import its names at module level"),
        (constrained, "x", "Use Interval"),
        (empty, "x", "Swap its ends"),
    ],
)
def test_what_cannot_be_drawn_is_named_with_the_mend(
    function: Callable[..., Any], argument: str, mend: str
) -> None:
    with pytest.raises(Undrawable, match=mend) as caught:
        signature_of(function)

    assert caught.value.argument == argument
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301  # our own bytes
    assert (again.argument, str(again)) == (argument, str(caught.value))


def test_subject_only_marks() -> None:
    def f(x: Vector) -> None: ...

    assert subject(f) is f
    assert mark_of(f) == Mark()
    assert subject(gradient="declared", name="g")(f) is f
    assert mark_of(f) == Mark("declared", None, "g")
    assert mark_of(len) is None


def test_subject_refuses_what_it_cannot_use() -> None:
    with pytest.raises(ValueError, match="`gradient` must be 'true' or 'declared'"):
        subject(gradient="maybe")  # type: ignore[call-overload]  # that is the point
    with pytest.raises(TypeError, match="`inputs` must be a list"):
        subject(inputs=3)
    with pytest.raises(TypeError, match="must take attributes"):
        subject(len)
    with pytest.raises(TypeError, match=r"Write \[\(x, y\)\]"):
        Mark(inputs=[np.zeros(3)]).given_inputs()

"""The transforms take and give what JAX's do, in both implementations; errors are of the same kind.

The functions are products and sums of small whole numbers, whose derivatives are exact: results are equal to the bit.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import jax
import numpy as np
import pytest

import verax
from verax.fake_devices import fake_devices
from verax.language.transforms import make_program

F32 = np.float32
X = np.array([1.0, -2.0, 3.0], F32)
Z = np.array([1 + 2j, 4 - 8j], np.complex64)
Y = np.array([2.0, 5.0, -1.0], F32)
M = np.arange(6, dtype=F32).reshape(2, 3)
STRUCT: Any = jax.ShapeDtypeStruct((3,), F32)  # type: ignore[no-untyped-call]  # JAX has no types there
TREE = {"w": M, "b": (X[:2], F32(3.0))}


@pytest.fixture(params=["fast", "reference"])
def implementation(request: pytest.FixtureRequest) -> Any:
    with verax.using(request.param):
        yield request.param


def shown(tree: Any) -> Any:
    """Structure, shapes, dtypes and numbers of a result; of a function nothing."""
    leaves, structure = jax.tree.flatten(tree)
    found = [np.asarray(x) for x in leaves if not callable(x)]
    plain = [x.tolist() if x.dtype.names is None and x.dtype.kind != "V" else "float0" for x in found]
    return str(structure), [(x.shape, str(x.dtype)) for x in found], plain


def cubed(x: Any) -> Any:
    return x * x * x


def affine(p: Any, x: Any) -> Any:
    """Of trees: two results, one of them a scalar."""
    return {"y": (p["w"] * x).sum(1) * p["b"][0], "s": p["b"][1] * p["b"][1] * x.sum()}


def with_aux(x: Any) -> Any:
    return (x * x).sum(), {"kept": x * 2, "n": F32(3)}


def vector_with_aux(x: Any) -> Any:
    return x * x, (x.sum(),)


def index(x: Any) -> Any:
    return x[0] * x[1] * x[2]


CALLS: dict[str, Callable[[Any], Any]] = {
    # -- gradients
    "grad": lambda p: p.grad(index)(X),
    "grad of the second argument": lambda p: p.grad(lambda a, b: (a * b * b).sum(), argnums=1)(X, Y),
    "grad of the last argument": lambda p: p.grad(lambda a, b: (a * b * b).sum(), argnums=-1)(X, Y),
    "grad of several arguments": lambda p: p.grad(lambda a, b: (a * b * b).sum(), argnums=(1, 0))(X, Y),
    "grad of a tree": lambda p: p.grad(lambda t: affine(t, X)["y"].sum())(TREE),
    "grad with aux": lambda p: p.grad(with_aux, has_aux=True)(X),
    "grad of integers": lambda p: p.grad(lambda a, n: (a * n).sum(), argnums=(0, 1), allow_int=True)(X, 3),
    "grad with keywords": lambda p: p.grad(lambda a, *, k: (a * a * k).sum())(X, k=F32(4)),
    "grad of grad": lambda p: p.grad(lambda x: p.grad(index)(x).sum())(X),
    "value and grad": lambda p: p.value_and_grad(index)(X),
    "value and grad with aux": lambda p: p.value_and_grad(with_aux, has_aux=True)(X),
    "value and grad of several": lambda p: p.value_and_grad(lambda a, b: (a * b).sum(), (0, 1))(X, Y),
    # -- directions
    "jvp": lambda p: p.jvp(cubed, (X,), (Y,)),
    "jvp of a list": lambda p: p.jvp(lambda a, b: a * b, [X, Y], [Y, X]),
    "jvp of a tree": lambda p: p.jvp(affine, (TREE, X), (TREE, Y)),
    "jvp with aux": lambda p: p.jvp(vector_with_aux, (X,), (Y,), has_aux=True),
    "vjp": lambda p: pulled(p.vjp(cubed, X), Y),
    "vjp of a tree": lambda p: pulled(p.vjp(affine, TREE, X), {"y": X[:2], "s": F32(2)}),
    "vjp with aux": lambda p: pulled(p.vjp(vector_with_aux, X, has_aux=True), Y),
    "linearize": lambda p: pulled(p.linearize(cubed, X), Y),
    "linearize of a tree": lambda p: pulled(p.linearize(affine, TREE, X), TREE, Y),
    "linearize with aux": lambda p: pulled(p.linearize(vector_with_aux, X, has_aux=True), Y),
    "linear transpose": lambda p: p.linear_transpose(lambda a, b: 2 * a - b[:2], X[:2], Y)(Y[:2]),
    "linear transpose of types": lambda p: p.linear_transpose(lambda t: (t["x"] * Y).sum(), {"x": STRUCT})(
        2.0
    ),
    "linear transpose of what is left out": lambda p: p.linear_transpose(lambda a, b: a, X, Y)(Y),
    "linear transpose of complex numbers": lambda p: p.linear_transpose(lambda z: z * (2 + 1j), Z)(Z),
    # -- Jacobians
    "jacfwd": lambda p: p.jacfwd(cubed)(X),
    "jacrev": lambda p: p.jacrev(cubed)(X),
    "jacobian": lambda p: p.jacobian(lambda a, b: a * b[:1], argnums=(0, 1))(X, Y),
    "jacfwd of several": lambda p: p.jacfwd(lambda a, b: a * b, argnums=(0, 1))(X, Y),
    "jacfwd of one in a tuple": lambda p: p.jacfwd(lambda a, b: a * b, argnums=(1,))(X, Y),
    "jacrev of a tree": lambda p: p.jacrev(affine)(TREE, X),
    "jacfwd of a tree": lambda p: p.jacfwd(affine, argnums=1)(TREE, X),
    "jacfwd with aux": lambda p: p.jacfwd(vector_with_aux, has_aux=True)(X),
    "jacrev with aux": lambda p: p.jacrev(vector_with_aux, has_aux=True)(X),
    "hessian": lambda p: p.hessian(index)(X),
    "hessian of several": lambda p: p.hessian(lambda a, b: (a * a * b).sum(), argnums=(0, 1))(X[:2], Y[:2]),
    "hessian with aux": lambda p: p.hessian(with_aux, has_aux=True)(X),
    "jacobian of nothing": lambda p: p.jacfwd(lambda x: x[:0] * 2)(X),
    # -- mapping
    "vmap": lambda p: p.vmap(cubed)(M),
    "vmap of a column": lambda p: p.vmap(lambda c: c.sum(), in_axes=1)(M),
    "vmap from the end": lambda p: p.vmap(lambda c: c.sum(), in_axes=-1, out_axes=-1)(M),
    "vmap of one argument": lambda p: p.vmap(lambda r, x: r * x, in_axes=(0, None))(M, X),
    "vmap of a list of axes": lambda p: p.vmap(lambda r, x: r * x, in_axes=[0, None])(M, X),
    "vmap of a tree": lambda p: p.vmap(
        lambda t, s: t["a"] * t["b"][0] + s, in_axes=({"a": 0, "b": (1, None)}, None)
    )({"a": M, "b": (M.T, None)}, F32(2)),
    "vmap by a prefix": lambda p: p.vmap(lambda t: t["a"] + t["b"], in_axes=(1,))({"a": M, "b": 2 * M}),
    "vmap to a tree of axes": lambda p: p.vmap(
        lambda r: {"a": r, "b": (r.sum(), r * 2)}, out_axes={"a": 1, "b": 0}
    )(M),
    "vmap to nothing": lambda p: p.vmap(lambda r: (r, F32(7)), out_axes=(0, None))(M),
    "vmap with keywords": lambda p: p.vmap(lambda r, *, k: r * k)(M, k=X[:2]),
    "vmap of no argument": lambda p: p.vmap(lambda x: x * 2, in_axes=None, axis_size=3)(X),
    "vmap with an index": lambda p: p.vmap(
        lambda x: x + p.lax.axis_index("i"), in_axes=None, axis_size=3, axis_name="i"
    )(X),
    "vmap with a sum": lambda p: p.vmap(lambda r: r - p.lax.psum(r, "i"), axis_name="i")(M),
    "vmap of no lanes": lambda p: p.vmap(lambda r: (r * 2, r.sum()))(M[:0]),
    "vmap of one lane": lambda p: p.vmap(lambda r: r * p.lax.axis_size("i"), axis_name="i")(M[:1]),
    "vmap of one lane to a column": lambda p: p.vmap(lambda r: r, out_axes=1)(M[:1]),
    "vmap of vmap": lambda p: p.vmap(p.vmap(lambda a, b: a * b, (0, None)), (None, 0))(X, Y),
    "vmap of grad": lambda p: p.vmap(p.grad(index))(M),
    "grad of vmap": lambda p: p.grad(lambda m: p.vmap(index)(m).sum())(M),
    # -- the others
    "jit with a static number": lambda p: p.jit(lambda x, n: x * n, static_argnums=1)(X, 3),
    "jit with a static name": lambda p: p.jit(
        lambda x, *, how: x if how == "as is" else -x, static_argnames="how"
    )(X, how="turned"),
    "jit with a static last argument": lambda p: p.jit(lambda x, n: x * len(n), static_argnums=(-1,))(
        X, "abc"
    ),
    "jit of a tree": lambda p: p.jit(affine)(TREE, X),
    "checkpoint": lambda p: p.grad(p.checkpoint(index))(X),
    "checkpoint with a policy": lambda p: p.value_and_grad(
        p.checkpoint(index, policy=p.checkpoint_policies.dots_saveable, prevent_cse=False)
    )(X),
    "remat with a static argument": lambda p: p.jacrev(p.remat(lambda x, n: x * len(n), static_argnums=(1,)))(
        X, "ab"
    ),
    "remat in jit": lambda p: p.jit(p.grad(p.remat(index)))(X),
    "named call": lambda p: p.grad(p.named_call(index, name="product"))(X),
    "custom gradient": lambda p: p.value_and_grad(p.custom_gradient(lambda x: (x * x, lambda g: g * x)))(
        F32(3)
    ),
    "custom gradient of two": lambda p: p.grad(
        p.custom_gradient(lambda a, b: ((a * b).sum(), lambda g: (g * b, 2 * g * a))), argnums=(0, 1)
    )(X, Y),
    "custom gradient under jit and vmap": lambda p: p.jit(
        p.vmap(p.custom_gradient(lambda x: (x * x, lambda g: g * x)))
    )(X),
    "shapes": lambda p: typed(p.eval_shape(affine, TREE, X)),
}


def pulled(found: Any, *given: Any) -> Any:
    value, function, *aux = found
    return value, function(*given), aux


def typed(tree: Any) -> Any:
    return jax.tree.map(lambda a: np.zeros(a.shape, a.dtype), tree)


def without_jit(peer: Any) -> Any:
    seen = []

    def body(carry: Any, x: Any) -> Any:
        seen.append(float(carry))  # a number, not a tracer
        return carry + x, carry * x

    with peer.disable_jit():
        found = peer.jit(lambda c: peer.lax.scan(body, c, X, reverse=True))(F32(1))
        looped = peer.lax.while_loop(lambda c: float(c) < 9, lambda c: c * 2, F32(1))
        chosen = peer.lax.cond(looped > 3, lambda c: c + float(c), lambda c: c, looped)
        switched = peer.lax.switch(5, [lambda: F32(1), lambda: F32(2)])
        counted = peer.lax.fori_loop(0, 3, lambda i, c: c + int(i), F32(0))
    return found, looped, chosen, switched, counted, [F32(s) for s in seen]


CALLS["nothing is compiled"] = without_jit

# The limit is taken in the reference for real numbers only: a gradient that a function declares is not looked at.
DECLARED = {"custom gradient", "custom gradient of two"}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_gives_what_jaxs_gives_unless_a_gradient_is_declared_to_the_limit(
    name: str, implementation: str
) -> None:
    believed = implementation != "reference" or name not in DECLARED
    assert (shown(CALLS[name](verax)) == shown(CALLS[name](jax))) is believed


# There is always a device.
NOT_OF_DEVICES = {name for name in CALLS if " of vmap" in name or "no lanes" in name}
MAPPED = [name for name in CALLS if name.startswith("vmap") and name not in NOT_OF_DEVICES]


@pytest.mark.parametrize("name", MAPPED)
def test_pmap_is_vmap_over_devices(name: str, implementation: str) -> None:
    class Peer:
        """verax, with pmap in the place of vmap."""

        lax, grad = verax.lax, staticmethod(verax.grad)

        @staticmethod
        def vmap(
            fun: Any, in_axes: Any = 0, out_axes: Any = 0, axis_name: Any = None, axis_size: Any = None
        ) -> Any:
            return verax.pmap(fun, axis_name, in_axes=in_axes, out_axes=out_axes, axis_size=axis_size)

    with fake_devices(3):
        assert shown(CALLS[name](Peer)) == shown(CALLS[name](jax))


def test_pmap_to_nothing_gives_the_first_lanes_result(implementation: str) -> None:
    expected = shown(jax.vmap(lambda r: r * 2)(M)[0])  # as JAX's pmap: tests may have one device there
    with fake_devices(3):
        for mapped in (
            verax.pmap(lambda r: r * 2, out_axes=None),
            verax.jit(verax.pmap(lambda r: r * 2, out_axes=None)),
        ):
            assert shown(mapped(M)) == expected


REFUSED: dict[str, tuple[type[Exception], Callable[[Any], Any]]] = {
    "grad of a vector": (TypeError, lambda p: p.grad(cubed)(X)),
    "grad of an integer": (TypeError, lambda p: p.grad(lambda n: n * 1.0)(3)),
    "grad of an integer result": (TypeError, lambda p: p.grad(lambda x: 3)(F32(1))),
    "grad of an argument that is not there": (TypeError, lambda p: p.grad(index, argnums=1)(X)),
    "grad without aux": (TypeError, lambda p: p.grad(index, has_aux=True)(X)),
    "grad of text": (TypeError, lambda p: p.grad(lambda x: x)("text")),
    "grad of no function": (TypeError, lambda p: p.grad(3)),
    "jvp of another shape": (Exception, lambda p: p.jvp(cubed, (X,), (X[:2],))),
    "jvp of another dtype": (TypeError, lambda p: p.jvp(cubed, (X,), (X.astype(np.float16),))),
    "jvp of another tree": (TypeError, lambda p: p.jvp(cubed, (X,), (X, X))),
    "jvp of no tuple": (TypeError, lambda p: p.jvp(cubed, X, X)),
    "vjp of another tree": (Exception, lambda p: p.vjp(cubed, X)[1]((X, X))),
    "vjp of another shape": (Exception, lambda p: p.vjp(cubed, X)[1](X[:2])),
    "jacfwd of an integer": (TypeError, lambda p: p.jacfwd(lambda n: n * 1.0)(3)),
    "jacrev of an integer result": (TypeError, lambda p: p.jacrev(lambda x: np.int32(3))(X)),
    "linearize of another shape": (Exception, lambda p: p.linearize(cubed, X)[1](X[:2])),
    "transpose of integers": (
        TypeError,
        lambda p: p.linear_transpose(lambda n: n * 1.5, np.int32(3))(F32(1)),
    ),
    "transpose of another tree": (TypeError, lambda p: p.linear_transpose(lambda x: x, X)((X, X))),
    "transpose of another shape": (TypeError, lambda p: p.linear_transpose(lambda x: x, X)(X[:2])),
    "transpose of another dtype": (
        TypeError,
        lambda p: p.linear_transpose(lambda x: x, X)(X.astype(np.float16)),
    ),
    "vmap of sizes that differ": (ValueError, lambda p: p.vmap(lambda a, b: (a, b))(M, X)),
    "vmap of a scalar": (ValueError, lambda p: p.vmap(lambda a: a)(F32(1))),
    "vmap of an axis that is not there": (ValueError, lambda p: p.vmap(lambda a: a, in_axes=2)(M)),
    "vmap to an axis that is not there": (ValueError, lambda p: p.vmap(lambda a: a, out_axes=2)(M)),
    "vmap of nothing": (ValueError, lambda p: p.vmap(lambda a: a, in_axes=None)(M)),
    "vmap of another tree": (ValueError, lambda p: p.vmap(lambda a: a, in_axes=({"a": 0},))({"b": M})),
    "vmap to another tree": (ValueError, lambda p: p.vmap(lambda a: a, out_axes=(0, 0))(M)),
    "vmap to nothing of what differs": (ValueError, lambda p: p.vmap(lambda a: a, out_axes=None)(M)),
    "vmap of text": (TypeError, lambda p: p.vmap(lambda a: a, in_axes="0")(M)),
    "vmap of another size": (ValueError, lambda p: p.vmap(lambda a: a, axis_size=3)(M)),
    "jit of what cannot be hashed": (ValueError, lambda p: p.jit(lambda x, n: x, static_argnums=1)(X, [1])),
    "jit of text": (TypeError, lambda p: p.jit(lambda x: x)("text")),
    "checkpoint of text": (TypeError, lambda p: p.checkpoint(lambda x: x)("text")),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_wrong_call_is_refused_as_jax_refuses_it(name: str, implementation: str) -> None:
    kind, call = REFUSED[name]
    with pytest.raises(kind):
        call(jax)
    with pytest.raises((TypeError, ValueError)) as ours:
        call(verax)
    assert kind is Exception or isinstance(ours.value, kind)
    assert "`" in str(ours.value) or "must" in str(ours.value)


def test_what_is_not_linear_is_not_transposed(implementation: str) -> None:
    for fun in (lambda x: x * x + 1, verax.numpy.cos):
        with pytest.raises((TypeError, ValueError, NotImplementedError)):
            verax.linear_transpose(fun, X)(Y)
    with pytest.raises(NotImplementedError, match="`reduce_axes` of linear_transpose must be empty"):
        verax.linear_transpose(lambda x: x, X, reduce_axes=("i",))


def test_a_closure_becomes_arguments_where_it_may_move(implementation: str) -> None:
    def slope(peer: Any) -> Any:
        def outer(a: Any) -> Any:
            converted, consts = peer.closure_convert(lambda x: (x * a).sum(), X)
            assert len(consts) == 1
            return converted(Y, *(2 * c for c in consts))

        return peer.grad(outer)(X)

    want = shown(slope(jax))
    assert shown(slope(verax)) == want
    if implementation == "fast":
        array = verax.device_put(X)
        _, consts = verax.closure_convert(lambda x: x * array, X)
        assert consts == []
        with pytest.raises(TypeError, match="must have the structure"):
            verax.closure_convert(lambda x: x, X)[0](X, X)


def test_programs_are_shown_with_the_types_of_their_results() -> None:
    program, types = verax.make_jaxpr(lambda x: {"a": x * 2}, return_shape=True)(X)
    assert program.equations[-1].primitive.name == "mul"
    assert (types["a"].shape, types["a"].dtype) == ((3,), F32)
    assert make_program(verax.named_call(index, name="product"))(X).name == "product"


def test_arrays_are_put_and_got(implementation: str) -> None:
    tree = verax.device_put({"a": X, "b": 2.0})
    assert isinstance(tree["a"], verax.Array)
    assert tree["b"].weak_type
    assert verax.block_until_ready(tree) is tree
    got = verax.device_get({**tree, "c": "text"})
    assert isinstance(got["a"], np.ndarray)
    assert got["c"] == "text"
    assert verax.device_put(X, verax.devices()[0]).shape == (3,)
    assert verax.grad(lambda x: verax.device_put(x * x))(F32(3)) == 6
    assert verax.typeof(tree["a"]).shape == (3,)
    with pytest.raises(TypeError, match="`x` of device_put must be an array or a number"):
        verax.device_put("text")


def test_devices_are_counted() -> None:
    with fake_devices(4):
        assert (verax.device_count(), verax.local_device_count(), len(verax.local_devices())) == (4, 4, 4)
    assert (verax.process_count(), verax.process_index()) == (1, 0)
    assert verax.default_backend() in {"cpu", "gpu"}


def test_policies_say_what_is_kept() -> None:
    from verax.language.catalogue import dot_general_p, sin_p

    ours = verax.checkpoint_policies
    assert set(vars(ours)) <= set(dir(jax.checkpoint_policies))
    assert (ours.everything_saveable(sin_p), ours.nothing_saveable(sin_p)) == (True, False)
    assert (ours.dots_saveable(dot_general_p), ours.dots_saveable(sin_p)) == (True, False)
    plain, batched = ({"dimension_numbers": (((1,), (0,)), (b, b))} for b in ((), (0,)))
    without = ours.dots_with_no_batch_dims_saveable
    assert (without(dot_general_p, **plain), without(dot_general_p, **batched), without(sin_p)) == (
        True,
        False,
        False,
    )
    assert ours.save_from_both_policies(ours.nothing_saveable, ours.dots_saveable)(dot_general_p)
    assert not ours.save_only_these_names("a")(sin_p)
    assert not ours.save_any_names_but_these("a")(sin_p)
    assert ours.save_anything_except_these_names("a")(sin_p)
    with pytest.raises(TypeError, match="`policy` of checkpoint must be a function or None"):
        verax.checkpoint(index, policy="dots")  # type: ignore[arg-type]  # refused


# What JAX has beside them says how arrays are laid out over devices, or is older than its replacement; the Jacobian
# by rows has no integer arguments here.
OTHERS = {"allow_int", "in_shardings", "out_shardings", "sum_match", "axis_env", "concrete", "reduce_axes"}


NAMED = """
jit grad value_and_grad jvp vjp linearize linear_transpose jacfwd jacrev hessian vmap pmap checkpoint named_call
named_scope custom_gradient closure_convert make_jaxpr eval_shape disable_jit device_put device_get
"""


@pytest.mark.parametrize("name", NAMED.split())
def test_arguments_have_jaxs_names(name: str) -> None:
    ours, theirs = (set(inspect.signature(getattr(peer, name)).parameters) for peer in (verax, jax))
    assert theirs - ours <= OTHERS
    assert ours <= theirs


def test_what_only_a_compiler_is_told_changes_nothing() -> None:
    told = verax.jit(
        cubed, static_argnums=None, donate_argnums=0, keep_unused=True, inline=True, backend="cpu"
    )
    assert shown(told(X)) == shown(cubed(X))
    with fake_devices(3), pytest.raises(ValueError, match="`devices` of pmap must be as many as the lanes"):
        verax.pmap(cubed, devices=verax.devices()[:2])(X)
    with pytest.raises(NotImplementedError, match="`reduce_axes` of vjp must be empty"):
        verax.vjp(cubed, X, reduce_axes=("i",))


def test_names_are_strings() -> None:
    with pytest.raises(TypeError, match="`name` of named_call must be a string"):
        verax.named_call(index, name=3)  # type: ignore[arg-type]  # refused
    with pytest.raises(TypeError, match="`name` of named_scope must be a string"), verax.named_scope(3):  # type: ignore[arg-type]  # refused
        pass
    with verax.named_scope("block"):
        assert verax.named_scope("whole")(index)(X) == -6


def test_an_inner_block_may_compile_again() -> None:
    seen: list[bool] = []

    def look(x: Any) -> Any:
        seen.append("Traced" in repr(x))
        return x

    with verax.disable_jit():
        verax.jit(look)(X)
        with verax.disable_jit(False):
            verax.jit(look)(X)
    assert seen == [False, True]

"""The transforms: their signatures and argument checks are here, their meaning is the implementations'.

Each takes and returns what its JAX namesake does.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

import numpy as np

from . import dispatch, lax, trees
from .arrays import Array
from .dispatch import Implementation, aval_of
from .dtypes import float0, is_float
from .flat import Flat, arrays_in, check_array, name_of, own, path_of
from .program import Program
from .recall import Recall
from .shapes import ShapedArray, ShapeDtypeStruct, canonical_axis
from .tracing import trace

Function = Callable[..., Any]


# -- jit --------------------------------------------------------------------------------------------
def jit(
    fun: Function | None = None,
    *,
    static_argnums: int | Sequence[int] = (),
    static_argnames: str | Iterable[str] = (),
    donate_argnums: int | Sequence[int] = (),
) -> Any:
    """Compile a function: traced once per shapes, dtypes and static arguments.

    Args:
        fun: arrays in trees in, arrays in trees out. Omit it to get a decorator.
        static_argnums: positions of arguments that are part of the program; hashable.
        static_argnames: the same by name.
        donate_argnums: accepted for JAX's sake; buffers are not reused yet.
    """
    if fun is None:
        return functools.partial(
            jit, static_argnums=static_argnums, static_argnames=static_argnames, donate_argnums=donate_argnums
        )
    _check_callable(fun, "jit")
    numbers, names = _static(fun, static_argnums, static_argnames)
    name, plain = name_of(fun), not numbers and not names
    recalls: dict[Hashable, Recall] = {None: Recall()}

    @functools.wraps(fun)
    def jitted(*args: Any, **kwargs: Any) -> Any:
        fixed: _Statics = ()
        named: _Statics = ()
        key: Hashable = None
        if not plain:
            args, kwargs, fixed, named = _parted(args, kwargs, numbers, names)
            key = _typed(_hashable(fixed, "static_argnums")), _typed(_hashable(named, "static_argnames"))
        recall = recalls.get(key) or _another(recalls, key)
        known = recall(args, kwargs)
        if known is not None:
            return known[0]
        leaves, tree = trees.flatten((args, kwargs))
        for i, x in enumerate(leaves):
            if not isinstance(x, Array):
                check_array(x, f"Leaf {i} of the arguments of {name!r}", "Mark it static.")
        implementation = dispatch.owner_of(leaves)
        flat = Flat(_with_static(fun, fixed, named), tree, name)
        operands, memory = [own(implementation, x) for x in leaves], recall.memory(args, kwargs, tree)
        with dispatch.using(implementation):
            found, out_tree = implementation.jit(flat, operands, (fun, key, tree), memory)
        return trees.unflatten(out_tree, found)

    return jitted


def _static(fun: Function, numbers: Any, names: Any) -> tuple[tuple[int, ...], frozenset[str]]:
    given = (numbers,) if isinstance(numbers, int) else tuple(numbers)
    named = {names} if isinstance(names, str) else set(names)
    try:
        parameters = list(inspect.signature(fun).parameters)
    except (TypeError, ValueError):  # builtins without a signature: positions are all there is
        return given, frozenset(named)
    unknown = named - set(parameters)
    if unknown and not any(p.kind is p.VAR_KEYWORD for p in inspect.signature(fun).parameters.values()):
        raise ValueError(
            f"`static_argnames` must be among {parameters} of {name_of(fun)!r}, got {sorted(unknown)}."
        )
    by_name = tuple(parameters.index(n) for n in sorted(named) if n in parameters)
    by_number = {parameters[i] for i in given if -len(parameters) <= i < len(parameters)}
    return given + by_name, frozenset(named | by_number)


# Static arguments, each with its place or name.
_Statics = tuple[tuple[Any, Any], ...]
# Static arguments that one function keeps memories for; when there are more, all are forgotten.
_STATICS = 256


def _another(recalls: dict[Hashable, Recall], key: Hashable) -> Recall:
    if len(recalls) >= _STATICS:
        recalls.clear()
    return recalls.setdefault(key, Recall())


def _parted(
    args: tuple[Any, ...], kwargs: dict[str, Any], numbers: Sequence[int], names: Iterable[str]
) -> tuple[tuple[Any, ...], dict[str, Any], _Statics, _Statics]:
    """The arguments that are traced, and the static ones with their places and names."""
    fixed = tuple((i % len(args), args[i]) for i in numbers if -len(args) <= i < len(args))
    named = tuple((k, kwargs[k]) for k in sorted(names) if k in kwargs)
    places = {i for i, _ in fixed}
    dynamic = tuple(x for i, x in enumerate(args) if i not in places)
    return dynamic, {k: v for k, v in kwargs.items() if k not in names}, fixed, named


def _typed(statics: _Statics) -> Hashable:
    # 1, 1.0 and True are equal, but make different programs.
    return tuple((where, type(value), value) for where, value in statics)


def _hashable(value: _Statics, name: str) -> _Statics:
    try:
        hash(value)
    except TypeError as err:
        raise ValueError(
            f"`{name}` must point at hashable arguments, got {value!r}. Pass a tuple, or trace the argument."
        ) from err
    return value


def _with_static(
    fun: Function, fixed: Sequence[tuple[int, Any]], named: Sequence[tuple[str, Any]]
) -> Function:
    if not fixed and not named:
        return fun

    def call(*dynamic: Any, **kwargs: Any) -> Any:
        args = list(dynamic)
        for i, x in sorted(fixed, key=lambda pair: pair[0]):
            args.insert(i, x)
        return fun(*args, **kwargs, **dict(named))

    return call


# -- differentiation ----------------------------------------------------------------------------------
def value_and_grad(
    fun: Function,
    argnums: int | Sequence[int] = 0,
    has_aux: bool = False,
    holomorphic: bool = False,
    allow_int: bool = False,
) -> Function:
    """The function's value beside its gradient with respect to ``argnums``.

    Args:
        fun: returns a floating scalar (with ``has_aux``, a pair of one and anything).
        argnums: which positional arguments to differentiate; a tuple gives a tuple of gradients.
        has_aux: whether ``fun`` returns ``(scalar, auxiliary)``.
        holomorphic: must be False: there are no complex dtypes yet.
        allow_int: whether integer arguments may be chosen; their gradient is float0.

    Raises:
        TypeError: an argument is not floating, or the result is no floating scalar.
    """
    _check_callable(fun, "grad")
    if holomorphic:
        raise TypeError("`holomorphic` must be False, got True: Verax has no complex dtypes yet.")

    @functools.wraps(fun)
    def value_and_gradient(*args: Any, **kwargs: Any) -> Any:
        chosen, call = _split(fun, argnums, args, kwargs)
        leaves, tree = trees.flatten((chosen, {}))
        _check_differentiable(chosen, leaves, "grad", allow_int)
        implementation = dispatch.owner_of(arrays_in((args, kwargs)))
        flat = Flat(_paired(call, has_aux), tree, name_of(fun))
        with dispatch.using(implementation):
            found, pullback = implementation.vjp(flat, [own(implementation, x) for x in leaves])
            aval = _check_scalar(found, flat, fun)
            seed = own(implementation, np.ones((), aval.dtype))
            cotangents = pullback([seed] + [None] * (len(found) - 1))
            gradient = _materialized(cotangents, [aval_of(x) for x in leaves])
        value, aux = flat.result(found)
        grads = trees.unflatten(tree, gradient)[0]
        result = grads if isinstance(argnums, (tuple, list)) else grads[0]
        return ((value, aux) if has_aux else value), result

    return value_and_gradient


def grad(
    fun: Function,
    argnums: int | Sequence[int] = 0,
    has_aux: bool = False,
    holomorphic: bool = False,
    allow_int: bool = False,
) -> Function:
    """The gradient of a scalar function with respect to ``argnums``; see `value_and_grad`."""
    both = value_and_grad(fun, argnums, has_aux, holomorphic, allow_int)

    @functools.wraps(fun)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        value, result = both(*args, **kwargs)
        return (result, value[1]) if has_aux else result

    return gradient


def jvp(fun: Function, primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool = False) -> Any:
    """The value and the derivative along ``tangents``: ``(out, out_tangent[, aux])``.

    Raises:
        TypeError: primals and tangents differ in number, structure, shape or dtype.
    """
    _check_callable(fun, "jvp")
    for name, given in (("primals", primals), ("tangents", tangents)):
        if not isinstance(given, (tuple, list)):
            raise TypeError(
                f"`{name}` must be a tuple or list, got {type(given).__name__}. Write ({name[:-1]},)."
            )
    leaves, tree = trees.flatten((tuple(primals), {}))
    directions, other = trees.flatten((tuple(tangents), {}))
    if tree != other:
        raise TypeError(f"`tangents` must have the structure of `primals`, got {other} for {tree}.")
    implementation = dispatch.owner_of(leaves + [t for t in directions if isinstance(t, Array)])
    flat = Flat(_paired(fun, has_aux), tree, name_of(fun))
    with dispatch.using(implementation):
        own_tangents = [
            _tangent(implementation, t, x, i) for i, (t, x) in enumerate(zip(directions, leaves, strict=True))
        ]
        found, derivatives = implementation.jvp(flat, [own(implementation, x) for x in leaves], own_tangents)
        full = _materialized(derivatives, [aval_of(x) for x in found])
    value, aux = flat.result(found)
    derivative, _ = flat.result(full)
    return (value, derivative, aux) if has_aux else (value, derivative)


def vjp(fun: Function, *primals: Any, has_aux: bool = False) -> Any:
    """The value and the function that maps cotangents of it to cotangents of ``primals``.

    Returns:
        ``(out, pullback)``, with ``has_aux`` also the auxiliary value.
    """
    _check_callable(fun, "vjp")
    leaves, tree = trees.flatten((primals, {}))
    implementation = dispatch.owner_of(leaves)
    flat = Flat(_paired(fun, has_aux), tree, name_of(fun))
    with dispatch.using(implementation):
        found, pull = implementation.vjp(flat, [own(implementation, x) for x in leaves])
    value, aux = flat.result(found)
    out_leaves, out_tree = trees.flatten(value)
    avals = [aval_of(x) for x in leaves]

    def pullback(cotangent: Any) -> Any:
        given, structure = trees.flatten(cotangent)
        if structure != out_tree:
            raise TypeError(
                f"`cotangent` must have the structure of the result, {out_tree}, got {structure}."
            )
        with dispatch.using(implementation):
            seeds = [
                _tangent(implementation, c, y, i)
                for i, (c, y) in enumerate(zip(given, out_leaves, strict=True))
            ]
            results = pull(seeds + [None] * (len(found) - len(seeds)))
            return trees.unflatten(tree, _materialized(results, avals))[0]

    return (value, pullback, aux) if has_aux else (value, pullback)


def linearize(fun: Function, *primals: Any) -> tuple[Any, Function]:
    """The value, and the derivative at ``primals`` as a linear function of tangents."""
    _check_callable(fun, "linearize")
    leaves, tree = trees.flatten((primals, {}))
    implementation = dispatch.owner_of(leaves)
    flat = Flat(fun, tree, name_of(fun))
    with dispatch.using(implementation):
        found, linear = implementation.linearize(flat, [own(implementation, x) for x in leaves])
    avals = [aval_of(x) for x in found]

    def derivative(*tangents: Any) -> Any:
        given, structure = trees.flatten((tangents, {}))
        if structure != tree:
            raise TypeError(f"`tangents` must have the structure of `primals`, {tree}, got {structure}.")
        with dispatch.using(implementation):
            own_tangents = [
                _tangent(implementation, t, x, i) for i, (t, x) in enumerate(zip(given, leaves, strict=True))
            ]
            return flat.result(_materialized(linear(own_tangents), avals))

    return flat.result(found), derivative


def jacfwd(fun: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Function:
    """The Jacobian, column by column: each result's shape followed by the argument's."""
    return _jacobian(fun, argnums, has_aux, "forward")


def jacrev(fun: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Function:
    """The Jacobian, row by row: each result's shape followed by the argument's."""
    return _jacobian(fun, argnums, has_aux, "reverse")


jacobian = jacrev


def hessian(fun: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Function:
    """The second derivative: ``jacfwd(jacrev(fun))``."""
    return jacfwd(jacrev(fun, argnums, has_aux), argnums, has_aux)


def _jacobian(fun: Function, argnums: int | Sequence[int], has_aux: bool, mode: str) -> Function:
    _check_callable(fun, f"jac{mode[:3]}")

    @functools.wraps(fun)
    def jacobian_of(*args: Any, **kwargs: Any) -> Any:
        chosen, call = _split(fun, argnums, args, kwargs)
        leaves, tree = trees.flatten((chosen, {}))
        _check_differentiable(chosen, leaves, "jacobian", False)
        implementation = dispatch.owner_of(arrays_in((args, kwargs)))
        main = (lambda *xs: call(*xs)[0]) if has_aux else call
        flat = Flat(main, tree, name_of(fun))
        with dispatch.using(implementation):
            own_leaves = [own(implementation, x) for x in leaves]
            found, blocks = implementation.jacobian(flat, own_leaves, list(range(len(leaves))), mode)
            for y in found:
                if not is_float(aval_of(y).dtype):
                    raise TypeError(
                        f"The results of {name_of(fun)!r} must be floating to have a Jacobian, got {aval_of(y)}."
                    )

        def arranged(row: Sequence[Array]) -> Any:
            by_argument = trees.unflatten(tree, row)[0]
            return by_argument if isinstance(argnums, (tuple, list)) else by_argument[0]

        result = flat.result([_Leaf(arranged(row)) for row in blocks])
        result = trees.map(lambda leaf: leaf.tree, result)
        return (result, fun(*args, **kwargs)[1]) if has_aux else result

    return jacobian_of


class _Leaf:
    """A tree that rides as one leaf of another."""

    __slots__ = ("tree",)

    def __init__(self, tree: Any) -> None:
        self.tree = tree


def _split(
    fun: Function, argnums: int | Sequence[int], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], Function]:
    """The arguments to differentiate, and ``fun`` as a function of these alone."""
    given = tuple(argnums) if isinstance(argnums, (tuple, list)) else (argnums,)
    for i in given:
        if not isinstance(i, int) or not -len(args) <= i < len(args):
            raise ValueError(
                f"`argnums` must point at positional arguments of {name_of(fun)!r} ({len(args)} were passed), "
                f"got {argnums!r}. Pass the argument by position."
            )
    numbers = tuple(i % len(args) for i in given)

    def call(*chosen: Any) -> Any:
        full = list(args)
        for i, x in zip(numbers, chosen, strict=True):
            full[i] = x
        return fun(*full, **kwargs)

    return tuple(args[i] for i in numbers), call


def _paired(fun: Function, has_aux: bool) -> Function:
    """``fun`` returning ``(out, aux)``; without auxiliary output ``aux`` is None, which has no leaves."""

    def pair(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        result = fun(*args, **kwargs)
        if not has_aux:
            return result, None
        if not isinstance(result, tuple) or len(result) != 2:
            raise TypeError(
                f"{name_of(fun)!r} must return a pair (out, aux) with has_aux=True, got {type(result).__name__}."
            )
        return result

    return pair


def _check_differentiable(chosen: Any, leaves: Sequence[Any], what: str, allow_int: bool) -> None:
    for i, x in enumerate(leaves):
        aval = check_array(x, path_of(chosen, i), "Choose other `argnums`.")
        if not is_float(aval.dtype) and not allow_int:
            raise TypeError(
                f"{path_of(chosen, i).capitalize()} of {what} must be floating, got {aval}. "
                f"Convert it with .astype(float), choose other `argnums`, or pass allow_int=True to grad."
            )


def _check_scalar(found: Sequence[Any], flat: Flat, fun: Function) -> ShapedArray:
    value, _ = flat.result(found)
    aval = check_array(
        value,
        f"The result of {name_of(fun)!r} under grad",
        "Return a scalar, or pass has_aux=True for a pair.",
    )
    if aval.shape != () or not is_float(aval.dtype):
        raise TypeError(
            f"The result of {name_of(fun)!r} must be a floating scalar under grad, got {aval}. "
            f"Sum or average it, or use jacrev."
        )
    return aval


def _tangent(implementation: Implementation, tangent: Any, primal: Any, index: int) -> Array | None:
    want = aval_of(primal).tangent()
    if want.dtype == float0:
        return None
    got = check_array(tangent, f"Tangent leaf {index}", "Pass an array like the primal.")
    if got.shape != want.shape or (got.dtype != want.dtype and not got.weak_type):
        raise TypeError(
            f"Tangent leaf {index} must be {want} like its primal, got {got}. Convert or reshape it."
        )
    if got.dtype != want.dtype:
        return own(implementation, lax.convert_element_type(tangent, want.dtype))
    return own(implementation, tangent)


def _materialized(values: Sequence[Array | None], avals: Sequence[ShapedArray]) -> list[Any]:
    """Zero tangents as arrays: zeros for floats, NumPy's float0 for the rest."""
    result: list[Any] = []
    for value, aval in zip(values, avals, strict=True):
        if aval.tangent().dtype == float0:
            result.append(np.zeros(aval.shape, float0))
        else:
            result.append(lax.full(aval.shape, 0, aval.dtype) if value is None else value)
    return result


# -- mapping ------------------------------------------------------------------------------------------
def vmap(
    fun: Function, in_axes: Any = 0, out_axes: Any = 0, axis_name: Any = None, axis_size: int | None = None
) -> Function:
    """Map a function over an axis of its arguments.

    Args:
        fun: the function of one lane.
        in_axes: an axis, None (not mapped), or a tree prefix of the positional arguments of these.
        out_axes: the same for results; None only where all lanes agree.
        axis_name: the name that collectives inside ``fun`` call the axis by.
        axis_size: the number of lanes, needed when nothing is mapped.

    Raises:
        ValueError: axes are out of range, sizes differ, or prefixes do not fit.
    """
    _check_callable(fun, "vmap")

    @functools.wraps(fun)
    def mapped(*args: Any, **kwargs: Any) -> Any:
        leaves, tree, axes, size = _lanes("vmap", fun, args, kwargs, in_axes, axis_size)
        implementation = dispatch.owner_of(leaves)
        flat = Flat(fun, tree, name_of(fun))
        with dispatch.using(implementation):
            found, stacked = implementation.vmap(
                flat, [own(implementation, x) for x in leaves], axes, size, axis_name
            )
            placed = trees.broadcast_prefix(out_axes, flat.structure(), "out_axes")
            return flat.result(
                [_place(x, s, a, size) for x, s, a in zip(found, stacked, placed, strict=True)]
            )

    return mapped


def pmap(
    fun: Function,
    axis_name: Any = None,
    *,
    in_axes: Any = 0,
    out_axes: Any = 0,
    axis_size: int | None = None,
    static_broadcasted_argnums: int | Sequence[int] = (),
) -> Function:
    """Run one lane of a function per device; see `vmap` for the arguments.

    ``static_broadcasted_argnums`` are positions of arguments handed to every lane as they are.
    """
    _check_callable(fun, "pmap")
    numbers = (
        (static_broadcasted_argnums,)
        if isinstance(static_broadcasted_argnums, int)
        else tuple(static_broadcasted_argnums)
    )

    @functools.wraps(fun)
    def mapped(*args: Any, **kwargs: Any) -> Any:
        fixed = tuple((i, args[i]) for i in numbers)
        dynamic = tuple(x for i, x in enumerate(args) if i not in numbers)
        lane = _with_static(fun, fixed, ())
        leaves, tree, axes, size = _lanes("pmap", fun, dynamic, kwargs, in_axes, axis_size)
        implementation = dispatch.owner_of(leaves)
        flat = Flat(lane, tree, name_of(fun))
        name = _Unnamed() if axis_name is None else axis_name
        with dispatch.using(implementation):
            found = implementation.pmap(flat, [own(implementation, x) for x in leaves], axes, size, name)
            placed = trees.broadcast_prefix(out_axes, flat.structure(), "out_axes")
            return flat.result([_place(x, True, a, size) for x, a in zip(found, placed, strict=True)])

    return mapped


class _Unnamed:
    """The name of an axis that was given none: equal to nothing that a user can write."""

    def __repr__(self) -> str:
        return "<unnamed axis>"


def _lanes(
    what: str,
    fun: Function,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    in_axes: Any,
    axis_size: int | None,
) -> tuple[list[Any], trees.TreeDef, list[int | None], int]:
    """Leaves, tree, the mapped axis of each leaf, and the number of lanes."""
    leaves, tree = trees.flatten((args, kwargs))
    prefix = tuple(in_axes) if isinstance(in_axes, list) else in_axes
    axes = trees.broadcast_prefix(prefix, trees.structure(args), "in_axes")
    axes += [0] * (len(leaves) - len(axes))
    sizes: dict[int, str] = {}
    for i, (x, axis) in enumerate(zip(leaves, axes, strict=True)):
        named = path_of(args + tuple(kwargs.values()), i)
        aval = check_array(x, f"{named} of {what}", "Map arrays only.")
        if axis is None:
            continue
        if not isinstance(axis, int):
            raise TypeError(f"`in_axes` must hold integers and None, got {axis!r} for {named}.")
        if aval.ndim == 0:
            raise ValueError(f"{named} of {what} has rank 0 and cannot be mapped. Use in_axes=None for it.")
        axes[i] = canonical_axis(axis, aval.ndim, "in_axes")
        sizes.setdefault(aval.shape[axes[i]], named)
    if axis_size is not None:
        sizes.setdefault(axis_size, "axis_size")
    if len(sizes) > 1:
        shown = ", ".join(f"{n} ({named})" for n, named in sizes.items())
        raise ValueError(f"The mapped axes of {what} of {name_of(fun)!r} must have one size, got {shown}.")
    if not sizes:
        raise ValueError(
            f"`in_axes` of {what} must map at least one argument, got {in_axes!r}. Map one, or pass axis_size."
        )
    return leaves, tree, axes, next(iter(sizes))


def _place(x: Array, stacked: bool, axis: Any, size: int) -> Any:
    aval = aval_of(x)
    if axis is None:
        if stacked:
            raise ValueError(
                "`out_axes` may be None only for a result that is equal in all lanes, got one that differs. "
                "Pass out_axes=0."
            )
        return x
    if not isinstance(axis, int):
        raise TypeError(f"`out_axes` must hold integers and None, got {axis!r}.")
    if not stacked:
        shape = (size, *aval.shape)
        x = lax.broadcast_in_dim(x, shape, tuple(range(1, len(shape))))
    ndim = aval_of(x).ndim
    to = canonical_axis(axis, ndim, "out_axes")
    if to == 0:
        return x
    order = list(range(1, ndim))
    order.insert(to, 0)
    return lax.transpose(x, tuple(order))


# -- looking without running ----------------------------------------------------------------------------
def make_program(fun: Function, static_argnums: int | Sequence[int] = ()) -> Callable[..., Program]:
    """A function that returns the `Program` that ``fun`` is on such arguments (JAX: ``make_jaxpr``)."""
    _check_callable(fun, "make_program")
    numbers = (static_argnums,) if isinstance(static_argnums, int) else tuple(static_argnums)

    @functools.wraps(fun)
    def program_of(*args: Any, **kwargs: Any) -> Program:
        program, _ = _traced(fun, args, kwargs, numbers)
        return program

    return program_of


make_jaxpr = make_program


def eval_shape(fun: Function, *args: Any, **kwargs: Any) -> Any:
    """The shapes and dtypes of the result, without computing it.

    Arguments may be arrays, numbers, or anything with ``shape`` and ``dtype``.
    """
    _check_callable(fun, "eval_shape")
    program, flat = _traced(fun, args, kwargs, ())
    return flat.result([ShapeDtypeStruct(a.shape, a.dtype, a.weak_type) for a in program.out_avals])


def _traced(
    fun: Function, args: tuple[Any, ...], kwargs: dict[str, Any], numbers: Sequence[int]
) -> tuple[Program, Flat]:
    fixed = tuple((i % len(args), args[i]) for i in numbers)
    places = {i for i, _ in fixed}
    dynamic = tuple(x for i, x in enumerate(args) if i not in places)
    leaves, tree = trees.flatten((dynamic, kwargs))
    flat = Flat(_with_static(fun, fixed, ()), tree, name_of(fun))
    with dispatch.using(dispatch.owner_of([x for x in leaves if isinstance(x, Array)])):
        return trace(flat, [_described(x) for x in leaves], name_of(fun)), flat


def _described(x: Any) -> ShapedArray:
    if isinstance(x, (ShapeDtypeStruct, ShapedArray)):
        return ShapedArray(x.shape, x.dtype, x.weak_type)
    return check_array(x, "An argument to trace", "Mark it static, or pass a ShapeDtypeStruct.")


def _check_callable(fun: Any, what: str) -> None:
    if not callable(fun):
        raise TypeError(f"`fun` of {what} must be callable, got {type(fun).__name__}: {fun!r}.")
    if inspect.isgeneratorfunction(fun):
        raise TypeError(f"`fun` of {what} must return arrays, got the generator function {name_of(fun)!r}.")

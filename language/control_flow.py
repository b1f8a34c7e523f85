"""Control flow as functions: cond, switch, while_loop, fori_loop, scan, map.

Bodies are traced once, to check types before anything runs. Then a call without tracers goes to its
owner's `scan`, `while_loop` or `cond`, and one with tracers is written down as one equation, by `stage_scan`,
`stage_while` and `stage_cond`; implementations may use these for their eager calls too.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from . import catalogue as rows
from . import dispatch, trees
from .arrays import Array
from .catalogue.control import listed, same_type
from .collecting import collected
from .dispatch import FlatFunction, Operand, Tracer, aval_of
from .dtypes import bool_, int32, is_complex, is_integer, promote
from .eagerness import jit_is_disabled
from .errors import ScanTypeError
from .flat import Flat, check_array, name_of, own
from .kept_nodes import optree
from .program import Program, Variable
from .shapes import ShapedArray
from .tracing import trace

Function = Callable[..., Any]


class Traced:
    """A flat function together with the program that it was found to be."""

    def __init__(self, function: FlatFunction, avals: Sequence[ShapedArray]) -> None:
        self.function, self.avals = function, list(avals)
        self.__name__ = name_of(function)
        self.program = trace(function, avals)

    def __call__(self, *operands: Any) -> list[Array]:
        """The function's results."""
        return self.function(*operands)


def _program(function: FlatFunction, avals: Sequence[ShapedArray]) -> Program:
    # Bodies that were traced for their types are not traced again: nested loops would double each time.
    if isinstance(function, Traced) and function.avals == list(avals):
        return function.program
    return trace(function, avals)


# -- one equation each ------------------------------------------------------------------------------------
def stage_scan(
    body: FlatFunction, init: Sequence[Operand], xs: Sequence[Operand], length: int, reverse: bool
) -> tuple[list[Array], list[Array]]:
    """Bind one ``scan`` equation for ``body(*carry, *x) -> [*carry, *y]``; the last carry, the stacked ys."""
    avals = [aval_of(x) for x in init] + [_row(aval_of(x)) for x in xs]
    program, consts = _program(body, avals).closed()
    results = dispatch.bind(
        rows.scan_p,
        *consts,
        *init,
        *xs,
        program=program,
        num_consts=len(consts),
        num_carry=len(init),
        length=length,
        reverse=reverse,
    )
    return results[: len(init)], results[len(init) :]


def stage_while(test: FlatFunction, body: FlatFunction, init: Sequence[Operand]) -> list[Array]:
    """Bind one ``while`` equation for ``test(*carry) -> [bool]`` and ``body(*carry) -> carry``."""
    avals = [aval_of(x) for x in init]
    test_program, test_consts = _program(test, avals).closed()
    body_program, body_consts = _program(body, avals).closed()
    return dispatch.bind(
        rows.while_p,
        *test_consts,
        *body_consts,
        *init,
        cond_program=test_program,
        body_program=body_program,
        cond_nconsts=len(test_consts),
        body_nconsts=len(body_consts),
    )


def stage_cond(index: Operand, branches: Sequence[FlatFunction], operands: Sequence[Operand]) -> list[Array]:
    """Bind one ``cond`` equation; what any branch closes over becomes an operand of all."""
    avals = [aval_of(x) for x in operands]
    programs = [_program(branch, avals) for branch in branches]
    closed, hoisted = closed_together(programs)
    return dispatch.bind(rows.cond_p, index, *hoisted, *operands, branches=tuple(closed))


def closed_together(programs: Sequence[Program]) -> tuple[list[Program], list[Any]]:
    """Programs with all that any of them captured as the leading inputs of each, and these values."""
    hoisted = {id(x): x for program in programs for _, x in program.captured}
    return [_with_inputs_for(program, hoisted) for program in programs], list(hoisted.values())


def _with_inputs_for(program: Program, hoisted: dict[int, Any]) -> Program:
    own_variables = {id(x): v for v, x in program.captured}
    lead = tuple(own_variables.get(key) or Variable(aval_of(x)) for key, x in hoisted.items())
    return replace(program, inputs=lead + program.inputs, captured=())


def _row(aval: ShapedArray) -> ShapedArray:
    return aval.with_shape(aval.shape[1:])


# -- what a carry must be ------------------------------------------------------------------------------------
def _promoted(init: list[Operand], before: list[ShapedArray], after: Sequence[ShapedArray]) -> list[Operand]:
    # A weak initial value (a Python scalar) takes the dtype that the body gives it.
    return [
        _as_type(x, promote([(a.dtype, a.weak_type), (b.dtype, b.weak_type)])[0])
        if a.weak_type and not same_type(a, b)
        else x
        for x, a, b in zip(init, before, after, strict=True)
    ]


def _as_type(x: Operand, dtype: Any, weak_type: bool = False) -> Array:
    (found,) = dispatch.bind(rows.convert_element_type_p, x, new_dtype=dtype, weak_type=weak_type)
    return found


def _settled(results: Sequence[Operand], avals: Sequence[ShapedArray]) -> list[Array]:
    # An eager run may leave a result weak, or strong, that is not in general.
    found = [dispatch.lift(x) for x in results]
    return [
        x if x.weak_type == a.weak_type else _as_type(x, x.dtype, a.weak_type)
        for x, a in zip(found, avals, strict=True)
    ]


def _check_structure(name: str, before: trees.TreeDef, after: trees.TreeDef) -> None:
    if before != after:
        raise ScanTypeError(
            f"The carry of {name} must keep its structure, which was {_shown(before)}, and became "
            f"{_shown(after)}. Return from the body the carry that it takes."
        )


def _check_carry(
    name: str, tree: trees.TreeDef, before: Sequence[ShapedArray], after: Sequence[ShapedArray]
) -> None:
    wrong = [i for i, (a, b) in enumerate(zip(before, after, strict=True)) if not same_type(a, b)]
    if wrong:
        paths = optree.tree_accessors(trees.unflatten(tree, before), namespace=trees.NAMESPACE)
        changes = "; ".join(
            f"`{paths[i].codify('carry')}` was {before[i]} and became {after[i]}" for i in wrong
        )
        raise ScanTypeError(
            f"The carry of {name} must keep its shapes and dtypes: {changes}. "
            f"Convert the initial value, or what the body returns."
        )


def _shown(tree: trees.TreeDef) -> str:
    return (
        str(tree)
        .removeprefix("PyTreeSpec(")
        .removesuffix(")")
        .replace(f", namespace='{trees.NAMESPACE}'", "")
    )


def _avals(leaves: Sequence[Any], what: str) -> list[ShapedArray]:
    return [check_array(x, f"`{what}`: leaf {i}", "Pass arrays in trees.") for i, x in enumerate(leaves)]


def _check_callable(name: str, **functions: Any) -> None:
    for argument, function in functions.items():
        if not callable(function):
            raise TypeError(f"`{argument}` of {name} must be a function, got {function!r}.")


# -- scan ------------------------------------------------------------------------------------------------------
def scan(
    f: Function,
    init: Any,
    xs: Any = None,
    length: int | None = None,
    reverse: bool = False,
    unroll: int | bool = 1,
) -> tuple[Any, Any]:
    """Carry a value along the leading axis of arrays.

    Args:
        f: ``f(carry, x) -> (carry, y)``; the carry keeps its structure, shapes and dtypes.
        init: the first carry.
        xs: arrays in a tree; their leading axes are the steps.
        length: the number of steps; needed where ``xs`` has no arrays.
        reverse: from the last step to the first; ``y`` stays in the place of its ``x``.
        unroll: accepted for JAX's sake.

    Returns:
        The last carry, and the ``y`` of all steps, stacked.

    Raises:
        ScanTypeError: the carry changes its structure, a shape or a dtype.
    """
    _check_callable("scan", f=f)
    if jit_is_disabled():
        return _stepped(f, init, xs, length, reverse)
    return _scan("scan", f, init, xs, length, bool(reverse))


def _scan(name: str, f: Function, init: Any, xs: Any, length: int | None, reverse: bool) -> tuple[Any, Any]:
    if collected() is not None:
        from . import checked_flow

        return checked_flow.scan(_scan, name, f, init, xs, length, reverse)
    init_leaves, carry_tree = trees.flatten(init)
    xs_leaves = trees.leaves(xs)
    x_avals = _avals(xs_leaves, "xs")
    carry_avals = _avals(init_leaves, "init")
    steps = _length(x_avals, length)
    operands = [*init_leaves, *xs_leaves]
    level, owner = dispatch.level_for(operands), dispatch.owner_of(operands)

    def pair(carry: Any, x: Any) -> tuple[Any, Any]:
        found = f(carry, x)
        if not (isinstance(found, (tuple, list)) and len(found) == 2):
            raise TypeError(
                f"`f` of scan must return a pair (carry, y), got {type(found).__name__}. "
                f"Return (carry, None) where there is no y."
            )
        return found[0], found[1]

    in_tree = trees.structure(((trees.unflatten(carry_tree, init_leaves), xs), {}))
    body = Flat(pair, in_tree, name_of(f))
    with dispatch.using(owner):
        traced = Traced(body, carry_avals + [_row(a) for a in x_avals])
        new_carry_tree, y_tree = body.structure().children()
        _check_structure(name, carry_tree, new_carry_tree)
        count = len(init_leaves)
        promoted = _promoted(init_leaves, carry_avals, traced.program.out_avals[:count])
        if any(a is not b for a, b in zip(promoted, init_leaves, strict=True)):
            carry_avals = [aval_of(x) for x in promoted]
            traced = Traced(body, carry_avals + [_row(a) for a in x_avals])
        results = traced.program.out_avals
        _check_carry(name, carry_tree, carry_avals, results[:count])
        if steps == 0:
            carry: Sequence[Operand] = promoted
            ys: Sequence[Operand] = [_empty(a) for a in results[count:]]
        elif level is not None:
            carry, ys = stage_scan(traced, promoted, xs_leaves, steps, reverse)
        else:
            mine = [own(owner, x) for x in promoted], [own(owner, x) for x in xs_leaves]
            carry, ys = owner.scan(traced, *mine, steps, reverse)
        if level is None or steps == 0:
            carry = _settled(carry, results[:count])
            ys = _settled(ys, results[count:])
    return trees.unflatten(carry_tree, carry), trees.unflatten(y_tree, ys)


def _stepped(f: Function, carry: Any, xs: Any, length: int | None, reverse: bool) -> tuple[Any, Any]:
    """A scan as Python's loop, for those who want to look into it."""
    from . import lax

    steps = _length(_avals(trees.leaves(xs), "xs"), length)
    if not steps:
        return _scan("scan", f, carry, xs, length, reverse)
    found = []
    for i in reversed(range(steps)) if reverse else range(steps):
        carry, y = f(carry, trees.map(lambda x, i=i: lax.index_in_dim(x, i, 0, keepdims=False), xs))
        found.append(y)
    rows_ = found[::-1] if reverse else found
    return carry, trees.map(lambda *ys: lax.stack(ys), *rows_)


def _length(avals: Sequence[ShapedArray], length: int | None) -> int:
    if any(not a.shape for a in avals):
        raise ValueError(f"`xs` of scan must have leading axes, got {listed(avals)}. Pass scalars in `init`.")
    sizes = sorted({a.shape[0] for a in avals})
    if len(sizes) > 1:
        raise ValueError(f"`xs` of scan must have leading axes of equal size, got sizes {sizes}.")
    if length is None:
        if not sizes:
            raise ValueError("`length` of scan must be given where `xs` has no arrays, got None.")
        return sizes[0]
    given = operator.index(length)
    if given < 0 or (sizes and sizes[0] != given):
        wanted = f"{sizes[0]}, the size of the leading axes of `xs`" if sizes else "at least 0"
        raise ValueError(f"`length` of scan must be {wanted}, got {given}.")
    return given


def _empty(aval: ShapedArray) -> Array:
    zero = np.zeros((), aval.dtype)
    shape = (0, *aval.shape)
    (found,) = dispatch.bind(rows.broadcast_in_dim_p, zero, shape=shape, broadcast_dimensions=())
    return found


def map(f: Function, xs: Any, *, batch_size: int | None = None) -> Any:
    """``f`` of each entry along the leading axes of ``xs``, one after another, stacked.

    ``batch_size`` is accepted for JAX's sake: it changes no result. `vmap` takes all entries at once.

    Returns:
        What ``f`` gives, with one axis more.

    Raises:
        ValueError: the arrays have different leading sizes.
    """
    _check_callable("map", f=f)
    return scan(lambda carry, x: (carry, f(x)), (), xs)[1]


# -- while ---------------------------------------------------------------------------------------------------
def while_loop(cond_fun: Function, body_fun: Function, init_val: Any) -> Any:
    """Apply ``body_fun`` while ``cond_fun`` of the value is true.

    Raises:
        ScanTypeError: the value changes its structure, a shape or a dtype.
        TypeError: ``cond_fun`` gives something other than one boolean.
    """
    _check_callable("while_loop", cond_fun=cond_fun, body_fun=body_fun)
    if jit_is_disabled() and not _traced(init_val):
        while cond_fun(init_val):
            init_val = body_fun(init_val)
        return init_val
    if collected() is not None:
        from . import checked_flow

        return checked_flow.while_loop(while_loop, cond_fun, body_fun, init_val)
    init, tree = trees.flatten(init_val)
    avals = _avals(init, "init_val")
    level, owner = dispatch.level_for(init), dispatch.owner_of(init)
    in_tree = trees.structure(((init_val,), {}))
    test, body = Flat(cond_fun, in_tree), Flat(body_fun, in_tree)
    with dispatch.using(owner):
        traced = Traced(body, avals)
        _check_structure("while_loop", tree, body.structure())
        promoted = _promoted(init, avals, traced.program.out_avals)
        if any(a is not b for a, b in zip(promoted, init, strict=True)):
            avals = [aval_of(x) for x in promoted]
            traced = Traced(body, avals)
        _check_carry("while_loop", tree, avals, traced.program.out_avals)
        traced_test = Traced(test, avals)
        _check_test(test.structure(), traced_test.program.out_avals)
        if level is not None:
            results: Sequence[Operand] = stage_while(traced_test, traced, promoted)
        else:
            found = owner.while_loop(traced_test, traced, [own(owner, x) for x in promoted])
            results = _settled(found, traced.program.out_avals)
    return trees.unflatten(tree, results)


def _traced(tree: Any) -> bool:
    """Whether Python cannot look at the values of a tree, because they are not known, or differ by lane."""
    return any(isinstance(x, Tracer) and not _has_value(x) for x in trees.leaves(tree))


def _has_value(x: Tracer) -> bool:
    inner = getattr(x, "primal", None)
    return inner is not None and not (isinstance(inner, Tracer) and not _has_value(inner))


def _check_test(tree: trees.TreeDef, avals: Sequence[ShapedArray]) -> None:
    if not tree.is_leaf() or not same_type(avals[0], ShapedArray((), bool_)):
        got = str(avals[0]) if tree.is_leaf() else f"the tree {_shown(tree)}"
        raise TypeError(f"`cond_fun` of while_loop must return one boolean scalar, got {got}.")


def fori_loop(lower: Any, upper: Any, body_fun: Function, init_val: Any, *, unroll: Any = None) -> Any:
    """Apply ``value = body_fun(i, value)`` for i from ``lower`` up to ``upper`` (left out).

    Where both bounds are known it is a scan, which has a reverse-mode derivative.

    Args:
        lower: an integer.
        upper: an integer of the same dtype.
        body_fun: ``body_fun(i, value) -> value``.
        init_val: the first value.
        unroll: accepted for JAX's sake.

    Raises:
        ScanTypeError: the value changes its structure, a shape or a dtype.
    """
    _check_callable("fori_loop", body_fun=body_fun)
    low, high = _bounds(lower, upper)
    if not isinstance(lower, Tracer) and not isinstance(upper, Tracer):
        steps = max(0, _value(upper) - _value(lower))
        if jit_is_disabled():
            for i in range(steps):
                init_val = body_fun(dispatch.lift(_value(lower) + i), init_val)
            return init_val

        def step(carry: Any, _: Any) -> Any:
            i, value = carry
            return (_next(i), body_fun(i, value)), None

        # The index of known bounds is weak, whatever their dtype: JAX's choice.
        return _scan("fori_loop", step, (_value(lower), init_val), None, steps, False)[0][1]

    def test(carry: Any) -> Any:
        (below,) = dispatch.bind(rows.lt_p, carry[0], carry[1])
        return below

    def body(carry: Any) -> Any:
        i, end, value = carry
        return _next(i), end, body_fun(i, value)

    return while_loop(test, body, (low, high, init_val))[2]


def _bounds(lower: Any, upper: Any) -> tuple[Operand, Operand]:
    # Both of one integer dtype; a Python integer takes the other's.
    avals = aval_of(lower), aval_of(upper)
    for name, aval in zip(("lower", "upper"), avals, strict=True):
        if aval.shape or not is_integer(aval.dtype):
            raise TypeError(f"`{name}` of fori_loop must be an integer scalar, got {aval}.")
    if avals[0].dtype == avals[1].dtype:
        return lower, upper
    if avals[0].weak_type:
        return _as_type(lower, avals[1].dtype), upper
    if avals[1].weak_type:
        return lower, _as_type(upper, avals[0].dtype)
    raise TypeError(
        f"`lower` and `upper` of fori_loop must have equal dtypes, got {avals[0].dtype} and "
        f"{avals[1].dtype}. Convert one."
    )


def _value(bound: Any) -> int:
    return int(bound.machine_value()) if isinstance(bound, Array) else int(bound)


def _next(i: Any) -> Array:
    aval = aval_of(i)
    (found,) = dispatch.bind(rows.add_p, i, 1 if aval.weak_type else np.ones((), aval.dtype))
    return found


# -- cond --------------------------------------------------------------------------------------------------
_NOTHING = object()


def cond(pred: Any, true_fun: Function, false_fun: Function, *operands: Any, operand: Any = _NOTHING) -> Any:
    """``true_fun(*operands)`` if ``pred`` is true, else ``false_fun(*operands)``; both give equal types.

    Args:
        pred: one boolean or number.
        true_fun: what is applied where it is true, or not zero.
        false_fun: what is applied elsewhere.
        operands: the arguments of either.
        operand: JAX's older spelling of a single operand.

    Raises:
        TypeError: the branches give different types.
    """
    if operand is not _NOTHING:
        operands = (*operands, operand)
    _check_callable("cond", true_fun=true_fun, false_fun=false_fun)
    if jit_is_disabled() and not _traced(pred):
        return (true_fun if pred else false_fun)(*operands)
    aval = check_array(pred, "`pred` of cond", "Pass a scalar.")
    if aval.shape:
        raise TypeError(f"`pred` of cond must be scalar, got shape {aval.shape}. Use verax.numpy.where.")
    if is_complex(aval.dtype):
        raise TypeError(f"`pred` of cond must be a boolean or a real number, got {aval.dtype}.")
    if aval.dtype != bool_:
        (pred,) = dispatch.bind(rows.ne_p, _as_type(pred, aval.dtype), np.zeros((), aval.dtype))
    return _choose("cond", _as_type(pred, int32), (false_fun, true_fun), operands)


def switch(index: Any, branches: Sequence[Function], *operands: Any, operand: Any = _NOTHING) -> Any:
    """``branches[index](*operands)``, the index moved into range; all branches give equal types.

    Returns:
        What a branch gives: trees of one structure, shapes and dtypes.

    Raises:
        TypeError: the branches give different types.
    """
    if operand is not _NOTHING:
        operands = (*operands, operand)
    if not branches:
        raise ValueError("`branches` of switch must be at least one function, got none.")
    _check_callable("switch", **{f"branches[{i}]": b for i, b in enumerate(branches)})
    aval = check_array(index, "`index` of switch", "Pass a scalar.")
    if aval.shape or not is_integer(aval.dtype):
        raise TypeError(f"`index` of switch must be an integer scalar, got {aval}. Convert it.")
    if len(branches) == 1:
        return branches[0](*operands)
    if jit_is_disabled() and not _traced(index):
        return branches[min(max(int(index), 0), len(branches) - 1)](*operands)
    last = min(len(branches) - 1, np.iinfo(aval.dtype).max)
    strong = _as_type(index, aval.dtype)
    limits = np.zeros((), aval.dtype), np.asarray(last, aval.dtype)
    (inside,) = dispatch.bind(rows.clamp_p, limits[0], strong, limits[1])
    return _choose("switch", _as_type(inside, int32), branches, operands)


def _choose(name: str, index: Array, branches: Sequence[Function], operands: tuple[Any, ...]) -> Any:
    if collected() is not None:
        from . import checked_flow

        return checked_flow.choose(_choose, name, index, branches, operands)
    leaves, in_tree = trees.flatten((operands, {}))
    avals = _avals(leaves, f"operands of {name}")
    everything = [index, *leaves]
    level, owner = dispatch.level_for(everything), dispatch.owner_of(everything)
    # A function that is several branches is one, and is traced once.
    once = {id(branch): Flat(branch, in_tree) for branch in branches}
    flat = [once[id(branch)] for branch in branches]
    with dispatch.using(owner):
        seen = {id(branch): Traced(branch, avals) for branch in once.values()}
        traced = [seen[id(branch)] for branch in flat]
        results = _common(name, flat, traced)
        if level is not None:
            found: Sequence[Operand] = stage_cond(index, traced, leaves)
        else:
            mine = [own(owner, x) for x in leaves]
            found = _settled(owner.cond(own(owner, index), traced, mine), results)
    return flat[0].result(found)


def _common(name: str, flat: Sequence[Flat], traced: Sequence[Traced]) -> list[ShapedArray]:
    # What the branches agree on; a result is weak where it is in all of them.
    first, tree = traced[0].program.out_avals, flat[0].structure()
    for other, branch in zip(flat[1:], traced[1:], strict=True):
        if other.structure() != tree:
            raise TypeError(
                f"{name} branch outputs must have the same pytree structure, got {_shown(tree)} of "
                f"{flat[0].__name__!r} and {_shown(other.structure())} of {other.__name__!r}. "
                f"Return the same trees."
            )
        found = branch.program.out_avals
        if not all(same_type(a, b) for a, b in zip(first, found, strict=True)):
            raise TypeError(
                f"The branches of {name} must return equal shapes and dtypes, got {listed(first)} of "
                f"{flat[0].__name__!r} and {listed(found)} of {other.__name__!r}. Convert one of them."
            )
    columns = zip(*(branch.program.out_avals for branch in traced), strict=True)
    return [c[0].with_dtype(c[0].dtype, all(a.weak_type for a in c)) for c in columns]

"""Functions that bring their own derivative: `custom_jvp` and `custom_vjp`, as in JAX.

A rule is a claim. The reference's limits never believe it; `fast` does, which is what makes a wrong
one a finding.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from . import dispatch, lax, trees
from .dispatch import aval_of
from .dtypes import DType, float0
from .flat import Flat, check_array, name_of
from .shapes import ShapedArray
from .transforms import Function


class SymbolicZero:
    """A tangent that is known to be zero, for a rule that asked for it.

    Attributes:
        aval: its shape and dtype.
    """

    __slots__ = ("aval",)

    def __init__(self, aval: ShapedArray) -> None:
        self.aval = aval

    @property
    def shape(self) -> tuple[int, ...]:
        """The tangent's shape."""
        return self.aval.shape

    @property
    def dtype(self) -> DType:
        """The tangent's dtype."""
        return self.aval.dtype

    def __repr__(self) -> str:
        return f"SymbolicZero({self.aval})"


@dataclass(frozen=True, slots=True)
class CustomVJPPrimal:
    """An argument of a forward rule that asked to know what is differentiated.

    Attributes:
        value: the argument.
        perturbed: whether the derivative along it is asked for.
    """

    value: Any
    perturbed: bool


class _Custom:
    """What the two kinds share: the function, its static positions, and how a call is flattened."""

    def __init__(self, fun: Function, nondiff_argnums: int | Sequence[int] = ()) -> None:
        if not callable(fun):
            raise TypeError(f"`fun` must be callable, got {type(fun).__name__}.")
        functools.update_wrapper(cast("Function", self), fun)
        self.fun = fun
        given = (nondiff_argnums,) if isinstance(nondiff_argnums, int) else tuple(nondiff_argnums)
        self.nondiff_argnums = given

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else functools.partial(cast("Function", self), instance)

    def _arguments(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """All arguments by position, defaults filled in."""
        try:
            bound = inspect.signature(self.fun).bind(*args, **kwargs)
        except ValueError:  # a builtin without a signature takes positions only
            return args
        bound.apply_defaults()
        if bound.kwargs:
            raise TypeError(
                f"{name_of(self.fun)!r} has a custom rule and must take positional arguments, "
                f"got keyword-only {sorted(bound.kwargs)}. Make them positional."
            )
        return bound.args

    def _split(self, args: tuple[Any, ...]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """The arguments named by ``nondiff_argnums``, and the rest."""
        places = {i % len(args) for i in self.nondiff_argnums}
        fixed = tuple(args[i] for i in sorted(places))
        return fixed, tuple(x for i, x in enumerate(args) if i not in places)

    def _with_fixed(self, fixed: tuple[Any, ...], count: int) -> Function:
        places = sorted(i % count for i in self.nondiff_argnums)

        def call(*rest: Any) -> Any:
            args = list(rest)
            for i, x in zip(places, fixed, strict=True):
                args.insert(i, x)
            return self.fun(*args)

        return call


class custom_jvp(_Custom):
    """A function with a forward rule of its own.

    ``f.defjvp(rule)`` where ``rule(*nondiff, primals, tangents) -> (out, out_tangent)``.
    """

    rule: Function | None = None
    symbolic_zeros = False

    def defjvp(self, jvp: Function, symbolic_zeros: bool = False) -> Function:
        """Set the rule.

        Args:
            jvp: ``rule(*nondiff, primals, tangents) -> (out, out_tangent)``.
            symbolic_zeros: whether the rule takes a `SymbolicZero` for a tangent that is known to be zero, and may
                return one; else it takes arrays of zeros.

        Returns:
            The rule, so that this is a decorator.

        Raises nothing.
        """
        self.rule, self.symbolic_zeros = jvp, symbolic_zeros
        return jvp

    def defjvps(self, *jvps: Function | None) -> None:
        """Set one rule per argument, ``rule(tangent, out, *primals)``; None is a zero derivative."""

        def combined(primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> tuple[Any, Any]:
            out = self(*primals)
            terms = [j(t, out, *primals) for j, t in zip(jvps, tangents, strict=True) if j is not None]
            zero = trees.map(lax.zeros_like, out)
            return out, functools.reduce(lambda a, b: trees.map(lax.add, a, b), terms, zero)

        self.rule = combined

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function; whoever differentiates the call uses the rule."""
        if self.rule is None:
            raise AttributeError(f"No JVP rule is defined for {name_of(self.fun)!r}. Call its defjvp first.")
        full = self._arguments(args, kwargs)
        fixed, rest = self._split(full)
        leaves, tree = trees.flatten((rest, {}))
        for i, x in enumerate(leaves):
            check_array(
                x, f"Leaf {i} of the arguments of {name_of(self.fun)!r}", "Name it in nondiff_argnums."
            )
        flat = Flat(self._with_fixed(fixed, len(full)), tree, name_of(self.fun))
        rule = _FlatJvp(self.rule, fixed, tree, flat, self.symbolic_zeros)
        found = dispatch.bind_custom_jvp(flat, rule, leaves)
        return _result(found, rule.out_tree, flat)


class _FlatJvp:
    """``rule(*nondiff, primals, tangents)`` as ``(*primals, *tangents) -> [*outs, *tangents]``.

    With ``symbolic_zeros``, None among the tangents is zero, in and out.
    """

    def __init__(
        self, rule: Function, fixed: tuple[Any, ...], tree: trees.TreeDef, flat: Flat, symbolic_zeros: bool
    ) -> None:
        self.rule, self.fixed, self.tree, self.flat = rule, fixed, tree, flat
        self.symbolic_zeros = symbolic_zeros
        self.__name__ = name_of(rule)
        self.out_tree: trees.TreeDef | None = None

    def __call__(self, *operands: Any) -> list[Any]:
        count = self.tree.num_leaves
        primals, _ = trees.unflatten(self.tree, operands[:count])
        moving = [
            SymbolicZero(aval_of(x).tangent()) if t is None else t
            for x, t in zip(operands[:count], operands[count:], strict=True)
        ]
        tangents, _ = trees.unflatten(self.tree, moving)
        pair = self.rule(*self.fixed, primals, tangents)
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise TypeError(f"The JVP rule {self.__name__!r} must return (out, out_tangent), got {pair!r}.")
        outs, self.out_tree = trees.flatten(pair[0])
        derivatives, structure = trees.flatten(pair[1])
        if structure != self.out_tree:
            raise TypeError(
                f"The JVP rule {self.__name__!r} must return a tangent with the structure of its result, "
                f"{self.out_tree}, got {structure}."
            )
        knows = any(t is None for t in operands[count:])
        return outs + [
            self._derivative(t, aval_of(y).tangent(), knows) for t, y in zip(derivatives, outs, strict=True)
        ]

    def _derivative(self, t: Any, want: ShapedArray, knows: bool) -> Any:
        """A tangent of the result; None is zero, for a caller who knows that."""
        if not isinstance(t, SymbolicZero):
            return _fitting(t, want, f"The tangent from the JVP rule {self.__name__!r}")
        if knows:
            return None
        return np.zeros(want.shape, float0) if want.dtype == float0 else lax.full(want.shape, 0, want.dtype)


class custom_vjp(_Custom):
    """A function with a reverse rule of its own.

    ``f.defvjp(forward, backward)`` where ``forward(*args) -> (out, residuals)`` and
    ``backward(*nondiff, residuals, cotangent) -> a tuple with one cotangent per other argument``.
    """

    forward: Function | None = None
    backward: Function | None = None
    symbolic_zeros = False

    def defvjp(self, fwd: Function, bwd: Function, symbolic_zeros: bool = False) -> None:
        """Set the rules.

        Args:
            fwd: ``forward(*args) -> (out, residuals)``.
            bwd: ``backward(*nondiff, residuals, cotangent)``, a tuple with a cotangent per other argument, in which
                None is zero for all that stands there.
            symbolic_zeros: whether ``fwd`` takes a `CustomVJPPrimal` for each array, which says if it is
                differentiated, and ``bwd`` a `SymbolicZero` for a cotangent that is known to be zero; else both take
                arrays.

        Raises nothing.
        """
        self.forward, self.backward, self.symbolic_zeros = fwd, bwd, bool(symbolic_zeros)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function; whoever differentiates the call uses the rule."""
        if self.forward is None or self.backward is None:
            raise AttributeError(f"No VJP rule is defined for {name_of(self.fun)!r}. Call its defvjp first.")
        full = self._arguments(args, kwargs)
        fixed, rest = self._split(full)
        leaves, tree = trees.flatten((rest, {}))
        for i, x in enumerate(leaves):
            check_array(
                x, f"Leaf {i} of the arguments of {name_of(self.fun)!r}", "Name it in nondiff_argnums."
            )
        flat = Flat(self._with_fixed(fixed, len(full)), tree, name_of(self.fun))
        named = name_of(self.forward)
        forward = _FlatForward(self._forward_with(fixed, len(full)), tree, named, self.symbolic_zeros)
        avals = [aval_of(x) for x in leaves]
        backward = _FlatBackward(self.backward, fixed, tree, avals, forward)
        found = dispatch.bind_custom_vjp(flat, forward, backward, leaves)
        return _result(found, forward.out_tree, flat)

    def _forward_with(self, fixed: tuple[Any, ...], count: int) -> Function:
        assert self.forward is not None, "checked by the call"
        return _Custom(self.forward, self.nondiff_argnums)._with_fixed(fixed, count)


class _FlatForward:
    """``forward(*args)`` as ``(*primals) -> [*outs, *residuals]``; ``num_outputs`` says where they part.

    With ``symbolic_zeros``, who calls it says before which of the primals are ``perturbed``.
    """

    def __init__(self, forward: Function, tree: trees.TreeDef, name: str, symbolic_zeros: bool) -> None:
        self.forward, self.tree, self.__name__ = forward, tree, name
        self.symbolic_zeros = symbolic_zeros
        self.perturbed: Sequence[bool] = [True] * tree.num_leaves
        self.out_tree: trees.TreeDef | None = None
        self.residual_tree: trees.TreeDef | None = None
        self.out_avals: list[ShapedArray] = []

    @property
    def num_outputs(self) -> int:
        """How many of the results are not residuals, after a call."""
        return len(self.out_avals)

    def __call__(self, *operands: Any) -> list[Any]:
        given: Sequence[Any] = operands
        if self.symbolic_zeros:
            given = [CustomVJPPrimal(x, p) for x, p in zip(operands, self.perturbed, strict=True)]
        args, _ = trees.unflatten(self.tree, given)
        pair = self.forward(*args)
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise TypeError(f"The forward rule {self.__name__!r} must return (out, residuals), got {pair!r}.")
        outs, self.out_tree = trees.flatten(pair[0])
        residuals, self.residual_tree = trees.flatten(pair[1])
        self.out_avals = [aval_of(y) for y in outs]
        return outs + residuals


class _FlatBackward:
    """``backward(*nondiff, residuals, cotangent)`` as ``(*residuals, *cotangents) -> [*cotangents]``.

    With ``symbolic_zeros``, None among the cotangents given is zero.
    """

    def __init__(
        self,
        backward: Function,
        fixed: tuple[Any, ...],
        tree: trees.TreeDef,
        avals: Sequence[ShapedArray],
        forward: _FlatForward,
    ) -> None:
        self.backward, self.fixed, self.tree, self.avals, self.forward = backward, fixed, tree, avals, forward
        self.__name__, self.symbolic_zeros = name_of(backward), forward.symbolic_zeros

    def __call__(self, *operands: Any) -> list[Any]:
        residual_tree, out_tree = self.forward.residual_tree, self.forward.out_tree
        assert residual_tree is not None, "the forward rule runs first"
        assert out_tree is not None, "the forward rule runs first"
        count = residual_tree.num_leaves
        residuals = trees.unflatten(residual_tree, operands[:count])
        pulled = [
            SymbolicZero(a.tangent()) if ct is None else ct
            for ct, a in zip(operands[count:], self.forward.out_avals, strict=True)
        ]
        cotangent = trees.unflatten(out_tree, pulled)
        given = self.backward(*self.fixed, residuals, cotangent)
        args = trees.unflatten(self.tree, range(self.tree.num_leaves))[0]
        if not isinstance(given, tuple) or len(given) != len(args):
            raise TypeError(
                f"The backward rule {self.__name__!r} must return a tuple of {len(args)} cotangents, one per "
                f"argument, got {given!r}."
            )
        parts = zip(given, args, strict=True)
        entries = [x for i, (part, arg) in enumerate(parts) for x in self._entries(part, arg, i)]
        return [self._cotangent(x, i) for i, x in enumerate(entries)]

    def _entries(self, part: Any, arg: Any, position: int) -> list[Any]:
        """What is given for each leaf of an argument: None, where it is for a whole subtree, is zero for all of it."""
        structure = trees.structure(arg)
        try:
            entries = trees.broadcast_prefix(part, structure, "a cotangent")
        except ValueError:
            entries = []
        given = [x for x in entries if x is not None]
        if len(entries) != structure.num_leaves or len(given) != len(trees.leaves(part)):
            raise TypeError(
                f"The backward rule {self.__name__!r} must return for argument {position} a tree like the "
                f"argument's, got {part!r}."
            )
        return entries

    def _cotangent(self, entry: Any, index: int) -> Any:
        aval = self.avals[index]
        if entry is None or isinstance(entry, SymbolicZero):
            return lax.full(aval.shape, 0, aval.dtype)
        what = f"The cotangent of leaf {index} of the arguments from the backward rule {self.__name__!r}"
        return _fitting(entry, aval.tangent(), what)


def _result(found: Sequence[Any], ruled: trees.TreeDef | None, flat: Flat) -> Any:
    """The results as a tree; whoever owned the call has run the function, or its rule, or both."""
    return flat.result(found) if ruled is None else trees.unflatten(ruled, found)


def _fitting(x: Any, want: ShapedArray, what: str) -> Any:
    if want.dtype == float0:
        return np.zeros(want.shape, float0)
    got = check_array(x, what, "Return an array.")
    if got.shape != want.shape:
        raise TypeError(f"{what} must have shape {want.shape}, got {got.shape}. Sum over broadcast axes.")
    if got.dtype != want.dtype:
        if not got.weak_type:
            raise TypeError(f"{what} must have dtype {want.dtype}, got {got.dtype}. Convert it.")
        return lax.convert_element_type(x, want.dtype)
    return x

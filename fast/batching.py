"""`vmap`: a level whose tracers hold one value for every lane, stacked along a leading axis."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any, ClassVar

import numpy as np

from ..language import dispatch
from ..language.arrays import Array
from ..language.dispatch import FlatFunction, Implementation, Level, Operand, Params, below, push
from ..language.dtypes import float0
from ..language.errors import MissingRuleError
from ..language.primitive import Primitive
from . import operations as ops
from .tracers import OpaqueTracer


class BatchTracer(OpaqueTracer):
    """A value of one lane, standing for all of them.

    Attributes:
        value: what all lanes hold, stacked along axis 0.
    """

    __slots__ = ("value",)
    what: ClassVar[str] = "Mapped"

    def __init__(self, level: BatchLevel, value: Array) -> None:
        self.level, self.value = level, value
        self.aval = value.aval.with_shape(value.aval.shape[1:])


class Lane:
    """An operand as a batching rule sees it: a value, and whether lanes are stacked along its axis 0."""

    __slots__ = ("mapped", "value")

    def __init__(self, value: Any, mapped: bool) -> None:
        self.value, self.mapped = value, mapped


class BatchLevel(Level):
    """One running `vmap`.

    Attributes:
        size: the number of lanes.
        axis_name: what collectives call the axis, or None.
        device: whether each lane is a device, which takes its own branch alone.
    """

    def __init__(
        self, implementation: Implementation, size: int, axis_name: Any, device: bool = False
    ) -> None:
        super().__init__(implementation)
        self.size, self.axis_name, self.device = size, axis_name, device

    def lift(self, value: Operand) -> Any:
        """A value that does not depend on the lane stays as it is."""
        return value

    def _lane(self, x: Any) -> Lane:
        if isinstance(x, BatchTracer) and x.level is self:
            return Lane(x.value, True)
        return Lane(dispatch.lift(x), False)

    def stacked(self, x: Any) -> Array:
        """The value of ``x`` in all lanes, stacked."""
        lane = self._lane(x)
        value: Array = lane.value if lane.mapped else ops.lead(lane.value, self.size)
        return value

    def bind(self, primitive: Primitive, operands: list[Any], params: Params) -> list[Array]:
        """Apply the primitive's rule to the stacked values."""
        from .rules.batching import BATCHING

        rule = BATCHING.get(primitive.name)
        if rule is None:
            raise MissingRuleError(f"`fast` has no batching rule for {primitive.name!r}.")
        with below(self):
            lanes = [self._lane(x) for x in operands]
            results = rule(self, primitive, lanes, params)
            if (
                self.device
                and operands
                and primitive.kind == "collective"
                and self.axis_name in params["axes"]
            ):
                from .rules.batching.moving import count

                count(self, primitive, dispatch.aval_of(operands[0]), params)
            return [BatchTracer(self, y.value) if y.mapped else y.value for y in results]

    def _batched(self, function: FlatFunction, mapped: Sequence[bool]) -> FlatFunction:
        """``function`` of all lanes: stacked operands where ``mapped``, stacked results."""

        def over_lanes(*values: Any) -> list[Array]:
            level = BatchLevel(self.implementation, self.size, self.axis_name, self.device)
            given = zip(values, mapped, strict=True)
            with running(level):
                results = function(*(_row(level, x) if m else x for x, m in given))
            return [_stacked_float0(y, self.size) if is_float0(y) else level.stacked(y) for y in results]

        over_lanes.__name__ = getattr(function, "__name__", "function")
        return over_lanes

    def custom_jvp(self, function: FlatFunction, rule: FlatFunction, operands: list[Any]) -> list[Array]:
        """Map the function and its rule."""
        with below(self):
            lanes = [self._lane(x) for x in operands]
            mapped = [x.mapped for x in lanes]
            results = dispatch.bind_custom_jvp(
                self._batched(function, mapped),
                self._batched(rule, mapped * 2),
                [x.value for x in lanes],
            )
            return [BatchTracer(self, y) for y in results]

    def custom_vjp(
        self, function: FlatFunction, forward: FlatFunction, backward: FlatFunction, operands: list[Any]
    ) -> list[Array]:
        """Map the function and its two rules."""
        with below(self):
            lanes = [self._lane(x) for x in operands]
            mapped = [x.mapped for x in lanes]
            results = dispatch.bind_custom_vjp(
                self._batched(function, mapped),
                _Forward(self, forward, mapped),
                _Backward(self, backward, mapped),
                [x.value for x in lanes],
            )
            return [BatchTracer(self, y) for y in results]


class _Forward:
    """A forward rule over all lanes: results and residuals are stacked."""

    def __init__(self, level: BatchLevel, forward: Any, mapped: Sequence[bool]) -> None:
        self.forward, self.run = forward, level._batched(forward, mapped)
        self.__name__ = getattr(forward, "__name__", "forward")

    @property
    def num_outputs(self) -> int:
        """How many of the results are not residuals, after a call."""
        count: int = self.forward.num_outputs
        return count

    @property
    def perturbed(self) -> Sequence[bool]:
        """Which of the operands are differentiated; set before a call."""
        found: Sequence[bool] = self.forward.perturbed
        return found

    @perturbed.setter
    def perturbed(self, which: Sequence[bool]) -> None:
        self.forward.perturbed = which

    def __call__(self, *operands: Any) -> list[Array]:
        return self.run(*operands)


class _Backward:
    """A backward rule over all lanes; the cotangent of an operand that all lanes share is the lanes' sum."""

    def __init__(self, level: BatchLevel, backward: Any, mapped: Sequence[bool]) -> None:
        self.level, self.backward, self.mapped = level, backward, mapped
        self.__name__ = getattr(backward, "__name__", "backward")
        self.symbolic_zeros = backward.symbolic_zeros

    def __call__(self, *operands: Any) -> list[Any]:
        outer = self.level
        level = BatchLevel(outer.implementation, outer.size, outer.axis_name, outer.device)
        with running(level):
            results = self.backward(*(None if x is None else _row(level, x) for x in operands))
        found: list[Any] = []
        for y, mapped in zip(results, self.mapped, strict=True):
            if is_float0(y):
                found.append(_stacked_float0(y, level.size) if mapped else y)
                continue
            value = level.stacked(y)
            found.append(value if mapped else ops.sum_over(value, (0,)))
        return found


def is_float0(x: Any) -> bool:
    """Whether a value is a tangent of an integer: NumPy's, of a dtype without bits."""
    return isinstance(x, np.ndarray) and x.dtype == float0


def _row(level: BatchLevel, x: Any) -> Any:
    return np.zeros(x.shape[1:], float0) if is_float0(x) else BatchTracer(level, x)


def _stacked_float0(x: Any, size: int) -> Any:
    return np.zeros((size, *x.shape), float0)


def running(level: BatchLevel) -> ExitStack:
    """The block in which a level maps, with its named axis in scope."""
    stack = ExitStack()
    stack.enter_context(push(level))
    if level.axis_name is not None:
        stack.enter_context(dispatch.named_axis(level.axis_name, level.size, level))
    return stack


def vmap(
    implementation: Implementation,
    function: FlatFunction,
    operands: Sequence[Array],
    axes: Sequence[int | None],
    size: int,
    axis_name: Any,
    device: bool = False,
) -> tuple[list[Array], list[bool]]:
    """Map over axes; see `Implementation.vmap`. ``device`` says whether lanes are devices."""
    level = BatchLevel(implementation, size, axis_name, device)
    values = [x if a is None else ops.to_front(x, a) for x, a in zip(operands, axes, strict=True)]
    with running(level):
        given = zip(values, axes, strict=True)
        results = function(*(x if a is None else BatchTracer(level, x) for x, a in given))
    lanes = [level._lane(y) for y in results]
    return [y.value for y in lanes], [y.mapped for y in lanes]

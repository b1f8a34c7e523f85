"""`jax.example_libraries.optimizers`: optimizers as triples of functions, in Verax's words.

An optimizer is ``(init_fn, update_fn, params_fn)``: ``init_fn(params) -> state``, ``update_fn(step, grads, state) ->
state`` and ``params_fn(state) -> params``, on trees of arrays. Names, arguments and the order of operations are those
of JAX 0.10.2's module.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from ...language import numpy as vnp
from ...language import tree
from ...language.tree_util import register_pytree_node

Array = Any
Params = Any
State = Any
Updates = Params
Step = int
Schedule = Callable[[Any], Any]


class OptimizerState(NamedTuple):
    """The state of an optimizer: what it keeps of each parameter, beside the structures.

    Attributes:
        packed_state: the leaves of each parameter's state, a list of lists.
        tree_def: the parameters' structure.
        subtree_defs: the structure of each parameter's state.
    """

    packed_state: Any
    tree_def: Any
    subtree_defs: Any


register_pytree_node(
    OptimizerState,
    lambda state: ((state.packed_state,), (state.tree_def, state.subtree_defs)),
    lambda structures, children: OptimizerState(*children, *structures),
)

InitFn = Callable[[Params], OptimizerState]
UpdateFn = Callable[[Step, Updates, OptimizerState], OptimizerState]
ParamsFn = Callable[[OptimizerState], Params]


class Optimizer(NamedTuple):
    """The three functions of an optimizer."""

    init_fn: InitFn
    update_fn: UpdateFn
    params_fn: ParamsFn


def _packed(structure: Any, states: Sequence[Any]) -> OptimizerState:
    flat = [tree.flatten(state) for state in states]
    return OptimizerState([leaves for leaves, _ in flat], structure, [inner for _, inner in flat])


def _states(state: OptimizerState) -> list[Any]:
    return [
        tree.unflatten(d, leaves) for d, leaves in zip(state.subtree_defs, state.packed_state, strict=True)
    ]


def optimizer(opt_maker: Callable[..., Any]) -> Callable[..., Optimizer]:
    """Make of an optimizer of one array an optimizer of trees of arrays.

    Args:
        opt_maker: returns a triple of functions for single arrays; their states may be trees.

    Returns:
        A function of the same arguments that returns the triple for trees.

    Raises:
        TypeError: when it updates: the gradient's structure, or a new state's, is another.
    """

    @functools.wraps(opt_maker)
    def made(*args: Any, **kwargs: Any) -> Optimizer:
        init, update, get_params = opt_maker(*args, **kwargs)

        @functools.wraps(init)
        def init_fn(params: Params) -> OptimizerState:
            leaves, structure = tree.flatten(params)
            return _packed(structure, [init(x) for x in leaves])

        @functools.wraps(update)
        def update_fn(i: Step, grads: Updates, state: OptimizerState) -> OptimizerState:
            leaves, structure = tree.flatten(grads)
            if structure != state.tree_def:
                raise TypeError(
                    f"`grads` of an optimizer must have the structure of the parameters, {state.tree_def}, got "
                    f"{structure}. Pass the gradient of what get_params returns."
                )
            new = _packed(
                structure, [update(i, g, old) for g, old in zip(leaves, _states(state), strict=True)]
            )
            for before, after in zip(state.subtree_defs, new.subtree_defs, strict=True):
                if before != after:
                    raise TypeError(
                        f"The state of an optimizer must keep its structure, which was {before} and became {after}. "
                        f"Return from update what init returns."
                    )
            return OptimizerState(new.packed_state, state.tree_def, state.subtree_defs)

        @functools.wraps(get_params)
        def params_fn(state: OptimizerState) -> Params:
            return tree.unflatten(state.tree_def, [get_params(x) for x in _states(state)])

        return Optimizer(init_fn, update_fn, params_fn)

    return made


def _first(state: Any) -> Array:
    return state[0]


@optimizer
def sgd(step_size: Any) -> Any:
    """Gradient descent: x - s g."""
    step = make_schedule(step_size)
    return lambda x: x, lambda i, g, x: x - step(i) * g, lambda x: x


@optimizer
def momentum(step_size: Any, mass: float) -> Any:
    """The heavy ball (Polyak 1964): v = m v + g, x - s v."""
    step = make_schedule(step_size)

    def update(i: Any, g: Array, state: Any) -> Any:
        x, velocity = state
        velocity = mass * velocity + g
        return x - step(i) * velocity, velocity

    return lambda x: (x, vnp.zeros_like(x)), update, _first


@optimizer
def nesterov(step_size: Any, mass: float) -> Any:
    """Nesterov's momentum (Sutskever et al. 2013): v = m v + g, x - s (m v + g)."""
    step = make_schedule(step_size)

    def update(i: Any, g: Array, state: Any) -> Any:
        x, velocity = state
        velocity = mass * velocity + g
        return x - step(i) * (mass * velocity + g), velocity

    return lambda x: (x, vnp.zeros_like(x)), update, _first


@optimizer
def adagrad(step_size: Any, momentum: float = 0.9) -> Any:
    """Adagrad (Duchi, Hazan, Singer 2011) with momentum: steps by g over the root of all g^2 so far."""
    step = make_schedule(step_size)

    def update(i: Any, g: Array, state: Any) -> Any:
        x, squares, m = state
        squares += vnp.square(g)
        inverse = vnp.where(squares > 0, 1.0 / vnp.sqrt(squares), 0.0)
        m = (1.0 - momentum) * (g * inverse) + momentum * m
        return x - step(i) * m, squares, m

    return lambda x: (x, vnp.zeros_like(x), vnp.zeros_like(x)), update, _first


@optimizer
def rmsprop(step_size: Any, gamma: float = 0.9, eps: float = 1e-8) -> Any:
    """RMSProp (Hinton 2012): g over the root of a running mean of g^2."""
    step = make_schedule(step_size)

    def update(i: Any, g: Array, state: Any) -> Any:
        x, squares = state
        squares = squares * gamma + vnp.square(g) * (1.0 - gamma)
        return x - step(i) * g / vnp.sqrt(squares + eps), squares

    return lambda x: (x, vnp.zeros_like(x)), update, _first


@optimizer
def rmsprop_momentum(step_size: Any, gamma: float = 0.9, eps: float = 1e-8, momentum: float = 0.9) -> Any:
    """`rmsprop`, its steps gathered with momentum."""
    step = make_schedule(step_size)

    def update(i: Any, g: Array, state: Any) -> Any:
        x, squares, m = state
        squares = squares * gamma + vnp.square(g) * (1.0 - gamma)
        m = momentum * m + step(i) * g / vnp.sqrt(squares + eps)
        return x - m, squares, m

    return lambda x: (x, vnp.zeros_like(x), vnp.zeros_like(x)), update, _first


@optimizer
def adam(step_size: Any, b1: float = 0.9, b2: float = 0.999, eps: float = 1e-8) -> Any:
    """Adam (Kingma, Ba 2014), with both moments corrected for their zero start."""
    step = make_schedule(step_size)

    def update(i: Any, g: Array, state: Any) -> Any:
        x, m, v = state
        m = (1 - b1) * g + b1 * m
        v = (1 - b2) * vnp.square(g) + b2 * v
        first = m / (1 - vnp.asarray(b1, m.dtype) ** (i + 1))
        second = v / (1 - vnp.asarray(b2, m.dtype) ** (i + 1))
        return x - step(i) * first / (vnp.sqrt(second) + eps), m, v

    return lambda x: (x, vnp.zeros_like(x), vnp.zeros_like(x)), update, _first


@optimizer
def adamax(step_size: Any, b1: float = 0.9, b2: float = 0.999, eps: float = 1e-8) -> Any:
    """AdaMax (Kingma, Ba 2014): Adam with the largest |g|, fading, for the second moment."""
    step = make_schedule(step_size)

    def update(i: Any, g: Array, state: Any) -> Any:
        x, m, u = state
        m = (1 - b1) * g + b1 * m
        u = vnp.maximum(b2 * u, vnp.abs(g))
        x = x - (step(i) / (1 - vnp.asarray(b1, m.dtype) ** (i + 1))) * m / (u + eps)
        return x, m, u

    return lambda x: (x, vnp.zeros_like(x), vnp.zeros_like(x)), update, _first


@optimizer
def sm3(step_size: Any, momentum: float = 0.9) -> Any:
    """SM3 (Anil et al. 2019): Adagrad that keeps of the g^2 a maximum along each axis instead of each element."""
    step = make_schedule(step_size)

    def init(x: Array) -> Any:
        wide = vnp.atleast_1d(x)
        return wide, vnp.zeros_like(wide), [vnp.zeros(n, wide.dtype) for n in wide.shape], x.shape

    def update(i: Any, g: Array, state: Any) -> Any:
        x, m, maxima, shape = state
        wide = [
            v[tuple(slice(None) if k == axis else None for k in range(g.ndim))]
            for axis, v in enumerate(maxima)
        ]
        squares = functools.reduce(vnp.minimum, wide) + vnp.square(g)
        inverse = vnp.where(squares > 0, 1.0 / vnp.sqrt(squares), 0)
        m = (1.0 - momentum) * (g * inverse) + momentum * m
        x = x - step(i) * m
        maxima = [squares.max([k for k in range(x.ndim) if k != axis]) for axis in range(x.ndim)]
        return x, m, maxima, shape

    return init, update, lambda state: state[0].reshape(state[3])


def constant(step_size: Any) -> Schedule:
    """The same step always."""
    return lambda i: step_size


def exponential_decay(step_size: Any, decay_steps: Any, decay_rate: Any) -> Schedule:
    """s r^(i/n)."""
    return lambda i: step_size * decay_rate ** (i / decay_steps)


def inverse_time_decay(
    step_size: Any, decay_steps: Any, decay_rate: Any, staircase: bool = False
) -> Schedule:
    """s / (1 + r i/n), with the floor of i/n where it is a staircase."""
    if staircase:
        return lambda i: step_size / (1 + decay_rate * vnp.floor(i / decay_steps))
    return lambda i: step_size / (1 + decay_rate * i / decay_steps)


def polynomial_decay(step_size: Any, decay_steps: Any, final_step_size: Any, power: Any = 1.0) -> Schedule:
    """From one step size to another as (1 - i/n)^p falls from 1 to 0."""

    def schedule(i: Any) -> Any:
        left = (1 - vnp.minimum(i, decay_steps) / decay_steps) ** power
        return left * (step_size - final_step_size) + final_step_size

    return schedule


def piecewise_constant(boundaries: Any, values: Any) -> Schedule:
    """``values[k]`` after k of the ``boundaries``.

    Raises:
        ValueError: they are no sequences, or there is not one value more than boundaries.
    """
    edges, steps = vnp.array(boundaries), vnp.array(values)
    if not edges.ndim == steps.ndim == 1 or steps.shape[0] != edges.shape[0] + 1:
        raise ValueError(
            f"`values` of piecewise_constant must be one more than `boundaries`, got shapes {steps.shape} and "
            f"{edges.shape}. Give the value before the first boundary too."
        )
    return lambda i: steps[vnp.sum(i > edges)]


def make_schedule(scalar_or_schedule: Any) -> Schedule:
    """A schedule as it is, a number as one that is constant.

    Raises:
        TypeError: it is neither.
    """
    if callable(scalar_or_schedule):
        found: Schedule = scalar_or_schedule
        return found
    if vnp.ndim(scalar_or_schedule) == 0:
        return constant(scalar_or_schedule)
    raise TypeError(
        f"`step_size` must be a scalar or a function of the step, got an array of shape "
        f"{vnp.shape(scalar_or_schedule)}. Pass piecewise_constant(boundaries, values)."
    )


def l2_norm(tree_: Any) -> Array:
    """The root of the sum of squares of all leaves: a scalar."""
    return vnp.sqrt(sum(vnp.vdot(x, x) for x in tree.leaves(tree_)))


def clip_grads(grad_tree: Any, max_norm: Any) -> Any:
    """The tree, scaled down to the norm ``max_norm`` where it is longer."""
    norm = l2_norm(grad_tree)
    return tree.map(lambda g: vnp.where(norm < max_norm, g, g * (max_norm / norm)), grad_tree)


class JoinPoint:
    """Where a parameter's state begins in a tree that `unpack_optimizer_state` gives.

    Attributes:
        subtree: the state.
    """

    def __init__(self, subtree: Any) -> None:
        self.subtree = subtree

    def __iter__(self) -> Iterator[Any]:
        yield self.subtree


def unpack_optimizer_state(opt_state: OptimizerState) -> Any:
    """The parameters' tree with a `JoinPoint` for each leaf, which holds that parameter's state."""
    return tree.unflatten(opt_state.tree_def, [JoinPoint(state) for state in _states(opt_state)])


def pack_optimizer_state(marked_pytree: Any) -> OptimizerState:
    """What `unpack_optimizer_state` undid.

    Raises:
        TypeError: a leaf is no `JoinPoint`.
    """
    marks, structure = tree.flatten(marked_pytree)
    for mark in marks:
        if not isinstance(mark, JoinPoint):
            raise TypeError(
                f"The leaves of `marked_pytree` must be JoinPoints, got {type(mark).__name__}. Pass what "
                f"unpack_optimizer_state returns."
            )
    return _packed(structure, [mark.subtree for mark in marks])

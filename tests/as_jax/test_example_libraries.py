"""`jax.example_libraries`: Stax and its optimizers are to the bit what JAX's own files are when these run on Verax.

Where all numbers are whole, they are what JAX gives.
"""

from __future__ import annotations

import inspect
import operator
import subprocess
import sys
from types import ModuleType
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax._src import util
from jax.example_libraries import optimizers as jax_optimizers
from jax.example_libraries import stax as jax_stax

import verax
from verax import numpy as vnp
from verax import random, tree
from verax.as_jax.example_libraries import optimizers, stax


def on_verax(module: ModuleType) -> ModuleType:
    """JAX's own file, its imports of JAX read as of Verax."""
    text = inspect.getsource(module).replace("from jax._src.util import", "from jax_util import")
    for old, new in [
        ("import jax.numpy as jnp", "from verax import numpy as jnp"),
        ("import jax\n", "import verax as jax\n"),
        ("from jax.nn", "from verax.nn"),
        ("from jax import", "from verax import"),
    ]:
        text = text.replace(old, new)
    found = ModuleType(f"{module.__name__} on Verax")
    sys.modules["jax_util"] = util
    try:
        exec(compile(text, module.__name__, "exec"), found.__dict__)  # noqa: S102  # the installed peer's own file
    finally:
        del sys.modules["jax_util"]
    assert "jax.Array" not in text
    return found


PEER_STAX, PEER_OPTIMIZERS = on_verax(jax_stax), on_verax(jax_optimizers)
KEY = random.PRNGKey(3)


def bits(found: Any) -> list[Any]:
    return [(np.shape(x), np.asarray(x).dtype, np.asarray(x).tobytes()) for x in tree.leaves(found)]


ELEMENTWISE = (
    "Tanh", "Relu", "Exp", "LogSoftmax", "Softmax", "Softplus",
    "Sigmoid", "Elu", "LeakyRelu", "Selu", "Gelu", "Identity",
)  # fmt: skip
LAYERS: dict[str, tuple[Any, tuple[int, ...]]] = {
    "Dense": (lambda s: s.Dense(4), (3, 5)),
    "Conv": (lambda s: s.Conv(3, (3, 2), strides=(2, 1), padding="SAME"), (2, 6, 5, 2)),
    "ConvTranspose": (lambda s: s.ConvTranspose(3, (3, 3), strides=(2, 2)), (2, 4, 3, 2)),
    "Conv1DTranspose": (lambda s: s.Conv1DTranspose(3, (3,), padding="SAME"), (2, 4, 2)),
    "BatchNorm": (lambda s: s.BatchNorm(), (2, 3, 4, 2)),
    "BatchNorm without scale": (lambda s: s.BatchNorm(axis=0, scale=False), (4, 3)),
    "BatchNorm without center": (lambda s: s.BatchNorm(axis=(0,), center=False), (4, 3)),
    "BatchNorm with neither": (lambda s: s.BatchNorm(axis=(0,), center=False, scale=False), (4, 3)),
    "MaxPool": (lambda s: s.MaxPool((2, 2), strides=(2, 1)), (2, 4, 5, 3)),
    "SumPool": (lambda s: s.SumPool((2, 2), padding="SAME"), (2, 4, 5, 3)),
    "AvgPool": (lambda s: s.AvgPool((2, 3), padding="SAME"), (2, 4, 5, 3)),
    "AvgPool of NCHW": (lambda s: s.AvgPool((2, 2), spec="NCHW"), (2, 3, 4, 5)),
    "Flatten": (lambda s: s.Flatten, (2, 3, 4)),
    "Dropout": (lambda s: s.Dropout(0.5), (4, 5)),
    "Dropout in evaluation": (lambda s: s.Dropout(0.5, mode="eval"), (4, 5)),
    "branches": (
        lambda s: s.serial(
            s.FanOut(2), s.parallel(s.Dense(3), s.serial(s.Dense(3), s.Dropout(0.9))), s.FanInSum
        ),
        (4, 5),
    ),
    "joined": (
        lambda s: s.serial(s.FanOut(2), s.parallel(s.Identity, s.Dense(3)), s.FanInConcat()),
        (4, 5),
    ),
    "shape dependent": (lambda s: s.shape_dependent(lambda shape: s.Dense(shape[-1])), (4, 5)),
    **{name: (operator.attrgetter(name), (3, 4)) for name in ELEMENTWISE},
}


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_is_jaxs_to_the_bit(name: str) -> None:
    make, shape = LAYERS[name]
    (init, apply), (their_init, their_apply) = make(stax), make(PEER_STAX)
    (out_shape, params), (their_shape, their_params) = init(KEY, shape), their_init(KEY, shape)
    inputs = random.normal(random.PRNGKey(1), shape)
    found, theirs = apply(params, inputs, rng=KEY), their_apply(their_params, inputs, rng=KEY)

    assert out_shape == their_shape
    assert bits(params) == bits(their_params)
    assert bits(found) == bits(theirs)
    assert found.shape == tuple(out_shape)


def test_dropout_asks_for_its_key() -> None:
    with pytest.raises(ValueError, match="`rng` of a Dropout layer must be a PRNG key, got None"):
        stax.Dropout(0.5)[1]((), vnp.ones(3))


MAKERS = {
    "sgd": lambda o: o.sgd(0.1),
    "sgd of a schedule": lambda o: o.sgd(o.exponential_decay(0.5, 3, 0.9)),
    "momentum": lambda o: o.momentum(o.inverse_time_decay(0.1, 2, 0.5, staircase=True), 0.9),
    "nesterov": lambda o: o.nesterov(o.inverse_time_decay(0.1, 2, 0.5), 0.9),
    "adagrad": lambda o: o.adagrad(o.polynomial_decay(0.3, 4, 0.1, 2.0)),
    "rmsprop": lambda o: o.rmsprop(o.piecewise_constant([1, 3], [0.1, 0.05, 0.01])),
    "rmsprop_momentum": lambda o: o.rmsprop_momentum(0.01),
    "adam": lambda o: o.adam(o.constant(0.02)),
    "adamax": lambda o: o.adamax(0.02),
    "sm3": lambda o: o.sm3(0.1),
}


def trained(layers: Any, optimizer: Any, steps: int) -> tuple[list[float], Any]:
    """The losses and the last state of a small net that learns to be x^2, compiled."""
    init, apply = layers.serial(layers.Dense(8), layers.Tanh, layers.Dense(1))
    x = vnp.linspace(-1.0, 1.0, 16)[:, None]
    _, params = init(KEY, (-1, 1))
    state = optimizer.init_fn(params)

    @verax.jit
    def step(i: Any, state: Any) -> Any:
        value, grads = verax.value_and_grad(lambda p: ((apply(p, x) - x**2) ** 2).mean())(
            optimizer.params_fn(state)
        )
        return value, optimizer.update_fn(i, grads, state)

    losses = []
    for i in range(steps):
        value, state = step(i, state)
        losses.append(float(value))
    return losses, state


@pytest.mark.parametrize("name", [name for name in MAKERS if name != "sm3"])
def test_a_net_learns_as_with_jaxs_file_to_the_bit(name: str) -> None:
    losses, state = trained(stax, MAKERS[name](optimizers), 6)
    their_losses, theirs = trained(PEER_STAX, MAKERS[name](PEER_OPTIMIZERS), 6)

    assert losses == their_losses
    assert bits(state) == bits(theirs)
    assert losses[-1] < losses[0]


def test_sm3_keeps_a_maximum_along_each_axis() -> None:
    """Not compiled: its state holds the parameter's shape, which is no array."""
    params, grads = {"w": vnp.ones((3, 2)), "b": vnp.ones(2)}, {"w": vnp.ones((3, 2)) * 2, "b": vnp.ones(2)}
    found = []
    for module in (optimizers, PEER_OPTIMIZERS):
        init, update, get_params = MAKERS["sm3"](module)
        state = init(params)
        for i in range(3):
            state = update(i, grads, state)
        found.append(bits(get_params(state)))
    assert found[0] == found[1]
    assert found[0] != bits(params)


@pytest.mark.parametrize("name", ["sgd", "momentum", "nesterov"])
def test_whole_numbers_give_jaxs_own_bits(name: str) -> None:
    """With weights and inputs that are whole, and steps that are powers of two, no operation rounds."""

    def run(layers: Any, o: Any, grad: Any, np_: Any, key: Any) -> Any:
        def whole(key: Any, shape: Any, dtype: Any = np.float32) -> Any:
            return np_.asarray(np.arange(np.prod(shape)).reshape(shape) % 5 - 2, dtype)

        init, apply = layers.serial(layers.Dense(4, whole, whole), layers.Relu, layers.Dense(2, whole, whole))
        x = np_.asarray(np.arange(6).reshape(2, 3) - 2, np.float32)
        optimizer = o.sgd(2.0**-6) if name == "sgd" else getattr(o, name)(2.0**-6, 0.5)
        state = optimizer.init_fn(init(key, (2, 3))[1])
        for i in range(2):
            grads = grad(lambda p: (apply(p, x) ** 2).sum())(optimizer.params_fn(state))
            state = optimizer.update_fn(i, grads, state)
        return state

    found = run(stax, optimizers, verax.grad, vnp, KEY)
    theirs = run(jax_stax, jax_optimizers, jax.grad, jnp, jax.random.PRNGKey(3))

    assert bits(found) == bits(jax.tree.leaves(theirs))


def test_states_are_unpacked_and_packed_and_gradients_clipped() -> None:
    init, _, get_params = optimizers.adam(0.1)
    params = {"w": vnp.arange(4.0), "b": (vnp.ones(2),)}
    state = init(params)
    marked = optimizers.unpack_optimizer_state(state)

    assert all(isinstance(mark, optimizers.JoinPoint) for mark in tree.leaves(marked))
    assert bits(list(tree.leaves(marked)[0])) == bits([(vnp.ones(2), vnp.zeros(2), vnp.zeros(2))])
    again = optimizers.pack_optimizer_state(marked)
    assert bits(again) == bits(state)
    assert bits(get_params(again)) == bits(params)
    assert float(optimizers.l2_norm(params)) == 4.0
    assert bits(optimizers.clip_grads(params, 2.0)) == bits(tree.map(lambda x: x / 2, params))
    assert bits(optimizers.clip_grads(params, 5.0)) == bits(params)


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (
            lambda: optimizers.make_schedule(vnp.ones(2)),
            TypeError,
            "`step_size` must be a scalar or a function",
        ),
        (
            lambda: optimizers.piecewise_constant([1], [1.0]),
            ValueError,
            r"must be one more.*\(1,\) and \(1,\)",
        ),
        (lambda: optimizers.pack_optimizer_state([1.0]), TypeError, "must be JoinPoints, got float"),
        (lambda: _updated({"b": 1.0}), TypeError, "must have the structure of the parameters"),
        (lambda: _updated({"a": 1.0}), TypeError, "must keep its structure, which was .* and became"),
    ],
)
def test_misuse_is_told(call: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        call()


def _updated(grads: Any) -> Any:
    made = optimizers.optimizer(lambda: (lambda x: x, lambda i, g, x: (x, x), lambda x: x))()
    return made.update_fn(0, grads, made.init_fn({"a": 1.0}))


def test_programs_import_them_by_jaxs_names() -> None:
    code = (
        "import verax.as_jax as a; a.install()\n"
        "import jax.example_libraries.stax\n"
        "from jax.example_libraries import optimizers\n"
        "from jax.example_libraries.stax import Dense, serial\n"
        "print(jax.example_libraries.stax.Dense is Dense, optimizers.adam.__module__)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "True verax.as_jax.example_libraries.optimizers\n", done.stderr

"""One layer in two styles: Trax's, where it is a pair of functions, and Flax's, where it is an object.

Both are a page of Python over the same transforms, which see pure functions of the weights alone. In Trax's style the
weights are an argument from the beginning, and layers are combined by `serial`. In Flax's style a module reads as if it
owned its weights: `init` runs it once to find out which it asks for, and `apply` hands them to it by their names.

With the same numbers for weights, the two must agree to the bit, in values and in gradients.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, NamedTuple

from jaxtyping import Float32

import verax
import verax.numpy as vnp
from verax import Array, nn, random


# -- Trax's style -----------------------------------------------------------------------------------------------
class Layer(NamedTuple):
    """``init(key, inputs)`` gives weights, and the number of outputs; ``pure(weights, x)`` what the layer computes."""

    init: Callable[[Any, int], tuple[Any, int]]
    pure: Callable[[Any, Any], Any]


def dense(features: int) -> Layer:
    """x @ kernel + bias."""

    def init(key: Any, inputs: int) -> Any:
        return (random.normal(key, (inputs, features)) / math.sqrt(inputs), vnp.zeros(features)), features

    return Layer(init, lambda weights, x: x @ weights[0] + weights[1])


def activation(function: Callable[[Any], Any]) -> Layer:
    """A function without weights."""
    return Layer(lambda key, inputs: ((), inputs), lambda weights, x: function(x))


def serial(*layers: Layer) -> Layer:
    """One after another; the weights are theirs, in a list."""

    def init(key: Any, inputs: int) -> Any:
        weights = []
        for layer, each in zip(layers, random.split(key, len(layers)), strict=True):
            found, inputs = layer.init(each, inputs)
            weights.append(found)
        return weights, inputs

    def pure(weights: Any, x: Any) -> Any:
        for layer, found in zip(layers, weights, strict=True):
            x = layer.pure(found, x)
        return x

    return Layer(init, pure)


# -- Flax's style -----------------------------------------------------------------------------------------------
# The weights of the module that runs, and a key where they are yet to be made.
_scope: ContextVar[tuple[dict[str, Any], Any]] = ContextVar("scope")


class Module:
    """A layer that asks for its weights by name while it runs."""

    __call__: Callable[..., Any]

    def init(self, key: Any, x: Any) -> dict[str, Any]:
        """The weights that it asks for."""
        weights: dict[str, Any] = {}
        self._run(weights, key, x)
        return weights

    def apply(self, weights: dict[str, Any], x: Any) -> Any:
        """What it computes with these weights."""
        return self._run(weights, None, x)

    def param(self, name: str, make: Callable[[Any], Any]) -> Any:
        """Its weight of a name."""
        weights, key = _scope.get()
        if key is not None:
            weights[name] = make(random.fold_in(key, len(weights)))
        return weights[name]

    def part(self, name: str, x: Any) -> Any:
        """What it computes as a part of the module that runs."""
        weights, key = _scope.get()
        inner = None if key is None else random.fold_in(key, len(weights))
        return self._run(weights.setdefault(name, {}), inner, x)

    def _run(self, weights: dict[str, Any], key: Any, x: Any) -> Any:
        token = _scope.set((weights, key))
        try:
            return self(x)
        finally:
            _scope.reset(token)


class Dense(Module):
    """x @ kernel + bias."""

    def __init__(self, features: int) -> None:
        self.features = features

    def __call__(self, x: Any) -> Any:
        """The layer itself."""
        shape = x.shape[-1], self.features
        kernel = self.param("kernel", lambda key: random.normal(key, shape) / math.sqrt(shape[0]))
        return x @ kernel + self.param("bias", lambda key: vnp.zeros(self.features))


class Network(Module):
    """Two dense layers, tanh between them."""

    def __call__(self, x: Any) -> Any:
        """The same as `trax` below."""
        return Dense(1).part("out", nn.tanh(Dense(3).part("hidden", x)))


# -- both -------------------------------------------------------------------------------------------------------
trax, flax = serial(dense(3), activation(nn.tanh), dense(1)), Network()


def data() -> tuple[Any, Any, Any]:
    """Flax's weights, the same for Trax, and a batch."""
    x = vnp.array([[0.5, -1.0], [1.5, 0.25]])
    weights = flax.init(random.key(0), x)
    pairs = [(weights[name]["kernel"], weights[name]["bias"]) for name in ("hidden", "out")]
    return weights, [pairs[0], (), pairs[1]], x


@verax.subject(inputs=lambda: [data()[1:]])
def trax_loss(weights: Any, x: Float32[Array, "2 2"]) -> Float32[Array, ""]:
    """The mean square of what the one computes."""
    return vnp.mean(trax.pure(weights, x) ** 2)


@verax.subject(inputs=lambda: [data()[::2]])
def flax_loss(weights: Any, x: Float32[Array, "2 2"]) -> Float32[Array, ""]:
    """The mean square of what the other computes."""
    return vnp.mean(flax.apply(weights, x) ** 2)


def main() -> None:
    """The slope by the first kernel in both styles and implementations, and the verdict on all slopes."""
    for implementation in ("fast", "reference"):
        with verax.using(implementation):
            ours, theirs, x = data()
            print(implementation, verax.grad(trax_loss)(theirs, x)[0][0][0])
            print(implementation, verax.grad(flax_loss)(ours, x)["hidden"]["kernel"][0])
    print(verax.judge(flax_loss, *data()[::2], order=1))


if __name__ == "__main__":
    main()

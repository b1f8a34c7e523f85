"""`jax.example_libraries.stax`: networks as pairs of functions, in Verax's words.

A layer is a pair ``(init_fun, apply_fun)``: ``init_fun(rng, input_shape) -> (output_shape, params)`` and
``apply_fun(params, inputs, **kwargs) -> outputs``, where ``rng`` is the keyword of layers that draw. Names, arguments
and the order of operations are those of JAX 0.10.2's module, so that the same keys make the same networks.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

from ...language import lax, random
from ...language import numpy as vnp
from ...language.nn import (
    elu,
    gelu,
    leaky_relu,
    log_softmax,
    relu,
    selu,
    sigmoid,
    softmax,
    softplus,
    standardize,
)
from ...language.nn.initializers import glorot_normal, normal, ones, zeros

Shape = Any  # a tuple of sizes; lists and tuples of shapes where layers are parallel
Layer = tuple[Callable[..., Any], Callable[..., Any]]

glorot, randn, logsoftmax = glorot_normal, normal, log_softmax
_WEIGHTS, _BIAS, _SMALL_BIAS = glorot_normal(), normal(), normal(1e-6)


def Dense(out_dim: int, W_init: Any = _WEIGHTS, b_init: Any = _BIAS) -> Layer:
    """Affine: inputs of shape (..., n) to (..., ``out_dim``)."""

    def init_fun(rng: Any, input_shape: Shape) -> Any:
        first, second = random.split(rng)
        weights = W_init(first, (input_shape[-1], out_dim))
        return (*input_shape[:-1], out_dim), (weights, b_init(second, (out_dim,)))

    def apply_fun(params: Any, inputs: Any, **kwargs: Any) -> Any:
        weights, bias = params
        return vnp.dot(inputs, weights) + bias

    return init_fun, apply_fun


def _convolution(
    dimension_numbers: Sequence[str],
    out_chan: int,
    filter_shape: Sequence[int],
    W_init: Any,
    b_init: Any,
    shape_of: Callable[[Shape, Shape], Shape],
    apply: Callable[[Any, Any], Any],
) -> Layer:
    """What both kinds of convolution share: the shapes of the filter and of the bias, which is added at the end."""
    lhs_spec, rhs_spec, out_spec = dimension_numbers
    initial = W_init or glorot_normal(rhs_spec.index("I"), rhs_spec.index("O"))

    def init_fun(rng: Any, input_shape: Shape) -> Any:
        spatial = iter(filter_shape)
        sizes = {"O": out_chan, "I": input_shape[lhs_spec.index("C")]}
        kernel_shape = [sizes[c] if c in sizes else next(spatial) for c in rhs_spec]
        output_shape = shape_of(input_shape, kernel_shape)
        bias_shape = [out_chan if c == "C" else 1 for c in out_spec]
        first, second = random.split(rng)
        return output_shape, (initial(first, kernel_shape), b_init(second, bias_shape))

    def apply_fun(params: Any, inputs: Any, **kwargs: Any) -> Any:
        weights, bias = params
        return apply(inputs, weights) + bias

    return init_fun, apply_fun


def GeneralConv(
    dimension_numbers: Sequence[str],
    out_chan: int,
    filter_shape: Sequence[int],
    strides: Any = None,
    padding: Any = "VALID",
    W_init: Any = None,
    b_init: Any = _SMALL_BIAS,
) -> Layer:
    """A convolution and a bias, of layouts such as ``('NHWC', 'HWIO', 'NHWC')``."""
    one = (1,) * len(filter_shape)
    steps = strides or one
    return _convolution(
        dimension_numbers,
        out_chan,
        filter_shape,
        W_init,
        b_init,
        lambda lhs, rhs: lax.conv_general_shape_tuple(lhs, rhs, steps, padding, dimension_numbers),
        lambda x, w: lax.conv_general_dilated(
            x, w, steps, padding, one, one, dimension_numbers=dimension_numbers
        ),
    )


Conv = functools.partial(GeneralConv, ("NHWC", "HWIO", "NHWC"))


def GeneralConvTranspose(
    dimension_numbers: Sequence[str],
    out_chan: int,
    filter_shape: Sequence[int],
    strides: Any = None,
    padding: Any = "VALID",
    W_init: Any = None,
    b_init: Any = _SMALL_BIAS,
) -> Layer:
    """A transposed convolution and a bias."""
    steps = strides or (1,) * len(filter_shape)
    return _convolution(
        dimension_numbers,
        out_chan,
        filter_shape,
        W_init,
        b_init,
        lambda lhs, rhs: lax.conv_transpose_shape_tuple(lhs, rhs, steps, padding, dimension_numbers),
        lambda x, w: lax.conv_transpose(x, w, steps, padding, dimension_numbers=dimension_numbers),
    )


Conv1DTranspose = functools.partial(GeneralConvTranspose, ("NHC", "HIO", "NHC"))
ConvTranspose = functools.partial(GeneralConvTranspose, ("NHWC", "HWIO", "NHWC"))


def BatchNorm(
    axis: Any = (0, 1, 2),
    epsilon: float = 1e-5,
    center: bool = True,
    scale: bool = True,
    beta_init: Any = zeros,
    gamma_init: Any = ones,
) -> Layer:
    """Standardized over ``axis`` (the batch's own mean and variance), then scaled and shifted."""
    axes = (axis,) if vnp.isscalar(axis) else axis

    def init_fun(rng: Any, input_shape: Shape) -> Any:
        shape = tuple(d for i, d in enumerate(input_shape) if i not in axes)
        first, second = random.split(rng)
        beta = beta_init(first, shape) if center else ()
        return input_shape, (beta, gamma_init(second, shape) if scale else ())

    def apply_fun(params: Any, x: Any, **kwargs: Any) -> Any:
        beta, gamma = params
        place = tuple(None if i in axes else slice(None) for i in range(vnp.ndim(x)))
        z = standardize(x, axes, epsilon=epsilon)
        if scale:
            z = gamma[place] * z
        return z + beta[place] if center else z

    return init_fun, apply_fun


def elementwise(fun: Callable[..., Any], **fun_kwargs: Any) -> Layer:
    """A function of each element, without parameters."""
    return (
        lambda rng, input_shape: (input_shape, ()),
        lambda params, inputs, **kwargs: fun(inputs, **fun_kwargs),
    )


Tanh = elementwise(vnp.tanh)
Relu = elementwise(relu)
Exp = elementwise(vnp.exp)
LogSoftmax = elementwise(log_softmax, axis=-1)
Softmax = elementwise(softmax, axis=-1)
Softplus = elementwise(softplus)
Sigmoid = elementwise(sigmoid)
Elu = elementwise(elu)
LeakyRelu = elementwise(leaky_relu)
Selu = elementwise(selu)
Gelu = elementwise(gelu)
Identity = elementwise(lambda x: x)


def _pooling(reducer: Any, initial: float, mean: bool = False) -> Callable[..., Layer]:
    def pooling_layer(
        window_shape: Any, strides: Any = None, padding: Any = "VALID", spec: str | None = None
    ) -> Layer:
        """The windows' maximum, sum or mean; the batch comes first and the channels last, if ``spec`` says no other."""
        ndim = len(window_shape) + 2
        others = (0, ndim - 1) if spec is None else tuple(sorted((spec.index("N"), spec.index("C"))))
        dims = _with_ones(window_shape, others)
        steps = _with_ones(strides or (1,) * len(window_shape), others)

        def init_fun(rng: Any, input_shape: Shape) -> Any:
            pads = lax.padtype_to_pads(input_shape, dims, steps, padding)
            one = (1,) * ndim
            return lax.reduce_window_shape_tuple(input_shape, dims, steps, pads, one, one), ()

        def apply_fun(params: Any, inputs: Any, **kwargs: Any) -> Any:
            out = lax.reduce_window(inputs, initial, reducer, dims, steps, padding)
            if not mean:
                return out
            # How many elements each window has: at the edges of a padded input, fewer.
            filled = vnp.ones([1 if i in others else n for i, n in enumerate(inputs.shape)], inputs.dtype)
            return out / lax.reduce_window(filled, 0.0, lax.add, dims, steps, padding)

        return init_fun, apply_fun

    return pooling_layer


def _with_ones(sizes: Sequence[int], places: Sequence[int]) -> tuple[int, ...]:
    found = list(sizes)
    for i in places:
        found.insert(i, 1)
    return tuple(found)


MaxPool = _pooling(lax.max, -math.inf)
SumPool = _pooling(lax.add, 0.0)
AvgPool = _pooling(lax.add, 0.0, mean=True)

Flatten: Layer = (
    lambda rng, input_shape: ((input_shape[0], math.prod(input_shape[1:])), ()),
    lambda params, inputs, **kwargs: vnp.reshape(inputs, (inputs.shape[0], -1)),
)


def FanOut(num: int) -> Layer:
    """The input, ``num`` times: a list."""
    return (
        lambda rng, input_shape: ([input_shape] * num, ()),
        lambda params, inputs, **kwargs: [inputs] * num,
    )


def FanInSum() -> Layer:
    """The sum of a list of inputs."""
    return (
        lambda rng, input_shape: (input_shape[0], ()),
        lambda params, inputs, **kwargs: sum(inputs),
    )


FanInSum = FanInSum()  # type: ignore[assignment]  # JAX's name is the layer itself


def FanInConcat(axis: int = -1) -> Layer:
    """A list of inputs, joined along ``axis``."""

    def init_fun(rng: Any, input_shape: Shape) -> Any:
        first = input_shape[0]
        place = axis % len(first)
        joined = sum(shape[place] for shape in input_shape)
        return (*first[:place], joined, *first[place + 1 :]), ()

    return init_fun, lambda params, inputs, **kwargs: vnp.concatenate(inputs, axis)


def Dropout(rate: float, mode: str = "train") -> Layer:
    """In training each element is kept with probability ``rate``, as JAX's module has it, and divided by it.

    Raises:
        ValueError: when it is applied, without a key.
    """

    def apply_fun(params: Any, inputs: Any, **kwargs: Any) -> Any:
        rng = kwargs.get("rng")
        if rng is None:
            raise ValueError(
                "`rng` of a Dropout layer must be a PRNG key, got None. Call apply_fun(params, inputs, rng=key)."
            )
        if mode != "train":
            return inputs
        return vnp.where(random.bernoulli(rng, rate, inputs.shape), inputs / rate, 0)

    return lambda rng, input_shape: (input_shape, ()), apply_fun


def _keys(rng: Any, count: int) -> Any:
    return (None,) * count if rng is None else random.split(rng, count)


def serial(*layers: Layer) -> Layer:
    """Layers one after the other; ``params`` is a list of theirs."""
    inits, applies = zip(*layers, strict=True)

    def init_fun(rng: Any, input_shape: Shape) -> Any:
        params = []
        for init in inits:
            rng, own = random.split(rng)
            input_shape, found = init(own, input_shape)
            params.append(found)
        return input_shape, params

    def apply_fun(params: Any, inputs: Any, **kwargs: Any) -> Any:
        keys = _keys(kwargs.pop("rng", None), len(layers))
        for apply, mine, key in zip(applies, params, keys, strict=True):
            inputs = apply(mine, inputs, rng=key, **kwargs)
        return inputs

    return init_fun, apply_fun


def parallel(*layers: Layer) -> Layer:
    """Layers side by side: each takes its own of a list of inputs, as `FanOut` makes it."""
    inits, applies = zip(*layers, strict=True)

    def init_fun(rng: Any, input_shape: Shape) -> Any:
        keys = random.split(rng, len(layers))
        found = [init(key, shape) for init, key, shape in zip(inits, keys, input_shape, strict=True)]
        return zip(*found, strict=True)

    def apply_fun(params: Any, inputs: Any, **kwargs: Any) -> Any:
        keys = _keys(kwargs.pop("rng", None), len(layers))
        return [
            apply(p, x, rng=key, **kwargs)
            for apply, p, x, key in zip(applies, params, inputs, keys, strict=True)
        ]

    return init_fun, apply_fun


def shape_dependent(make_layer: Callable[[Shape], Layer]) -> Layer:
    """The layer that ``make_layer`` gives for the shape of the input, made when that is known."""
    return (
        lambda rng, input_shape: make_layer(input_shape)[0](rng, input_shape),
        lambda params, inputs, **kwargs: make_layer(inputs.shape)[1](params, inputs, **kwargs),
    )

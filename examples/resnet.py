"""One training step of a ResNet-18, judged equation by equation: `python examples/resnet.py`.

The network is that of He, Zhang, Ren, Sun, "Deep residual learning for image recognition" (CVPR 2016), table 1, with
batch normalisation by the batch's own statistics. Its fifteen hundred equations are too many for the reference to run
as a whole; each by itself, at eight elements of its result and on the inputs that it really got, takes a minute.
"""

from __future__ import annotations

import argparse
import math
import time
from typing import Any

import numpy as np

import verax
import verax.numpy as vnp
from verax import lax, nn

CLASSES, RATE, SMALL = 10, 0.1, 1e-5
# The number of features of each stage, and how many blocks it has.
STAGES = ((64, 2), (128, 2), (256, 2), (512, 2))

Parameters = dict[str, Any]


def normalised(x: Any, scale: Any, offset: Any) -> Any:
    """Batch normalisation over images and places."""
    centred = x - vnp.mean(x, axis=(0, 1, 2))
    return centred * lax.rsqrt(vnp.mean(centred * centred, axis=(0, 1, 2)) + SMALL) * scale + offset


def convolved(p: Parameters, name: str, x: Any, stride: int = 1) -> Any:
    """A convolution and its normalisation."""
    y = lax.conv_general_dilated(
        x, p[name], (stride, stride), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
    )
    return normalised(y, p[f"{name}_scale"], p[f"{name}_offset"])


def block(p: Parameters, name: str, x: Any, stride: int) -> Any:
    """Two convolutions beside a shortcut."""
    y = nn.relu(convolved(p, f"{name}_first", x, stride))
    y = convolved(p, f"{name}_second", y)
    shortcut = convolved(p, f"{name}_shortcut", x, stride) if f"{name}_shortcut" in p else x
    return nn.relu(y + shortcut)


def scores(p: Parameters, images: Any) -> Any:
    """The network."""
    x = nn.relu(convolved(p, "stem", images, 2))
    x = lax.reduce_window(x, -math.inf, lax.max, (1, 3, 3, 1), (1, 2, 2, 1), "SAME")
    for stage, (_, blocks) in enumerate(STAGES):
        for k in range(blocks):
            x = block(p, f"stage{stage}_block{k}", x, 2 if stage and not k else 1)
    return vnp.mean(x, axis=(1, 2)) @ p["dense"] + p["bias"]


def loss(p: Parameters, images: Any, labels: Any) -> Any:
    """The mean softmax cross entropy, by max-shift."""
    found = scores(p, images)
    shifted = found - lax.stop_gradient(vnp.max(found, axis=-1, keepdims=True))
    logs = shifted - vnp.log(vnp.sum(vnp.exp(shifted), axis=-1, keepdims=True))
    return -vnp.mean(vnp.sum(nn.one_hot(labels, CLASSES) * logs, axis=-1))


def training_step(p: Parameters, images: Any, labels: Any) -> tuple[Parameters, Any]:
    """Stochastic gradient descent: the next parameters, and the loss."""
    value, gradient = verax.value_and_grad(loss)(p, images, labels)
    return {name: p[name] - RATE * gradient[name] for name in p}, value


def parameters(rng: np.random.Generator, width: float = 1.0) -> Parameters:
    """Convolutions drawn after He et al. (2015); ``width`` thins the network out, for tests."""
    found: dict[str, np.ndarray[Any, Any]] = {}

    def conv(name: str, size: int, ins: int, outs: int) -> None:
        deviation = math.sqrt(2 / (size * size * ins))
        found[name] = deviation * rng.standard_normal((size, size, ins, outs))
        found[f"{name}_scale"], found[f"{name}_offset"] = np.ones(outs), np.zeros(outs)

    ins = int(STAGES[0][0] * width)
    conv("stem", 7, 3, ins)
    for stage, (features, blocks) in enumerate(STAGES):
        outs = int(features * width)
        for k in range(blocks):
            name = f"stage{stage}_block{k}"
            conv(f"{name}_first", 3, ins, outs)
            conv(f"{name}_second", 3, outs, outs)
            if ins != outs:
                conv(f"{name}_shortcut", 1, ins, outs)
            ins = outs
    found["dense"] = rng.standard_normal((ins, CLASSES)) / math.sqrt(ins)
    found["bias"] = np.zeros(CLASSES)
    return {name: vnp.asarray(x.astype(np.float32)) for name, x in found.items()}


def judged(batch: int = 8, size: int = 64, width: float = 1.0, **options: Any) -> Any:
    """The verdict of one step on random images of ``size`` x ``size``; for the options see `check_equations`."""
    rng = np.random.default_rng(0)
    images = vnp.asarray(rng.standard_normal((batch, size, size, 3)).astype(np.float32))
    labels = vnp.asarray(rng.integers(0, CLASSES, batch).astype(np.int32))
    step = parameters(rng, width), images, labels
    return verax.check_equations(training_step, *step, name="training step of a ResNet-18", **options)


def main() -> None:
    """Judge a step, and say how long it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--width", type=float, default=1.0, help="thins the network out")
    options = parser.parse_args()
    began = time.perf_counter()
    verdict = judged(options.batch, options.size, options.width)
    print(verdict)
    print(f"{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()

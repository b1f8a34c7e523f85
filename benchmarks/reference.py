"""How fast the reference is, beside loops written by hand, and at scale: `python benchmarks/reference.py`.

`Exact(50)` stands beside a loop of the same operations on mpmath's numbers, with as many bits; `Ball(50)` on Arb, where
python-flint is installed, beside a loop on python-flint's balls. Both start from the same NumPy arrays. All take
turns in one process, so that what else the machine does hits all of them alike; a ratio is the median over the
turns, with the spread of its middle half. Then what scales: 20 elements of a 1000 x 1000 product, and one training
step of a ResNet-18, judged equation by equation; these are seconds of this machine, whatever else it did.
`--record docs/measured/reference.md` adds what was printed, with date and versions, to that file.
"""

from __future__ import annotations

import argparse
import itertools
import runpy
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mpmath
import numpy as np

import verax.numpy as vnp
from verax import lax
from verax.reference import Ball, Exact, elements_of, evaluate

ROOT = Path(__file__).resolve().parents[1]
FIRST = runpy.run_path(str(ROOT / "benchmarks" / "first.py"))
DIGITS = 50
BITS = Exact(DIGITS).bits


# -- what both do ------------------------------------------------------------------------------------------
def dot(x: Any, y: Any) -> list[Any]:
    """One sum of products."""
    return [vnp.dot(x, y)]


def mlp_loss(w: Any, b: Any, v: Any, c: Any, images: Any, labels: Any) -> list[Any]:
    """The mean softmax cross entropy of two layers."""
    scores = vnp.maximum(images @ w + b, 0) @ v + c
    shifted = scores - vnp.max(scores, axis=-1, keepdims=True)
    chosen = vnp.take_along_axis(shifted, labels[:, None], 1)[:, 0]
    return [vnp.mean(vnp.log(vnp.sum(vnp.exp(shifted), axis=-1)) - chosen)]


def recurrent(w: Any, h: Any, xs: Any) -> list[Any]:
    """A scan."""
    return [lax.scan(lambda h, x: (vnp.tanh(w @ h + x), None), h, xs)[0]]


@dataclass(frozen=True)
class Numbers:
    """The numbers that a loop is written in."""

    of: Callable[[float], Any]
    exp: Callable[[Any], Any]
    log: Callable[[Any], Any]
    tanh: Callable[[Any], Any]

    def all(self, x: np.ndarray[Any, Any]) -> list[Any]:
        """An array of one axis or two."""
        return [self.all(row) for row in x] if x.ndim > 1 else [self.of(v) for v in x.tolist()]


def dot_by_hand(n: Numbers, x: Any, y: Any) -> list[Any]:
    """`dot`."""
    total = n.of(0.0)
    for a, b in zip(n.all(x), n.all(y), strict=True):
        total += a * b
    return [total]


def layer(n: Numbers, x: list[Any], columns: list[list[Any]], b: list[Any]) -> list[Any]:
    """``x @ w + b``."""
    found = []
    for column, offset in zip(columns, b, strict=True):
        total = offset
        for p, q in zip(x, column, strict=True):
            total += p * q
        found.append(total)
    return found


def mlp_loss_by_hand(n: Numbers, w: Any, b: Any, v: Any, c: Any, images: Any, labels: Any) -> list[Any]:
    """`mlp_loss`."""
    first, second = (n.all(w.T), n.all(b)), (n.all(v.T), n.all(c))
    zero = total = n.of(0.0)
    for image, label in zip(n.all(images), labels.tolist(), strict=True):
        hidden = [x if x > 0 else zero for x in layer(n, image, *first)]
        scores = layer(n, hidden, *second)
        largest = max(scores)
        shifted = [s - largest for s in scores]
        total += n.log(sum(map(n.exp, shifted), zero)) - shifted[label]
    return [total / len(labels)]


def recurrent_by_hand(n: Numbers, w: Any, h: Any, xs: Any) -> list[Any]:
    """`recurrent`."""
    rows, state = n.all(w), n.all(h)
    for x in n.all(xs):
        state = [n.tanh(y) for y in layer(n, state, rows, x)]
    return state


# -- who takes turns ---------------------------------------------------------------------------------------
def of_mpmath() -> Numbers:
    """mpmath's, by gmpy2 where it is installed."""
    context = mpmath.MPContext()
    context.prec = BITS
    return Numbers(context.mpf, context.exp, context.log, context.tanh)


def of_arb() -> Numbers:
    """python-flint's; their precision is the process's.

    Raises:
        ImportError: python-flint is not installed.
    """
    import flint

    flint.ctx.prec = BITS
    return Numbers(flint.arb, flint.arb.exp, flint.arb.log, flint.arb.tanh)


@dataclass(frozen=True)
class Subject:
    """What is run: by the reference, by hand, on what; and the most that the ratios may be."""

    function: Callable[..., list[Any]]
    by_hand: Callable[..., list[Any]]
    args: tuple[Any, ...]
    with_mpmath: float
    with_arb: float


def subjects(scale: float = 1.0) -> dict[str, Subject]:
    """The three of them; ``scale`` makes them shorter, for tests."""
    rng = np.random.default_rng(0)

    def normal(*shape: int) -> Any:
        return rng.standard_normal(shape).astype(np.float32)

    terms, batch, steps = (max(2, int(n * scale)) for n in (1000, 32, 200))
    labels = rng.integers(0, 10, batch).astype(np.int32)
    mlp = (normal(64, 64) / 8, normal(64), normal(64, 10) / 8, normal(10), normal(batch, 64), labels)
    scan = (normal(64, 64) / 8, normal(64), normal(steps, 64))
    return {
        f"a dot of {terms}": Subject(dot, dot_by_hand, (normal(terms), normal(terms)), 2, 3),
        f"a 64-64-10 MLP's loss at batch {batch}": Subject(mlp_loss, mlp_loss_by_hand, mlp, 2, 4),
        f"a {steps}-step scan of width 64": Subject(recurrent, recurrent_by_hand, scan, 2, 8),
    }


def contestants(subject: Subject) -> dict[str, Callable[[], Any]]:
    """The reference's systems and the loops beside them."""
    by_mpmath = of_mpmath()
    found: dict[str, Callable[[], Any]] = {
        "Exact": lambda: evaluate(subject.function, subject.args, Exact(DIGITS)),
        "mpmath": lambda: subject.by_hand(by_mpmath, *subject.args),
    }
    try:
        by_arb = of_arb()
    except ImportError:
        return found  # its ratios are left out; the first line says which versions there were
    found["Ball"] = lambda: evaluate(subject.function, subject.args, Ball(DIGITS))
    found["Arb"] = lambda: subject.by_hand(by_arb, *subject.args)
    return found


# -- at scale --------------------------------------------------------------------------------------------------
def twenty_of_a_product(size: int) -> float:
    """Seconds for 20 elements of a product, enclosed in balls."""
    rng = np.random.default_rng(0)
    x, y = (rng.standard_normal((size, size)).astype(np.float32) for _ in range(2))
    places = [int(k) for k in rng.integers(0, size * size, 20)]
    began = time.perf_counter()
    evaluate(elements_of(lambda a, b: [a @ b], [places]), [x, y], Ball(DIGITS))
    return time.perf_counter() - began


def resnet(batch: int, size: int, width: float) -> tuple[float, Any]:
    """Seconds for a step of a ResNet-18, equation by equation, and the verdict."""
    judged = runpy.run_path(str(ROOT / "examples" / "resnet.py"))["judged"]
    began = time.perf_counter()
    verdict = judged(batch, size, width)
    return time.perf_counter() - began, verdict


def peak() -> float | None:
    """The most memory that this process ever held, in GiB; None where nobody counts it."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    import sys

    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, KiB elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**30


# -- telling -----------------------------------------------------------------------------------------------------
def table(turns: int, scale: float, product: int, network: tuple[int, int, float]) -> Iterator[str]:
    """The report's lines, as they are measured."""
    missed = []
    yield f"time of the reference over that of a loop written by hand, {DIGITS} digits, {turns} turns"
    yield f"{'program':<38} {'of':<6} {'over':<7} {'median':>7}  {'middle half':<13} at most"
    for name, subject in subjects(scale).items():
        runs = contestants(subject)
        for run in runs.values():
            run()
        seconds = FIRST["measured"](runs, turns)
        pairs = (("Exact", "mpmath", subject.with_mpmath), ("Ball", "Arb", subject.with_arb))
        for ours, peer, most in pairs:
            if peer in seconds:
                middle, low, high = FIRST["ratio"](seconds[ours], seconds[peer])
                spread = f"{low:.2f} to {high:.2f}"
                yield f"{name:<38} {ours:<6} {peer:<7} {middle:7.2f}  {spread:<13} {most:g}"
                missed += [f"{name} ({ours})"] if middle > most else []
    yield ""
    took = twenty_of_a_product(product)
    yield f"20 elements of a {product} x {product} product: {took:.2f} s (at most 2)"
    missed += ["20 elements of a product"] if took > 2 else []
    took, verdict = resnet(*network)
    batch, size, width = network
    thinned = "" if width == 1 else f", {width:g} of its width"
    yield f"one training step of a ResNet-18, batch {batch}, {size} x {size}{thinned}: {took:.0f} s (at most 600)"
    missed += ["the step of a ResNet-18"] if took > 600 or not verdict.holds else []
    held = peak()
    if held is not None:
        yield f"the most memory this process held: {held:.2f} GiB (at most 2)"
        missed += ["memory"] if held > 2 else []
    yield from str(verdict).splitlines()[:2]
    yield f"Missed: {', '.join(missed) or 'none'}."


HEADING = """\
# The reference beside loops written by hand, and at scale

Written by `python benchmarks/reference.py --record docs/measured/reference.md`, which adds a record below older ones.
Ratios: all take turns in one process; the median over the turns, with the spread of its middle half; above 1 is slower
than the loop. Seconds: of a machine that did other things too, as its load says.
"""


def main() -> None:
    """Print the ratios, and record them where asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--turns", type=int, default=15)
    parser.add_argument("--scale", type=float, default=1.0, help="how much of each loop is run")
    parser.add_argument("--product", type=int, default=1000, help="the size of the product")
    parser.add_argument("--batch", type=int, default=8, help="of the ResNet-18")
    parser.add_argument("--size", type=int, default=64, help="of its images")
    parser.add_argument("--width", type=float, default=1.0, help="thins it out")
    parser.add_argument("--record", type=Path, help="a file to add the report to")
    options = parser.parse_args()
    said = []
    network = options.batch, options.size, options.width
    lines = table(options.turns, options.scale, options.product, network)
    for line in itertools.chain(
        FIRST["circumstances"](("numpy", "mpmath", "gmpy2", "python-flint")), [""], lines
    ):
        print(line, flush=True)
        said.append(line)
    if options.record is not None:
        FIRST["record"](options.record, said, HEADING)


if __name__ == "__main__":
    main()

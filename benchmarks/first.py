"""How fast the fast implementation is, as ratios to NumPy, JAX and itself: `python benchmarks/first.py`.

All of them take turns in one process, so that what else the machine does hits all of them alike; a ratio is
the median over the turns, with the spread of its middle half. Above 1 is slower than the peer.
`--record docs/measured/first.md` adds what was printed, with date and versions, to that file.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import importlib.metadata
import math
import os
import platform
import random
import runpy
import statistics
import time
import typing
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

import verax
import verax.numpy as vnp
from verax import lax

ROOT = Path(__file__).resolve().parents[1]
SIZE = 1 << 18
Program = Callable[..., Any]
Subject = Callable[[int], tuple[Program, list[Any]]]
Seconds = dict[str, list[float]]


# -- beside NumPy and JAX ------------------------------------------------------------------------------------
def softplus(xp: Any, x: Any) -> Any:
    """An elementwise chain."""
    return xp.maximum(x, 0) + xp.log1p(xp.exp(-xp.abs(x)))


def layer_norm(xp: Any, x: Any) -> Any:
    """Reductions and broadcasts."""
    rows = x.reshape((math.isqrt(x.size), -1))
    centred = rows - xp.mean(rows, axis=-1, keepdims=True)
    return centred / xp.sqrt(xp.mean(centred * centred, axis=-1, keepdims=True) + 1e-3)


def network(xp: Any, x: Any) -> Any:
    """Two products and a maximum between them."""
    rows = x.reshape((math.isqrt(x.size), -1))
    return xp.maximum(rows @ rows, 0) @ rows


PROGRAMS: dict[str, Callable[[Any, Any], Any]] = {
    "softplus": softplus,
    "layer norm": layer_norm,
    "network": network,
}


def contestants(program: Callable[[Any, Any], Any], x: np.ndarray[Any, Any]) -> dict[str, Callable[[], Any]]:
    """Everybody who can run a program, ready to go: each has compiled and holds its own array."""
    ours = vnp.asarray(x)

    def value(a: Any) -> Any:
        return program(vnp, a)

    def total(a: Any) -> Any:
        return vnp.sum(program(vnp, a))

    compiled, gradient = verax.jit(value), verax.grad(total)
    compiled_gradient = verax.jit(gradient)
    found: dict[str, Callable[[], Any]] = {
        "numpy": lambda: program(np, x),
        "verax": lambda: value(ours),
        "verax jit": lambda: compiled(ours),
        "verax grad": lambda: gradient(ours),
        "verax jit grad": lambda: compiled_gradient(ours),
    }
    try:
        import jax
        import jax.numpy as jnp
    except ImportError:
        pass  # its ratios are left out; the first line says which versions there were
    else:
        theirs = jnp.asarray(x)
        jax_value = jax.jit(lambda a: program(jnp, a))
        jax_gradient = jax.jit(jax.grad(lambda a: jnp.sum(program(jnp, a))))
        found["jax jit"] = lambda: jax_value(theirs).block_until_ready()
        found["jax jit grad"] = lambda: jax_gradient(theirs).block_until_ready()
    for run in found.values():
        run()
    return found


# Who is compared with whom.
PAIRS = (
    ("verax", "numpy"),
    ("verax jit", "numpy"),
    ("verax jit", "jax jit"),
    ("verax jit grad", "jax jit grad"),
    ("verax jit grad", "verax grad"),
    ("verax jit", "verax"),
)


# -- compiled beside eager -------------------------------------------------------------------------------------
SIZES = (1, 100, 10_000, 1_000_000)
ROW = 10  # the sizes of an annotation's last axes, where it has two


def of_one(function: Program) -> Subject:
    """A function of one array of normal numbers."""
    return lambda size: (function, [_normal(size)])


def of_two(function: Program) -> Subject:
    """A function of two."""
    return lambda size: (function, [_normal(size), _normal(size)])


def of_annotated(function: Program) -> Subject:
    """A function whose annotations say shapes and domains."""

    def made(size: int) -> tuple[Program, list[Any]]:
        hints = typing.get_type_hints(function, include_extras=True)
        row = min(size, ROW)
        found = []
        for name, hint in hints.items():
            if name != "return":
                array, interval = hint.__origin__, hint.__metadata__[0]
                axes = {"n": size // row if "n k" in str(hints.values()) else size, "k": row}
                shape = tuple(axes[axis] for axis in array.dim_str.split())
                drawn = np.random.default_rng(0).uniform(interval.ge, interval.le, shape)
                found.append(vnp.asarray(drawn.astype(np.float32)))
        return function, found

    return made


def _normal(size: int) -> Any:
    return vnp.asarray(np.random.default_rng(0).standard_normal(size).astype(np.float32))


def losses() -> dict[str, Program]:
    """The functions of examples/losses.py."""
    names = runpy.run_path(str(ROOT / "examples" / "losses.py"))
    return {k: v for k, v in names.items() if getattr(v, "__module__", "") == names["__name__"]}


PRIMITIVES: dict[str, Subject] = {
    "neg": of_one(lax.neg),
    "exp": of_one(lax.exp),
    "tanh": of_one(lax.tanh),
    "add": of_two(lax.add),
    "x * 2.0": of_one(lambda x: x * 2.0),
    "maximum(x, 0)": of_one(lambda x: vnp.maximum(x, 0)),
    "lt": of_two(lax.lt),
    "astype": of_one(lambda x: x.astype(np.int32)),
    "reduce_sum": of_one(lambda x: lax.reduce_sum(x, (0,))),
    "sort": of_one(lax.sort),
    "slice": of_one(lambda x: lax.slice(x, (0,), (1,))),
    "concatenate": of_two(lambda x, y: lax.concatenate((x, y), 0)),
}


def subjects() -> dict[str, Subject]:
    """What is run compiled and eagerly: a size to a function and its arrays."""

    def ours(program: Callable[[Any, Any], Any]) -> Program:
        return lambda x: program(vnp, x)

    return {
        **{name: of_one(ours(program)) for name, program in PROGRAMS.items()},
        **{f"losses.{name}": of_annotated(loss) for name, loss in losses().items()},
        **PRIMITIVES,
    }


def compiled_and_eager(function: Program, arrays: list[Any]) -> dict[str, Callable[[], Any]]:
    """The two contestants, repeated where one call is too short for the clock."""
    compiled = verax.jit(function)
    compiled(*arrays), function(*arrays)
    began = time.perf_counter()
    compiled(*arrays), function(*arrays)
    repeat = range(max(1, int(4e-4 / (time.perf_counter() - began))))

    def again(call: Program) -> Callable[[], None]:
        def run() -> None:
            for _ in repeat:
                call(*arrays)

        return run

    return {"jit": again(compiled), "eager": again(function)}


def beside_eager(make: Subject, size: int, turns: int) -> tuple[float, float, float]:
    """Time of jit over that of eager. What seems slower is measured again, four times as long.

    Among a hundred ratios of about 1 some lie above it by chance.
    """
    runs = compiled_and_eager(*make(size))
    seconds = measured(runs, turns)
    found = ratio(seconds["jit"], seconds["eager"])
    if found[1] > 1:
        seconds = measured(runs, 4 * turns)
        found = ratio(seconds["jit"], seconds["eager"])
    return found


# -- measuring ---------------------------------------------------------------------------------------------------
def measured(runs: dict[str, Callable[[], Any]], turns: int) -> Seconds:
    """Seconds of each contestant, one entry a turn; in every turn each of them runs once."""
    seconds: Seconds = {name: [] for name in runs}
    gc.disable()
    try:
        for turn in range(turns):
            # In another order each turn: who runs after a gradient finds the heap given back to the system,
            # and pays for every page of it again.
            for name in random.Random(turn).sample(list(runs), len(runs)):
                began = time.perf_counter()
                runs[name]()
                seconds[name].append(time.perf_counter() - began)
    finally:
        gc.enable()
    return seconds


def ratio(ours: list[float], peer: list[float]) -> tuple[float, float, float]:
    """The median of ours over the peer's, turn by turn, and the quartiles."""
    each = [a / b for a, b in zip(ours, peer, strict=True)]
    low, middle, high = statistics.quantiles(each, n=4)
    return middle, low, high


def verdict(ratios: Mapping[str, tuple[float, float, float]]) -> str:
    """One line: what is slower compiled than eager, its middle half wholly above 1."""
    slower = [f"{name} ({middle:.2f})" for name, (middle, low, _) in ratios.items() if low > 1]
    return f"Slower under jit than eager, beyond the spread: {', '.join(slower) or 'none'} of {len(ratios)}."


# -- telling -----------------------------------------------------------------------------------------------------
def circumstances(peers: tuple[str, ...] = ("numpy", "jax", "jaxlib")) -> Iterator[str]:
    """When and where, but not on whose machine."""
    versions = [f"Python {platform.python_version()}"]
    for name in peers:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            versions.append(f"no {name}")
    now = dt.datetime.now(dt.UTC)
    load = f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load unknown"
    yield f"{now:%Y-%m-%d}; verax {importlib.metadata.version('verax')}, {', '.join(versions)};"
    yield f"{cpu_model()}, {os.cpu_count()} cores, {load} at the start."


def cpu_model() -> str:
    """The processor's name as its maker gives it, else its architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


def table(turns: int, sizes: tuple[int, ...], chosen: str) -> Iterator[str]:
    """The report's lines, as they are measured."""
    x = np.random.default_rng(0).standard_normal(SIZE).astype(np.float32)
    yield f"{SIZE} elements, {turns} turns"
    yield f"{'program':<12} {'time of':<16} {'over that of':<14} {'median':>7}  middle half"
    for name, program in PROGRAMS.items():
        seconds = measured(contestants(program, x), turns)
        for ours, peer in PAIRS:
            if ours in seconds and peer in seconds:
                middle, low, high = ratio(seconds[ours], seconds[peer])
                yield f"{name:<12} {ours:<16} {peer:<14} {middle:7.2f}  {low:.2f} to {high:.2f}"
    yield ""
    yield f"time of jit over that of eager, {turns} turns: median (middle half)"
    yield f"{'function':<28}" + "".join(f"{size:>9,d} elements  " for size in sizes)
    ratios = {}
    for name, make in subjects().items():
        if chosen in name:
            cells = []
            for size in sizes:
                middle, low, high = ratios[f"{name} at {size:,d}"] = beside_eager(make, size, turns)
                cells.append(f"{middle:.2f} ({low:.2f} to {high:.2f})")
            yield f"{name:<28}" + "".join(f"{cell:>20}" for cell in cells)
    yield verdict(ratios)


def main() -> None:
    """Print the ratios, and record them where asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--turns", type=int, default=30)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="of jit beside eager")
    parser.add_argument("--only", default="", help="jit beside eager for functions with this in their name")
    parser.add_argument("--record", type=Path, help="a file to add the report to")
    options = parser.parse_args()
    said = []
    for line in (*circumstances(), ""):
        print(line)
        said.append(line)
    for line in table(options.turns, tuple(options.sizes), options.only):
        print(line, flush=True)
        said.append(line)
    if options.record is not None:
        record(options.record, said)


HEADING = """\
# Ratios of the fast implementation

Written by `python benchmarks/first.py --record docs/measured/first.md`, which adds a record below the older ones.
Everybody takes turns in one process; a ratio is the median over the turns, with the spread of its middle half;
above 1 is slower than the peer. Under load the spreads are wide, and the medians say little.
"""


def record(path: Path, lines: list[str], heading: str = HEADING) -> None:
    """Add a report to a file of them."""
    before = path.read_text(encoding="utf-8") if path.exists() else heading
    said = "\n".join(lines)
    path.write_text(f"{before}\n## {lines[0].partition(';')[0]}\n\n```text\n{said}\n```\n", encoding="utf-8")


if __name__ == "__main__":
    main()

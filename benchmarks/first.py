"""How fast the fast implementation is, as ratios to NumPy and JAX: `python benchmarks/first.py`.

All of them take turns in one process, so that what else the machine does hits all of them alike; a ratio is
the median over the turns, with the spread of its middle half. Above 1 is slower than the peer.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import verax
import verax.numpy as vnp

SIZE = 1 << 18
Program = Callable[..., Any]


def softplus(xp: Any, x: Any) -> Any:
    """An elementwise chain."""
    return xp.maximum(x, 0) + xp.log1p(xp.exp(-xp.abs(x)))


def layer_norm(xp: Any, x: Any) -> Any:
    """Reductions and broadcasts."""
    rows = x.reshape((512, -1))
    centred = rows - xp.mean(rows, axis=-1, keepdims=True)
    return centred / xp.sqrt(xp.mean(centred * centred, axis=-1, keepdims=True) + 1e-3)


def network(xp: Any, x: Any) -> Any:
    """Two products and a maximum between them."""
    rows = x.reshape((512, 512))
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
        print("JAX is not installed: its ratios are left out.")
    else:
        theirs = jnp.asarray(x)
        jax_value = jax.jit(lambda a: program(jnp, a))
        jax_gradient = jax.jit(jax.grad(lambda a: jnp.sum(program(jnp, a))))
        found["jax jit"] = lambda: jax_value(theirs).block_until_ready()
        found["jax jit grad"] = lambda: jax_gradient(theirs).block_until_ready()
    for run in found.values():
        run()
    return found


def measured(runs: dict[str, Callable[[], Any]], turns: int) -> dict[str, list[float]]:
    """Seconds of each contestant, one entry a turn; in every turn each of them runs once."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    gc.disable()
    try:
        for turn in range(turns):
            names = list(runs) if turn % 2 else list(reversed(runs))
            for name in names:
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


# Who is compared with whom; the last pair must not be above 1: compiling never makes anything slower.
PAIRS = (
    ("verax", "numpy"),
    ("verax jit", "numpy"),
    ("verax jit", "jax jit"),
    ("verax jit grad", "jax jit grad"),
    ("verax jit grad", "verax grad"),
    ("verax jit", "verax"),
)


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--turns", type=int, default=30)
    turns = parser.parse_args().turns
    x = np.random.default_rng(0).standard_normal(SIZE).astype(np.float32)
    print(f"{'program':<12} {'time of':<16} {'over that of':<14} {'median':>7}  middle half")
    for name, program in PROGRAMS.items():
        seconds = measured(contestants(program, x), turns)
        for ours, peer in PAIRS:
            if ours in seconds and peer in seconds:
                middle, low, high = ratio(seconds[ours], seconds[peer])
                print(f"{name:<12} {ours:<16} {peer:<14} {middle:7.2f}  {low:.2f} to {high:.2f}")


if __name__ == "__main__":
    main()

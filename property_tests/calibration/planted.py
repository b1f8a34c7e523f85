"""`python -m verax.property_tests.calibration.planted`: faults of the quiet kind, and honest programs beside them.

A product in TF32 or bfloat16, a reduction in float16, and every elementary function with an error spread evenly over
+-4 ulp are to be told, each on independent operands of full mantissa; nothing is to be said of the same programs
without the fault, nor of others by NumPy.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np

from ...adapters.numpy_profile import NUMPY_UFUNCS
from ...language import numpy as vnp
from ...language.catalogue import PRIMITIVES
from ...language.config import enable_x64
from ...language.dispatch import bind
from ...language.dtypes import DType, bfloat16, float16, float32, float64
from ...language.primitive import ROUNDED, Domain, Primitive
from ...language.shapes import ShapedArray
from ...language.tracing import trace
from .judging import Judged, bounds_of, judged
from .plain import ELEMENTWISE, run
from .programs import ELEMENTS, Array, Trial, drawn, elementwise_rows
from .record import PlantedRun, write_planted

TERMS = (64, 256, 1024, 4096, 16384)
HONEST = 200
# An elementary function's planted error is spread evenly over so many ulps to either side.
SPREAD = 4.0


@dataclass(frozen=True, slots=True)
class Planted:
    """A program, and what a machine with a fault makes of it.

    Attributes:
        name: of the fault.
        trial: what is run.
        results: the faulty machine's.
    """

    name: str
    trial: Trial
    results: tuple[Array, ...]


def _trial(seed: int, function: Callable[..., Any], *operands: Array) -> Trial:
    with enable_x64(operands[0].dtype == float64):
        program = trace(lambda *xs: [function(*xs)], [ShapedArray(x.shape, x.dtype) for x in operands])
    return Trial("planted", seed, program.pruned(), operands, True)


# -- products and reductions in narrower formats --------------------------------------------------------------
def tf32(x: Array) -> Array:
    """float32 rounded to TF32's 11 bits of significand, to nearest, ties to even."""
    bits = x.view(np.uint32)
    return ((bits + 0xFFF + (bits >> 13 & 1)) & np.uint32(0xFFFFE000)).view(np.float32)


def _as_bfloat16(x: Array) -> Array:
    return x.astype(bfloat16).astype(np.float32)


NARROW: dict[str, Callable[[Array], Array]] = {"TF32": tf32, "bfloat16": _as_bfloat16}


def product_trial(terms: int) -> Trial:
    """A product of 24 rows by 24 columns."""
    rng = np.random.default_rng([terms, 13])
    x, y = (
        rng.standard_normal((24, terms)).astype(np.float32),
        rng.standard_normal((terms, 24)).astype(np.float32),
    )
    return _trial(terms, vnp.matmul, x, y)


def products(trial: Trial) -> list[Planted]:
    """The product with its operands rounded on the way in, and added up in float32: what tensor cores do."""
    x, y = trial.operands
    return [
        Planted(f"{name} product of {x.shape[1]:,} terms", trial, (np.matmul(narrow(x), narrow(y)),))
        for name, narrow in NARROW.items()
    ]


def reduction_trial(terms: int) -> Trial:
    """Sums of normal numbers."""
    x = np.random.default_rng([terms, 17]).standard_normal((ELEMENTS, terms)).astype(np.float32)
    return _trial(terms, lambda a: vnp.sum(a, -1), x)


def reductions(trial: Trial) -> list[Planted]:
    """The sum taken in float16."""
    (x,) = trial.operands
    found = np.add.reduce(x.astype(float16), axis=-1).astype(np.float32)
    return [Planted(f"float16 sum of {x.shape[1]} terms", trial, (found,))]


# -- elementary functions ---------------------------------------------------------------------------------------
def elementary() -> list[Primitive]:
    """The primitives that no machine is expected to round correctly."""
    rows = [*elementwise_rows(1), *elementwise_rows(2)]
    return [p for p in rows if p.budget != ROUNDED and p.name != "integer_pow"]


def _on(rng: np.random.Generator, domain: Domain) -> Array:
    """Full-mantissa numbers of ordinary size in a domain."""
    wide = np.exp2(rng.uniform(-3.0, 2.0, ELEMENTS))
    if np.isfinite(domain.high):
        return np.asarray(np.sin(wide * 7.0) * domain.high)
    return wide * rng.choice((-1.0, 1.0), ELEMENTS) if np.isinf(domain.low) else domain.low + wide


def function_trial(primitive: Primitive, dtype: DType) -> Trial:
    """One elementary function of its domain's ordinary numbers."""
    seed = list(PRIMITIVES).index(primitive.name)
    rng = np.random.default_rng([seed, 19])
    operands = [_on(rng, d).astype(dtype) for d in primitive.domain]
    return _trial(seed, lambda *xs: bind(primitive, *xs)[0], *operands)


def functions(trial: Trial, primitive: Primitive) -> list[Planted]:
    """The function with an error spread evenly over +-4 ulp."""
    wider = np.float64 if trial.dtype == float32 else np.longdouble
    true = ELEMENTWISE[primitive.name](*(x.astype(wider) for x in trial.operands))
    unit = np.spacing(np.abs(true.astype(trial.dtype))).astype(wider)
    error = np.random.default_rng(trial.seed).uniform(-SPREAD, SPREAD, true.shape)
    found = (true + error * unit).astype(trial.dtype)
    return [Planted(f"{primitive.name} off by up to {SPREAD:g} ulp in {trial.dtype}", trial, (found,))]


# -- all of them --------------------------------------------------------------------------------------------------
def families(terms: tuple[int, ...] = TERMS) -> Iterator[tuple[Trial, list[Planted]]]:
    """Each program with its faults."""
    for n in terms:
        trial = product_trial(n)
        yield trial, products(trial)
    for n in (16, 64, 256):
        trial = reduction_trial(n)
        yield trial, reductions(trial)
    for dtype in (float32, float64):
        for primitive in elementary():
            trial = function_trial(primitive, dtype)
            yield trial, functions(trial, primitive)


def tried(terms: tuple[int, ...] = TERMS, honest: int = HONEST) -> PlantedRun:
    """What is said of the faults, of the same programs without them, and of so many programs in all by NumPy."""
    begun = time.monotonic()
    faulty: list[tuple[str, Judged]] = []
    right: list[Judged] = []
    for trial, plants in families(terms):
        bounds = bounds_of(trial, NUMPY_UFUNCS)
        right.append(judged(trial, run(trial.program, trial.operands), bounds))
        faulty += [(p.name, judged(p.trial, p.results, bounds)) for p in plants]
    seed = 100_000
    while len(right) < honest:
        trial, seed = drawn(seed), seed + 1
        if trial.independent:
            found = judged(trial, run(trial.program, trial.operands), bounds_of(trial, NUMPY_UFUNCS))
            right += [found] if found.z is not None else []
    return PlantedRun(faulty, right, time.monotonic() - begun)


@click.command()
@click.option(
    "--record",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder for a page that says what was planted and told.",
)
def main(record: Path | None) -> None:
    """Tell quiet faults from honest programs.

    Exit codes: 0 every planted fault is told and no honest program, 1 not so.
    """
    done = tried()
    for text in done.faults:
        click.echo(text)
    click.echo(done.summary())
    if record is not None:
        click.echo(f"recorded in {write_planted(record, done)}")
    sys.exit(1 if done.faults else 0)


if __name__ == "__main__":
    main()

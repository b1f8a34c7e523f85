"""What platforms reach, beside what they promise: `python benchmarks/budgets.py --record docs/measured --write`.

Every elementwise primitive that is not exact, in every dtype, on ordinary inputs (for the root-mean-square error), on
all sizes that the format has, beside its hard points, and climbing from the worst of these; float16 and bfloat16 on
every bit pattern. NumPy is measured with each of its instruction sets, in a process of its own; JAX's functions as they
are dispatched by themselves, divisions by constants besides, which XLA makes products. Truth is the reference's, to 50
digits; where NumPy has the function in a wider format, that chooses which points are looked at.

`--record FOLDER` writes a page, `--write` replaces `adapters/reached.py`, which a test holds the promises against;
`--platform NAME` measures one platform only, and leaves the others as they stand.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
import importlib.metadata
import json
import math
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from verax import enable_x64
from verax.adapters import PROFILES
from verax.adapters.reached import REACHED
from verax.language import dispatch
from verax.language.catalogue import PRIMITIVES
from verax.language.dtypes import DType, bfloat16, finfo, float16, float32, float64
from verax.language.primitive import Primitive
from verax.property_tests.calibration.plain import ELEMENTWISE
from verax.property_tests.primitive_cases.elementwise import accepted
from verax.property_tests.strategies import ends, ordinary_floats
from verax.reference import Exact, evaluate
from verax.reference.verdict import exact, is_special, overflows_at, ulp_of

ROOT = Path(__file__).resolve().parents[1]
DTYPES = (float16, bfloat16, float32, float64)
# NumPy's groups of instructions that are switched off by turns; without the first it calls the C library's float64.
WITHOUT = ("", "X86_V4 AVX512_ICL AVX512_SPR", "X86_V4 AVX512_ICL AVX512_SPR X86_V3")
PARAMS: dict[str, tuple[dict[str, Any], ...]] = {"integer_pow": tuple({"y": y} for y in (-3, -2, 3, 4, 7))}
# Points that are screened in a wider format, and that go to the reference without one.
SCREENED, UNSCREENED = 1 << 17, 4000
# Functions of parameters, whose truth takes minutes in each dtype.
DEAR = (
    "igamma",
    "igammac",
    "igamma_grad_a",
    "polygamma",
    "random_gamma_grad",
    "regularized_incomplete_beta",
    "zeta",
)
JAX_NAMES = {"regularized_incomplete_beta": "betainc"}
MACHINES = ("numpy-ufuncs", "numpy", "jax-cpu")
# Numbers next to the smallest normal one say nothing of a machine that flushes: `asin` takes them for zero already.
BESIDE_FLUSHED = 64
Arrays = list[np.ndarray[Any, Any]]
Machine = Callable[..., np.ndarray[Any, Any]]


def rows(dtype: DType) -> list[Primitive]:
    """The elementwise primitives of one float dtype that are not exact."""
    found = []
    for p in PRIMITIVES.values():
        rounds = p.kind == "elementwise" and p.budget.f32 and p.name != "convert_element_type"
        if rounds and dtype in accepted(p, len(p.domain), (dtype,)):
            found.append(p)
    return found


# -- machines --------------------------------------------------------------------------------------------------
def by_numpy(primitive: Primitive, xs: Arrays, params: dict[str, Any]) -> np.ndarray[Any, Any]:
    """NumPy's own function."""
    with np.errstate(all="ignore"):
        return np.asarray(ELEMENTWISE[primitive.name](*xs, **params))


def by_fast(primitive: Primitive, xs: Arrays, params: dict[str, Any]) -> np.ndarray[Any, Any]:
    """The fast implementation on the CPU."""
    with enable_x64(), dispatch.using("fast"), np.errstate(all="ignore"):
        fast = dispatch.implementation_of("fast")
        operands = [dispatch.lift_to(fast, x) for x in xs]
        return np.asarray(dispatch.bind(primitive, *operands, **params)[0].machine_value())


def by_jax(primitive: Primitive, xs: Arrays, params: dict[str, Any]) -> np.ndarray[Any, Any]:
    """JAX's own function on its CPU; of a division what is further off, by an array or by constants."""
    import jax

    function = getattr(jax.lax, JAX_NAMES.get(primitive.name, primitive.name))
    with jax.enable_x64(True), jax.default_device(jax.devices("cpu")[0]):
        found = np.asarray(function(*xs, *params.values()))
        if primitive.name != "div":
            return found
        by_constants = np.asarray(jax.jit(lambda x: x / xs[1])(xs[0]))
    wide = np.float64 if found.dtype != np.float64 else np.longdouble
    with np.errstate(all="ignore"):
        true = xs[0].astype(wide) / xs[1].astype(wide)
        further = np.abs(by_constants.astype(wide) - true) > np.abs(found.astype(wide) - true)
    return np.where(further, by_constants, found)


def wider(primitive: Primitive, dtype: DType) -> Any:
    """A format of NumPy's in which the function is known to more digits; None if there is none."""
    if primitive.name not in ELEMENTWISE:
        return None
    if dtype != float64:
        return np.float64
    return np.longdouble if np.finfo(np.longdouble).nmant > 60 else None


# -- points ----------------------------------------------------------------------------------------------------
def ordinary(primitive: Primitive, dtype: DType, count: int, rng: np.random.Generator) -> Arrays:
    """Batches as the harness draws them, one decade each."""
    size = 256
    return _whole(
        primitive,
        [
            np.concatenate([ordinary_floats(rng, (size,), dtype, d) for _ in range(count // size + 1)])
            for d in primitive.domain
        ],
    )


def _whole(primitive: Primitive, xs: Arrays) -> Arrays:
    """The orders of polygamma functions are whole numbers."""
    return [np.floor(xs[0]), *xs[1:]] if primitive.name == "polygamma" else xs


def everywhere(primitive: Primitive, dtype: DType, count: int, rng: np.random.Generator) -> Arrays:
    """All sizes and signs, and beside hard points."""
    info = np.finfo(dtype) if dtype != bfloat16 else np.finfo(np.float32)
    found = []
    for domain in primitive.domain:
        size = np.exp2(rng.uniform(info.minexp - 3, info.maxexp - 1, count // 2))
        spread = size * rng.choice((-1.0, 1.0), count // 2)
        centres = rng.choice(
            np.array([p for p in primitive.hard_points if abs(p) < 1e5] or [1.0]), count // 2
        )
        beside = centres + rng.choice((-1.0, 1.0), count // 2) * np.exp2(rng.uniform(-45, 4, count // 2))
        low, high = ends(domain, dtype)
        both = np.clip(np.concatenate([spread, beside]), float(low), float(high)).astype(dtype)
        # The hard points themselves, and their neighbours.
        at = np.clip(np.array(primitive.hard_points or (1.0,)), float(low), float(high)).astype(dtype)
        both[: 16 * at.size] = _inside(neighbours([at], 16, rng)[0], domain)
        both[: at.size] = at
        found.append(rng.permutation(both))
    if primitive.name == "pow":  # most powers of numbers of any size overflow
        with np.errstate(all="ignore"):
            reach = np.log2(np.abs(found[0].astype(np.float64))) * rng.uniform(1.0, 2.0, found[0].size)
            found[1] = np.asarray(info.maxexp * rng.uniform(-1, 1, found[0].size) / reach).astype(dtype)
    return _whole(primitive, found)


def patterns(primitive: Primitive, dtype: DType) -> Arrays | None:
    """Every number of a format of 16 bits, for functions of one."""
    if dtype.itemsize > 2 or len(primitive.domain) > 1:
        return None
    every = np.arange(1 << 16, dtype=np.uint16).view(dtype)
    with np.errstate(invalid="ignore"):  # ml_dtypes warns of signalling NaNs
        wide = every.astype(np.float64)
    low, high = ends(primitive.domain[0], dtype)
    return [every[np.isfinite(wide) & (wide >= float(low)) & (wide <= float(high))]]


def at_overflow(
    primitive: Primitive, xs: Arrays, params: dict[str, Any], wide: Any, rng: np.random.Generator
) -> Arrays:
    """Numbers beside those from which on a function of one overflows, which sums of polynomials do not foresee."""
    if wide is None or len(xs) > 1:
        return [x[:0] for x in xs]
    dtype = xs[0].dtype
    top = float(finfo(dtype).max)

    def over(x: Any) -> Any:
        with np.errstate(all="ignore"):
            return ~(np.abs(by_numpy(primitive, [x.astype(wide)], params)) <= top)

    line = np.sort(xs[0])
    change = np.flatnonzero(np.diff(over(line)))[:8]
    low, high = line[change], line[change + 1]
    for _ in range(dtype.itemsize * 8):
        middle = (low.astype(wide) / 2 + high.astype(wide) / 2).astype(dtype)
        same = over(middle) == over(low)
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return neighbours([low], 1 << 12, rng)


def neighbours(xs: Arrays, each: int, rng: np.random.Generator) -> Arrays:
    """Numbers beside given ones, from the next to some thousands of ulps away."""
    found = []
    for x in xs:
        raw = f"i{x.itemsize}"
        steps = np.exp2(rng.uniform(0, 14 if x.itemsize > 2 else 3, (x.size, each))).astype(raw)
        moved = x.view(raw)[:, None] + steps * rng.choice(np.array([-1, 0, 1], raw), steps.shape)
        found.append(np.ascontiguousarray(moved.ravel()).view(x.dtype))
    return found


# -- errors ----------------------------------------------------------------------------------------------------
def screened(p: Primitive, machine: Machine, xs: Arrays, params: dict[str, Any], wide: Any) -> Any:
    """Errors in ULPs by the function in a wider format; NaN where result or truth is none."""
    dtype = xs[0].dtype
    with np.errstate(all="ignore"):
        true = by_numpy(p, [x.astype(wide) for x in xs], params)
        got = machine(p, xs, params).astype(wide)
        info = np.finfo(dtype) if dtype != bfloat16 else np.finfo(np.float32)
        bits, least = (8, -133) if dtype == bfloat16 else (info.nmant + 1, info.minexp - info.nmant)
        unit = np.exp2(np.maximum(np.frexp(true)[1] - bits, least).astype(wide))
        top = wide(finfo(dtype).max)
        fine = np.isfinite(true) & np.isfinite(got) & (np.abs(true) <= top)
        if machine is by_jax:
            fine &= kept(p, xs, true)
        return np.where(fine, np.abs(got - true) / unit, np.nan)


def judged(p: Primitive, machine: Machine, xs: Arrays, params: dict[str, Any]) -> Any:
    """Errors in ULPs by the reference; NaN where result or truth is none."""
    dtype = xs[0].dtype
    with enable_x64():
        (true,) = evaluate(lambda *ys: dispatch.bind(p, *ys, **params), xs, Exact(50))
    got = machine(p, xs, params).astype(np.float64)
    found = np.full(len(got), np.nan)
    for i, (g, t) in enumerate(zip(got.tolist(), true.scalars, strict=True)):
        if math.isfinite(g) and not is_special(t) and abs(exact(t)) < overflows_at(dtype):
            found[i] = float(abs(exact(g) - exact(t)) / ulp_of(t, dtype))
    if machine is by_jax:
        near = np.array([0.0 if is_special(t) else float(exact(t)) for t in true.scalars])
        found[~kept(p, xs, near)] = np.nan
    return found


def kept(p: Primitive, xs: Arrays, true: Any) -> Any:
    """Where a machine that flushes subnormal numbers has nothing to flush; the inverse of a divisor is not either."""
    least = BESIDE_FLUSHED * float(finfo(xs[0].dtype).smallest_normal)
    sizes = [np.abs(x.astype(np.float64)) for x in (*xs, np.asarray(true))]
    if p.name == "div":
        sizes.append(1 / sizes[1])
    return np.all([(size == 0) | (size >= least) for size in sizes], axis=0)


def worst_of(errors: Any, count: int) -> Any:
    """Where the largest errors are."""
    return np.argsort(np.nan_to_num(errors, nan=-1.0))[-count:]


def reached(p: Primitive, dtype: DType, machine: Machine) -> tuple[float, float]:
    """The largest and the root-mean-square error of a primitive, in ULPs."""
    most = 0.0
    squares: list[float] = []
    for params in PARAMS.get(p.name, ({},)):
        found = _reached(p, dtype, machine, params)
        most = max(most, found[0])
        squares.append(found[1] ** 2)
    return most, math.sqrt(sum(squares) / len(squares))


def _reached(p: Primitive, dtype: DType, machine: Machine, params: dict[str, Any]) -> tuple[float, float]:
    rng = np.random.default_rng([list(PRIMITIVES).index(p.name), dtype.itemsize, 23])
    wide = wider(p, dtype)
    count = SCREENED if wide else UNSCREENED

    def look(xs: Arrays) -> Any:
        return screened(p, machine, xs, params, wide) if wide else judged(p, machine, xs, params)

    xs = ordinary(p, dtype, count, rng)
    errors = look(xs)
    typical = float(np.sqrt(np.nanmean(errors**2)))
    all_of_them = patterns(p, dtype) if wide else None
    more = all_of_them or everywhere(p, dtype, count, rng)
    edge = at_overflow(p, more, params, wide, rng)
    points, errors = _joined([xs, more, edge], [errors, look(more), look(edge)])
    for _ in range(3):
        top = [x[worst_of(errors, 64)] for x in points]
        beside = [
            _inside(x, d) for x, d in zip(neighbours(top, count // 512 + 1, rng), p.domain, strict=True)
        ]
        beside = _whole(p, beside)
        points, errors = _joined([points, beside], [errors, look(beside)])
    top = [x[worst_of(errors, 64)] for x in points]
    return float(np.nanmax(judged(p, machine, top, params))), typical


def _inside(x: Any, domain: Any) -> Any:
    low, high = ends(domain, x.dtype)
    with np.errstate(invalid="ignore"):
        wide = x.astype(np.float64)
        return np.where((wide >= float(low)) & (wide <= float(high)), x, np.ones_like(x))


def _joined(points: list[Arrays], errors: list[Any]) -> tuple[Arrays, Any]:
    return [np.concatenate(xs) for xs in zip(*points, strict=True)], np.concatenate(errors)


# -- all of them -------------------------------------------------------------------------------------------------
Row = dict[str, tuple[float, float]]


def measured(which: str, only: str = "", wide: bool = False) -> dict[str, Row]:
    """For each primitive and dtype what a platform reaches, in this process.

    `fast` computes all of its narrower formats in float64: ``wide`` measures that alone.
    """
    found: dict[str, Row] = {}
    for dtype in DTYPES[-1:] if wide and which == "numpy" else DTYPES:
        for p in rows(dtype):
            if only and only != p.name:
                continue
            if which == "numpy-ufuncs" and (p.name not in ELEMENTWISE or dtype == bfloat16):
                continue
            if which == "jax-cpu" and dtype.itemsize < 4 and p.name in DEAR:
                continue
            begun = time.monotonic()
            machine = {"numpy-ufuncs": by_numpy, "jax-cpu": by_jax}.get(which, by_fast)
            found.setdefault(p.name, {})[dtype.name] = reached(p, dtype, machine)
            print(
                which,
                p.name,
                dtype.name,
                found[p.name][dtype.name],
                f"{time.monotonic() - begun:.1f} s",
                file=sys.stderr,
            )
    return found


def in_turn(which: str, only: str = "") -> dict[str, Row]:
    """The same, the worst over NumPy's instruction sets."""
    found: dict[str, Row] = {}
    several = which != "jax-cpu" and platform.machine() in (
        "x86_64",
        "AMD64",
    )  # XLA chooses its own instructions
    for without in WITHOUT if several else WITHOUT[:1]:
        known = set(importlib.import_module("numpy._core._multiarray_umath").__cpu_dispatch__)
        off = " ".join(f for f in without.split() if f in known)
        done = subprocess.run(
            [sys.executable, __file__, "--measure", which, "--only", only, *(["--wide"] if without else [])],
            env={**os.environ, "NPY_DISABLE_CPU_FEATURES": off},
            stdout=subprocess.PIPE,
            check=True,
        )
        for name, row in json.loads(done.stdout).items():
            for dtype, (most, typical) in row.items():
                before = found.setdefault(name, {}).get(dtype, (0.0, 0.0))
                found[name][dtype] = (max(before[0], most), max(before[1], typical))
    return found


# -- what is said ------------------------------------------------------------------------------------------------
def promised(which: str, name: str, dtype: str) -> tuple[float, float]:
    """What a platform promises of a primitive at most, and typically."""
    profile, row = PROFILES[which], PRIMITIVES[name]
    return profile.most(row, np.dtype(dtype)), profile.typical(row, np.dtype(dtype))


def page(found: dict[str, dict[str, Row]]) -> Iterator[str]:
    """The record as Markdown."""
    yield f"# What platforms reach of what they promise, on {dt.datetime.now(dt.UTC).date().isoformat()}"
    yield ""
    which = "".join(f" --platform {name}" for name in found if len(found) < len(MACHINES))
    yield f"`python benchmarks/budgets.py{which} --record docs/measured --write`"
    yield ""
    packages = ", ".join(
        f"{p} {importlib.metadata.version(p)}"
        for p in ("verax", "numpy", "mpmath", "ml_dtypes", "jax", "jaxlib")
    )
    yield f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, "
    yield f"{' '.join(platform.libc_ver())}; {packages}."
    yield "In ULPs; NumPy with all of its instruction sets, without AVX-512, and without AVX2; JAX on its CPU, without"
    yield "what it flushes, which is what is next to the smallest normal number."
    for which, rows_of in found.items():
        yield from ("", f"## {which}", "")
        yield "| primitive | dtype | largest: reached | promised | typical: reached | promised |"
        yield "|---|---|---:|---:|---:|---:|"
        for name, row in sorted(rows_of.items()):
            for dtype, (most, typical) in row.items():
                allowed, usual = promised(which, name, dtype)
                yield f"| {name} | {dtype} | {most:.4g} | {allowed:.4g} | {typical:.3g} | {usual:.3g} |"


HEADER = '''"""What the platforms were measured to reach. Written by `benchmarks/budgets.py --write`, never edited.

In ULPs, per primitive and dtype: the largest error found, and the root-mean-square error on ordinary inputs.
"""

from __future__ import annotations

from collections.abc import Mapping

# platform: primitive: dtype: (largest, root-mean-square)
REACHED: Mapping[str, Mapping[str, Mapping[str, tuple[float, float]]]] = {
'''


def module(found: Mapping[str, Mapping[str, Mapping[str, tuple[float, float]]]]) -> str:
    """The text of `adapters/reached.py`."""
    lines = []
    for which, rows_of in found.items():
        lines.append(f'    "{which}": {{')
        for name, row in sorted(rows_of.items()):
            cells = ", ".join(f'"{d}": ({most:.4g}, {typical:.3g})' for d, (most, typical) in row.items())
            lines.append(f'        "{name}": {{{cells}}},')
        lines.append("    },")
    return HEADER + "\n".join(lines) + "\n}\n"


def main() -> None:
    """Measure, and say so."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--only", default="", help="one primitive")
    parser.add_argument("--platform", choices=MACHINES, action="append", help="one of them; repeatable (all)")
    parser.add_argument("--record", type=Path, help="a folder for a page")
    parser.add_argument("--write", action="store_true", help="replace adapters/reached.py")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    parser.add_argument("--wide", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measured(options.measure, options.only, options.wide)))
        return
    found = {which: in_turn(which, options.only) for which in options.platform or MACHINES}
    text = "\n".join(page(found)) + "\n"
    print(text)
    if options.record:
        options.record.mkdir(parents=True, exist_ok=True)
        name = "-".join(["budgets", *(options.platform or []), dt.datetime.now(dt.UTC).date().isoformat()])
        (options.record / f"{name}.md").write_text(text, encoding="utf-8")
    if options.write:
        (ROOT / "adapters" / "reached.py").write_text(module({**REACHED, **found}), encoding="utf-8")


if __name__ == "__main__":
    main()

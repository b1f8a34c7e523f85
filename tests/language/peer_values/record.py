"""Every name's drawn calls, counted: `python -m tests.language.peer_values.record --record docs/measured`."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from tests.language.peer_values.exceptions import EXCEPTIONS, FINDINGS
from tests.language.peer_values.running import Ran, run, shown
from tests.language.peer_values.subjects import MODULES, Compared

HEAD = """# Values against NumPy and SciPy on {day}

`python -m tests.language.peer_values.record --calls {calls} --seed {seed}{part}`

{calls} drawn calls of each name: dtypes of every width, shapes with empty axes, negative axes, values of full
mantissa, few that repeat, and special ones; two thirds take theirs from tables with NaN, zeros, infinities and both
ends. NumPy's and SciPy's answers are held to `Bounded`'s bound for
NumPy's own functions; a call that one of both refuses is decided by JAX. NumPy {numpy}, SciPy {scipy}, JAX {jax};
{seconds} s.

Counted are elements. *Equal*: where nothing is rounded, all bits (of sums, and of complex numbers, but for signs of
zeros). *Within*: inside of a bound smaller than the value; *wide*: of a larger one, next to 0. *Not finite*: a complex
number that is infinite or NaN, in both. *Left out*: no bound (it overflows on the way), undecided (it rests on a
comparison within its bound), undefined (a conversion that C99 6.3.1.4 leaves so), or an order of complex NaN. *Last
digits*: outside by at most 16 ULP, of a peer that promises none. *NumPy wrong*: outside by more, or where its value is
special, and the answer at 50 digits is within. *Excepted*: by a rule below. Of calls: refused by both, by one as by
JAX, or answered as by JAX; *in float32* were those asked of 16-bit floats again.

"""
COLUMNS = {
    "calls": ("calls",),
    "equal": ("equal",),
    "within": ("within",),
    "wide": ("within a wide bound",),
    "not finite": ("equal as not finite",),
    "left out": ("no bound", "undecided", "undefined", "no order"),
    "last digits": ("last digits",),
    "NumPy wrong": ("NumPy wrong",),
    "excepted": ("excepted",),
    "empty results": ("empty",),
    "refused": ("refused by both", "refused as by JAX"),
    "as JAX": ("answered as by JAX",),
    "in float32": ("asked in float32",),
    "differing": ("differing",),
}
COMPARED = (
    "equal",
    "within",
    "within a wide bound",
    "equal as not finite",
    "last digits",
    "NumPy wrong",
    "excepted",
    "empty",
)
LEFT_OUT = ("no bound", "undecided", "undefined", "no order")


def compared(ran: Ran) -> int:
    """How many elements, or empty results, were compared."""
    return sum(ran.counts[k] for k in COMPARED)


def thin(ran: Ran) -> bool:
    """Whether more is left out than is compared, or nothing is."""
    return not compared(ran) or sum(ran.counts[k] for k in LEFT_OUT) > compared(ran)


def share(module: str) -> float:
    """The share of a module's public names that have an exception."""
    of = MODULES[module]
    return len(EXCEPTIONS.get(module, {})) / (len(of.rows) + len(of.without))


def section(module: str, of: Compared, all_ran: Sequence[Ran]) -> list[str]:
    """A module's part of the record."""
    rules, thinly = EXCEPTIONS.get(module, {}), [r.name for r in all_ran if thin(r)]
    lines = [
        f"## verax.{module}",
        "",
        (
            f"{len(all_ran)} names of {len(of.rows) + len(of.without)} are compared, the others have no counterpart. "
            f"Exceptions: {len(rules)} names, {100 * share(module):.2f} %. "
            f"More left out than compared: {', '.join(thinly) or 'of none'}."
        ),
        "",
        *(f"- excepted `{n}` ({e.rule}): {e.text}." for n, e in rules.items()),
        *(
            f"- NumPy wrong at `{r.name}`, {r.counts['NumPy wrong']} elements: {FINDINGS[module][r.name].text}. "
            f"First: {r.wrong[0].got!r} for {_short(r.wrong[0].want)}, {_short(r.wrong[0].call)}."
            for r in all_ran
            if r.wrong
        ),
        "",
        "| name | " + " | ".join(COLUMNS) + " |",
        "|---|" + "---:|" * len(COLUMNS),
    ]
    for r in all_ran:
        counts = [sum(r.counts[k] for k in keys) for keys in COLUMNS.values()]
        counts[-1] = len(r.differences)
        lines.append(f"| `{r.name}` | " + " | ".join(map(str, counts)) + " |")
    return [*lines, ""]


def _short(x: object) -> str:
    text = str(x).replace("|", "/").replace("\n", " ")
    return text if len(text) < 120 else f"{text[:60]}...{text[-56:]}"


def main() -> int:
    """Draw, compare, print; write the record; 1 if a value differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--module", action="append", choices=list(MODULES))
    parser.add_argument("--record", type=Path)
    given = parser.parse_args()
    started, lines, failed = time.monotonic(), [], 0
    for module in given.module or MODULES:
        of, all_ran = MODULES[module], []
        for name in sorted(of.rows):
            ran = run(name, of, given.calls, given.seed)
            all_ran.append(ran)
            failed += bool(ran.differences)
            print(
                f"{module} {name}: {ran.line()}\n{shown(ran.differences)}".strip(),
                file=sys.stderr,
                flush=True,
            )
        lines += section(module, of, all_ran)
    day = dt.datetime.now(dt.UTC).date().isoformat()
    head = HEAD.format(
        day=day,
        calls=given.calls,
        seed=given.seed,
        part="".join(f" --module {m}" for m in given.module or []),
        seconds=round(time.monotonic() - started),
        numpy=version("numpy"),
        scipy=version("scipy"),
        jax=version("jax"),
    )
    print(f"names with differing values: {failed}")
    for module in given.module or MODULES:
        print(f"{module}: {100 * share(module):.2f} % of the names have an exception")
    if given.record:
        part = "-".join(["values", *(given.module or []), day, "seed", str(given.seed)])
        (given.record / f"{part}.md").write_text(head + "\n".join(lines), encoding="utf-8")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())

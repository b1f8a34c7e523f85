"""Run the libraries' own tests, a process for each file: `python -m tests.peers.run`.

What each file's process found is kept under ``.verax/peers``, so that a run that was ended goes on where it
was; ``--again`` forgets it. ``--on jax`` runs them on JAX itself, which is how the baseline is made; ``chex --on
chex_like`` runs Chex's on `verax.chex_like` in the place of Chex.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from .libraries import LIBRARIES
from .outcomes import MEMORY, VARIABLE

# What stands before `pytest` for the tests to run on something: a row for each.
ON = {"jax": [], "verax": ["-m", "verax.as_jax"], "chex_like": ["-m", "verax.as_jax", "--chex"]}
STATE = Path(".verax") / "peers"
PYTEST = ["-m", "pytest", "-q", "-p", "tests.peers.outcomes", "-p", "no:cacheprovider", "-p", "no:warnings"]
LIMIT = 3600
MOST = 8 * 2**30
EXECUTED = re.compile(r"verax\.as_jax: (\d+) primitives")
ENDED = "its process did not finish"


class Found(NamedTuple):
    """The outcome of one test.

    Attributes:
        id: pytest's, below the folder of packages.
        outcome: "passed", "failed", "skipped", or "not imported" (then ``id`` is the file).
        cause: why not, on a line.
    """

    id: str
    outcome: str
    cause: str


def packages() -> Path:
    """The folder in which the libraries lie.

    Raises:
        ModuleNotFoundError: they are not installed.
    """
    for name in LIBRARIES:
        spec = find_spec(name)
        if spec is not None and spec.origin is not None:
            return Path(spec.origin).parent.parent
    raise ModuleNotFoundError("None of the libraries is installed: `tox run -e peers` installs them.")


def files(library: str, folder: Path) -> list[str]:
    """A library's test files, below the folder of packages."""
    return sorted(p.relative_to(folder).as_posix() for p in (folder / library).rglob("*_test.py"))


def journal(state: Path, file: str) -> Path:
    """Where a file's outcomes are kept."""
    return state / (file.replace("/", ".") + ".jsonl")


def lines(path: Path) -> list[dict[str, str]]:
    """A journal's whole lines: the last may be broken, where a run was ended."""
    text = path.read_text("utf-8") if path.exists() else ""
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


def outcomes(path: Path) -> Iterator[Found]:
    """What a journal says of the tests."""
    for line in lines(path):
        if "id" in line:
            yield Found(line["id"], line["outcome"], line["cause"])


def ended(path: Path) -> str:
    """How the file's process ended: "" where it has not, "0" and "1" where pytest ran to its end."""
    return next((line["ended"] for line in lines(path) if "ended" in line), "")


def executed(path: Path) -> int:
    """How many primitives Verax executed in the file's process, by what it said at its end."""
    said = next((line["said"] for line in lines(path) if "said" in line), "")
    found = EXECUTED.findall(said)
    return int(found[-1]) if found else 0


def run_file(file: str, folder: Path, on: str, state: Path) -> Path:
    """Run one file in a process of its own, unless its journal says that it has been run."""
    path = journal(state, file)
    if ended(path):
        return path
    path.unlink(missing_ok=True)
    here = Path(__file__).parents[2]
    environment = {**os.environ, VARIABLE: str(path.absolute()), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(here)]))
    if on != "jax":  # XLA reserves more than it uses
        environment.setdefault(MEMORY, str(MOST))
    command = [sys.executable, "-W", "ignore", *ON[on], *PYTEST, f"--rootdir={folder}", "-c", os.devnull]
    command += ["-o", "python_files=*_test.py", str(folder / file)]
    started = time.monotonic()
    try:
        done = subprocess.run(
            command,
            cwd=state,
            env=environment,
            timeout=LIMIT,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        code, said = str(done.returncode), (done.stdout + done.stderr)[-2000:]
    except subprocess.TimeoutExpired:
        code, said = f"after {LIMIT} s", ""
    with path.open("a", encoding="utf-8") as out:
        out.write(
            json.dumps({"ended": code, "seconds": f"{time.monotonic() - started:.1f}", "said": said}) + "\n"
        )
    return path


def run(libraries: list[str], on: str, state: Path, processes: int, only: str = "") -> Iterator[Path]:
    """Run the files of the libraries; a line on standard error for each."""
    folder = packages()
    state.mkdir(parents=True, exist_ok=True)
    todo = [file for name in libraries for file in files(name, folder) if only in file]
    with ThreadPoolExecutor(processes) as pool:
        for file, path in zip(todo, pool.map(lambda f: run_file(f, folder, on, state), todo), strict=True):
            found = [one.outcome for one in outcomes(path)]
            counts = ", ".join(f"{found.count(kind)} {kind}" for kind in sorted(set(found)))
            print(f"{file}: {counts or 'nothing'} (ended {ended(path)})", file=sys.stderr, flush=True)
            yield path


def main() -> int:
    """Run, and say how many passed.

    Returns:
        0; what the numbers must be is for `compare` to say.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("libraries", nargs="*", default=[*LIBRARIES], help="which; all by default")
    parser.add_argument("--on", choices=[*ON], default="verax")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--only", default="", help="run the files whose path has this in it")
    parser.add_argument("--again", action="store_true", help="run also what has been run")
    given = parser.parse_args()
    state = STATE / given.on
    if given.again:
        for name in given.libraries:
            for path in state.glob(f"{name}.*.jsonl"):
                path.unlink()
    for _ in run(given.libraries, given.on, state, given.processes, given.only):
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())

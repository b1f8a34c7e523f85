"""How many of JAX's names there are: `python -m verax.as_jax.coverage` prints the page docs/coverage.md.

`names.json` lists the public names of JAX 0.10's modules. A name counts when its module in Verax has it.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from .tree import MODULES, NAMES

COMMAND = "python -m verax.as_jax.coverage > docs/coverage.md"
HEAD = f"""# Names

What there is of JAX's modules, by name, as `{COMMAND}` writes it.
A name that is missing raises `AttributeError` when it is used.

| module | names | there | share |
|---|---|---|---|
"""


class Share(NamedTuple):
    """What there is of one module of JAX's.

    Attributes:
        module: its name.
        names: its public names.
        missing: those that Verax has not.
    """

    module: str
    names: Sequence[str]
    missing: Sequence[str]

    @property
    def percent(self) -> float:
        """The names that there are, of 100."""
        return 100 * (1 - len(self.missing) / len(self.names))


def peer_names() -> Mapping[str, Sequence[str]]:
    """JAX's modules, and the public names of each."""
    found: Mapping[str, Sequence[str]] = json.loads(
        Path(__file__).with_name("names.json").read_text(encoding="utf-8")
    )
    return found


def share(module: str, names: Sequence[str]) -> Share:
    """What there is of one module."""
    if module == "jax":
        here = {*NAMES, *(m.removeprefix("jax.") for m in MODULES)}
        return Share(module, names, [n for n in names if n not in here])
    if module not in MODULES:
        return Share(module, names, list(names))
    ours = importlib.import_module(MODULES[module])
    return Share(module, names, [n for n in names if not hasattr(ours, n)])


def shares() -> list[Share]:
    """What there is of each module."""
    return [share(module, names) for module, names in peer_names().items()]


def page() -> str:
    """The page docs/coverage.md."""
    found = shares()
    rows = "".join(
        f"| `{s.module}` | {len(s.names)} | {len(s.names) - len(s.missing)} | {int(s.percent)} % |\n"
        for s in found
    )
    missing = "".join(
        f"\n- `{s.module}`:\n" + "\n".join(f"  `{n}`" for n in s.missing) + "\n" for s in found if s.missing
    )
    return HEAD + rows + "\n## Missing\n" + missing


if __name__ == "__main__":
    sys.stdout.write(page())

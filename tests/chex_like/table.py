"""Write the table of docs/chex.md: `python -m tests.chex_like.table`. It is run by the tests, row by row."""

from __future__ import annotations

from pathlib import Path

from tests.chex_like.kinds import KINDS
from tests.chex_like.names import ROWS, tried

DOCUMENT = Path(__file__).parents[2] / "docs" / "chex.md"
HEAD, END = "<!-- the table: python -m tests.chex_like.table -->\n", "<!-- the end of the table -->\n"


def line(name: str) -> str:
    """A name's line: how it does for each kind, by trying, and its note."""
    cells = [tried(name, kind) for kind in KINDS.values()]
    return f"| `{name}` | {' | '.join(cells)} | {ROWS[name].note} |\n"


def head() -> str:
    """The heads of the columns; what is a stand-in here has an asterisk."""
    names = [f"{kind.name}{'*' if kind.stand_in else ''}" for kind in KINDS.values()]
    return f"| name | {' | '.join(names)} | note |\n|---|{'---|' * len(names)}---|\n"


def main() -> None:
    """Put the table in the document."""
    before, rest = DOCUMENT.read_text("utf-8").split(HEAD)
    after = rest.split(END)[1]
    table = head() + "".join(map(line, sorted(ROWS, key=str.lower)))
    DOCUMENT.write_text(before + HEAD + table + END + after, "utf-8")


if __name__ == "__main__":
    main()

"""The import table of docs/architecture.md holds: an arrow that it does not allow is a failure."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import verax

ROOMS = frozenset(verax.ROOMS)
FACE = "the face"


def table_of(document: str) -> dict[str, frozenset[str]]:
    """A room -> the rooms that it may import, from the document's table of floors."""
    rows = re.findall(r"^\| (\d) \| `(\w+)/` \|.*\| ([^|]+) \|$", document, re.MULTILINE)
    floor = {room: int(number) for number, room, _ in rows}
    allowed = {}
    for _, room, may in rows:
        named = [int(digit) for digit in re.findall(r"\d", may)]  # "1 to 3", "1, 2", "nothing of ours"
        allowed[room] = frozenset(r for r in floor if named and named[0] <= floor[r] <= named[-1])
    return allowed


def imports(source: str) -> Iterator[tuple[int, str, int]]:
    """(line, dotted name, level) of everything that a module imports, by statement or by literal name."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name, 0) for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                # `from .. import fast` and `from verax import fast` name a room after the `import`.
                bare = module is None or module == "verax"
                for alias in names:
                    yield node.lineno, ".".join(filter(None, [module, alias.name if bare else ""])), level
            case ast.Call(func=func, args=[ast.Constant(value=str(name)), *_]) if getattr(
                func, "attr", getattr(func, "id", "")
            ) in {"import_module", "__import__"}:
                yield node.lineno, name.lstrip("."), len(name) - len(name.lstrip("."))


def faults_inside(room: str, path: Path, source: str, table: dict[str, frozenset[str]]) -> Iterator[str]:
    """What a module of a room imports against the table, or not relatively. `path` is inside the room."""
    depth = len(path.parts)  # how many dots reach the level of the rooms
    for line, name, level in imports(source):
        where = f"{room}/{path.as_posix()}:{line}"
        head = name.partition(".")[0]
        if level == 0 and head == "verax":
            yield f"{where}: rooms import each other relatively, not as {name}"
        elif level == 0 and head in ROOMS:
            yield f"{where}: imports the room {head} without its verax"
        elif level > depth + 1 or (level == depth + 1 and head not in ROOMS):
            yield f"{where}: {room} imports {FACE}, which names everything"
        elif level == depth + 1 and head != room and head not in table[room]:
            yield f"{where}: {room} may not import {head}"


def faults_outside(where: str, source: str) -> Iterator[str]:
    """Rooms imported without their `verax.` by a test, an example, a benchmark."""
    for line, name, level in imports(source):
        if level == 0 and name.partition(".")[0] in ROOMS:
            yield f"{where}:{line}: imports the room {name} without its verax"


def is_test(path: Path) -> bool:
    """Whether a file of a room is a test of it: tests import like any user."""
    return path.name.startswith("test_") or path.name == "conftest.py"


def faults(root: Path) -> list[str]:
    """Every fault of the tree."""
    table = table_of((root / "docs" / "architecture.md").read_text(encoding="utf-8"))
    found: list[str] = []
    for room in sorted(ROOMS):
        for file in sorted((root / room).rglob("*.py")):
            path, source = file.relative_to(root / room), file.read_text(encoding="utf-8")
            if is_test(path):
                found += faults_outside(f"{room}/{path.as_posix()}", source)
            else:
                found += faults_inside(room, path, source, table)
    for folder in ("tests", "examples", "benchmarks"):
        for file in sorted((root / folder).rglob("*.py")):
            found += faults_outside(file.relative_to(root).as_posix(), file.read_text(encoding="utf-8"))
    return found


def test_no_module_imports_against_the_table(root: Path) -> None:
    assert faults(root) == []


def test_the_table_names_every_room(root: Path) -> None:
    assert table_of((root / "docs" / "architecture.md").read_text(encoding="utf-8")).keys() == ROOMS


def test_the_table_keeps_the_twins_apart(root: Path) -> None:
    table = table_of((root / "docs" / "architecture.md").read_text(encoding="utf-8"))
    twins = {"reference", "fast", "adapters"}
    assert all(not table[room] & twins for room in twins)
    assert table["language"] == frozenset()
    assert table["adapters"] == {"language"}
    assert table["reports"] == ROOMS - {"reports"}


@pytest.mark.parametrize(
    ("path", "source", "said"),
    [
        ("reference/a.py", "from ..fast import rules", "reference may not import fast"),
        ("reference/deep/a.py", "from ...fast.rules import JVP", "reference may not import fast"),
        ("fast/a.py", "def f():\n    from .. import reference", "fast may not import reference"),
        ("adapters/a.py", "from ..reference.truth import truth", "adapters may not import reference"),
        ("adapters/a.py", "from ..fake_devices import Mesh", "adapters may not import fake_devices"),
        (
            "language/a.py",
            'import importlib\nimportlib.import_module("..fast", "x")',
            "language may not import fast",
        ),
        ("ci/a.py", "from ..reports import site", "ci may not import reports"),
        ("fast/a.py", "from .. import grad", "fast imports the face"),
        ("fast/a.py", "import verax.language", "not as verax.language"),
        ("fast/a.py", "from verax import language", "not as verax.language"),
        ("fast/a.py", "import language.shapes", "imports the room language without its verax"),
        ("tests/test_a.py", "from reference import numbers", "imports the room reference without its verax"),
        ("property_tests/test_a.py", "import ci", "imports the room ci without its verax"),
    ],
)
def test_a_planted_arrow_is_caught(root: Path, tmp_path: Path, path: str, source: str, said: str) -> None:
    for file, text in {
        "docs/architecture.md": (root / "docs" / "architecture.md").read_text(),
        path: source,
    }.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text, encoding="utf-8")

    [fault] = faults(tmp_path)

    assert fault.startswith(path)
    assert said in fault


@pytest.mark.parametrize(
    ("path", "source"),
    [
        (
            "reference/a.py",
            "from ..language import shapes\nfrom . import b\nfrom .b import c\nimport numpy as np",
        ),
        ("reference/deep/a.py", "from ...language import shapes\nfrom .. import b\nfrom ..b import c"),
        ("property_tests/test_a.py", "import verax.fast\nfrom verax import reference"),
        ("tests/test_a.py", "import verax\nfrom verax.reference import judge"),
    ],
)
def test_an_allowed_arrow_is_let_pass(root: Path, tmp_path: Path, path: str, source: str) -> None:
    for file, text in {
        "docs/architecture.md": (root / "docs" / "architecture.md").read_text(),
        path: source,
    }.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text, encoding="utf-8")

    assert faults(tmp_path) == []

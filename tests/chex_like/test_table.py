"""docs/chex.md's table is what each name of Chex's does for each kind of array, tried here."""

from __future__ import annotations

import pytest
from tests.chex_like.kinds import KINDS
from tests.chex_like.names import ROWS, Row, tried
from tests.chex_like.table import DOCUMENT, END, HEAD

from verax.as_jax.chex_names import PLACES

TABLE = DOCUMENT.read_text("utf-8").split(HEAD)[1].split(END)[0].splitlines()[2:]


@pytest.mark.parametrize("name", ROWS)
def test_a_name_does_for_every_kind_what_the_table_says(name: str) -> None:
    (line,) = [line for line in TABLE if line.startswith(f"| `{name}` |")]
    said = [cell.strip() for cell in line.strip("|").split("|")][1:-1]

    assert said == [tried(name, kind) for kind in KINDS.values()] == ["yes"] * 6
    assert line.endswith(f"| {ROWS[name].note} |")


def test_the_table_has_every_name_of_chex() -> None:
    names = {name for row in PLACES.values() for name in row.split()}
    assert set(ROWS) == names
    assert len(TABLE) == len(names) == 89


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (Row(lambda k: False), "no: what must hold is false"),
        (Row(lambda k: 1 / 0), "no: ZeroDivisionError: division by zero"),
        (Row(lambda k: True, lambda k: None), "no: DID NOT RAISE AssertionError"),
    ],
)
def test_a_name_that_does_not_is_told(row: Row, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ROWS, "Array", row)
    assert tried("Array", KINDS["NumPy"]).startswith(said)

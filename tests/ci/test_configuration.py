"""Configuration: the nearest file, typed, with codes that exist and reasons where they are needed."""

from pathlib import Path

import pytest

from verax.ci.configuration import Configuration, Reasoned, matches, read_configuration
from verax.language.errors import UsageError


def configured(folder: Path, text: str, name: str = "verax.toml") -> Configuration:
    (folder / name).write_text(text)
    target = folder / "losses.py"
    target.touch()
    return read_configuration([f"{target}::huber"])


def test_without_a_file_everything_has_its_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_configuration(["some.module"]) == Configuration()
    assert Configuration().examples >= 40


def test_every_key_is_read(tmp_path: Path) -> None:
    found = configured(
        tmp_path,
        """
        select = ["VX1", "VX203"]
        ignore = ["VX703", { code = "VX908", reason = "torch comes later" }]
        per-file-ignores = { "examples/*.py" = ["VX7"] }
        examples = 64
        seed = 3
        time-budget = 30.5
        deadline = 20
        strict = true
        workers = 1
        """,
    )
    assert found.select == ("VX1", "VX203")
    assert found.ignore == ("VX703", Reasoned("VX908", "torch comes later"))
    assert found.per_file_ignores == {"examples/*.py": ("VX7",)}
    assert (found.examples, found.seed, found.time_budget, found.deadline) == (64, 3, 30.5, 20)
    assert found.strict
    assert found.workers == 1


def test_the_nearest_file_that_speaks_of_verax_wins(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.verax]\nexamples = 50\n")
    inner = tmp_path / "inner"
    inner.mkdir()
    assert configured(inner, "[project]\nname = 'silent'\n", "pyproject.toml").examples == 50
    assert configured(inner, "[tool.verax]\nexamples = 60\n", "pyproject.toml").examples == 60
    assert configured(inner, "examples = 70\n").examples == 70


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("examples = ", "is not TOML"),
        ("exampels = 3", "`exampels`"),
        ('examples = "many"', r"Expected `int`.*\$\.examples"),
        ("examples = 0", "`examples` .* at least 1, got 0"),
        ("deadline = -1.0", "`deadline` .* at least 0.1"),
        ('select = ["VX777"]', "names the rule 'VX777', which there is not"),
        ('select = [""]', "names the rule ''"),
        ('ignore = ["VX901"]', "ignores VX901 without a reason"),
        ('ignore = [{ code = "VX9", reason = " " }]', "ignores VX9 without a reason"),
        ('per-file-ignores = { "a.py" = ["ABC"] }', "names the rule 'ABC'"),
    ],
)
def test_what_has_no_meaning_is_refused_in_a_sentence(text: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=told) as caught:
        configured(tmp_path, text)
    assert "verax.toml" in str(caught.value)
    assert str(caught.value).count(". ") <= 2


def test_a_configuration_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_configuration([], str(tmp_path / "missing.toml"))


def test_the_table_must_be_a_table(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="must be a table"):
        configured(tmp_path, "[tool]\nverax = 3\n", "pyproject.toml")


def test_a_code_stands_for_all_that_begin_with_it() -> None:
    assert matches(["VX2"], "VX203")
    assert matches([Reasoned("VX903", "slow")], "VX903")
    assert not matches(["VX203"], "VX2")

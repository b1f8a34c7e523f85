"""Capsules hold a failure whole, nothing of the machine, and refuse whatever is not one."""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from verax.language import dispatch
from verax.language.catalogue import add_p, exp_p, log_p, mul_p
from verax.language.program import Program, SourceLine
from verax.language.serialization import FormatError
from verax.language.shapes import ShapedArray
from verax.language.tracing import trace
from verax.reference import capsules
from verax.reference.capsules import Capsule, from_json, hexadecimal, load, to_json, write
from verax.reference.findings import Finding

F32 = np.dtype(np.float32)


def finding(message: str = "It is off.") -> Finding:
    return Finding(code="VX101", subject="losses.py::naive", law="value", message=message, error=float("inf"))


def program() -> Program:
    def naive(x: Any) -> list[Any]:
        (raised,) = dispatch.bind(exp_p, x)
        (shifted,) = dispatch.bind(add_p, raised, np.ones(3, F32))
        (result,) = dispatch.bind(log_p, shifted)
        return dispatch.bind(mul_p, result, result)

    return trace(naive, [ShapedArray((3,), F32)])


def capsule(**changes: Any) -> Capsule:
    fields: dict[str, Any] = {
        "finding": finding(),
        "inputs": (np.array([1.0, -0.0, np.nan], F32),),
        "program": program(),
        "got": (np.array([1.0, 2.0, np.inf], F32),),
        "truth": (("1.313", "0.693", "nan"),),
        "platform": "numpy",
        "seed": 7,
        "scale": (2.5,),
    }
    return Capsule(**{**fields, **changes})


def stored() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(to_json(capsule())))
    return found


def test_a_capsule_comes_back_as_it_was(tmp_path: Path) -> None:
    name = write(tmp_path, capsule())
    assert name is not None
    found = load(tmp_path / name)
    assert to_json(found) == to_json(capsule())
    assert found.inputs[0].tobytes() == capsule().inputs[0].tobytes()
    assert found.program is not None
    assert [e.primitive.name for e in found.program.equations] == ["exp", "add", "log", "mul"]
    assert found.finding.error == float("inf")


def test_the_same_failure_has_the_same_name(tmp_path: Path) -> None:
    assert write(tmp_path, capsule()) == write(tmp_path, capsule())
    assert len(list(tmp_path.iterdir())) == 1


def test_narrow_formats_and_integers_are_stored_exactly() -> None:
    inputs: tuple[np.ndarray[Any, Any], ...] = (
        np.array([1.5, -2.0], ml_dtypes.bfloat16),
        np.array([[1], [-1]], np.int8),
        np.array(True),
        np.zeros((0, 3), np.float64),
    )
    found = from_json(json.loads(json.dumps(to_json(capsule(inputs=inputs, program=None)))))
    for a, b in zip(inputs, found.inputs, strict=True):
        assert (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())


def test_nothing_of_the_machine_is_stored() -> None:
    secret = os.path.join(os.sep, "home", "someone", "project", "secret.py")
    traced = program()
    from dataclasses import replace

    lines = tuple(replace(e, source=SourceLine(secret, 3, "naive")) for e in traced.equations)
    held = capsule(program=replace(traced, equations=lines), finding=finding(f'File "{secret}", line 3'))
    text = json.dumps(to_json(held))
    assert "secret.py" in text
    for private in ("someone", os.path.dirname(secret), os.getcwd(), os.path.expanduser("~") + os.sep):
        assert private not in text


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Path, target: Path) -> Path:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(OSError, match="disk full"):
        write(tmp_path, capsule())
    assert list(tmp_path.iterdir()) == []


def test_what_is_too_large_is_cut_and_then_not_written(tmp_path: Path) -> None:
    large = np.zeros(1 << 20, F32)
    name = write(tmp_path, capsule(got=(large,)))
    assert name is not None
    assert load(tmp_path / name).got == ()
    assert write(tmp_path, capsule(inputs=(large,), program=None)) is None


def test_people_read_inputs_in_hexadecimal() -> None:
    assert hexadecimal(np.array([0.5, -0.0], F32)) == "float32[2] 0x1.0000000000000p-1 -0x0.0p+0"
    assert hexadecimal(np.arange(10, dtype=np.int32), most=2) == "int32[10] 0 1 ... (10 elements)"


# -- hostile files ------------------------------------------------------------------------------------
def broken(change: Any) -> dict[str, Any]:
    data = copy.deepcopy(stored())
    change(data)
    return data


def _equation(data: dict[str, Any], index: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = data["program"]["equations"][index]
    return found


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.update(format="verax-capsule/9"), "`format` must be"),
        (lambda d: d.pop("order"), "must have the fields"),
        (lambda d: d.update(extra=1), "'extra' is wrong"),
        (lambda d: d.update(order=-1), "`order` must be an integer"),
        (lambda d: d.update(order=True), "`order` must be an integer"),
        (lambda d: d.update(x64="yes"), "`x64` must be true or false"),
        (lambda d: d.update(scale=["nan"]), "`scale` must hold finite numbers"),
        (lambda d: d.update(scale=3), "`scale` must be null or a list"),
        (lambda d: d.update(truth=[["1"], 3]), "`truth` must be lists"),
        (lambda d: d.update(finding={"code": "VX101"}), "`finding` is none"),
        (lambda d: d.update(inputs={}), "`inputs` must be a list"),
        (lambda d: d["inputs"][0].update(hex="00"), "must hold 24 hexadecimal digits"),
        (lambda d: d["inputs"][0].update(hex="zz" * 12), "hexadecimal digits only"),
        (lambda d: d["inputs"][0].update(dtype="object"), "must name a dtype that the language has"),
        (lambda d: d["inputs"][0].update(dtype="float128"), "must name a dtype that the language has"),
        (lambda d: d["inputs"][0].update(shape=[1 << 40]), "must have at most"),
        (lambda d: d["inputs"][0].update(shape=[-3]), "non-negative integer"),
        (lambda d: d.update(inputs=[]), "`program` must take the stored arrays"),
        (lambda d: d["program"].update(format="pickle"), "program.format` must be"),
        (lambda d: _equation(d).update(primitive="os.system"), "must be a primitive of the catalogue"),
        (lambda d: _equation(d).update(primitive="custom_jvp_call"), "must not be a call"),
        (lambda d: _equation(d).update(params={"axis": 3}), "is no application of exp"),
        (lambda d: _equation(d).update(params={"a": {"eval": "1"}}), "must be tagged as a known kind"),
        (lambda d: _equation(d).update(inputs=[99]), "must be a variable defined before"),
        (lambda d: _equation(d)["outputs"][0].__setitem__(2, [7]), "as exp gives"),
        (lambda d: _equation(d)["outputs"][0].__setitem__(0, 0), "must define a new variable"),
        (lambda d: _equation(d).update(source=["f.py", "3", "g"]), r"must be \[file, line, function\]"),
        (lambda d: d["program"].update(outputs=[{"constant": 3}]), "must be an object"),
    ],
)
def test_a_hostile_capsule_is_refused_with_the_place_named(change: Any, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        from_json(broken(change))


def test_nested_params_end(tmp_path: Path) -> None:
    deep: Any = 1
    for _ in range(40):
        deep = {"tuple": [deep]}
    with pytest.raises(FormatError, match="nested at most"):
        from_json(broken(lambda d: _equation(d).update(params={"axes": deep})))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "is not JSON"),
        (b"\x80\x04\x95pickle", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"[]", "must be a JSON object"),
        (b'{"seed": NaN}', "must not hold the number NaN"),
    ],
)
def test_a_file_that_is_no_capsule_is_refused(tmp_path: Path, text: bytes, message: str) -> None:
    (tmp_path / "c.json").write_bytes(text)
    with pytest.raises(FormatError, match=message):
        load(tmp_path / "c.json")


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"`c\.json` cannot be read"):
        load(tmp_path / "c.json")


def test_a_file_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capsules, "MOST_BYTES", 10)
    (tmp_path / "c.json").write_bytes(b" " * 11)
    with pytest.raises(FormatError, match="must be at most 10 bytes"):
        load(tmp_path / "c.json")

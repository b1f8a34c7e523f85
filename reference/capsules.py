"""Capsules: a failure as data, so that it can be rerun anywhere from the stored program alone.

A capsule holds inputs in hexadecimal, programs, the platform's name, the seed, what the machine said and
the truth to 50 digits. It holds no environment variable, no user or host name and no absolute path, and
nothing in it is ever evaluated, imported or unpickled.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import mpmath
import numpy as np

from ..language.program import Program, SourceLine
from ..language.serialization import (
    FormatError,
    array_from_json,
    array_to_json,
    program_from_json,
    program_to_json,
)
from .findings import Finding, relative_name
from .state import write_whole

FORMAT = "verax-capsule/1"
MOST_BYTES = 4 << 20
DIGITS = 50

_POSIX = re.compile(r"(?<![\w./])/(?:[^/\s:'\"<>|]+/)+(?=[^/\s:'\"<>|]+)")
_WINDOWS = re.compile(r"(?<!\w)[A-Za-z]:\\(?:[^\\\s:'\"<>|]+\\)*(?=[^\\\s:'\"<>|]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Capsule:
    """One failure, whole.

    Attributes:
        finding: what was said of it.
        order: 0 for the value, 1 for the gradient, 2 for the second derivative.
        inputs: the arguments' leaves, in order.
        extras: what the derivative's program takes after the inputs: cotangents, directions.
        program: the function's own program; None if it could not be traced.
        derivative: the machine's program of the derivative; None for values.
        got: what the machine said.
        truth: the real values, as decimal strings of 50 digits; an empty list for an output too large.
        platform: the name of the profile that it was judged by.
        seed: what the inputs were drawn from; None if they were given.
        x64: whether 64-bit types were on.
        scale: the sizes that the formula was held against; None if they were not asked, and none where each result
            was held against its own.
    """

    finding: Finding
    order: int = 0
    inputs: tuple[np.ndarray[Any, Any], ...] = ()
    extras: tuple[np.ndarray[Any, Any], ...] = ()
    program: Program | None = None
    derivative: Program | None = None
    got: tuple[np.ndarray[Any, Any], ...] = ()
    truth: tuple[tuple[str, ...], ...] = ()
    platform: str = ""
    seed: int | None = None
    x64: bool = False
    scale: tuple[float, ...] | None = None
    weak: tuple[bool, ...] = field(default=())


# -- out -------------------------------------------------------------------------------------------
def to_json(capsule: Capsule) -> dict[str, Any]:
    """A capsule as JSON."""
    finding = {k: _without_paths(v) for k, v in capsule.finding.to_json().items()}
    return {
        "format": FORMAT,
        "finding": {**finding, "capsule": ""},
        "order": capsule.order,
        "platform": capsule.platform,
        "seed": capsule.seed,
        "x64": capsule.x64,
        "scale": None if capsule.scale is None else [s.hex() for s in capsule.scale],
        "inputs": [array_to_json(x, w) for x, w in _flagged(capsule)],
        "extras": [array_to_json(x) for x in capsule.extras],
        "got": [array_to_json(x) for x in capsule.got],
        "truth": [list(t) for t in capsule.truth],
        "program": _program(capsule.program),
        "derivative": _program(capsule.derivative),
    }


def write(folder: str | os.PathLike[str], capsule: Capsule) -> str | None:
    """Store a capsule in a folder, whole or not at all; returns its file name.

    Returns None where the capsule would be larger than 4 MiB even without truth and machine values.
    The same failure has the same name.
    """
    text = _encoded(capsule)
    if len(text) > MOST_BYTES:
        text = _encoded(replace(capsule, got=(), truth=()))
    if len(text) > MOST_BYTES:
        return None
    where = Path(folder)
    where.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(text).hexdigest()[:12]
    slug = re.sub(r"[^A-Za-z0-9]+", "-", capsule.finding.subject).strip("-")[-40:]
    name = f"{capsule.finding.code}-{slug}-{digest}.json"
    write_whole(where / name, text)
    return name


def _encoded(capsule: Capsule) -> bytes:
    return json.dumps(to_json(capsule), allow_nan=False, indent=1, sort_keys=True).encode()


def _flagged(capsule: Capsule) -> list[tuple[np.ndarray[Any, Any], bool]]:
    flags = capsule.weak or (False,) * len(capsule.inputs)
    return list(zip(capsule.inputs, flags, strict=True))


def _program(program: Program | None) -> dict[str, Any] | None:
    return None if program is None else program_to_json(program, _label)


def _label(source: SourceLine) -> str:
    return relative_name(source.file)


def _without_paths(value: Any) -> Any:
    """A string with absolute paths cut down to their last part; lists of strings likewise."""
    if isinstance(value, list):
        return [_without_paths(v) for v in value]
    if not isinstance(value, str):
        return value
    return _WINDOWS.sub("", _POSIX.sub("", value))


def digits_of(scalars: Sequence[Any]) -> tuple[str, ...]:
    """Scalars of the reference as decimal strings of 50 digits."""
    return tuple(mpmath.nstr(x, DIGITS) if hasattr(x, "_mpf_") else repr(x) for x in scalars)


def hexadecimal(array: np.ndarray[Any, Any], most: int = 8) -> str:
    """An array as people read it in a report: type, then elements in hexadecimal, ``most`` of them."""
    shown = [_hex(x) for x in array.reshape(-1)[:most]]
    rest = f" ... ({array.size} elements)" if array.size > most else ""
    return f"{array.dtype}{list(array.shape)} {' '.join(shown)}{rest}"


def _hex(x: Any) -> str:
    if x.dtype.kind in "bui":
        return str(x.item())
    if x.dtype.kind == "c":
        return f"{float(x.real).hex()}{float(x.imag).hex() if x.imag < 0 else '+' + float(x.imag).hex()}j"
    return float(x).hex()


# -- in --------------------------------------------------------------------------------------------
def load(path: str | os.PathLike[str]) -> Capsule:
    """The capsule in a file.

    Raises:
        FormatError: the file is missing, too large, or not a capsule; the message says where and why.
    """
    where = Path(path)
    try:
        size = where.stat().st_size
        if size > MOST_BYTES:
            raise FormatError(f"`{where.name}` must be at most {MOST_BYTES} bytes, got {size}.")
        data = json.loads(where.read_bytes(), parse_constant=_no_constant)
    except OSError as err:
        raise FormatError(
            f"`{where.name}` cannot be read: {err.strerror}. Give the path of a capsule."
        ) from err
    except (ValueError, RecursionError) as err:
        if isinstance(err, FormatError):
            raise
        raise FormatError(f"`{where.name}` is not JSON. Give the path of a capsule.") from err
    return from_json(data)


def _no_constant(text: str) -> float:
    raise FormatError(f"A capsule must not hold the number {text}.")


def from_json(data: Any) -> Capsule:
    """The capsule that `to_json` wrote.

    Raises:
        FormatError: the data is not a capsule.
    """
    entry = _object(data)
    if entry["format"] != FORMAT:
        raise FormatError(f"`format` must be {FORMAT!r}, got {str(entry['format'])[:40]!r}.")
    arrays = {name: _arrays(entry[name], name) for name in ("inputs", "extras", "got")}
    capsule = Capsule(
        finding=_read_finding(entry["finding"]),
        order=_integer(entry["order"], "order", 0, 8),
        inputs=tuple(x for x, _ in arrays["inputs"]),
        weak=tuple(w for _, w in arrays["inputs"]),
        extras=tuple(x for x, _ in arrays["extras"]),
        got=tuple(x for x, _ in arrays["got"]),
        program=_read_program(entry["program"]),
        derivative=_read_program(entry["derivative"]),
        truth=_texts(entry["truth"]),
        platform=_name(entry["platform"]),
        seed=None if entry["seed"] is None else _integer(entry["seed"], "seed", 0, 1 << 256),
        x64=_boolean(entry["x64"]),
        scale=_scale(entry["scale"]),
    )
    _check_fits(capsule)
    return capsule


def _read_finding(entry: Any) -> Finding:
    if not isinstance(entry, dict):
        raise FormatError("`finding` must be an object.")
    try:
        return Finding.from_json(entry)
    except ValueError as err:
        raise FormatError(f"`finding` is none: {err}") from err


def _read_program(entry: Any) -> Program | None:
    try:
        return None if entry is None else program_from_json(entry)
    except RecursionError as err:
        raise FormatError("The programs of a capsule must not be nested so deep.") from err


_FIELDS = (
    *("format", "finding", "order", "platform", "seed", "x64", "scale"),
    *("inputs", "extras", "got", "truth", "program", "derivative"),
)


def _object(data: Any) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise FormatError(f"A capsule must be a JSON object, got {type(data).__name__}.")
    wrong = set(data) ^ set(_FIELDS)
    if wrong:
        raise FormatError(f"A capsule must have the fields {', '.join(_FIELDS)}; {min(wrong)!r} is wrong.")
    return data


def _arrays(data: Any, where: str) -> list[tuple[np.ndarray[Any, Any], bool]]:
    if not isinstance(data, list):
        raise FormatError(f"`{where}` must be a list of arrays.")
    return [array_from_json(x, f"{where}[{i}]") for i, x in enumerate(data)]


def _texts(data: Any) -> tuple[tuple[str, ...], ...]:
    good = isinstance(data, list) and all(
        isinstance(row, list) and all(isinstance(x, str) and len(x) < 4096 for x in row) for row in data
    )
    if not good:
        raise FormatError("`truth` must be lists of decimal strings.")
    return tuple(tuple(row) for row in data)


def _integer(data: Any, name: str, low: int, high: int) -> int:
    if not isinstance(data, int) or isinstance(data, bool) or not low <= data < high:
        raise FormatError(f"`{name}` must be an integer of at least {low} and less than {high}.")
    return data


def _boolean(data: Any) -> bool:
    if not isinstance(data, bool):
        raise FormatError("`x64` must be true or false.")
    return data


def _name(data: Any) -> str:
    if not isinstance(data, str) or len(data) > 200:
        raise FormatError("`platform` must be a short string.")
    return data


def _scale(data: Any) -> tuple[float, ...] | None:
    if data is None:
        return None
    try:
        found = tuple(float.fromhex(x) for x in data)
    except (TypeError, ValueError, OverflowError) as err:
        raise FormatError("`scale` must be null or a list of hexadecimal numbers.") from err
    if any(not 0 <= s < float("inf") for s in found):
        raise FormatError("`scale` must hold finite numbers, none of them negative.")
    return found


def _check_fits(capsule: Capsule) -> None:
    """The programs must take the stored arrays."""
    given = {"program": capsule.inputs, "derivative": (*capsule.inputs, *capsule.extras)}
    for name, arrays in given.items():
        program = getattr(capsule, name)
        if program is None:
            continue
        expected = [(a.shape, a.dtype) for a in program.in_avals]
        if expected != [(x.shape, x.dtype) for x in arrays]:
            raise FormatError(
                f"`{name}` must take the stored arrays: it takes {len(expected)} of other types."
            )

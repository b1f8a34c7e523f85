"""Subjects: the functions that a target holds, with what their annotations say."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import inspect
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from ..language.errors import UsageError
from ..language.subject import ArrayOf, KeyOf, Mark, Signature, Undrawable, mark_of, signature_of, walk

# Files that belong to no package are imported below this name, so that `random.py` shadows nothing.
_TARGETS = "verax_targets"


@dataclass(frozen=True)
class Subject:
    """A function to be judged.

    Attributes:
        function: the function.
        name: what it is reported by, such as "examples/losses.py::huber" or "mylib.losses::huber".
        target: what `discover` found it in; `find(target, name)` finds it again, in any process.
        signature: what it takes; None if that cannot be drawn.
        problem: why it cannot be drawn; None if it can.
        file: the source file; empty when unknown.
        line: the line of its definition; 0 when unknown.
        mark: what `@verax.subject` was told.
        relative: whether its digits are to hold relative to each true value itself, as a primitive's do.
    """

    function: Callable[..., Any]
    name: str
    target: str = ""
    signature: Signature | None = None
    problem: Undrawable | None = None
    file: str = ""
    line: int = 0
    mark: Mark = field(default_factory=Mark)
    relative: bool = False

    @property
    def location(self) -> str:
        """Where it is defined: "file:line", relative to the working directory where it lies below it."""
        from ..reference.findings import relative_name

        return f"{relative_name(self.file)}:{self.line}" if self.file else ""

    @property
    def owner(self) -> str:
        """Whose function it is, by its array class; Verax's where none is named."""
        return self.signature.owner if self.signature else "verax"

    @property
    def key(self) -> str:
        """What seeds derive from: the name without its folders, so that moving a file changes no input."""
        module, _, function = self.name.rpartition("::")
        stem = os.path.basename(module)
        return f"{stem.removesuffix('.py').rpartition('.')[2]}::{function}"


def subject_of(function: Callable[..., Any], name: str | None = None, target: str = "") -> Subject:
    """A function as a subject; a signature that cannot be drawn becomes its ``problem``."""
    mark = mark_of(function) or Mark()
    own = str(
        getattr(function, "__qualname__", None) or getattr(function, "__name__", type(function).__name__)
    )
    signature: Signature | None = None
    problem: Undrawable | None = None
    try:
        signature = signature_of(function)
    except Undrawable as err:
        problem = err
    file, line = _source(function)
    return Subject(function, name or mark.name or own, target, signature, problem, file, line, mark)


def _source(function: Callable[..., Any]) -> tuple[str, int]:
    plain: Any = inspect.unwrap(function)
    code = getattr(getattr(plain, "__func__", plain), "__code__", None)
    return (code.co_filename, code.co_firstlineno) if code is not None else ("", 0)


def discover(target: str) -> list[Subject]:
    """The subjects of a target, in order of definition.

    They are the public functions defined there that are marked `@verax.subject` or have an argument annotated
    as an array; where there is no such function, all public ones (they will be unverified, with the mend).

    Args:
        target: "package.module", "file.py", or either with "::function".

    Raises:
        UsageError: there is no such module, file or function, or importing it raises.
    """
    place, _, wanted = target.partition("::")
    module = load(place)
    shown = _shown(place)
    functions = dict(_public(module))
    if wanted:
        found = functions.get(wanted, getattr(module, wanted, None))
        if not callable(found):
            raise UsageError(
                f"`{target}` must name a function of `{place}`, which has {', '.join(functions) or 'none'}."
            )
        return [_named(found, shown, wanted, place)]
    subjects = [_named(f, shown, name, place) for name, f in functions.items()]
    meant = [s for s in subjects if _is_meant(s)]
    return meant or subjects


def passed_over(target: str) -> list[str]:
    """The public functions with arguments that `discover` leaves out of a target, because no argument is an array's.

    None where one function is named, or where all are taken.
    """
    place, colons, _ = target.partition("::")
    if colons:
        return []
    taken = {id(s.function) for s in discover(target)}
    return [n for n, f in _public(load(place)) if id(f) not in taken and inspect.signature(f).parameters]


def find(target: str, name: str) -> Subject:
    """The subject of that name in a target.

    Raises:
        UsageError: there is none.
    """
    for one in discover(target):
        if one.name == name:
            return one
    raise UsageError(f"`{target}` must hold the subject {name!r}, and does not. Was it renamed?")


def _named(function: Callable[..., Any], shown: str, name: str, place: str) -> Subject:
    mark = mark_of(function)
    label = mark.name if mark and mark.name else name
    return subject_of(function, f"{shown}::{label}", place)


def _is_meant(one: Subject) -> bool:
    if mark_of(one.function) is not None:
        return True
    if one.signature is not None:
        return any(isinstance(s, (ArrayOf, KeyOf)) for a in one.signature.arguments for s in walk(a.spec))
    # Some other argument is at fault; is one of them an array's?
    texts = getattr(inspect.unwrap(one.function), "__annotations__", {})
    return any("Array" in str(a) or hasattr(a, "dim_str") for k, a in texts.items() if k != "return")


def _shown(place: str) -> str:
    from ..reference.findings import relative_name

    return relative_name(os.path.abspath(place)) if _is_file(place) else place


def _public(module: ModuleType) -> Iterator[tuple[str, Callable[..., Any]]]:
    listed = getattr(module, "__all__", None)
    names = list(listed) if listed is not None else [n for n in vars(module) if not n.startswith("_")]
    for name in names:
        value = getattr(module, name, None)
        if not callable(value) or isinstance(value, type):
            continue
        home = str(getattr(value, "__module__", ""))
        own = home == module.__name__ or (listed is not None and home.startswith(f"{module.__name__}."))
        if own and (inspect.isfunction(value) or hasattr(value, "__wrapped__") or mark_of(value) is not None):
            yield name, value


# -- loading --------------------------------------------------------------------------------------------
def _is_file(place: str) -> bool:
    return place.endswith(".py") or os.sep in place or "/" in place


def load(place: str) -> ModuleType:
    """The module that a target names: a dotted name, or the path of a file.

    Raises:
        UsageError: it does not exist, or raises when it is imported.
    """
    if not place:
        raise UsageError("`TARGET` must be a module or a file, got an empty string.")
    if not _is_file(place):
        return _import(place, place)
    path = os.path.abspath(place)
    if os.path.isdir(path):
        raise UsageError(f"`{place}` must be a Python file, got a folder. Name the files in it.")
    if not os.path.isfile(path):
        raise UsageError(f"`{place}` must be an existing Python file. Check the path.")
    folder, dotted = _package_of(path)
    if dotted:
        if folder not in sys.path:
            sys.path.append(folder)
        return _import(dotted, place)
    return _load_file(path, place)


def _package_of(path: str) -> tuple[str, str]:
    """The folder that a file's package lies in, and the file's dotted name; no name if it has no package."""
    folder, file = os.path.split(path)
    parts = [file.removesuffix(".py")]
    while os.path.isfile(os.path.join(folder, "__init__.py")):
        folder, package = os.path.split(folder)
        parts.insert(0, package)
    if len(parts) == 1:
        return folder, ""
    return folder, ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _import(name: str, place: str) -> ModuleType:
    missing = ModuleNotFoundError
    try:
        return importlib.import_module(name)
    except missing as err:
        if err.name is not None and (name == err.name or name.startswith(f"{err.name}.")):
            raise UsageError(
                f"`{place}` must be an importable module or the path of a .py file: {err}. "
                f"Install it, or run from the folder that holds it."
            ) from err
        raise UsageError(f"`{place}` cannot be imported: {err}. {_install(err)}") from err
    except (Exception, SystemExit) as err:
        raise UsageError(f"`{place}` raises when it is imported: {_told(err)}. Mend it first.") from err


def _load_file(path: str, place: str) -> ModuleType:
    stem = os.path.basename(path).removesuffix(".py")
    name = f"{_TARGETS}.{stem}_{hashlib.sha256(path.encode()).hexdigest()[:8]}"
    known = sys.modules.get(name)
    if known is not None:
        return known
    folder = os.path.dirname(path)
    if folder not in sys.path:  # last: its own imports are found, and nothing is shadowed
        sys.path.append(folder)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None, "a .py file has a loader"
    assert spec.loader is not None, "a .py file has a loader"
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as err:
        del sys.modules[name]
        mend = _install(err) if isinstance(err, ModuleNotFoundError) else "Mend it first."
        raise UsageError(f"`{place}` raises when it is imported: {_told(err)}. {mend}") from err
    return module


def _install(err: ModuleNotFoundError) -> str:
    """How to come by a module that is missing."""
    extra = {"jax": "jax", "jaxlib": "jax"}.get(str(err.name).partition(".")[0])
    return f"Install it: pip install 'verax[{extra}]'." if extra else "Install what it needs."


def _told(err: BaseException) -> str:
    """An error in one line: its type, its message's first line, and the innermost line that it passed."""
    text = str(err).strip().split("\n")[0]
    if isinstance(err, SyntaxError):  # says its own line
        return f"{type(err).__name__}: {text}"
    frames = [f for f in traceback.extract_tb(err.__traceback__) if "importlib" not in f.filename]
    where = (
        f" (line {frames[-1].lineno} of {os.path.basename(frames[-1].filename)})" if len(frames) > 1 else ""
    )
    return f"{type(err).__name__}: {text}{where}" if text else f"{type(err).__name__}{where}"

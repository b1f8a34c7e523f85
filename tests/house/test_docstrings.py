"""Every public function says what it gives, in which shape and dtype, and which errors it raises.

The form: a first sentence; the shape or dtype of the result, in it or in a section `Returns:`; a section `Raises:`, or
a word on whose errors they are. What is claimed of wrong arguments is tried.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

# The least share of a module's functions whose docstring has the form, in percent. It is raised, never lowered.
LEAST: dict[str, int] = {
    "": 100,  # the face
    "debug": 100,
    "dtypes": 100,
    "lax": 100,
    "lax.linalg": 100,
    "nn": 100,
    "nn.initializers": 100,
    "numpy": 100,
    "numpy.fft": 100,
    "numpy.linalg": 100,
    "ops": 100,
    "random": 100,
    "scipy.linalg": 100,
    "scipy.special": 100,
    "tree": 100,
    "tree_util": 100,
}
RESULT = re.compile(
    r"\b(shape|dtype|floats?|integers|booleans?|bool|uint8|int32|leaf|leaves|tree|structure|node|class|str|text|function|initializer)s?\b"
)
ERRORS = re.compile(r"Raises:|errors are|Raises nothing|[Aa]rguments and errors|its errors")
WRONG = re.compile(r"TypeError: (an argument|``(\w+)``) is no array and no number")


def functions(module: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    """The public functions of a module."""
    found = importlib.import_module(f"verax.{module}".rstrip("."))
    for name in found.__all__:
        value = getattr(found, name)
        if inspect.isfunction(value):
            yield name, value


def lacks(function: Callable[..., Any]) -> list[str]:
    """What a docstring lacks of the form."""
    text = inspect.getdoc(function) or ""
    first = text.partition("\n\n")[0]
    found = []
    if not first.rstrip().endswith((".", ":")):
        found.append("a first sentence")
    if "Returns:" not in text and not RESULT.search(text):
        found.append("the shape or dtype of what it gives")
    if not ERRORS.search(text):
        found.append("its errors")
    return found


@pytest.mark.parametrize("module", LEAST)
def test_docstrings_have_the_form(module: str) -> None:
    found = {name: lacks(function) for name, function in functions(module)}
    lacking = {name: what for name, what in found.items() if what}

    assert 100 * (len(found) - len(lacking)) >= LEAST[module] * len(found), lacking


def test_a_docstring_without_the_form_is_found() -> None:
    def function() -> None: ...

    function.__doc__ = "Does something"
    assert lacks(function) == ["a first sentence", "the shape or dtype of what it gives", "its errors"]


def required(function: Callable[..., Any]) -> int:
    """How many arguments a function must be given by place."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = inspect.signature(function).parameters.values()
    return sum(p.kind in kinds and p.default is p.empty for p in parameters)


@pytest.mark.parametrize("module", ["numpy", "nn", "scipy.special"])
def test_what_is_no_array_and_no_number_is_refused_as_said(module: str) -> None:
    accepted = []
    for name, function in functions(module):
        if WRONG.search(inspect.getdoc(function) or ""):
            try:
                function(*["text"] * max(1, required(function)))
            except TypeError:
                continue
            except (ValueError, IndexError) as err:
                accepted.append(f"{name}: {err!r}")
            else:
                accepted.append(name)
    assert accepted == []

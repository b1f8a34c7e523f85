"""`verax.numpy` is a namespace of the Python array API standard 2024.12: names, signatures, arrays, inspection.

`array_api_2024_12.json` lists the standard's names, and how each function is called.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import verax
from verax.language import numpy as vnp
from verax.language.config import enable_x64

STANDARD: dict[str, Any] = json.loads(
    Path(__file__).with_name("array_api_2024_12.json").read_text(encoding="utf-8")
)
# Of these names not all are there yet: complex numbers, linear algebra and Fourier transforms are being added.
PENDING = {"complex64", "complex128", "conj", "imag", "real"} - set(vnp.__all__)
OWNERS = [verax.fast, verax.reference]


def signature(text: str) -> inspect.Signature:
    """The standard's signature; what has a default is `...`."""
    scope: dict[str, Any] = {}
    eval_source = f"lambda {text[1:-1]}: None"
    return inspect.signature(eval(eval_source, scope))  # the repository's own data


def refused_calls(function: Callable[..., Any], text: str) -> list[str]:
    """The ways to call a function that the standard allows and its signature does not."""
    ours, found = inspect.signature(function), []
    parameters = list(signature(text).parameters.values())
    for full in (True, False):
        for by_name in (False, True):
            args: list[Any] = []
            kwargs: dict[str, Any] = {}
            for p in parameters:
                if p.kind is p.VAR_POSITIONAL:
                    args += [1, 2]
                elif p.default is p.empty or full:
                    if p.kind is p.POSITIONAL_ONLY or (p.kind is p.POSITIONAL_OR_KEYWORD and not by_name):
                        args.append(1)
                    else:
                        kwargs[p.name] = 1
            try:
                ours.bind(*args, **kwargs)
            except TypeError as err:
                found.append(f"{len(args)} arguments and {sorted(kwargs)}: {err}")
    return found


@pytest.mark.parametrize("name", sorted(set(STANDARD["functions"]) - PENDING))
def test_a_function_takes_every_call_of_the_standard(name: str) -> None:
    assert refused_calls(getattr(vnp, name), STANDARD["functions"][name]) == []


@pytest.mark.parametrize("extension", ["linalg", "fft"])
def test_an_extension_takes_every_call_of_the_standard(extension: str) -> None:
    module = getattr(vnp, extension)
    for name, text in STANDARD[extension].items():
        assert refused_calls(getattr(module, name), text) == [], name


def test_a_refused_call_would_be_found() -> None:
    assert refused_calls(lambda x: x, "(x, /, *, axis=...)") != []
    assert refused_calls(lambda x, axis=None: x, "(x, /, axis=...)") == []
    assert refused_calls(lambda y: y, "(x)") != []


def test_constants_and_dtypes_are_there() -> None:
    assert vnp.__array_api_version__ == STANDARD["version"]
    for name in STANDARD["constants"]:
        assert hasattr(vnp, name)
    for name in set(STANDARD["dtypes"]) - PENDING:
        assert np.dtype(name) == getattr(vnp, name)


# -- arrays ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("owner", OWNERS, ids=["fast", "reference"])
def test_an_array_has_the_standard_s_attributes_and_operators(owner: Any) -> None:
    with verax.using(owner):
        x = vnp.asarray([[1.0, 2.0, 3.0]])
    for name in STANDARD["array"]:
        assert hasattr(x, name), name
    assert x.__array_namespace__() is vnp
    assert x.__array_namespace__(api_version="2024.12") is vnp
    with pytest.raises(ValueError, match=r"`api_version` must be '2024.12', got '2021.12'"):
        x.__array_namespace__(api_version="2021.12")
    assert (x.mT.shape, x.T.shape, x.size, x.ndim, x.nbytes, x.itemsize) == ((3, 1), (3, 1), 3, 2, 12, 4)
    assert x.to_device(x.device) is x
    with pytest.raises(TypeError, match=r"use x = x\.at\[0\]\.set\(values\)"):
        x[0] = 1.0


def test_an_abstract_array_has_a_namespace_and_no_device() -> None:
    seen: list[Any] = []

    def function(x: Any) -> Any:
        seen.extend([x.__array_namespace__(), x.device, x.to_device(None) is x])
        return x

    verax.jit(function)(1.0)
    assert seen == [vnp, None, True]


@pytest.mark.parametrize("owner", OWNERS, ids=["fast", "reference"])
def test_arrays_are_handed_over_by_dlpack(owner: Any) -> None:
    with verax.using(owner):
        x = vnp.asarray(np.arange(6, dtype=np.float32).reshape(2, 3))
        assert x.__dlpack_device__() == (1, 0)
        assert np.array_equal(np.from_dlpack(x), np.asarray(x))
        assert vnp.from_dlpack(x).tolist() == x.tolist()


def test_arrays_are_made_where_they_are_asked_for() -> None:
    device = vnp.asarray(1.0).device
    made = [
        vnp.asarray([1, 2], device=device),
        vnp.zeros(2, device=device),
        vnp.full((2,), 3.0, device=device),
        vnp.ones_like(vnp.zeros(2), device=device),
        vnp.arange(3, device=device),
        vnp.arange(0, 3, 0.5, device=device),
        vnp.linspace(0, 1, 3, device=device),
        vnp.eye(2, device=device),
        vnp.astype(vnp.zeros(2), "int32", device=device),
    ]
    assert all(x.device is device for x in made)


# -- inspection --------------------------------------------------------------------------------------------------
def test_inspection_tells_what_there_is() -> None:
    info = vnp.__array_namespace_info__()
    assert set(info.capabilities()) == {"boolean indexing", "data-dependent shapes", "max dimensions"}
    assert info.default_device() in info.devices()  # type: ignore[func-returns-value]  # None is one
    assert vnp.asarray(1.0).device in info.devices()
    with verax.using(verax.reference):
        assert info.devices() == [None]
    for wide in (False, True):
        with enable_x64(wide):
            defaults = info.default_dtypes()
            assert defaults["real floating"] == vnp.asarray(1.0).dtype
            assert defaults["integral"] == vnp.asarray(1).dtype
            assert defaults["indexing"] == vnp.argmax(vnp.asarray([1.0])).dtype
            found = info.dtypes()
            assert ("float64" in found) == ("int64" in found) == wide
            assert set(found) <= set(STANDARD["dtypes"])
            for name, dtype in found.items():
                assert vnp.zeros(1, dtype).dtype == np.dtype(name)


def test_inspection_by_kind_is_isdtype_s() -> None:
    info = vnp.__array_namespace_info__()
    everything = info.dtypes()
    for kind in ("bool", "signed integer", "unsigned integer", "integral", "real floating", "numeric"):
        expected = {name for name, dtype in everything.items() if vnp.isdtype(dtype, kind)}
        assert set(info.dtypes(kind=kind)) == expected
    assert set(info.dtypes(kind=("bool", "real floating"))) == {"bool", "float32"}
    with pytest.raises(ValueError, match="`kind` must be one of bool, signed integer"):
        info.dtypes(kind="whole")


def test_named_results_have_the_standard_s_fields() -> None:
    x = vnp.asarray([1, 2, 2])
    assert vnp.unique_all(x)._fields == ("values", "indices", "inverse_indices", "counts")
    assert vnp.unique_counts(x)._fields == ("values", "counts")
    assert vnp.unique_inverse(x)._fields == ("values", "inverse_indices")
    fields = {"bits", "eps", "max", "min", "smallest_normal", "dtype"}  # tolerance-name: the standard's field
    assert fields <= set(dir(vnp.finfo("float32")))
    assert {"bits", "max", "min", "dtype"} <= set(dir(vnp.iinfo("int8")))

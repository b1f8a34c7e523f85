"""The result has the shape and dtype that the annotation promises, and that inference announces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from ...language import dispatch
from ...language.dispatch import aval_of
from ...language.dtypes import bool_, is_float
from ...language.shapes import ShapeDtypeStruct
from ...language.subject import ArrayOf, Choice, Dimension, Fixed, ScalarOf, Signature, Spec, TreeOf, size_of
from ...reference.findings import Blame
from ..arguments import Arguments
from ..hosts import OWN, Host
from ..subjects import Subject
from ..trial import Raised, Result, Trial
from .law import Checked, Law, Wrong
from .purity import why_not_callable


class Contract(Law):
    """What is promised is what is returned."""

    name: ClassVar[str] = "contract"
    codes: ClassVar[tuple[str, ...]] = ("VX401", "VX402")
    claim: ClassVar[str] = (
        "The result has the annotated structure, dtype and shape, and the one eval_shape announces."
    )

    def fits(self, subject: Subject) -> str:
        """Every function that can be called."""
        return why_not_callable(subject)

    def check(self, trial: Trial) -> Checked:
        """Compare every result with the annotation, and one of each shape with inference."""
        checked = Checked()
        broken: list[Wrong] = []
        seen: set[Any] = set()
        for i, result in trial.returning():
            checked.tried(trial, i, result.size)
            if problem := _broken(trial.subject.signature, trial.inputs[i], result):
                message = f"The function promises {_promise(trial.subject)}, and {problem}"
                broken.append(Wrong(i, message))
            shapes = tuple(np.shape(x) for x in trial.inputs[i].dynamic)
            if trial.host.transforms and shapes not in seen:
                if difference := _announced(trial, i, result, reference=not seen and trial.host is OWN):
                    checked.findings.append(
                        trial.finding(self.name, "VX402", difference, blame=Blame.CONTRACT, index=i)
                    )
                seen.add(shapes)
        told = self.told(trial, checked, broken, blame=Blame.CONTRACT)
        checked.findings = told + checked.findings
        return checked


def _promise(subject: Subject) -> str:
    return str(subject.signature.returns) if subject.signature else "nothing"


# -- the annotation --------------------------------------------------------------------------------------
def _broken(signature: Signature | None, arguments: Arguments, result: Result) -> str:
    if signature is None or signature.returns is None:
        return ""
    return _mismatch(signature.returns, result.value, sizes_of(signature, arguments), "the result")


def sizes_of(signature: Signature, arguments: Arguments) -> dict[str, Any]:
    """The sizes of the named dimensions: those that were drawn, or those of the given arrays."""
    found: dict[str, Any] = dict(arguments.sizes)
    positional = [a for a in signature.arguments if not a.by_name]
    for argument, value in zip(positional, arguments.positional, strict=False):
        if isinstance(argument.spec, ArrayOf) and isinstance(value, np.ndarray):
            bind(argument.spec.dimensions, value.shape, found)
    return found


def bind(dimensions: tuple[Dimension, ...], shape: tuple[int, ...], sizes: dict[str, Any]) -> bool:
    """Whether a shape fits; names that have no size yet get theirs."""
    variadic = [i for i, d in enumerate(dimensions) if d.variadic]
    if not variadic:
        return len(shape) == len(dimensions) and all(
            _bind_one(d, n, sizes) for d, n in zip(dimensions, shape, strict=True)
        )
    at = variadic[0]
    after = len(dimensions) - at - 1
    if len(shape) < at + after:
        return False
    middle = shape[at : len(shape) - after]
    fits = bind(dimensions[:at], shape[:at], sizes)
    fits = fits and bind(dimensions[at + 1 :], shape[len(shape) - after :], sizes)
    known = sizes.setdefault(dimensions[at].expression, middle)
    return fits and (known == middle or dimensions[at].broadcasts)


def _bind_one(dimension: Dimension, n: int, sizes: dict[str, Any]) -> bool:
    if dimension.broadcasts and n == 1:
        return True
    if dimension.expression.isidentifier():
        return bool(sizes.setdefault(dimension.expression, n) == n)
    if any(name not in sizes for name in dimension.names):
        return True  # an expression of names that nothing binds says nothing
    return size_of(dimension.expression, sizes) == n


def _mismatch(spec: Spec, value: Any, sizes: dict[str, Any], where: str) -> str:
    if isinstance(spec, Choice):
        problems = [_mismatch(option, value, sizes, where) for option in spec.options]
        return "" if not all(problems) else problems[0]
    if isinstance(spec, Fixed):
        return "" if value is spec.value or value == spec.value else f"{where} is {value!r}"
    if isinstance(spec, TreeOf):
        return _mismatch_tree(spec, value, sizes, where)
    if isinstance(spec, (ArrayOf, ScalarOf)):
        return _mismatch_leaf(spec, value, sizes, where)
    return ""


def _mismatch_tree(spec: TreeOf, value: Any, sizes: dict[str, Any], where: str) -> str:
    fetch: Callable[[Any], Any]
    if spec.kind in ("tuple", "list"):
        if not isinstance(value, (tuple, list)) or len(value) != len(spec.children):
            return f"{where} is {type(value).__name__} of {len(value) if hasattr(value, '__len__') else 1}"
        fetch = value.__getitem__
    elif spec.kind == "dict" or isinstance(value, dict):
        if not isinstance(value, dict) or any(label not in value for label in spec.labels):
            return "" if spec.kind == "dict" and isinstance(value, dict) else f"{where} lacks keys"
        fetch = value.__getitem__
    else:
        if any(not hasattr(value, str(label)) for label in spec.labels):
            return f"{where} is {type(value).__name__}, which lacks its fields"

        def fetch(label: Any) -> Any:
            return getattr(value, str(label))

    for label, child in zip(spec.labels, spec.children, strict=True):
        if problem := _mismatch(child, fetch(label), sizes, f"{where}[{label!r}]"):
            return problem
    return ""


def _mismatch_leaf(spec: ArrayOf | ScalarOf, value: Any, sizes: dict[str, Any], where: str) -> str:
    try:
        aval = aval_of(value)
    except TypeError:
        return f"{where} is {type(value).__name__}"
    if isinstance(spec, ScalarOf):
        wanted = {float: is_float(aval.dtype), bool: aval.dtype == bool_, int: aval.dtype.kind in "iu"}
        return "" if aval.shape == () and wanted[spec.kind] else f"{where} is {aval}"
    if aval.dtype not in (spec.accepts or (spec.dtype,)) or not bind(spec.dimensions, aval.shape, sizes):
        names = ", ".join(f"{n}={sizes[n]}" for d in spec.dimensions for n in d.names if n in sizes)
        return f"{where} is {aval.dtype}{list(aval.shape)}" + (f" where {names}" if names else "")
    return ""


# -- inference --------------------------------------------------------------------------------------------
def _announced(trial: Trial, index: int, result: Result, reference: bool) -> str:
    """How eval_shape, or the reference, disagrees with what was returned; empty if they agree."""
    arguments = trial.inputs[index]
    function = arguments.closed(trial.subject.function)
    with trial.machine():
        lifted = trial.lifted(arguments.dynamic)
    try:
        with trial.machine():
            announced = trial.host.announced(function, lifted)
    except Exception:  # noqa: BLE001  # what cannot be traced is the jit law's to tell
        return ""
    if difference := _differs(announced, result, trial.host):
        return f"eval_shape announces another result than the call gives: {difference}"
    if not reference:
        return ""
    computed = _by_reference(trial, function, arguments.dynamic)
    if isinstance(computed, Raised):
        return f"The reference raises where fast returns: {computed.error}"
    difference = _differs(computed.value, result, trial.host)
    return f"The reference gives another type of result than fast: {difference}" if difference else ""


def _by_reference(trial: Trial, function: Callable[..., Any], leaves: list[Any]) -> Result | Raised:
    def run(*own: Any) -> Any:
        with dispatch.using("reference") as reference:
            return function(*(x if isinstance(x, float) else dispatch.lift_to(reference, x) for x in own))

    return trial.run(run, leaves)


def _differs(announced: Any, result: Result, host: Host) -> str:
    leaves, tree = host.flattened(announced)
    if tree != result.tree:
        return f"{tree} and {result.tree}"
    for i, (a, leaf, weak) in enumerate(zip(leaves, result.leaves, result.weak, strict=True)):
        own = aval_of(a) if not isinstance(a, ShapeDtypeStruct) else a
        said = (tuple(own.shape), own.dtype, own.weak_type)
        if said != (leaf.shape, leaf.dtype, weak):
            names = [
                f"{d}{list(s)}{' weak' if w else ''}" for s, d, w in (said, (leaf.shape, leaf.dtype, weak))
            ]
            return f"result {i} is {names[0]} and {names[1]}"
    return ""

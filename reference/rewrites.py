"""Known stable forms, found by the shape of a program around the equation where the digits go.

A row has a pattern (a tree of primitive names, numbers and letters), a sentence, and the stable form as
a function of what the letters matched. A row is shown only after it was tried: see `formula`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..language.inlining import makers_of
from ..language.program import Atom, Constant, Equation, Program, Variable

# A pattern: a letter (anything; the same letter is the same value), a number, or a primitive with
# the patterns of its operands. `ANY_OF` tries several.
Pattern = Any
_SAME_VALUE = frozenset(
    {"broadcast_in_dim", "reshape", "squeeze", "convert_element_type", "stop_gradient", "name"}
)
_COMMUTES = frozenset({"add", "mul", "max", "min"})


@dataclass(frozen=True, slots=True)
class AnyOf:
    """A pattern that is one of several."""

    patterns: tuple[Pattern, ...]


def any_of(*patterns: Pattern) -> AnyOf:
    """Whichever of the patterns fits first."""
    return AnyOf(patterns)


@dataclass(slots=True)
class Match:
    """Where a pattern fits.

    Attributes:
        root: the equation whose result the stable form replaces.
        letters: what each letter stands for.
        equations: every equation that the pattern covers.
    """

    root: Equation
    letters: dict[str, Atom] = field(default_factory=dict)
    equations: list[Equation] = field(default_factory=list)

    def first(self, name: str) -> Equation:
        """The first covered equation of a primitive."""
        return next(e for e in self.equations if e.primitive.name == name)


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A row.

    Attributes:
        name: what the form is known as.
        pattern: the shape of the program that loses digits.
        advice: the stable form, as a person writes it.
        stable: ``stable(numpy, letters, match)``: the same value, computed in the stable form.
    """

    name: str
    pattern: Pattern
    advice: str
    stable: Callable[[Any, Mapping[str, Any], Match], Any]


# -- matching ---------------------------------------------------------------------------------------
def matches(rewrite: Rewrite, program: Program) -> Iterator[Match]:
    """Every place of the program where the pattern fits, the last equation first."""
    makers = makers_of(program)
    for equation in reversed(program.equations):
        found = Match(equation)
        if len(equation.outputs) == 1 and _fits(rewrite.pattern, equation.outputs[0], makers, found):
            yield found


def _fits(pattern: Pattern, atom: Atom, makers: Mapping[Variable, Equation], match: Match) -> bool:
    if isinstance(pattern, AnyOf):
        return any(_attempt(p, atom, makers, match) for p in pattern.patterns)
    if isinstance(pattern, str):
        return _binds(pattern, atom, makers, match)
    if isinstance(pattern, (int, float)):
        number = _number(atom, makers)
        return number is not None and number == pattern
    name, *operands = pattern
    equation = _behind(atom, makers, match, name)
    if equation is None or len(equation.inputs) != len(operands):
        return False
    orders = [tuple(operands)]
    if name in _COMMUTES:
        orders.append(tuple(reversed(operands)))
    match.equations.append(equation)
    return any(_all_fit(order, equation, makers, match) for order in orders)


def _all_fit(
    order: tuple[Pattern, ...], equation: Equation, makers: Mapping[Variable, Equation], match: Match
) -> bool:
    saved = dict(match.letters), list(match.equations)
    # Small patterns first: they fix the letters that larger ones must agree with.
    pairs = sorted(zip(order, equation.inputs, strict=True), key=lambda pair: _size(pair[0]))
    if all(_fits(p, a, makers, match) for p, a in pairs):
        return True
    match.letters, match.equations = saved
    return False


def _size(pattern: Pattern) -> int:
    if isinstance(pattern, AnyOf):
        return max(_size(p) for p in pattern.patterns)
    return 1 + sum(_size(p) for p in pattern[1:]) if isinstance(pattern, tuple) else 1


def _attempt(pattern: Pattern, atom: Atom, makers: Mapping[Variable, Equation], match: Match) -> bool:
    saved = dict(match.letters), list(match.equations)
    if _fits(pattern, atom, makers, match):
        return True
    match.letters, match.equations = saved
    return False


def _binds(letter: str, atom: Atom, makers: Mapping[Variable, Equation], match: Match) -> bool:
    bound = match.letters.setdefault(letter, atom)
    return bound is atom or _same(bound, atom, makers)


def _same(a: Atom, b: Atom, makers: Mapping[Variable, Equation]) -> bool:
    """Whether two atoms are one value: the same variable, or equal constants, or the same computation."""
    a, b = _bare(a, makers), _bare(b, makers)
    if a is b:
        return True
    if isinstance(a, Constant) and isinstance(b, Constant):
        return a.aval == b.aval and a.value.tobytes() == b.value.tobytes()
    if isinstance(a, Constant) or isinstance(b, Constant):
        return False
    first, second = makers.get(a), makers.get(b)
    return (
        first is not None
        and second is not None
        and first.primitive is second.primitive
        and len(first.outputs) == 1
        and len(first.inputs) == len(second.inputs)
        and str(first.params) == str(second.params)
        and all(_same(x, y, makers) for x, y in zip(first.inputs, second.inputs, strict=True))
    )


def _bare(atom: Atom, makers: Mapping[Variable, Equation]) -> Atom:
    """What stands behind broadcasts, reshapes and conversions."""
    while isinstance(atom, Variable):
        equation = makers.get(atom)
        if equation is None or equation.primitive.name not in _SAME_VALUE:
            break
        atom = equation.inputs[0]
    return atom


def _behind(atom: Atom, makers: Mapping[Variable, Equation], match: Match, name: str) -> Equation | None:
    """The equation of that primitive behind an atom, looking through what hands its operand on."""
    while isinstance(atom, Variable):
        equation = makers.get(atom)
        if equation is None:
            return None
        if equation.primitive.name == name or (name == "square" and _is_square(equation, makers)):
            return equation
        if equation.primitive.name not in _SAME_VALUE or equation is match.root:
            return None
        match.equations.append(equation)
        atom = equation.inputs[0]
    return None


def _is_square(equation: Equation, makers: Mapping[Variable, Equation]) -> bool:
    return equation.primitive.name == "integer_pow" and equation.params["y"] == 2


def _number(atom: Atom, makers: Mapping[Variable, Equation]) -> float | None:
    bare = _bare(atom, makers)
    if not isinstance(bare, Constant) or bare.value.dtype.kind not in "iuf":
        return None
    return float(bare.value)


# -- patterns that occur in several rows -------------------------------------------------------------
def _square(x: Pattern) -> Pattern:
    return any_of(("square", x), ("mul", x, x))


def _negative(x: Pattern) -> Pattern:
    return any_of(("neg", x), ("mul", -1, x), ("sub", 0, x))


def _mean(x: Pattern) -> Pattern:
    return any_of(("div", ("reduce_sum", x), "n"), ("mul", ("reduce_sum", x), "n"))


_EXP_SUM = ("reduce_sum", ("exp", "x"))
_SIGMOID = any_of(("logistic", "x"), ("div", 1, ("add", 1, ("exp", _negative("x")))))


# -- stable forms ---------------------------------------------------------------------------------------
def _axes(match: Match, name: str = "reduce_sum") -> Any:
    return tuple(match.first(name).params["axes"])


def _softplus(np: Any, x: Any) -> Any:
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))


def _log_sum_exp(np: Any, v: Mapping[str, Any], m: Match) -> Any:
    x = v["x"]
    top = np.max(x, axis=_axes(m), keepdims=True)
    return np.log(np.sum(np.exp(x - top), axis=_axes(m))) + np.squeeze(top, axis=_axes(m))


def _soft_max(np: Any, v: Mapping[str, Any], m: Match) -> Any:
    x = v["x"]
    raised = np.exp(x - np.max(x, axis=_axes(m), keepdims=True))
    return raised / np.sum(raised, axis=_axes(m), keepdims=True)


def _log_soft_max(np: Any, v: Mapping[str, Any], m: Match) -> Any:
    x = v["x"]
    shifted = x - np.max(x, axis=_axes(m), keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=_axes(m), keepdims=True))


def _two_pass_variance(np: Any, v: Mapping[str, Any], m: Match) -> Any:
    x = v["x"]
    off = x - np.mean(x, axis=_axes(m), keepdims=True)
    return np.mean(off * off, axis=_axes(m))


def _hypot(np: Any, v: Mapping[str, Any], m: Match) -> Any:
    x, y = np.abs(v["x"]), np.abs(v["y"])
    large, small = np.maximum(x, y), np.minimum(x, y)
    ratio = small / np.where(large == 0, 1.0, large)
    return large * np.sqrt(1.0 + ratio * ratio)


def _norm(np: Any, v: Mapping[str, Any], m: Match) -> Any:
    x = v["x"]
    top = np.max(np.abs(x), axis=_axes(m), keepdims=True)
    part = x / np.where(top == 0, 1.0, top)
    return np.squeeze(top, axis=_axes(m)) * np.sqrt(np.sum(part * part, axis=_axes(m)))


def _x_minus_sin(np: Any, v: Mapping[str, Any], m: Match) -> Any:
    x = v["x"]
    s = x * x
    tail = 1.0 + s * (-1 / 20 + s * (1 / 840 + s * (-1 / 60480 + s * (1 / 6652800))))
    return np.where(np.abs(x) < 1.0, x * s * tail / 6.0, x - np.sin(x))


def _quadratic(np: Any, v: Mapping[str, Any], m: Match) -> Any:
    b, q = v["b"], v["q"]
    root = np.sqrt(b * b - q)
    safe = np.where(b > 0, b + root, 1.0)
    return np.where(b > 0, -q / safe, root - b)


def _log_one_minus_exp(np: Any, v: Mapping[str, Any], m: Match) -> Any:
    x = v["x"]
    return np.where(x > -0.693, np.log(-np.expm1(x)), np.log1p(-np.exp(x)))


def _log_cosh(np: Any, v: Mapping[str, Any], m: Match) -> Any:
    x = np.abs(v["x"])
    return x + np.log1p(np.exp(-2.0 * x)) - 0.6931471805599453


_ROOT = ("sqrt", ("sub", _square("b"), "q"))

# Larger patterns first: what fits more of the program is the better advice.
REWRITES: tuple[Rewrite, ...] = (
    Rewrite(
        "log-softmax",
        ("log", ("div", ("exp", "x"), _EXP_SUM)),
        "x - logsumexp(x), that is verax.nn.log_softmax(x)",
        _log_soft_max,
    ),
    Rewrite(
        "softmax",
        ("div", ("exp", "x"), _EXP_SUM),
        "shift by the maximum: e = exp(x - max(x)); e / sum(e), that is verax.nn.softmax(x)",
        _soft_max,
    ),
    Rewrite(
        "log-sum-exp",
        ("log", _EXP_SUM),
        "shift by the maximum: m = max(x); m + log(sum(exp(x - m))), that is verax.nn.logsumexp(x)",
        _log_sum_exp,
    ),
    Rewrite(
        "log-add-exp",
        ("log", ("add", ("exp", "x"), ("exp", "y"))),
        "verax.numpy.logaddexp(x, y)",
        lambda np, v, m: np.maximum(v["x"], v["y"]) + np.log1p(np.exp(-np.abs(v["x"] - v["y"]))),
    ),
    Rewrite(
        "softplus",
        any_of(("log", ("add", 1, ("exp", "x"))), ("log1p", ("exp", "x"))),
        "logaddexp(x, 0), that is verax.nn.softplus(x)",
        lambda np, v, m: _softplus(np, v["x"]),
    ),
    Rewrite(
        "log(1 - sigmoid)",
        any_of(("log", ("sub", 1, _SIGMOID)), ("log1p", _negative(_SIGMOID))),
        "log(1 - sigmoid(x)) = -softplus(x)",
        lambda np, v, m: -_softplus(np, v["x"]),
    ),
    Rewrite(
        "log-sigmoid",
        ("log", _SIGMOID),
        "log(sigmoid(x)) = -softplus(-x), that is verax.nn.log_sigmoid(x)",
        lambda np, v, m: -_softplus(np, -v["x"]),
    ),
    Rewrite(
        "log(1 - exp)",
        any_of(("log", ("sub", 1, ("exp", "x"))), ("log1p", _negative(("exp", "x")))),
        "log(-expm1(x)) for x > -0.693, log1p(-exp(x)) below",
        _log_one_minus_exp,
    ),
    Rewrite(
        "log-cosh",
        ("log", ("cosh", "x")),
        "|x| + log1p(exp(-2 |x|)) - log(2)",
        _log_cosh,
    ),
    Rewrite(
        "variance",
        ("sub", _mean(_square("x")), _square(_mean("x"))),
        "two passes: mean((x - mean(x))**2), that is verax.numpy.var(x)",
        _two_pass_variance,
    ),
    Rewrite(
        "quadratic root",
        any_of(("add", _negative("b"), _ROOT), ("sub", _ROOT, "b")),
        "for b > 0 multiply out the cancellation: -b + sqrt(b*b - q) = -q / (b + sqrt(b*b - q))",
        _quadratic,
    ),
    Rewrite(
        "difference of roots",
        ("sub", ("sqrt", ("add", "x", "c")), ("sqrt", "x")),
        "sqrt(x + c) - sqrt(x) = c / (sqrt(x + c) + sqrt(x))",
        lambda np, v, m: v["c"] / (np.sqrt(v["x"] + v["c"]) + np.sqrt(v["x"])),
    ),
    Rewrite(
        "1 - cos",
        ("sub", 1, ("cos", "x")),
        "1 - cos(x) = 2 sin(x/2)**2",
        lambda np, v, m: 2.0 * np.square(np.sin(0.5 * v["x"])),
    ),
    Rewrite(
        "x - sin",
        ("sub", "x", ("sin", "x")),
        "for |x| < 1 the series x**3/6 (1 - x**2/20 (1 - x**2/42 (1 - x**2/72)))",
        _x_minus_sin,
    ),
    Rewrite(
        "hypot",
        ("sqrt", ("add", _square("x"), _square("y"))),
        "scale by the larger: m = max(|x|, |y|); m sqrt((x/m)**2 + (y/m)**2)",
        _hypot,
    ),
    Rewrite(
        "norm",
        ("sqrt", ("reduce_sum", _square("x"))),
        "scale by the largest: m = max(|x|); m sqrt(sum((x/m)**2))",
        _norm,
    ),
    Rewrite(
        "sigmoid",
        ("div", 1, ("add", 1, ("exp", _negative("x")))),
        "verax.nn.sigmoid(x)",
        lambda np, v, m: np.where(
            v["x"] >= 0,
            1.0 / (1.0 + np.exp(-np.abs(v["x"]))),
            np.exp(-np.abs(v["x"])) / (1.0 + np.exp(-np.abs(v["x"]))),
        ),
    ),
    Rewrite(
        "1 - sigmoid",
        ("sub", 1, ("logistic", "x")),
        "1 - sigmoid(x) = sigmoid(-x)",
        lambda np, v, m: 1.0 / (1.0 + np.exp(v["x"])),
    ),
    Rewrite(
        "log1p",
        ("log", any_of(("add", 1, "x"), ("sub", 1, "y"))),
        "log(1 + x) = log1p(x)",
        lambda np, v, m: np.log1p(v["x"] if "x" in v else -v["y"]),
    ),
    Rewrite(
        "expm1",
        ("sub", ("exp", "x"), 1),
        "exp(x) - 1 = expm1(x)",
        lambda np, v, m: np.expm1(v["x"]),
    ),
    Rewrite(
        "1 - exp",
        ("sub", 1, ("exp", "x")),
        "1 - exp(x) = -expm1(x)",
        lambda np, v, m: -np.expm1(v["x"]),
    ),
    Rewrite(
        "1 - tanh squared",
        ("sub", 1, _square(("tanh", "x"))),
        "1 - tanh(x)**2 = 1 / cosh(x)**2",
        lambda np, v, m: np.square(1.0 / np.cosh(v["x"])),
    ),
    Rewrite(
        "difference of squares",
        ("sub", _square("x"), _square("y")),
        "x**2 - y**2 = (x - y) (x + y)",
        lambda np, v, m: (v["x"] - v["y"]) * (v["x"] + v["y"]),
    ),
)

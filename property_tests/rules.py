"""The rules: what each code means, with an example and the mend. `verax rule CODE` prints one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..reference.findings import Status


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be wrong, and what to do about it.

    Attributes:
        code: such as "VX101"; the first digit is the family.
        title: what is wrong, in a few words.
        explanation: what is compared with what, and when it is too much.
        example: code or numbers that break the rule.
        mend: what usually helps.
        status: how it counts: findings and unverified results turn a gate red, the others do not.
    """

    code: str
    title: str
    explanation: str
    example: str
    mend: str
    status: Status = Status.FINDING

    def __str__(self) -> str:
        return (
            f"{self.code}: {self.title} ({self.status})\n\n{self.explanation}\n\n"
            f"Example:\n{_indented(self.example)}\n\nMend: {self.mend}"
        )


def _indented(text: str) -> str:
    return "\n".join("    " + line for line in text.splitlines())


# The first digit of a code -> what the family is about.
FAMILIES: dict[str, str] = {
    "VX1": "value",
    "VX2": "derivative",
    "VX3": "transforms",
    "VX4": "shape and dtype contract",
    "VX5": "devices",
    "VX6": "purity and determinism",
    "VX7": "formula",
    "VX8": "platform",
    "VX9": "not checked",
}

_TABLE: tuple[Rule, ...] = (
    Rule(
        "VX101",
        "the value is further from the truth than the machine may be",
        "The result is compared with the real-number value of the program at the exact machine inputs. The "
        "allowed error is derived from the program: what it would be if every primitive met the budget that "
        "its platform declares. An error above it means that the implementation computes something else.",
        "bernoulli.entropy(0.25): got 0.5623350, truth 0.5623351446..., error 2.1 ULP, allowed 1.5 ULP",
        "Replay the capsule (`verax replay`), which names the first equation whose result is off.",
    ),
    Rule(
        "VX102",
        "a special value is wrong",
        "At signed zeros, infinities, NaN and beyond overflow the result must be the one that IEEE 754, C99 "
        "and the array API standard prescribe for each primitive, carried through the program.",
        "log(-0.0) must be -inf; got nan",
        "Look at the branch that the special value takes; `where` computes both of its branches.",
    ),
    Rule(
        "VX103",
        "values are quietly worse than they should be",
        "Over inputs that Verax draws itself (at least 512 elements, continuous, full mantissa) the root-"
        "mean-square of error over typical error is above 3, though no single element is above its bound. "
        "That is how a product in a narrower format (TF32, bfloat16) or a cut-off polynomial looks.",
        "matmul in float32 whose errors are 100 times what float32 products make",
        "Find out which primitive runs in a narrower format, and ask for the full one.",
    ),
    Rule(
        "VX104",
        "numbers are further apart than the ULPs that were asserted",
        "Two arrays are compared in their own format: by the fractional error in ULPs, or by the number of "
        "representable steps. Asserted by chex_like.assert_ulp and assert_trees_ulp; the gate does not ask for it.",
        "assert_ulp(np.float32(0.1), 0.1000001, 0.5)",
        "Look at the element that is named, or assert what the function promises: assert_accurate picks no number.",
    ),
    Rule(
        "VX201",
        "a derivative rule is not the derivative",
        "The gradient's own program, evaluated in real numbers, differs from the limit of difference "
        "quotients. Rounding plays no part: a custom_jvp or custom_vjp rule, or a detached value, says "
        "something else.",
        "@square.defjvp\ndef _(primals, tangents):  # the derivative of x**2 is 2 x, not x\n"
        "    return square(*primals), primals[0] * tangents[0]",
        "Mend the rule; if it is meant to differ, mark the function @verax.subject(gradient='declared').",
    ),
    Rule(
        "VX202",
        "the gradient is further from the truth than the machine may be",
        "As VX101, for the machine's gradient: the bound is derived from the gradient's own program.",
        "grad(f)(3.0): got 0.0999, truth 0.1000000, error 8.4e3 ULP, allowed 3 ULP",
        "Replay the capsule: it holds the gradient's program and names the equation.",
    ),
    Rule(
        "VX203",
        "a second derivative is wrong",
        "The directional second derivative (jvp of the gradient) differs from the limit by more than its "
        "bound allows, though the first derivative holds.",
        "a custom_vjp whose backward pass is not itself differentiable in the residuals",
        "Look at the rule that is differentiated twice; give custom_jvp rules, which compose.",
    ),
    Rule(
        "VX204",
        "the gradient is NaN or infinite though the derivative exists",
        "The limit of difference quotients is finite, and the machine's gradient is not. Usually a `where` "
        "hides a value whose derivative is infinite: 0 times infinity is NaN.",
        "grad(lambda x: where(x > 0, sqrt(x), 0.0))(0.0) is nan",
        "Make the hidden branch harmless first: sqrt(where(x > 0, x, 1.0)) inside the outer where.",
    ),
    Rule(
        "VX205",
        "gradients are quietly worse than they should be",
        "As VX103, for the machine's gradients.",
        "a backward product that runs in bfloat16",
        "Find out which primitive of the gradient's program runs in a narrower format.",
    ),
    Rule(
        "VX206",
        "the function is not linear",
        "f(a x + b y) must be a f(x) + b f(y) in real numbers, to 60 digits: no rounding is mistaken for curvature. "
        "Asserted by chex_like.assert_linear; the gate does not ask for it.",
        "assert_linear(lambda x: x + 1, x)",
        "Look at the step that is named: it is the first that does not add up.",
    ),
    Rule(
        "VX207",
        "an argument never matters to the gradient",
        "The gradient by the argument is 0 in all of its elements: it is not used, or stop_gradient, a conversion to "
        "integers, a dead branch or a product with 0 is in its way. Asserted by chex_like.assert_nonzero_gradient.",
        "assert_nonzero_gradient(lambda w: jnp.round(w).sum(), w)",
        "Use the argument, let its gradient pass, or do not ask for it.",
    ),
    Rule(
        "VX301",
        "jit changes the result",
        "jit(f) must return what f returns, bit for bit: the same primitives run, in the same order.",
        "def f(x):\n    return x + time.time()  # read once when traced",
        "Pass what changes as an argument; do not branch on Python state that tracing sees only once.",
    ),
    Rule(
        "VX302",
        "vmap is not the loop",
        "vmap(f) over a stack must return what f returns for each row (bit for bit, except below a sum or "
        "product that a batch adds up in another order: there, within the bound of both).",
        "x.reshape(-1) inside f, which also flattens the mapped axis when it is written out by hand",
        "Use axes from the end, and no shapes that were read outside the function.",
    ),
    Rule(
        "VX303",
        "pmap is not the loop",
        "pmap(f) over fake devices must return what f returns for each row, bit for bit.",
        "a result that depends on the number of devices though no collective is called",
        "Look for state that the lanes share.",
    ),
    Rule(
        "VX401",
        "the result breaks its annotated shape or dtype",
        "The return annotation is the contract: its dtype, its rank and its sizes, with the same sizes for "
        "the same names as in the arguments.",
        'def mean(x: Float32[Array, "n k"]) -> Float32[Array, "n"]: return x.mean(0)  # returns k',
        "Mend the function, or the annotation.",
    ),
    Rule(
        "VX402",
        "shape inference and execution disagree",
        "eval_shape(f) must announce the shape, dtype and weak type that f then returns, in both "
        "implementations.",
        "eval_shape says f32[3], the call returns f64[3]",
        "Report it: that is a fault of Verax or of a primitive's shape rule.",
    ),
    Rule(
        "VX501",
        "devices disagree",
        "Lanes of a mesh call different collectives, or a result depends on which device computed it.",
        "if lax.axis_index('i') == 0: lax.psum(x, 'i')  # the other lanes wait for ever",
        "Call the same collectives in the same order in every lane.",
    ),
    Rule(
        "VX601",
        "the function changes its arguments or leaks a traced value",
        "After a call every argument must have the bits it had before, and nothing traced may be left "
        "behind.",
        "def f(x):\n    seen.append(x)  # a tracer outlives its trace",
        "Return what is needed later; copy before writing into a buffer.",
    ),
    Rule(
        "VX602",
        "two equal calls give different results",
        "The same arguments must give the same bits, call after call.",
        "def f(x): return x + numpy.random.normal()",
        "Pass a random key as an argument.",
    ),
    Rule(
        "VX701",
        "the formula loses its digits or overflows",
        "Even an ideal machine, which rounds every primitive correctly, overflows on the way to a finite "
        "truth, or loses more than half of the digits of the largest value over the declared domain; and "
        "half an ulp of the inputs would not have moved the truth as far. The equation where the digits go "
        "is named.",
        "log(1 + exp(x)) at x = 100 overflows; E[x**2] - E[x]**2 cancels",
        "Rewrite it: logaddexp(x, 0); mean((x - mean(x))**2); log1p, expm1, max-shifts; or declare the "
        "domain that it is meant for with Interval.",
    ),
    Rule(
        "VX702",
        "the problem is ill-conditioned",
        "The digits are lost, but half an ulp of each input already moves the truth by a quarter as much: no "
        "program could do better in this format.",
        "tan(x) next to pi/2; a - b for two nearly equal measurements",
        "Compute in a wider format, or pose the problem in better variables.",
        Status.NOTE,
    ),
    Rule(
        "VX703",
        "digits vanish relative to a value that is itself vanishing",
        "Digits are lost relative to the result, but not to the largest value over the domain: a saturated "
        "softmax, the far tail of tanh'. Harmless where the result is added to larger ones.",
        "1 - tanh(x)**2 at x = 9",
        "If the small values matter, use the stable form (1 / cosh(x)**2, log_softmax, ...).",
        Status.NOTE,
    ),
    Rule(
        "VX801",
        "a primitive of the platform is worse than the catalogue's budget",
        "A primitive's own error on this platform exceeds what the catalogue promises. It is told once, and "
        "its users are judged by the platform's profile.",
        "exp2 in float32 on XLA's CPU: 68 ULP",
        "Avoid the primitive on this platform, or report it upstream.",
    ),
    Rule(
        "VX901",
        "arguments cannot be drawn",
        "The signature does not say what the function takes, so nothing could be tried.",
        "def loss(logits, labels): ...",
        'Annotate it: logits: Float32[Array, "n k"]; or give real inputs with @verax.subject(inputs=...).',
        Status.UNVERIFIED,
    ),
    Rule(
        "VX902",
        "the function raises",
        "The function raised an exception on arguments that its signature allows.",
        'def first(x: Float32[Array, "n"]): return x[5]  # for n < 6',
        "Mend it, or say in the signature what it really takes.",
    ),
    Rule(
        "VX903",
        "the function does not return in time",
        "A call took longer than the deadline; its worker was ended.",
        "while err > 0: ...  # never exactly zero",
        "Bound the number of steps, or raise the deadline.",
    ),
    Rule(
        "VX904",
        "the function crashes the interpreter",
        "The worker process ended while the function ran.",
        "a stack overflow in native code, or out of memory",
        "Run the function alone under faulthandler.",
    ),
    Rule(
        "VX905",
        "the truth could not be certified, or the bound not derived",
        "The real-number value could not be enclosed tightly enough, or an operand of a division, logarithm, "
        "root or power is uncertain by more than a 64th, so that first-order error analysis says nothing.",
        "log(x - y) where x - y is mostly rounding error",
        "Declare a domain on which the program is well-posed, or rewrite the step that is named.",
        Status.UNVERIFIED,
    ),
    Rule(
        "VX906",
        "the result rests on a comparison that rounding decides",
        "A branch was taken on two numbers that differ by less than their own error: either answer is right.",
        "where(a + b > c, 1, 0) with a + b within an ulp of c",
        "Nothing, if both branches agree there; else make the function continuous at the threshold.",
        Status.AMBIGUOUS,
    ),
    Rule(
        "VX907",
        "the deadline came first",
        "The time budget ended before every law was tried on every input.",
        "verax gate mylib --time-budget 10",
        "Allow more time, or fewer examples.",
        Status.UNVERIFIED,
    ),
    Rule(
        "VX908",
        "the function's program cannot be read",
        "Its array class is a library's whose programs cannot be read, or JAX's where the language lacks a primitive "
        "that it holds. Laws that need no program ran.",
        'def f(x: Float32[np.ndarray, "n"]): ...',
        "Write it in verax.numpy, which has NumPy's names, and annotate it with verax.Array.",
        Status.UNVERIFIED,
    ),
    Rule(
        "VX909",
        "an ignore matches nothing",
        "A `# verax: ignore[...]` comment, or a row of the configuration, silenced nothing in this run.",
        "def f(x): ...  # verax: ignore[VX203] kept from last year",
        "Remove it.",
    ),
)

RULES: dict[str, Rule] = {rule.code: rule for rule in _TABLE}


def selected(prefixes: Iterable[str]) -> frozenset[str]:
    """The codes that begin with one of ``prefixes`` ("VX", "VX2", "VX201").

    Raises:
        ValueError: a prefix matches no code.
    """
    found: set[str] = set()
    for prefix in prefixes:
        matching = {code for code in RULES if code.startswith(prefix)}
        if not matching or not prefix:
            raise ValueError(
                f"A code must be one of {', '.join(FAMILIES)} or of the codes below them, got {prefix!r}. "
                f"`verax rule` lists them all."
            )
        found |= matching
    return frozenset(found)

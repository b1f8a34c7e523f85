"""Execution: a program and a device go in, a callable of buffers comes out.

The program's calls are inlined and its dead code is dropped; what is left becomes one Python function
that calls kernels one after another and frees every buffer after its last use. This is the interface
that a compiler of kernels takes over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..language.dispatch import Params
from ..language.errors import MissingRuleError
from ..language.inlining import inlined
from ..language.primitive import Primitive
from ..language.program import Atom, Constant, Equation, Program, Variable
from ..language.shapes import ShapedArray
from . import collectives
from .devices.device import Buffer, Device
from .differentiation.linear import refuse_forward
from .kernels import ELEMENTWISE, KERNELS
from .kernels.call import Call, Kernel

# Buffers in, a tuple of buffers out. Runs inside `Device.running`.
Executable = Callable[..., tuple[Buffer, ...]]


# -- control flow: programs inside programs --------------------------------------------------------------
def _jit(call: Call) -> Kernel:
    return compile_program(call.params["program"], call.device)


def _cond(call: Call) -> Kernel:
    branches = [compile_program(b, call.device) for b in call.params["branches"]]
    scalar, last = call.device.scalar, len(branches) - 1

    def cond(index: Buffer, *operands: Buffer) -> tuple[Buffer, ...]:
        return branches[min(max(int(scalar(index)), 0), last)](*operands)

    return cond


def _while(call: Call) -> Kernel:
    test = compile_program(call.params["cond_program"], call.device)
    body = compile_program(call.params["body_program"], call.device)
    first, scalar = call.params["cond_nconsts"], call.device.scalar
    split = first + call.params["body_nconsts"]

    def loop(*operands: Buffer) -> tuple[Buffer, ...]:
        test_consts, body_consts, carry = operands[:first], operands[first:split], operands[split:]
        while scalar(test(*test_consts, *carry)[0]):
            carry = body(*body_consts, *carry)
        return carry

    return loop


def _scan(call: Call) -> Kernel:
    body = compile_program(call.params["program"], call.device)
    xp, length = call.xp, call.params["length"]
    num_consts, num_carry = call.params["num_consts"], call.params["num_carry"]
    order = range(length - 1, -1, -1) if call.params["reverse"] else range(length)
    stacked = [(a.shape, call.device.storage(a.dtype)) for a in call.outputs[num_carry:]]

    def scan(*operands: Buffer) -> tuple[Buffer, ...]:
        consts, rest = operands[:num_consts], operands[num_consts:]
        carry, xs = rest[:num_carry], rest[num_carry:]
        ys = [xp.empty(shape, dtype) for shape, dtype in stacked]
        for i in order:
            results = body(*consts, *carry, *[x[i] for x in xs])
            carry = results[:num_carry]
            for y, row in zip(ys, results[num_carry:], strict=True):
                y[i] = row
        return (*carry, *ys)

    return scan


def _backward_call(call: Call) -> Kernel:
    refuse_forward(call.params["name"])


CONTROL: dict[str, Callable[[Call], Kernel]] = {
    "jit": _jit,
    "cond": _cond,
    "while": _while,
    "scan": _scan,
    "backward_call": _backward_call,
}

# Primitives whose kernels give a tuple, whatever the number of results.
MANY = frozenset({*CONTROL, "sort", "threefry2x32"})


def kernel_of(
    primitive: Primitive,
    inputs: Sequence[ShapedArray],
    outputs: Sequence[ShapedArray],
    params: Params,
    device: Device,
) -> Kernel:
    """The kernel of a primitive on operands of these types.

    Raises:
        MissingRuleError: the tables have no row for it.
    """
    name = primitive.name
    build = KERNELS.get(name) or CONTROL.get(name) or collectives.KERNELS.get(name)
    if build is None:
        raise MissingRuleError(f"`fast` has no kernel for {name!r}. Add a row to fast.kernels.")
    return build(Call(device, tuple(inputs), tuple(outputs), params))


# -- straight-line code --------------------------------------------------------------------------------
# Kernels that broadcast their operands themselves where one of them has the result's shape.
_SPREADING = frozenset(ELEMENTWISE) - {
    "stop_gradient",
    "nextafter",
    "convert_element_type",
    "threefry2x32",
}


def _thin_broadcasts(program: Program) -> set[Variable]:
    """Results of broadcasts that no one needs written out: every reader broadcasts by itself."""
    thin = {
        e.outputs[0]
        for e in program.equations
        if e.primitive.name == "broadcast_in_dim" and e.outputs[0] not in program.outputs
    }

    def full(atom: Atom, shape: tuple[int, ...]) -> bool:
        return atom not in thin and atom.aval.shape == shape

    changed = True
    while changed:
        changed = False
        for e in program.equations:
            read = thin.intersection(a for a in e.inputs if isinstance(a, Variable))
            if not read:
                continue
            spreads = e.primitive.name in _SPREADING and len(e.inputs) > 1
            if not spreads or not any(full(a, e.outputs[0].aval.shape) for a in e.inputs):
                thin -= read
                changed = True
    return thin


def _thin_kernel(equation: Equation, device: Device) -> Kernel | None:
    """A broadcast's operand with axes of size 1 where it has none; None where it can stay as it is."""
    shape, places = equation.params["shape"], equation.params["broadcast_dimensions"]
    operand = equation.inputs[0].aval.shape
    if places == tuple(range(len(shape) - len(operand), len(shape))):
        return None
    sizes = [1] * len(shape)
    for size, place in zip(operand, places, strict=True):
        sizes[place] = size
    xp, thin = device.xp, tuple(sizes)
    return lambda x: xp.reshape(x, thin)


class _Writer:
    """Writes a program as the source of one Python function."""

    def __init__(self, program: Program, device: Device) -> None:
        self.program, self.device = program, device
        self.names: dict[Atom, str] = {}
        self.known: dict[str, Any] = {}
        self.lines: list[str] = []
        self.last = {
            a: e for e in program.equations for a in (*e.inputs, *e.outputs) if isinstance(a, Variable)
        }

    def name(self, atom: Atom) -> str:
        if atom not in self.names:
            if isinstance(atom, Constant):
                self.names[atom] = self.given("c", self.device.put(atom.value))
            else:
                self.names[atom] = f"v{len(self.names)}"
        return self.names[atom]

    def given(self, prefix: str, value: Any) -> str:
        name = f"{prefix}{len(self.known)}"
        self.known[name] = value
        return name

    def write(self) -> tuple[str, dict[str, Any]]:
        program = self.program
        inputs = [self.name(v) for v in program.inputs]
        keep = {*program.outputs, *program.inputs}
        thin = _thin_broadcasts(program)
        aliases: set[str] = set()
        for e in program.equations:
            if e.outputs[0:1] and e.outputs[0] in thin:
                shaped = _thin_kernel(e, self.device)
                if shaped is None:  # another name for the same buffer, which must outlive both
                    self.names[e.outputs[0]] = self.name(e.inputs[0])
                    aliases.add(self.names[e.outputs[0]])
                    continue
                kernel, many = shaped, False
            else:
                kernel = kernel_of(
                    e.primitive,
                    [a.aval for a in e.inputs],
                    [v.aval for v in e.outputs],
                    e.params,
                    self.device,
                )
                many = e.primitive.name in MANY
            called = f"{self.given('k', kernel)}({', '.join(self.name(a) for a in e.inputs)})"
            targets = [self.name(v) for v in e.outputs]
            left = "".join(f"{t}, " for t in targets) if many else targets[0]
            self.lines.append(f"{left} = {called}" if targets else called)
            free = [
                self.names[a]
                for a in dict.fromkeys((*e.inputs, *e.outputs))
                if isinstance(a, Variable) and self.last[a] is e and a not in keep
            ]
            free = [n for n in dict.fromkeys(free) if n not in aliases and n not in inputs]
            if free:
                self.lines.append(f"del {', '.join(free)}")
        outputs = "".join(f"{self.name(a)}, " for a in program.outputs)
        body = "".join(f"    {line}\n" for line in [*self.lines, f"return ({outputs})"])
        return f"def run({', '.join(inputs)}):\n{body}", self.known


def compile_program(program: Program, device: Device) -> Executable:
    """A callable of buffers that runs a closed program on a device.

    Raises:
        MissingRuleError: the tables have no row for one of its primitives.
    """
    source, namespace = _Writer(inlined(program).pruned(), device).write()
    exec(compile(source, f"<program {program.name}>", "exec"), namespace)  # noqa: S102  our own text, no user's
    run: Executable = namespace["run"]
    return run

"""Execution: a program and a device go in, a callable of buffers comes out.

The program's calls are inlined, its dead code is dropped, and what it computes twice is computed once; what
is left becomes one Python function that calls kernels one after another, long elementwise chains block by
block, and frees every buffer after its last use. This is the interface that a compiler of kernels takes over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..fake_devices import current_formats
from ..language.dispatch import Params
from ..language.errors import MissingRuleError
from ..language.inlining import CALLS, inlined
from ..language.primitive import Primitive
from ..language.program import Atom, Constant, Equation, Program, Variable
from ..language.shapes import Shape, ShapedArray
from . import collectives
from .blocks import blocked
from .callbacks import callback
from .devices.device import Buffer, Device
from .differentiation.linear import refuse_forward
from .formats import formatted
from .grouping import EXTREMES, Group, grouped
from .kernels import ELEMENTWISE, KERNELS
from .kernels.call import Call, Kernel
from .sharing import shared

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


def _custom_linear_solve(call: Call) -> Kernel:
    return compile_program(call.params["solve"], call.device)


def _backward_call(call: Call) -> Kernel:
    refuse_forward(call.params["name"])


CONTROL: dict[str, Callable[[Call], Kernel]] = {
    "jit": _jit,
    "checkpoint": _jit,
    "cond": _cond,
    "while": _while,
    "scan": _scan,
    "custom_linear_solve": _custom_linear_solve,
    "backward_call": _backward_call,
    "callback": callback,
}

# Primitives whose kernels give a tuple, whatever the number of results.
MANY = frozenset({*CONTROL, "sort", "threefry2x32", "lu", "qr", "eig", "eigh", "svd"})


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
        TypeError: the hardware that is pretended lacks a dtype.
    """
    name = primitive.name
    build = KERNELS.get(name) or CONTROL.get(name) or collectives.KERNELS.get(name)
    if build is None:
        raise MissingRuleError(f"`fast` has no kernel for {name!r}. Add a row to fast.kernels.")
    call, formats = Call(device, tuple(inputs), tuple(outputs), params), current_formats()
    kernel = build(call)
    if formats and name not in CONTROL:
        return formatted(kernel, name, call, formats, name in MANY)
    return kernel


# -- straight-line code --------------------------------------------------------------------------------
# Kernels that broadcast their operands themselves where one of them has the result's shape.
_SPREADING = frozenset(ELEMENTWISE) - {
    "stop_gradient",
    "name",
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


def _thin_shape(equation: Equation) -> Shape:
    """The shape that a broadcast's operand is left in: its own, or with axes of size 1 where it lacks some."""
    shape, places = equation.params["shape"], equation.params["broadcast_dimensions"]
    operand = equation.inputs[0].aval.shape
    if places == tuple(range(len(shape) - len(operand), len(shape))):
        return operand
    sizes = [1] * len(shape)
    for size, place in zip(operand, places, strict=True):
        sizes[place] = size
    return tuple(sizes)


class _Writer:
    """Writes a program as the source of one Python function."""

    def __init__(self, program: Program, device: Device, block: int | None) -> None:
        self.program, self.device = program, device
        self.names: dict[Atom, str] = {}
        self.known: dict[str, Any] = {}
        self.lines: list[str] = []
        self.thin = _thin_broadcasts(program)
        self.thin_shapes = {
            e.outputs[0]: _thin_shape(e)
            for e in program.equations
            if e.outputs[0:1] and e.outputs[0] in self.thin
        }
        self.steps = grouped(program, self.thin, block)
        self.last = {a: s for s in self.steps for a in (*s.inputs, *s.outputs) if isinstance(a, Variable)}

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

    def kernel(self, step: Equation | Group) -> tuple[Kernel | None, bool]:
        """What a step calls, and whether that gives a tuple; None where there is nothing to do."""
        if isinstance(step, Group):
            return self.group_kernel(step), True
        if step.outputs[0:1] and step.outputs[0] in self.thin:
            shape, xp = self.thin_shapes[step.outputs[0]], self.device.xp
            return (None if shape == step.inputs[0].aval.shape else lambda x: xp.reshape(x, shape)), False
        inputs, outputs = [a.aval for a in step.inputs], [v.aval for v in step.outputs]
        kernel = kernel_of(step.primitive, inputs, outputs, step.params, self.device)
        if step.primitive.name in collectives.MEETINGS:
            kernel = collectives.on_line(kernel, step.source)
        return kernel, step.primitive.name in MANY

    def group_kernel(self, group: Group) -> Kernel:
        """A group's program, compiled, and run block by block where that pays."""
        name = group.program.name
        compute = _executable(*_Writer(group.program, self.device, None).write(), name)
        into = _executable(*_Writer(group.program, self.device, None).write(into=True), name)
        shapes = [self.thin_shapes.get(v, v.aval.shape) for v in group.inputs]
        extremes = {a for e in group.program.equations if e.primitive.name in EXTREMES for a in e.inputs}
        filled = [v in self.thin_shapes and v in extremes for v in group.inputs]
        outputs = [v.aval for v in group.outputs]
        return blocked(compute, into, shapes, outputs, self.device, filled, group.light) or compute

    def write(self, into: bool = False) -> tuple[str, dict[str, Any]]:
        """The source and what it refers to; with ``into`` the function takes buffers for its results too."""
        program = self.program
        inputs = [self.name(v) for v in program.inputs]
        places = {a: f"o{i}" for i, a in enumerate(program.outputs)} if into else {}
        keep = {*program.outputs, *program.inputs}
        aliases: set[str] = set()
        for step in self.steps:
            kernel, many = self.kernel(step)
            if kernel is None:  # another name for the same buffer, which must outlive both
                self.names[step.outputs[0]] = self.name(step.inputs[0])
                aliases.add(self.names[step.outputs[0]])
                continue
            operands = [self.name(a) for a in step.inputs]
            place = places.get(step.outputs[0]) if step.outputs else None
            if place and isinstance(kernel, np.ufunc):
                operands.append(f"out={place}")
            called = f"{self.given('k', kernel)}({', '.join(operands)})"
            targets = [self.name(v) for v in step.outputs]
            left = "".join(f"{t}, " for t in targets) if many else targets[0]
            self.lines.append(f"{left} = {called}" if targets else called)
            if place and not isinstance(kernel, np.ufunc):
                self.lines.append(f"{place}[...] = {left}")
            free = [
                self.names[a]
                for a in dict.fromkeys((*step.inputs, *step.outputs))
                if isinstance(a, Variable) and self.last[a] is step and a not in keep
            ]
            free = [n for n in dict.fromkeys(free) if n not in aliases and n not in inputs]
            if free:
                self.lines.append(f"del {', '.join(free)}")
        outputs = "".join(f"{self.name(a)}, " for a in program.outputs)
        body = "".join(f"    {line}\n" for line in [*self.lines, f"return ({outputs})"])
        return f"def run({', '.join([*inputs, *places.values()])}):\n{body}", self.known


def _executable(source: str, namespace: dict[str, Any], name: str) -> Executable:
    exec(compile(source, f"<program {name}>", "exec"), namespace)  # noqa: S102  our own text, no user's
    run: Executable = namespace["run"]
    return run


# What a checkpoint computes again must not be found to have been computed before: it stays a call of its own.
_OPENED = {name: program for name, program in CALLS.items() if name != "checkpoint"}


def source_of(program: Program, device: Device) -> tuple[str, dict[str, Any]]:
    """The source of the function ``run`` that a program becomes, and the names that it refers to."""
    return _Writer(shared(inlined(program, _OPENED).pruned()), device, device.block).write()


def compile_program(program: Program, device: Device) -> Executable:
    """A callable of buffers that runs a closed program on a device.

    Raises:
        MissingRuleError: the tables have no row for one of its primitives.
    """
    source, namespace = source_of(program, device)
    return _executable(source, namespace, program.name)

"""Worker processes for the laws: a task that hangs or crashes ends its worker, and nothing else."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

Task = TypeVar("Task")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Hung:
    """In place of an answer: the task took longer than it may."""


@dataclass(frozen=True, slots=True)
class Crashed:
    """In place of an answer: the worker ended."""

    exitcode: int | None


def _serve(connection: Connection, function: Callable[[Any], Any]) -> None:
    """Answer tasks until None comes."""
    while (task := connection.recv()) is not None:
        connection.send(function(task))


@dataclass(slots=True)
class _Worker(Generic[Task]):
    process: Any
    connection: Connection
    task: Task | None = None
    since: float = field(default_factory=time.monotonic)

    def give(self, task: Task) -> None:
        """Begin a task."""
        self.task, self.since = task, time.monotonic()
        self.connection.send(task)

    def end(self) -> None:
        """End the process at once: it may be in the middle of anything."""
        self.process.kill()
        self.process.join()
        self.connection.close()


def answers(
    function: Callable[[Task], Answer], tasks: Iterator[Task], processes: int, seconds: float
) -> Iterator[tuple[Task, Answer | Hung | Crashed]]:
    """Each task with its answer, as they come.

    Args:
        function: importable by its name; may return anything that pickles.
        tasks: are drawn one at a time, when a worker is free; may never end.
        processes: how many workers.
        seconds: the most that a task may take.
    """
    context = multiprocessing.get_context("spawn")

    def started() -> _Worker[Task]:
        here, there = context.Pipe()
        process = context.Process(target=_serve, args=(there, function), daemon=True)
        process.start()
        there.close()
        return _Worker(process, here)

    workers = [started() for _ in range(processes)]
    try:
        while True:
            for worker in workers:
                if worker.task is None and (task := next(tasks, None)) is not None:
                    worker.give(task)
            busy = [w for w in workers if w.task is not None]
            if not busy:
                return
            ready = wait([w.connection for w in busy], timeout=1.0)
            for worker in busy:
                done, answer = worker.task, _answer(worker, ready, seconds)
                if answer is None or done is None:
                    continue
                worker.task = None
                if isinstance(answer[0], (Hung, Crashed)):
                    worker.end()
                    workers[workers.index(worker)] = started()
                yield done, answer[0]
    finally:
        for worker in workers:
            worker.end()


def _answer(worker: _Worker[Any], ready: Any, seconds: float) -> tuple[Any] | None:
    """What a worker says, in a tuple; None if it is still at work."""
    if worker.connection in ready:
        try:
            return (worker.connection.recv(),)
        except (EOFError, OSError):
            worker.process.join()
            return (Crashed(worker.process.exitcode),)
    return (Hung(),) if time.monotonic() - worker.since > seconds else None

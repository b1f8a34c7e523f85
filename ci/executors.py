"""Where work units run: any `concurrent.futures.Executor`, and the one that a subject cannot bring down.

`ProcessPoolExecutor` gives up on every pending task when one of its processes dies. Here a process that
dies or hangs costs the one call that it was working on; another takes its place, and the rest goes on.
"""

from __future__ import annotations

import contextlib
import faulthandler
import multiprocessing
import multiprocessing.connection
import os
import queue
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Executor, Future
from multiprocessing.process import BaseProcess
from typing import IO, Any

# One process a core is the whole of the parallelism: the threads of NumPy's products would only queue up.
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
# How long a worker may take to start and to say so: it imports little, but machines may be slow.
_START_SECONDS = 120.0
# How long after its deadline a call has to write down where it is.
_LAST_WORDS_SECONDS = 0.5


class WorkerError(Exception):
    """What befell a call in a worker.

    Attributes:
        text: what happened, in one sentence.
        trace: the frames that it happened in, newest last, as Python prints them; empty if unknown.
    """

    def __init__(self, text: str, trace: str = "") -> None:
        super().__init__(text)
        self.text, self.trace = text, trace


class WorkerRaised(WorkerError):  # it says what the worker did
    """The call raised an exception."""


class WorkerHung(WorkerError):
    """The call was still running at its deadline, and the worker was killed."""


class WorkerCrashed(WorkerError):
    """The worker's process ended in the middle of the call."""


class IsolatedExecutor(Executor):
    """Spawned worker processes, one call at a time in each; a lost one is replaced.

    Args:
        workers: how many processes; by default one a core.
        deadline: how many seconds a call may run; None: for ever.
    """

    def __init__(self, workers: int | None = None, deadline: float | None = None) -> None:
        self._deadline = deadline
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._slots = [_Slot(self._calls, deadline) for _ in range(workers or cores())]
        self._closed = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run ``fn(*args, **kwargs)`` in a worker; what is passed, and what comes back, is pickled."""
        if self._closed:
            raise RuntimeError("The executor has been shut down, and takes no further calls.")
        call = _Call(fn, args, kwargs)
        self._calls.put(call)
        for slot in self._slots:
            slot.start()
        return call.future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers: after the pending calls, or at once with ``cancel_futures``."""
        self._closed = True
        if cancel_futures:
            with contextlib.suppress(queue.Empty):
                while True:
                    pending = self._calls.get_nowait()
                    if pending is not None:
                        pending.future.cancel()
            for slot in self._slots:
                slot.kill()
        for _ in self._slots:
            self._calls.put(None)
        if wait:
            for slot in self._slots:
                slot.join()


def cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Call:
    def __init__(self, fn: Callable[..., Any], args: Any, kwargs: Any) -> None:
        self.fn, self.args, self.kwargs = fn, args, kwargs
        self.future: Future[Any] = Future()


class _Slot:
    """A place for one worker at a time, and the thread that minds it."""

    def __init__(self, calls: queue.SimpleQueue[_Call | None], deadline: float | None) -> None:
        self._calls, self._deadline = calls, deadline
        self._thread = threading.Thread(target=self._mind, daemon=True)
        self._worker: _Worker | None = None
        self._killed = False
        self._lock = threading.Lock()

    def start(self) -> None:
        if self._thread.ident is None:
            self._thread.start()

    def join(self) -> None:
        if self._thread.ident is not None:
            self._thread.join()

    def kill(self) -> None:
        with self._lock:
            self._killed = True
            if self._worker is not None:
                self._worker.kill()

    def _mind(self) -> None:
        while (call := self._calls.get()) is not None:
            if not call.future.set_running_or_notify_cancel():
                continue
            try:
                result = self._employ().run(call, self._deadline)
            except BaseException as err:  # noqa: BLE001  # whatever it is, it belongs to the call's future
                call.future.set_exception(err)
            else:
                call.future.set_result(result)
        if self._worker is not None:
            self._worker.dismiss()

    def _employ(self) -> _Worker:
        """The worker of this slot, a new one if there is none or the last one was lost."""
        with self._lock:
            if self._killed:
                raise WorkerCrashed("The gate was shut down in the middle of the call.")
            if self._worker is None or not self._worker.alive:
                self._worker = _Worker()
            return self._worker


class _Worker:
    """One spawned process and the pipe to it."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")  # a forked process would inherit threads' locks
        self._pipe, theirs = context.Pipe()
        handle, self._diary = tempfile.mkstemp(prefix="verax-worker-", suffix=".txt")
        os.close(handle)
        self._process: BaseProcess = context.Process(
            target=_serve, args=(theirs, self._diary, list(sys.path)), daemon=True
        )
        self._process.start()
        theirs.close()
        self._ready = False

    @property
    def alive(self) -> bool:
        return self._process.is_alive()

    def run(self, call: _Call, deadline: float | None) -> Any:
        """The call's result.

        Raises:
            WorkerError: the call raised, hung or took the process down.
        """
        try:
            if not self._ready:
                self._answer(_START_SECONDS)
                self._ready = True
            self._pipe.send((call.fn, call.args, call.kwargs, deadline))
            begun = self._answer(_START_SECONDS)  # what the call is made of has been imported
        except (BrokenPipeError, ConnectionResetError, EOFError) as err:
            raise self._crash() from err
        if begun is not None:
            raise WorkerRaised(*begun)
        ok, result = self._answer(deadline, _LAST_WORDS_SECONDS)
        if not ok:
            raise WorkerRaised(*result)
        return result

    def _answer(self, seconds: float | None, grace: float = 0.0) -> Any:
        patience = None if seconds is None else seconds + grace
        ready = multiprocessing.connection.wait([self._pipe, self._process.sentinel], patience)
        if not ready:
            trace = self._last_words()
            self.kill()
            self._process.join()
            self._tidy()
            raise WorkerHung(f"it was still running after {seconds:g} s, and was stopped", trace)
        try:
            return self._pipe.recv()
        except (EOFError, ConnectionResetError) as err:
            raise self._crash() from err

    def _crash(self) -> WorkerCrashed:
        self._process.join()
        words = self._last_words()
        self._tidy()
        return WorkerCrashed(f"it ended the process ({_ending(self._process.exitcode)})", words)

    def _last_words(self) -> str:
        """What was written when the process crashed, or at its deadline."""
        try:
            with open(self._diary, encoding="utf-8", errors="replace") as file:
                lines = file.read().splitlines()
        except OSError:
            return ""
        # It writes the newest frame first; Python's own tracebacks end with it.
        return "\n".join(line for line in reversed(lines) if line.startswith("  File "))

    def kill(self) -> None:
        """End the process now; whoever waits for its answer learns of it."""
        self._process.kill()

    def dismiss(self) -> None:
        """End the process when nothing is left to do."""
        with contextlib.suppress(BrokenPipeError, OSError):
            self._pipe.send(None)
        self._process.join(5)
        if self._process.is_alive():  # a subject may have left a thread that never ends
            self._process.kill()
            self._process.join()
        self._tidy()

    def _tidy(self) -> None:
        self._pipe.close()
        with contextlib.suppress(OSError):
            os.unlink(self._diary)


def _ending(code: int | None) -> str:
    if code is not None and code < 0:
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"signal {-code}"
    return f"exit code {code}"


def _serve(pipe: multiprocessing.connection.Connection, diary: str, path: list[str]) -> None:
    """What a worker does all day.

    It takes a call, answers None when it begins (or a text and a trace, if the call cannot be read), and
    then (True, result) or (False, (text, trace)).
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ctrl-C is for the gate, which then ends its workers
    for name in _ONE_THREAD:
        os.environ.setdefault(name, "1")
    sys.path[:] = path
    # What a subject prints must not end up in the middle of the gate's JSON.
    sys.stdout.flush()
    os.dup2(2, 1)
    with open(diary, "w", encoding="utf-8") as words:
        faulthandler.enable(words)
        pipe.send("ready")
        while True:
            try:
                task = pipe.recv()
            except EOFError:
                return
            except Exception as err:  # noqa: BLE001  # what was sent cannot be unpickled here
                pipe.send(_described(err))
                continue
            if task is None:
                return
            fn, args, kwargs, deadline = task
            pipe.send(None)
            answer = _attempt(fn, args, kwargs, deadline, words)
            try:
                pipe.send(answer)
            except Exception as err:  # noqa: BLE001  # the result cannot be pickled
                text, trace = _described(err)
                pipe.send((False, (f"its result cannot be pickled: {text}", trace)))


def _attempt(fn: Any, args: Any, kwargs: Any, deadline: float | None, words: IO[str]) -> Any:
    words.seek(0)
    words.truncate()
    watch = threading.Timer(deadline or 0.0, _write_where, (words, threading.get_ident()))
    watch.daemon = True
    if deadline is not None:  # so that a hung subject can be told the line that it hangs in
        watch.start()
    try:
        return True, fn(*args, **kwargs)
    except KeyboardInterrupt:
        raise
    except BaseException as err:  # noqa: BLE001  # a subject may raise anything, SystemExit too
        return False, _described(err)
    finally:
        watch.cancel()


def _write_where(words: IO[str], thread: int) -> None:
    """Where a thread is, as `faulthandler` writes it, newest frame first.

    Its own `dump_traceback_later` reads the frames while they run, and crashes one process in two.
    """
    # Of all frames Python's own way: they stand still while this thread holds the interpreter.
    for frame, line in traceback.walk_stack(sys._current_frames()[thread]):
        words.write(f'  File "{frame.f_code.co_filename}", line {line} in {frame.f_code.co_name}\n')
    words.flush()


def _described(err: BaseException) -> tuple[str, str]:
    text = "".join(traceback.format_exception_only(err)).strip().splitlines()[-1]
    return text, "".join(traceback.format_tb(err.__traceback__))

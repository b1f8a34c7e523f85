"""The isolated executor: a call can raise, hang or take its process down, and the others never notice."""

import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from verax.ci.executors import IsolatedExecutor, WorkerCrashed, WorkerHung, WorkerRaised


def square(x: int) -> int:
    return x * x


def leave(code: int) -> None:
    os._exit(code)


def segfault() -> None:
    import ctypes

    ctypes.string_at(0)


def hang() -> None:
    while True:
        time.sleep(1)


def spin(depth: int) -> int:
    while depth == 0:
        spin(30)
    return sum([depth, spin(depth - 1)]) if depth > 1 else depth


def divide(x: int) -> float:
    return x / 0


def give_up() -> None:
    sys.exit(3)


def unpicklable() -> object:
    return lambda: None


def chatter() -> int:
    print("I speak where JSON is expected")
    return 7


def process() -> int:
    return os.getpid()


@pytest.fixture(scope="module")
def executor() -> Iterator[IsolatedExecutor]:
    with IsolatedExecutor(workers=2, deadline=3.0) as made:
        yield made


def test_results_come_back_in_any_order_and_number(executor: IsolatedExecutor) -> None:
    assert list(executor.map(square, range(20))) == [x * x for x in range(20)]


def test_a_crash_costs_one_call_and_its_siblings_go_on(executor: IsolatedExecutor) -> None:
    futures: list[Future[object]] = []
    for i in range(4):
        futures += [executor.submit(leave, 7), executor.submit(square, i)]
    for crash, result in zip(futures[::2], futures[1::2], strict=True):
        with pytest.raises(WorkerCrashed, match="exit code 7"):
            crash.result()
        assert isinstance(result.result(), int)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals to name")
def test_a_segmentation_fault_is_told_with_its_line(executor: IsolatedExecutor) -> None:
    with pytest.raises(WorkerCrashed, match="SIGSEGV") as caught:
        executor.submit(segfault).result()
    assert "in segfault" in caught.value.trace


def test_a_hang_is_ended_at_the_deadline_and_told_with_its_line(executor: IsolatedExecutor) -> None:
    beside = executor.submit(process)
    with pytest.raises(WorkerHung, match="still running after 3 s") as caught:
        executor.submit(hang).result()
    assert "in hang" in caught.value.trace
    assert beside.result() != os.getpid()
    assert executor.submit(square, 3).result() == 9


def test_work_that_never_ends_is_looked_at_while_it_goes_on_and_crashes_nothing(
    executor: IsolatedExecutor,
) -> None:
    for future in [executor.submit(spin, 0) for _ in range(4)]:
        with pytest.raises(WorkerHung) as caught:
            future.result()
        assert "in spin" in caught.value.trace


@pytest.mark.parametrize(
    ("call", "told"), [(give_up, "SystemExit: 3"), (unpicklable, "its result cannot be pickled: ")]
)
def test_whatever_is_raised_is_told(executor: IsolatedExecutor, call: object, told: str) -> None:
    with pytest.raises(WorkerRaised, match=told):
        executor.submit(call).result()  # type: ignore[arg-type]  # both are callable


def test_an_exception_keeps_its_trace(executor: IsolatedExecutor) -> None:
    with pytest.raises(WorkerRaised, match="ZeroDivisionError: division by zero") as caught:
        executor.submit(divide, 1).result()
    assert "return x / 0" in caught.value.trace


def test_what_a_call_prints_stays_off_the_standard_output(
    executor: IsolatedExecutor, capfd: pytest.CaptureFixture[str]
) -> None:
    assert executor.submit(chatter).result() == 7
    assert "I speak" not in capfd.readouterr().out


def test_a_closed_executor_takes_no_calls_and_cancels_the_pending_ones() -> None:
    executor = IsolatedExecutor(workers=1)
    running = executor.submit(hang)
    pending = executor.submit(square, 2)
    executor.shutdown(wait=True, cancel_futures=True)
    assert pending.cancelled()
    assert running.done()
    with pytest.raises(RuntimeError, match="shut down"):
        executor.submit(square, 2)

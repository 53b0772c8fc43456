"""Progress callbacks, exceptions from them, and Ctrl-C."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import quantcal
from quantcal import isotonic
from quantcal._progress import _reports, reporting

# Elements enough for each function to report more than once.
LONG = 3 << 20
LONG_SEQUENCE = 16 << 20


def work(rng: np.random.Generator, name: str) -> Callable[..., Any]:
    """A call that takes long, to be given a callback."""
    if name == "isotonic_regression":
        y = rng.normal(size=LONG_SEQUENCE)
        return lambda **given: quantcal.isotonic_regression(y, **given)
    values = rng.normal(size=LONG)
    if name == "temperature_fit":
        logits, labels = values.reshape(-1, 8), rng.integers(0, 8, LONG // 8)
        return lambda **given: quantcal.temperature_fit(logits, labels, **given)
    matrix = values.astype(np.float32).reshape(-1, 1024)
    if name == "quantize":
        return lambda **given: quantcal.quantize(matrix, **given)
    quantized = quantcal.quantize(matrix)
    return lambda **given: quantized.dequantize(**given)


FUNCTIONS = ["isotonic_regression", "temperature_fit", "quantize", "dequantize"]


@pytest.fixture
def call(rng: np.random.Generator, request: pytest.FixtureRequest) -> Callable[..., Any]:
    return work(rng, request.param)


over_functions = pytest.mark.parametrize("call", FUNCTIONS, indirect=True)


@over_functions
def test_fractions_rise(call: Callable[..., Any]) -> None:
    fractions: list[float] = []
    threads: set[int] = set()

    def note(fraction: float) -> None:
        fractions.append(fraction)
        threads.add(threading.get_ident())

    call(progress=note)
    assert fractions and fractions == sorted(fractions)
    assert fractions[0] >= 0 and fractions[-1] <= 1
    assert threads == {threading.get_ident()}


@over_functions
def test_a_true_result_cancels(call: Callable[..., Any]) -> None:
    calls: list[float] = []
    with pytest.raises(quantcal.Cancelled) as caught:
        call(progress=lambda fraction: calls.append(fraction) or True)
    assert len(calls) == 1
    assert caught.value.status_name == "QC_CANCELLED"


@over_functions
def test_an_exception_is_raised_again(call: Callable[..., Any]) -> None:
    calls: list[float] = []

    def fail(fraction: float) -> None:
        calls.append(fraction)
        raise KeyError("from the callback")

    with pytest.raises(KeyError, match="from the callback"):
        call(progress=fail)
    assert len(calls) == 1


@over_functions
def test_a_callback_changes_no_result(call: Callable[..., Any]) -> None:
    def numbers(result: Any) -> bytes:
        arrays = vars(result).values() if hasattr(result, "__dict__") else [result]
        return b"".join(np.asarray(one).tobytes() for one in arrays if one is not None)

    assert numbers(call(progress=lambda fraction: 0)) == numbers(call())


def test_a_callback_must_be_callable() -> None:
    with pytest.raises(TypeError, match="progress is 3; expected a function"):
        quantcal.quantize([1.0], progress=3)  # type: ignore[arg-type]


def test_short_work_and_other_threads_have_no_callback() -> None:
    """Without a callback of the user's there is only Ctrl-C to look for."""
    with reporting(None, 1000) as short, reporting(None, 1 << 24) as long:
        assert not short.report and long.report
    seen: list[bool] = []

    def elsewhere() -> None:
        with reporting(None, 1 << 24) as progress:
            seen.append(bool(progress.report))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert seen == [False]


def test_what_is_raised_while_waiting_is_caught() -> None:
    """A generator is interrupted where it is resumed, inside its try."""
    caught: list[BaseException] = []
    reports = _reports(None, caught)
    assert next(reports) == 0 and reports.send(0.5) == 0
    assert reports.throw(KeyboardInterrupt()) == 1
    assert reports.send(0.7) == 1
    assert [type(one) for one in caught] == [KeyboardInterrupt]


@pytest.mark.usefixtures("restored_threads")
@pytest.mark.parametrize("delay", [0.0005, 0.001, 0.002, 0.004])
def test_an_interrupt_stops_the_work(rng: np.random.Generator, spy_on: Any, delay: float) -> None:
    """SIGINT from another thread, while the library runs and Python handles no signals."""
    quantcal.set_thread_count(1)  # leaves a processor for the other thread
    # Long enough for a busy machine, on which the other thread may wake up late.
    y = rng.standard_normal(4 * LONG_SEQUENCE, dtype=np.float32)
    spy = spy_on(isotonic.regression._REGRESSION, np.dtype(np.float32))
    started = threading.Event()
    inner = spy.function

    def begin(*arguments: Any) -> int:
        started.set()
        return inner(*arguments)

    spy.function = begin

    def interrupt() -> None:
        started.wait()
        time.sleep(delay)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        quantcal.isotonic_regression(y)
    thread.join()
    assert spy.status == quantcal.Status.QC_CANCELLED


def test_any_signal_handler_may_raise(rng: np.random.Generator) -> None:
    """Such as a timeout by an alarm."""

    def expire(number: int, frame: Any) -> None:
        raise TimeoutError("the alarm went off")

    previous = signal.signal(signal.SIGALRM, expire)
    try:
        y = rng.normal(size=LONG_SEQUENCE)
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        with pytest.raises(TimeoutError, match="the alarm went off"):
            quantcal.isotonic_regression(y)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)

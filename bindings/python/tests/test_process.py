"""The library in a process: the GIL, threads, fork, and the choice of kernel."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

import quantcal


def everything(scale: int) -> dict[str, str]:
    """A digest of what each function gives, in every type, on lengths around a vector's."""
    rng = np.random.default_rng(7)
    digests = {}

    def note(name: str, *results: object) -> None:
        content = b"".join(np.asarray(one).tobytes() for one in results if one is not None)
        digests[name] = hashlib.sha256(content).hexdigest()

    for n in (1, 7, 8, 9, 15, 16, 17, 31, 33, 63, 65, 1000, 9973 * scale):
        y, weights = rng.normal(size=n), rng.random(n)
        for dtype in (np.float32, np.float64):
            name = f"{np.dtype(dtype).name}[{n}]"
            values = y.astype(dtype)
            fit = quantcal.isotonic_regression(values, weights=weights)
            note(f"isotonic {name}", fit.x, fit.weights, fit.blocks)
            note(f"threshold {name}", quantcal.conformal_threshold(values, 0.1))
            note(f"intervals {name}", *quantcal.conformal_intervals(values, 0.3))
            for classes in (2, 3, 10, 33):
                shape = (max(n // classes, 1), classes)
                logits = np.resize(values * 4, shape)
                labels = rng.integers(0, classes, shape[0])
                sets = quantcal.conformal_sets(logits, 0.3)
                note(f"sets {name} {classes}", sets.mask, sets.sizes)
                temperature = quantcal.temperature_fit(logits, labels)
                note(f"fit {name} {classes}", *map(np.array, vars(temperature).values()))
                probabilities = quantcal.temperature_apply(logits, 1.7)
                note(f"apply {name} {classes}", probabilities)
                for binning in ("equal_width", "equal_mass"):
                    bins = quantcal.reliability_bins(probabilities, labels, binning=binning)
                    note(f"bins {name} {classes} {binning}", *vars(bins).values())
        for dtype in (np.float32, np.float16):
            for bits in (2, 3, 4, 5, 8):
                for symmetric in (True, False):
                    matrix = np.resize(y, (3, n)).astype(dtype)
                    q = quantcal.quantize(matrix, bits, 32, symmetric)
                    outputs = [q.dequantize(kind) for kind in ("f4", "f2", "bfloat16")]
                    note(
                        f"quantize {np.dtype(dtype).name}[{n}] {bits} {symmetric}",
                        *[q.packed, q.scales, q.zeros, q.codes, *outputs],
                    )
    return digests


def assert_same(ours: dict[str, str], theirs: dict[str, str]) -> None:
    assert len(ours) > 500
    assert {name for name in ours if ours[name] != theirs[name]} == set()


@pytest.mark.usefixtures("restored_threads")
def test_results_do_not_depend_on_the_number_of_threads() -> None:
    quantcal.set_thread_count(1)
    alone = everything(40)
    for count in (2, 3, 7):
        quantcal.set_thread_count(count)
        assert quantcal.thread_count() == count
        assert_same(alone, everything(40))


def in_another_process(**environment: str) -> tuple[str, dict[str, str]]:
    """The kernel level of a new process, and its results."""
    script = (
        "import json, quantcal, test_process as t;"
        "print(json.dumps([quantcal.kernel_level(), t.everything(4)]))"
    )
    output = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": python_path(), **environment},
        stdout=subprocess.PIPE,
        check=True,
    ).stdout
    level, results = json.loads(output)
    return level, results


def python_path() -> str:
    here = str(Path(__file__).parent)
    return os.pathsep.join([here, *filter(None, [os.environ.get("PYTHONPATH")])])


def test_results_do_not_depend_on_the_kernels() -> None:
    level, reference = in_another_process(QUANTCAL_KERNELS="reference")
    assert level == "reference"
    order = ["reference", "avx2", "avx512"]
    for wanted in ("avx2", "avx512"):
        level, results = in_another_process(QUANTCAL_KERNELS=wanted)
        assert order.index(level) <= order.index(wanted)  # a processor without it has the one below
        assert_same(reference, results)
    assert in_another_process(QUANTCAL_KERNELS="nonsense")[0] == "reference"


def test_the_number_of_threads_comes_from_the_environment() -> None:
    script = "import quantcal; print(quantcal.thread_count())"
    for value, expected in [("3", "3"), ("0", None), ("many", None)]:
        output = subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "QUANTCAL_THREADS": value},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout.strip()
        assert output == (expected or str(len(os.sched_getaffinity(0))))


def test_python_runs_while_the_library_computes(rng: np.random.Generator) -> None:
    y = rng.normal(size=16 << 20)
    moments: list[float] = []

    def compute() -> None:
        moments.append(time.monotonic())
        quantcal.isotonic_regression(y)
        moments.append(time.monotonic())

    thread = threading.Thread(target=compute)
    thread.start()
    ticks: list[float] = []
    while thread.is_alive():
        ticks.append(time.monotonic())
        time.sleep(0.001)
    thread.join()
    began, ended = moments
    assert ended - began > 0.02, "too short to tell"
    # With the GIL held there would be no tick inside.
    inside = [tick for tick in ticks if began < tick < ended - 0.002]
    assert len(inside) >= 5


def test_calls_of_several_threads_do_not_mix(rng: np.random.Generator) -> None:
    """Each thread has its own last error, and its own results."""
    inputs = [rng.normal(size=50_000) for _ in range(4)]
    expected = [quantcal.isotonic_regression(y).x.tobytes() for y in inputs]
    wrong: list[int] = []

    def repeat(index: int) -> None:
        bad = np.array([1.0] * index + [np.nan])
        for _ in range(20):
            try:
                quantcal.isotonic_regression(bad)
            except quantcal.QuantcalError as error:
                if not str(error).startswith(f"y[{index}] is nan"):
                    wrong.append(index)
            if quantcal.isotonic_regression(inputs[index]).x.tobytes() != expected[index]:
                wrong.append(index)

    threads = [threading.Thread(target=repeat, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def _exit_code_of(child: int) -> int:
    """How a child ended; it is killed if it does not."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(child, 9)
    os.waitpid(child, 0)
    pytest.fail("the child hangs")


@pytest.mark.usefixtures("restored_threads")
def test_a_forked_process_can_go_on(rng: np.random.Generator) -> None:
    """There is no pool of threads that a child would miss."""
    quantcal.set_thread_count(4)
    logits = rng.normal(size=(200_000, 10))
    labels = rng.integers(0, 10, 200_000)
    expected = quantcal.temperature_fit(logits, labels)
    child = os.fork()
    if child == 0:
        os._exit(0 if quantcal.temperature_fit(logits, labels) == expected else 1)
    assert _exit_code_of(child) == 0


@pytest.mark.usefixtures("restored_threads")
def test_a_process_forked_in_a_callback_can_go_on(rng: np.random.Generator) -> None:
    """The threads of a call do not survive either; the child's part of the call gets others."""
    quantcal.set_thread_count(3)
    y = rng.normal(size=3_000_000)
    expected = quantcal.isotonic_regression(y).x
    children = []

    def fork(_done: float) -> bool | None:
        if not children:
            children.append(os.fork())
        return None

    found = quantcal.isotonic_regression(y, progress=fork).x
    is_same = np.array_equal(found, expected)
    if children == [0]:
        os._exit(0 if is_same else 1)
    assert is_same
    assert len(children) == 1
    assert _exit_code_of(children[0]) == 0

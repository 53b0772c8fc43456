"""Memory that is lent to results, and again when they are gone."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from quantcal import _lent, isotonic_regression

LARGE = 1 << 20


@pytest.fixture(autouse=True)
def _no_rooms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_lent, "_waiting", [])


def address(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uintp])
@pytest.mark.parametrize("length", [0, 1, 1000, LARGE])
def test_room_has_the_asked_length_and_can_be_written(dtype: type, length: int) -> None:
    room = _lent.lent(length, dtype)
    assert room.shape == (length,)
    assert room.dtype == dtype
    room[:] = 7
    assert (_lent.kept(room, length) == 7).all()


def test_memory_is_lent_again_when_the_last_array_on_it_is_gone() -> None:
    room = _lent.lent((2, LARGE), np.float64)
    where = address(room)
    holders = [room[1, 5:], memoryview(room), np.asarray(room.base), room.T.ravel(order="K")]
    del room
    while holders:
        other = _lent.lent(2 * LARGE, np.float64)
        assert not where <= address(other) < where + 16 * LARGE
        del other, holders[0]
    assert where in {address(_lent.lent(2 * LARGE, np.float64)) for _ in range(2)}


def test_few_results_are_copied_and_the_room_is_lent_again() -> None:
    room = _lent.lent(LARGE, np.float64)
    room[:3] = 1, 2, 3
    where = address(room)
    few = _lent.kept(room, 3)
    del room
    again = _lent.lent(LARGE, np.float64)
    assert address(again) == where
    again[:3] = 0
    assert few.tolist() == [1, 2, 3]


def test_no_more_waits_than_may() -> None:
    rooms = [_lent.lent(LARGE, np.float64) for _ in range(9)]
    assert len({address(room) for room in rooms}) == 9
    del rooms
    assert len(_lent._waiting) == _lent._ROOMS


def test_what_is_too_large_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_lent, "_LARGEST", 4 * LARGE)
    _lent.lent(LARGE, np.float64)
    assert not _lent._waiting


def test_many_results_keep_their_room() -> None:
    room = _lent.lent(LARGE, np.float64)
    room[:] = np.arange(LARGE)
    many = _lent.kept(room, LARGE // 2)
    assert address(many) == address(room)
    del room
    others = [_lent.lent(LARGE, np.float64) for _ in range(3)]
    for other in others:
        other[:] = -1
    assert (many == np.arange(LARGE // 2)).all()


def test_room_that_does_not_fit_is_not_used() -> None:
    _lent.lent(4 * LARGE, np.float64)
    (waiting,) = _lent._waiting
    assert _lent.lent(8 * LARGE, np.float64).size == 8 * LARGE
    assert waiting in _lent._waiting
    _lent.lent(LARGE, np.float64)[:] = 0
    assert waiting in _lent._waiting


def test_what_cannot_be_had_is_a_memory_error(capfd: pytest.CaptureFixture[str]) -> None:
    for size in (1 << 50, 1 << 62):
        with pytest.raises((MemoryError, ValueError)):
            _lent.lent(size, np.float64)
    assert capfd.readouterr().err == ""


def test_threads_do_not_get_the_same_memory() -> None:
    def use(number: int) -> bool:
        good = True
        for _ in range(50):
            arrays = [_lent.lent(LARGE // 8, np.int64) for _ in range(3)]
            for array in arrays:
                array[::512] = number
            good = good and all((array[::512] == number).all() for array in arrays)
        return good

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(use, range(8)))


def test_results_that_outlive_the_interpreter_are_no_error() -> None:
    code = 'import sys; from quantcal._lent import lent; sys.a = [lent(1 << 20, int) for _ in "ab"]'
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_results_of_one_fit_survive_the_next() -> None:
    falling = np.arange(LARGE, 0, -1.0)
    first = isotonic_regression(falling)
    second = isotonic_regression(np.arange(float(LARGE)))
    third = isotonic_regression(falling + 1)
    assert first.blocks.tolist() == third.blocks.tolist() == [0, LARGE]
    assert first.weights.tolist() == [LARGE]
    assert (second.blocks == np.arange(LARGE + 1)).all()
    assert (second.weights == 1).all()

"""Room that is lent for results whose number is not known beforehand."""

from __future__ import annotations

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


def test_few_results_are_copied_and_the_room_is_lent_again() -> None:
    room = _lent.lent(LARGE, np.float64)
    room[:3] = 1, 2, 3
    where = address(room)
    few = _lent.kept(room, 3)
    again = _lent.lent(LARGE, np.float64)
    assert address(again) == where
    again[:3] = 0
    assert few.tolist() == [1, 2, 3]


def test_room_in_use_is_nobody_elses() -> None:
    rooms = [_lent.lent(LARGE, np.float64) for _ in range(9)]
    kept = [_lent.kept(room, 1) for room in rooms[:6]]
    rooms += [_lent.lent(LARGE, np.float64) for _ in range(6)]
    in_use = {address(room) for room in rooms[6:]}
    assert len(in_use) == 9
    assert len({address(one) for one in kept}) == 6
    assert len(_lent._waiting) <= _lent._ROOMS


def test_many_results_keep_their_room() -> None:
    room = _lent.lent(LARGE, np.float64)
    room[:] = np.arange(LARGE)
    many = _lent.kept(room, LARGE // 2)
    assert address(many) == address(room)
    others = [_lent.lent(LARGE, np.float64) for _ in range(3)]
    for other in others:
        other[:] = -1
    assert (many == np.arange(LARGE // 2)).all()


def test_room_that_does_not_fit_is_not_used() -> None:
    small = _lent.lent(LARGE, np.float64)
    _lent.kept(small, 1)
    assert _lent.lent(2 * LARGE, np.float64).size == 2 * LARGE
    large = _lent.lent(8 * LARGE, np.float64)
    _lent.kept(large, 1)
    _lent.lent(LARGE, np.float64)[:] = 0
    assert not _lent._waiting


def test_results_of_one_fit_survive_the_next() -> None:
    falling = np.arange(LARGE, 0, -1.0)
    first = isotonic_regression(falling)
    second = isotonic_regression(np.arange(float(LARGE)))
    third = isotonic_regression(falling + 1)
    assert first.blocks.tolist() == third.blocks.tolist() == [0, LARGE]
    assert first.weights.tolist() == [LARGE]
    assert (second.blocks == np.arange(LARGE + 1)).all()
    assert (second.weights == 1).all()

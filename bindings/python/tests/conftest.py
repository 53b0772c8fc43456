"""Shared by all tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import quantcal


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """The last line, which the test suites read."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        passed, failed, errors = (
            len(reporter.stats.get(outcome, [])) for outcome in ("passed", "failed", "error")
        )
        print(f"python: {passed} passed, {failed + errors} failed")


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20240229)


@pytest.fixture
def restored_threads() -> Iterator[None]:
    yield
    quantcal.set_thread_count(0)


class Spy:
    """Stands for one function of the library: keeps the arguments of its last call."""

    def __init__(self, function: Any) -> None:
        self.function = function
        self.arguments: tuple[Any, ...] = ()
        self.status: int | None = None

    def __call__(self, *arguments: Any) -> int:
        self.arguments = arguments
        self.status = self.function(*arguments)
        return self.status


@pytest.fixture
def spy_on(monkeypatch: pytest.MonkeyPatch) -> Any:
    """spy_on(table, key) watches the function table[key] and gives its Spy."""

    def watch(table: dict[Any, Any], key: Any) -> Spy:
        spy = Spy(table[key])
        monkeypatch.setitem(table, key, spy)
        return spy

    return watch

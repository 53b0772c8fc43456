"""Where the times were taken: the machine, the libraries, the threads."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import quantcal
from threadpoolctl import threadpool_info

#: The packages whose versions are reported.
PACKAGES = (
    "numpy",
    "scipy",
    "scikit-learn",
    "torch",
    "netcal",
    "torchmetrics",
    "probmetrics",
)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _versions() -> dict[str, str | None]:
    versions: dict[str, str | None] = {}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = None
    return versions


def _pools() -> list[dict[str, Any]]:
    """OpenBLAS and OpenMP, once for each copy that is loaded (NumPy and SciPy bring theirs)."""
    return [
        {
            "library": "/".join(Path(pool["filepath"]).parts[-2:]),
            "version": pool["version"],
            "core": pool.get("architecture"),
            "threads": pool["num_threads"],
        }
        for pool in sorted(threadpool_info(), key=lambda pool: str(pool["filepath"]))
    ]


def describe() -> dict[str, Any]:
    """All of it. Call it after the rows: what the peers load is then there."""
    torch = sys.modules.get("torch")
    quantcal.set_thread_count(0)
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "load_average": [round(load, 2) for load in os.getloadavg()],
        "system": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        "quantcal": quantcal.version(),
        "kernels": quantcal.kernel_level(),
        "threads": quantcal.thread_count(),
        "versions": _versions(),
        "pools": _pools(),
        "torch_threads": torch.get_num_threads() if torch is not None else None,
    }


def lines(facts: dict[str, Any]) -> list[str]:
    """The same to read."""
    load = " ".join(str(one) for one in facts["load_average"])
    versions = ", ".join(
        f"{name} {v or '(not installed)'}" for name, v in facts["versions"].items()
    )
    out = [
        f"machine   {facts['processor']}, {facts['cores']} cores, {facts['memory_gib']} GiB,"
        f" load average at the end {load}",
        f"system    {facts['system']}",
        f"quantcal  {facts['quantcal']}, {facts['kernels']} kernels, threads: {facts['threads']}",
        f"peers     {versions}",
    ]
    for pool in facts["pools"]:
        version_of_it = f" {pool['version']}" if pool["version"] else ""
        core = f", {pool['core']} core" if pool["core"] else ""
        out.append(f"pool      {pool['library']}{version_of_it}{core}, {pool['threads']} threads")
    if facts["torch_threads"] is not None:
        out.append(f"torch     {facts['torch_threads']} threads")
    return out

"""Family `base`: the version, the last error, threads, and the choice of kernel."""

from __future__ import annotations

import ctypes

from quantcal._arrays import as_int32
from quantcal._errors import check, last_error, status_name
from quantcal._library import bind

__all__ = [
    "kernel_level",
    "last_error",
    "set_thread_count",
    "status_name",
    "thread_count",
    "version",
]

_version = bind("qc_version", restype=ctypes.c_char_p)


def version() -> str:
    """The version of the library that is loaded, such as ``"0.1.0"``.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.version() == quantcal.__version__
    True
    """
    text: bytes = _version()
    return text.decode()


_kernel_level = bind("qc_kernel_level", restype=ctypes.c_char_p)


def kernel_level() -> str:
    """The kernels in use: ``"reference"``, ``"avx2"`` or ``"avx512"``.

    The best that the processor has, unless the environment variable ``QUANTCAL_KERNELS``
    named another at the library's first use. Results do not depend on it.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.kernel_level() in ("reference", "avx2", "avx512")
    True
    """
    text: bytes = _kernel_level()
    return text.decode()


_set_thread_count = bind("qc_set_thread_count", ctypes.c_int32)


def set_thread_count(count: int) -> None:
    """Set how many threads each following call of this process may use.

    A result never depends on it, to the last bit.

    Parameters
    ----------
    count : int
        1 to 1024, counting the calling thread; 0 for the default, which is
        ``QUANTCAL_THREADS`` from the environment if that is set, otherwise the
        processors that this process may run on.

    Raises
    ------
    QuantcalValueError
        If `count` is outside its range.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.set_thread_count(1)
    >>> quantcal.thread_count()
    1
    >>> quantcal.set_thread_count(0)
    """
    check(_set_thread_count(as_int32("count", count)))


_thread_count = bind("qc_thread_count", restype=ctypes.c_int32)


def thread_count() -> int:
    """How many threads a call may use now. At least 1.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.thread_count() >= 1
    True
    """
    count: int = _thread_count()
    return count

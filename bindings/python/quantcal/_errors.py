"""Status codes, and the exceptions that they become."""

from __future__ import annotations

import ctypes
from enum import IntEnum

from quantcal._library import bind


class Status(IntEnum):
    """The outcome of a call of the library, named as in its headers."""

    QC_OK = 0
    QC_ERR_NULL_POINTER = -1
    QC_ERR_SIZE = -2
    QC_ERR_NOT_FINITE = -3
    QC_ERR_DOMAIN = -4
    QC_ERR_OPTIONS = -5
    QC_ERR_ALIGNMENT = -6
    QC_ERR_ALIAS = -7
    QC_ERR_NO_MEMORY = -8
    QC_CANCELLED = -9
    QC_ERR_FORMAT = -10
    QC_INFEASIBLE = -11
    QC_ERR_IO = -12


_status_name = bind("qc_status_name", ctypes.c_int32, restype=ctypes.c_char_p)
_last_error = bind("qc_last_error", restype=ctypes.c_char_p)


def status_name(status: int) -> str:
    """The name of a status code of the library.

    Parameters
    ----------
    status : int
        A code, such as the ``status`` of a `QuantcalError`.

    Returns
    -------
    str
        Such as ``"QC_ERR_DOMAIN"``; ``"QC_UNKNOWN"`` for a number that is no code.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.status_name(-4)
    'QC_ERR_DOMAIN'
    """
    name: bytes = _status_name(status)
    return name.decode()


def last_error() -> str:
    """What the library's last failed call in this thread had to say.

    The exceptions carry the same sentence, so this is seldom needed. The empty string
    if no call of this thread has failed; a call that succeeds leaves it as it is.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_rank(10, 2.0)
    Traceback (most recent call last):
    quantcal.QuantcalValueError: alpha is 2.0; alpha must be strictly between 0 and 1
    >>> quantcal.last_error()
    'alpha is 2.0; alpha must be strictly between 0 and 1'
    """
    message: bytes = _last_error()
    return message.decode(errors="replace")


class QuantcalError(Exception):
    """What the library refuses. The base of the package's exceptions.

    Attributes
    ----------
    status : int
        The library's status code, a `Status`.
    status_name : str
        Its name, such as ``"QC_ERR_DOMAIN"``.
    """

    __module__ = "quantcal"  # where users find it, and what a traceback should say

    def __init__(self, message: str, status: int) -> None:
        # Both are arguments of the base class, so that a pickled error comes back whole.
        super().__init__(message, status)
        self.status = status

    @property
    def status_name(self) -> str:
        return status_name(self.status)

    def __str__(self) -> str:
        return str(self.args[0])


class QuantcalValueError(QuantcalError, ValueError):
    """An argument has a wrong value or shape."""

    __module__ = "quantcal"


class QuantcalMemoryError(QuantcalError, MemoryError):
    """Memory could not be had."""

    __module__ = "quantcal"


class Cancelled(QuantcalError):
    """A progress callback asked to stop."""

    __module__ = "quantcal"


class Infeasible(QuantcalError):
    """What was asked for does not exist: no parameter is valid, no size suffices."""

    __module__ = "quantcal"


class QuantcalOSError(QuantcalError, OSError):
    """A file cannot be opened, read or written."""

    __module__ = "quantcal"

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message, status)
        self.errno, self.strerror = None, message


_CLASSES: dict[int, type[QuantcalError]] = {
    Status.QC_ERR_NO_MEMORY: QuantcalMemoryError,
    Status.QC_CANCELLED: Cancelled,
    Status.QC_INFEASIBLE: Infeasible,
    Status.QC_ERR_IO: QuantcalOSError,
}


def check(status: int) -> None:
    """Raise the exception of a call's status, if it failed."""
    if status != Status.QC_OK:
        raise _CLASSES.get(status, QuantcalValueError)(last_error(), status)


def refuse(status: Status, message: str) -> QuantcalValueError:
    """The error for a value that cannot be put into C's types, so that the library never
    sees it: a length that does not match another, a name that is none, a huge integer."""
    return QuantcalValueError(message, status)

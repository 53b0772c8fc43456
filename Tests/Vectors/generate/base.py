"""Family `base`."""

from files import VectorFile

STATUSES = ["QC_OK", "QC_ERR_NULL_POINTER", "QC_ERR_SIZE", "QC_ERR_NOT_FINITE", "QC_ERR_DOMAIN",
            "QC_ERR_OPTIONS", "QC_ERR_ALIGNMENT", "QC_ERR_ALIAS", "QC_ERR_NO_MEMORY", "QC_CANCELLED",
            "QC_ERR_FORMAT", "QC_INFEASIBLE", "QC_ERR_IO"]
HEADER = "the comments of include/quantcal/base.h"


def files():
    return [version(), kernel_level(), status_name(), set_thread_count(), thread_count(), last_error()]


def version():
    file = VectorFile("base/version.json", "qc_version", [""], "QC_VERSION_STRING in " + HEADER[16:])
    file.expect("this version", {"value": "0.1.0"})
    return file


def kernel_level():
    file = VectorFile("base/kernel_level.json", "qc_kernel_level", [""], HEADER)
    file.expect("a known level", {"one_of": ["reference", "avx2", "avx512"]})
    return file


def status_name():
    file = VectorFile("base/status_name.json", "qc_status_name", [""],
                      "the enumeration of qc_status in include/quantcal/base.h")
    for number, name in enumerate(STATUSES):
        file.expect(name, {"value": name}, status=-number)
    for number in [1, len(STATUSES) * -1, 2147483647, -2147483648]:
        file.expect(f"{number} is no status", {"value": "QC_UNKNOWN"}, status=number)
    return file


def set_thread_count():
    file = VectorFile("base/set_thread_count.json", "qc_set_thread_count", [""], HEADER)
    for count in [1, 2, 3, 64, 1023, 1024]:
        file.expect(f"{count}", {"count": count}, count=count)
    file.expect("0 asks for the default", {}, count=0)
    for count in [-1, 1025, -2147483648, 2147483647]:
        file.refuse(f"{count} is out of range", "QC_ERR_DOMAIN", f"count is {count}", count=count)
    return file


def thread_count():
    file = VectorFile("base/thread_count.json", "qc_thread_count", [""], HEADER)
    file.expect("what was set", {"count": 5}, count=5)
    file.expect("the latest that was set", {"count": 2}, count=2)
    return file


def last_error():
    file = VectorFile("base/last_error.json", "qc_last_error", [""],
                      "the form of a message: argument, value, what was expected; " + HEADER)
    file.expect("a level of 2", {"value": LEVEL.format("2.0")}, n=10, alpha=2)
    file.expect("a level of -0.5", {"value": LEVEL.format("-0.5")}, n=10, alpha=-0.5)
    return file


LEVEL = "alpha is {}; alpha must be strictly between 0 and 1"

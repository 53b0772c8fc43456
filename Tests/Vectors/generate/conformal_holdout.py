"""Family `conformal`: the reusable holdout, question by question; its bound from whole numbers and logarithms."""

import math
import struct
from decimal import Decimal
from fractions import Fraction
from math import comb

from exact import decimal
from files import VectorFile
from isotonic_distribution import philox
from isotonic_state import checksum

DEFAULTS = {"mechanism": "noise", "threshold": 0.04, "sigma": 0.01, "grid": 101, "budget": 100, "seed": 0}
HEADER = "the comments of include/quantcal/conformal/holdout.h"
SOURCE = "the answers one by one, logarithms to 60 digits (generate/conformal_holdout.py)"


def files():
    return [options_file(), create_file(), destroy_file(), ask_file(), remaining_file(), serialize_file(),
            deserialize_file(), error_file(), questions_file()]


# The answers


def laplace(seed, stream, index, scale):
    """The quantile at the middle of one of 2^53 equal parts."""
    words = philox(seed, index, 3, stream)
    at = Fraction(2 * ((words[1] << 32 | words[0]) >> 11) + 1, 2**54)
    if at < Fraction(1, 2):
        return Fraction(scale) * Fraction(decimal(2 * at).ln())
    return -Fraction(scale) * Fraction(decimal(2 * (1 - at)).ln())


class Holdout:
    def __init__(self, **options):
        self.__dict__ |= DEFAULTS | options
        self.left, self.asked = self.budget, 0

    def is_far(self, gap):
        limit = Fraction(self.threshold)
        if self.mechanism == "noise":
            limit += laplace(self.seed, 0, self.budget - self.left, 2 * self.sigma)
            limit += laplace(self.seed, 1, self.asked, 4 * self.sigma)
        return gap > limit

    def blurred(self, mean):
        if self.mechanism == "noise":
            return mean + laplace(self.seed, 2, self.asked, self.sigma)
        return Fraction(math.floor(mean * (self.grid - 1) + Fraction(1, 2)), self.grid - 1)

    def answer(self, training, holdout):
        is_far = self.is_far(abs(holdout - training))
        given = self.blurred(holdout) if is_far else training
        self.asked += 1
        self.left -= is_far
        return given, int(is_far)

    def ask(self, training, holdout):
        given = []
        for one, other in zip(training, holdout):
            if self.left == 0:
                break
            given.append(self.answer(Fraction(one), Fraction(other)))
        return {"answers": [answer for answer, _ in given], "from_holdout": [far for _, far in given],
                "answered": len(given), "budget_left": self.left, "asked": self.asked}

    def bytes(self):
        head = b"QCHOLDOU" + struct.pack("<Q", 1)
        mechanism = ["noise", "grid"].index(self.mechanism)
        content = head + struct.pack("<ii2d5Q", mechanism, 0, self.threshold, self.sigma, self.grid,
                                     self.budget, self.seed, self.left, self.asked)
        return content + checksum(content)


def solve_ask(format, training, holdout, cuts=None, **options):
    """`cuts` only says how the questions are split into calls."""
    return Holdout(**options).ask(training, holdout)


MEANS = {"training": [0.5, 0.25, 0.75, 0, 1, 0.125, 0.625, 0.5], "holdout": [0.515625, 0.5, 0.25, 0, 0.875,
                                                                            0.125, 0.5, 0.75]}
CLOSE = {"absolute": 1e-13}
TYPES = {"inputs": {name: "f64" for name in ["training", "holdout", "threshold", "sigma"]},
         "outputs": {"answers": "f64"}, "tolerance": CLOSE}


def spread(count, step):
    """Means that differ by up to a quarter."""
    training = [(37 * i % 101) / 128 for i in range(count)]
    return {"training": training, "holdout": [t + (step * i % 33) / 128 for i, t in enumerate(training)]}


def file_of(name):
    return VectorFile(f"conformal/holdout_{name}.json", f"qc_conformal_holdout_{name}", [""], SOURCE, solve_ask,
                      **TYPES)


def options_file():
    file = VectorFile("conformal/holdout_options_init.json", "qc_conformal_holdout_options_init", [""], HEADER)
    file.expect("the defaults", DEFAULTS)
    return file


def create_file():
    file = file_of("create")
    file.add("the defaults", **MEANS)
    file.add("a grid", mechanism="grid", **MEANS)
    for name, bad in [("threshold", -0.5), ("threshold", 2), ("threshold", "nan"), ("sigma", 0), ("sigma", 1.5),
                      ("sigma", "nan"), ("grid", 1), ("grid", 2**20 + 1), ("budget", 0), ("budget", 2**20 + 1)]:
        file.refuse(f"{name} is {bad}", "QC_ERR_OPTIONS", f"{name} is", **MEANS | {name: bad})
    return file


def destroy_file():
    file = file_of("destroy")
    file.add("after some questions", mechanism="grid", **MEANS)
    return file


def ask_file():
    file = file_of("ask")
    file.add("the defaults", **spread(40, 5))
    file.add("another seed", seed=1, **spread(40, 5))
    file.add("the largest seed", seed=2**64 - 1, **spread(20, 7))
    file.add("little noise", sigma=2.0**-20, threshold=0.125, **spread(40, 5))
    file.add("much noise", sigma=1, **spread(40, 5))
    file.add("noise: the budget is spent on the way", budget=3, sigma=0.001, **spread(40, 5))
    file.add("a grid of 129 points", mechanism="grid", grid=129, threshold=0.0625, **spread(40, 5))
    file.add("a grid of ten steps", mechanism="grid", grid=11, threshold=0.1, **spread(40, 7))
    file.add("a grid of two points", mechanism="grid", grid=2, threshold=0.1, **MEANS)
    file.add("a grid: ties go up", mechanism="grid", grid=3, threshold=0, training=[0, 1, 0],
             holdout=[0.25, 0.75, 0.5])
    file.add("a gap of just the threshold is close", mechanism="grid", threshold=0.25, training=[0.25, 0.25],
             holdout=[0.5, 0.5 + 2.0**-50])
    file.add("a threshold of 0", mechanism="grid", threshold=0, training=[0.5, 0.5], holdout=[0.5, 0.5 + 2.0**-50])
    file.add("a grid: the budget is spent on the way", mechanism="grid", budget=2, grid=129, **spread(40, 5))
    file.add("the budget is spent by the last question", mechanism="grid", budget=1, training=[0.5, 0],
             holdout=[0.5, 1])
    file.add("no questions", training=[], holdout=[])
    for name, cuts in [("noise", {"budget": 9}), ("grid", {"mechanism": "grid", "budget": 20, "grid": 129})]:
        file.add(f"{name}: in three calls", cuts=[1, 13], **cuts, **spread(40, 5))
    file.refuse("the budget was spent before", "QC_INFEASIBLE", "the budget is spent", mechanism="grid", budget=1,
                cuts=[1], training=[0, 0], holdout=[1, 0])
    for value in [-0.5, 1.5, "inf"]:
        file.refuse(f"a mean of training is {value}", "QC_ERR_DOMAIN", "training[1]", training=[0, value],
                    holdout=[0, 0])
        file.refuse(f"a mean of the holdout is {value}", "QC_ERR_DOMAIN", "holdout[0]", training=[0],
                    holdout=[value])
    file.refuse("a mean is NaN", "QC_ERR_NOT_FINITE", "holdout[0]", training=[0], holdout=["nan"])
    return file


def remaining_file():
    file = file_of("remaining")
    file.add("nothing asked", training=[], holdout=[], keep=["budget_left", "asked"])
    file.add("some asked", keep=["budget_left", "asked"], **spread(40, 5))
    file.add("a spent budget", budget=1, mechanism="grid", keep=["budget_left", "asked"], **spread(40, 5))
    return file


def serialize_file():
    file = VectorFile("conformal/holdout_serialize.json", "qc_conformal_holdout_serialize", [""],
                      "the fields one after the other (generate/conformal_holdout.py)",
                      lambda format, training, holdout, **options: {"bytes": after(training, holdout, options)},
                      inputs=TYPES["inputs"])
    file.add("nothing asked", training=[], holdout=[])
    file.add("the defaults", **spread(20, 5))
    file.add("a grid, a budget that is spent", mechanism="grid", budget=2, grid=129, seed=2**64 - 1,
             **spread(20, 5))
    return file


def after(training, holdout, options):
    state = Holdout(**options)
    state.ask(training, holdout)
    return list(state.bytes())


def deserialize_file():
    file = VectorFile("conformal/holdout_deserialize.json", "qc_conformal_holdout_deserialize", [""],
                      "the fields one after the other (generate/conformal_holdout.py)", outputs=TYPES["outputs"],
                      tolerance=CLOSE)
    first, second = spread(20, 5), spread(20, 7)
    for name, options in [("the defaults", {}), ("a grid", {"mechanism": "grid", "grid": 129}),
                          ("a budget that ends", {"budget": 20, "seed": 5})]:
        state = Holdout(**options)
        state.ask(**first)
        data = list(state.bytes())
        file.expect(name, state.ask(**second), bytes=data, **second)
    spent = Holdout(mechanism="grid", budget=1)
    spent.ask([0], [1])
    file.refuse("a budget that is spent stays so", "QC_INFEASIBLE", "the budget is spent",
                bytes=list(spent.bytes()), training=[0], holdout=[0])
    for name, data in broken(Holdout().bytes()):
        file.refuse(name, "QC_ERR_FORMAT", "bytes are not a reusable holdout", bytes=list(data), training=[],
                    holdout=[])
    return file


def broken(good):
    def patched(place, form, *values):
        """Other fields, under a checksum that is right."""
        data = bytearray(good[:-8])
        struct.pack_into(form, data, place, *values)
        return bytes(data) + checksum(data)

    yield "no bytes", b""
    yield "a byte too few", good[:-1]
    yield "a byte too many", good + b"\0"
    yield "a whole field too many", good[:-8] + bytes(8) + checksum(good[:-8] + bytes(8))
    yield "a field too few", good[:-16] + checksum(good[:-16])
    yield "a wrong checksum", good[:-1] + bytes([good[-1] ^ 1])
    yield "another beginning", patched(0, "<B", 0)
    yield "a later version", patched(8, "<Q", 2)
    yield "an unknown mechanism", patched(16, "<i", 2)
    yield "a reserved field that is set", patched(20, "<i", 1)
    yield "a threshold of 2", patched(24, "<d", 2.0)
    yield "a threshold of -0", patched(24, "<d", -0.0)
    yield "a scale of NaN", patched(32, "<d", math.nan)
    yield "a grid of one point", patched(40, "<Q", 1)
    yield "a budget of 0", patched(48, "<Q", 0)
    yield "a budget of 2^63", patched(48, "<Q", 2**63)
    yield "more left than there was", patched(64, "<2Q", 101, 200)
    yield "fewer questions than they cost", patched(64, "<2Q", 90, 9)
    yield "2^63 questions", patched(72, "<Q", 2**63)


# The bound


def bound(n, questions, budget, grid, threshold, delta):
    courses = sum(comb(questions, i) * grid**i for i in range(min(budget, questions) + 1))
    spread = (2 * questions * courses / Decimal(repr(delta))).ln() / (2 * n)
    return max(decimal(threshold), Decimal(1) / (2 * (grid - 1))) + spread.sqrt()


def error_file():
    file = VectorFile("conformal/holdout_error.json", "qc_conformal_holdout_error", [""],
                      "whole numbers, and logarithms to 60 digits (generate/conformal_holdout.py)",
                      lambda format, **inputs: {"error": bound(**inputs)}, inputs={"threshold": "f64"},
                      outputs={"error": "f64"}, tolerance={"relative": 1e-12})
    good = {"n": 10000, "questions": 1000, "budget": 10, "grid": 101, "threshold": 0.04, "delta": 0.05}
    file.add("ten thousand points, a thousand questions", **good)
    file.add("half the spacing is more than the threshold", **good | {"threshold": 0})
    file.add("no budget: a union over the questions", **good | {"budget": 0})
    file.add("one question", **good | {"questions": 1})
    file.add("fewer questions than the budget", **good | {"questions": 7, "budget": 1000})
    file.add("two points of the grid", **good | {"grid": 2})
    file.add("the largest grid", **good | {"grid": 2**20, "budget": 3})
    file.add("one point", **good | {"n": 1})
    file.add("a large budget", **good | {"questions": 5000, "budget": 2000, "n": 10**9})
    file.add("very many questions", **good | {"questions": 2**40, "n": 10**7})
    file.add("a tiny delta", **good | {"delta": 1e-200})
    refuse_bounds(file, good)
    file.refuse("no questions", "QC_ERR_SIZE", "questions is 0", **good | {"questions": 0})
    file.refuse("too many questions", "QC_ERR_SIZE", "questions is", **good | {"questions": 2**40 + 1})
    return file


def refuse_bounds(file, good):
    for name, value in [("n", 0), ("budget", 2**20 + 1), ("grid", 1), ("grid", 2**20 + 1)]:
        file.refuse(f"{name} is {value}", "QC_ERR_SIZE", f"{name} is", **good | {name: value})
    for name, value in [("threshold", -0.5), ("threshold", 1.5), ("delta", 0), ("delta", 1)]:
        file.refuse(f"{name} is {value}", "QC_ERR_DOMAIN", f"{name} is", **good | {name: value})
    for name in ["threshold", "delta"]:
        file.refuse(f"{name} is NaN", "QC_ERR_NOT_FINITE", f"{name} is", **good | {name: "nan"})


def solve_questions(format, n, budget, grid, threshold, delta, accuracy):
    def suffices(questions):
        return bound(n, questions, budget, grid, threshold, delta) <= Decimal(repr(accuracy))

    low, high = 1, 2**40
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if suffices(middle) else (low, middle - 1)
    return {"questions": low}


def questions_file():
    file = VectorFile("conformal/holdout_questions.json", "qc_conformal_holdout_questions", [""],
                      "search with whole numbers and logarithms to 60 digits (generate/conformal_holdout.py)",
                      solve_questions, inputs={"threshold": "f64"})
    good = {"n": 10000, "budget": 10, "grid": 101, "threshold": 0.04, "delta": 0.05, "accuracy": 0.12}
    file.add("ten thousand points", **good)
    for accuracy in [0.07, 0.1, 0.11]:
        file.add(f"an accuracy of {accuracy}", **good | {"accuracy": accuracy})
    file.add("the bound of a thousand questions, rounded up", **good | {"threshold": 0, "accuracy": 0.0795})
    file.add("no budget", **good | {"budget": 0, "accuracy": 0.07})
    file.add("as many as are looked for", **good | {"n": 10**9})
    file.refuse("none", "QC_INFEASIBLE", "not even one", **good | {"accuracy": 0.05})
    file.refuse("the threshold is above the accuracy", "QC_INFEASIBLE", "not even one", **good | {"accuracy": 0.04})
    refuse_bounds(file, good)
    for value in [0, 1]:
        file.refuse(f"accuracy is {value}", "QC_ERR_DOMAIN", "accuracy is", **good | {"accuracy": value})
    file.refuse("accuracy is NaN", "QC_ERR_NOT_FINITE", "accuracy is", **good | {"accuracy": "nan"})
    return file

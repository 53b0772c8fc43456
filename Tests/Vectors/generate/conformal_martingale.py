"""Vectors of `conformal/martingale`: ranks as rationals, jumpers in rationals, powers and their mean in decimals of
60 digits, worked examples, and martingales as bytes, written field by field."""

import math
import random
import struct
from decimal import Decimal, getcontext
from fractions import Fraction

from files import VectorFile
from isotonic_distribution import philox
from isotonic_state import checksum

SOURCE = "the definitions in rationals and decimals of 60 digits (generate/conformal_martingale.py)"
LAYOUT = "the fields of a martingale one after the other (generate/conformal_martingale.py)"
DEFAULTS = {"betting": "jumper", "jump": 0.01, "epsilon": 0.92, "seed": 0}
BETTINGS = ["jumper", "composite", "power", "mixture"]
GRID = [1, 0.1, 0.01, 0.001, 0.0001]
SUMMARY = dict.fromkeys(["log_martingale", "log_maximum", "p_value"], "f64")
INF, NAN = math.inf, "nan"
TOLERANCE = {"absolute": 1e-11}

getcontext().prec = 60


def decimal(value):
    value = Fraction(value)
    return Decimal(value.numerator) / Decimal(value.denominator)


def logarithm(value):
    return decimal(value).ln()


def number(value):
    return float(value) if isinstance(value, str) else value


def ranks(scores, seed):
    """The p-value of each score among those so far, as the double nearest to it."""
    result = []
    for t, score in enumerate(scores):
        words = philox(seed, t, 13)
        share = 1 - Fraction((words[1] << 32 | words[0]) >> 11, 2**53)
        above, equal = sum(s > score for s in scores[:t]), sum(s == score for s in scores[:t + 1])
        result.append((above + share * equal) / (t + 1))
    return result


def jumper(p_values, jump):
    jump, accounts, path = Fraction(jump), [Fraction(1, 3)] * 3, []
    for p in p_values:
        total = sum(accounts)
        stakes = [(1 - jump) * account + jump * total / 3 for account in accounts]
        accounts = [stake * (1 + e * (p - Fraction(1, 2))) for stake, e in zip(stakes, (-1, 0, 1))]
        # Fractions of so many digits as do not grow without end.
        accounts = [round(account * 2**400) / Fraction(2**400) for account in accounts]
        path.append(sum(accounts))
    return path


def power(p_values, epsilon):
    if 0 in p_values:
        first = p_values.index(0)
        return power(p_values[:first], epsilon) + [INF] * (len(p_values) - first)
    total, path = Decimal(0), []
    for p in p_values:
        total += logarithm(epsilon) + (decimal(epsilon) - 1) * logarithm(p)
        path.append(total)
    return path


def mixture(p_values):
    """By the series a^k / ((t + 1) ... (t + 1 + k)), of which all terms are positive."""
    surprise, path = Decimal(0), []
    for t, p in enumerate(p_values, 1):
        if p == 0 or path and path[-1] == INF:
            path.append(INF)
            continue
        surprise -= logarithm(p)
        term = total = Decimal(1) / (t + 1)
        k = 0
        while surprise > t + 1 + k or term > total * Decimal(10) ** -40:
            k += 1
            term *= surprise / (t + 1 + k)
            total += term
        path.append(total.ln())
    return path


def path_of(p_values, options):
    betting = options["betting"]
    p_values = [Fraction(p) for p in p_values]
    if betting == "power":
        return power(p_values, options["epsilon"])
    if betting == "mixture":
        return mixture(p_values)
    rates = GRID if betting == "composite" else [options["jump"]]
    paths = [jumper(p_values, rate) for rate in rates]
    return [logarithm(sum(values) / len(rates)) for values in zip(*paths)]


def scores_and_bets(scores, p_values, options):
    scores = [number(score) for score in scores]
    return path_of([Fraction(p) for p in p_values] + ranks(scores, options["seed"]), options)


def bet_of(format, p_values=(), **given):
    return {"log_martingale": path_of(p_values, DEFAULTS | given)}


def update_of(format, scores=(), **given):
    options = DEFAULTS | given
    scores = [number(score) for score in scores]
    p_values = ranks(scores, options["seed"])
    return {"p_values": p_values, "log_martingale": path_of(p_values, options)}


def summary_of(format, scores=(), p_values=(), **given):
    path = scores_and_bets(scores, p_values, DEFAULTS | given)
    largest = max([Decimal(0), *path])
    return {"bets": len(path), "score_count": len(scores), "log_martingale": path[-1] if path else 0,
            "log_maximum": largest, "p_value": 0 if largest == INF else (-largest).exp()}


def file_of(name, solver, outputs, inputs=("scores", "p_values")):
    return VectorFile(f"conformal/martingale_{name}.json", f"qc_conformal_martingale_{name}", [""], SOURCE, solver,
                      inputs=dict.fromkeys(inputs, "f64"), outputs=outputs, tolerance=TOLERANCE)


def files():
    return [options_init(), create(), destroy(), update(), bet(), summarize(), serialize(), deserialize()]


def options_init():
    file = VectorFile("conformal/martingale_options_init.json", "qc_conformal_martingale_options_init", [""],
                      "the comments of include/quantcal/conformal/martingale.h")
    file.expect("the defaults", DEFAULTS)
    return file


def create():
    file = file_of("create", summary_of, SUMMARY)
    for betting in BETTINGS:
        file.add(f"no bets ({betting})", betting=betting)
    file.add("always even", jump=1, p_values=[0.25, 0.5])
    for value in [0, -1, 1.5, "inf", NAN]:
        file.refuse(f"jump is {value}", "QC_ERR_OPTIONS", "jump is", jump=value)
    for value in [0, 1, -0.5, "inf", NAN]:
        file.refuse(f"epsilon is {value}", "QC_ERR_OPTIONS", "epsilon is", betting="power", epsilon=value)
    return file


def destroy():
    file = file_of("destroy", summary_of, SUMMARY)
    file.add("a martingale without bets")
    file.add("a martingale with bets", betting="composite", scores=[1, 2, 3])
    return file


def scores_of(seed, count, levels):
    source = random.Random(seed)
    return [source.randrange(levels) / 4 for _ in range(count)]


def update():
    file = file_of("update", update_of, {"p_values": "f64", "log_martingale": "f64"}, ["scores"])
    for betting in BETTINGS:
        file.add(f"no scores ({betting})", betting=betting, scores=[])
        file.add(f"one score ({betting})", betting=betting, scores=[3])
        file.add(f"rising ({betting})", betting=betting, scores=list(range(30)))
        file.add(f"falling ({betting})", betting=betting, scores=list(range(30, 0, -1)))
        file.add(f"many ties ({betting})", betting=betting, scores=scores_of(1, 40, 5), seed=7)
        file.add(f"few ties ({betting})", betting=betting, scores=scores_of(2, 40, 400), seed=2**40 + 3)
        file.add(f"all equal ({betting})", betting=betting, scores=[2] * 30, seed=1)
        file.add(f"infinities, zeros of both signs ({betting})", betting=betting,
                 scores=["inf", -0.0, 0, "-inf", "inf", 5e-324, -5e-324, 1.7976931348623157e308, "-inf"])
    for seed in range(3):
        file.add(f"seed {seed}", betting="power", epsilon=0.5, scores=scores_of(3, 20, 4), seed=seed)
    file.refuse("a score is NaN", "QC_ERR_NOT_FINITE", "scores[1] is nan", scores=[1, NAN])
    return file


def bet():
    file = file_of("bet", bet_of, {"log_martingale": "f64"}, ["p_values"])
    # By hand: the square of 1/2 * 10^(1/2), and what is left after a first bet of which all is even.
    file.expect("two of a tenth (power)", {"log_martingale": [math.log(2.5) / 2, math.log(2.5)]},
                betting="power", epsilon=0.5, p_values=[0.1, 0.1])
    file.expect("two of a tenth (jumper)", {"log_martingale": [0, math.log(691 / 625)]}, p_values=[0.1, 0.1])
    source = random.Random(5)
    uniform = [source.random() for _ in range(60)]
    for betting in BETTINGS:
        file.add(f"uniform ({betting})", betting=betting, p_values=uniform)
        file.add(f"small ({betting})", betting=betting, p_values=[p**4 for p in uniform])
        file.add(f"large ({betting})", betting=betting, p_values=[1 - p**3 for p in uniform])
        file.add(f"ones ({betting})", betting=betting, p_values=[1] * 20)
        file.add(f"halves ({betting})", betting=betting, p_values=[0.5] * 20)
        file.add(f"tiny ({betting})", betting=betting, p_values=[1e-300, 5e-324, 2.2250738585072014e-308, 1e-310])
        file.add(f"zeros ({betting})", betting=betting, p_values=[0.5, 0, 0.25, 1])
    for jump in [1, 0.5, 1e-6]:
        file.add(f"jump {jump}", jump=jump, p_values=uniform[:30])
    for epsilon in [0.01, 0.5, 0.999]:
        file.add(f"epsilon {epsilon}", betting="power", epsilon=epsilon, p_values=uniform[:30])
    for value, status in [(-0.5, "DOMAIN"), (1.5, "DOMAIN"), ("inf", "DOMAIN"), (NAN, "NOT_FINITE")]:
        file.refuse(f"a p-value is {value}", f"QC_ERR_{status}", "p_values[1] is", p_values=[0.5, value])
    return file


def summarize():
    file = file_of("summarize", summary_of, SUMMARY)
    for betting in BETTINGS:
        file.add(f"p-values and then scores ({betting})", betting=betting, p_values=[0.01, 0.02, 0.9],
                 scores=[1, 3, 2, 2])
        file.add(f"the largest is past ({betting})", betting=betting, p_values=[0.05] * 10 + [0.9] * 4 + [0.1, 0.9] * 3)
    file.add("infinite", betting="power", p_values=[0, 1])
    return file


# -- Bytes -------------------------------------------------------------------------

def bytes_of(memory, bets, largest, scores=(), **given):
    """A martingale whose bets remember `memory`."""
    options = DEFAULTS | given
    data = b"QCMARTIN" + struct.pack("<Qi", 1, BETTINGS.index(options["betting"]))
    data += struct.pack("<ddQQd", options["jump"], options["epsilon"], options["seed"], bets, largest)
    data += struct.pack(f"<{len(memory)}d", *memory)
    data += struct.pack("<Q", len(scores)) + struct.pack(f"<{len(scores)}d", *scores)
    return data + checksum(data)


THIRD = 1 / 3
# What is exact in doubles: even bets, and none.
SMALL = [
    ("no bets (jumper)", {}, [0, 0, THIRD, THIRD, THIRD], 0, 0),
    ("no bets (composite)", {"betting": "composite"}, [0, 0, THIRD, THIRD, THIRD] * 5, 0, 0),
    ("no bets (power)", {"betting": "power", "epsilon": 0.5, "seed": 2**52}, [0, 0], 0, 0),
    ("no bets (mixture)", {"betting": "mixture"}, [0, 0], 0, 0),
    ("ones (mixture)", {"betting": "mixture", "p_values": [1, 1, 1]}, [0, 0], 3, 0),
    ("a zero (power)", {"betting": "power", "p_values": [1, 0]}, [INF, 0], 2, INF),
]


def options_of(inputs):
    return {key: value for key, value in inputs.items() if key not in ("p_values", "scores")}


def serialize():
    file = VectorFile("conformal/martingale_serialize.json", "qc_conformal_martingale_serialize", [""], LAYOUT)
    for name, inputs, memory, bets, largest in SMALL:
        file.expect(name, {"bytes": list(bytes_of(memory, bets, largest, **options_of(inputs)))}, **inputs)
    return file


def deserialize():
    file = VectorFile("conformal/martingale_deserialize.json", "qc_conformal_martingale_deserialize", [""], LAYOUT,
                      outputs=SUMMARY, tolerance=TOLERANCE)
    more = [2, 0.5, 3, 1, 2.5]
    for name, inputs, memory, bets, largest in SMALL:
        file.expect(name, summary_of(None, **(inputs | {"scores": more})),
                    bytes=list(bytes_of(memory, bets, largest, **options_of(inputs))), scores=more)
    # With scores: p-values of 1 leave the sum of a mixture as it is, but ranks go on from them.
    past = {"betting": "mixture", "p_values": [1, 1, 1]}
    data = bytes_of([0, 0], 3, 0, scores=[1, 2, INF], **options_of(past))
    file.expect("three scores", continued([1, 2, INF], more), bytes=list(data), scores=more)
    for name, data in broken():
        file.refuse(name, "QC_ERR_FORMAT", "bytes are not a martingale", bytes=list(data), scores=[])
    return file


def continued(past, more):
    """A mixture that had a p-value of 1 for each past score."""
    path = mixture([Fraction(1)] * len(past) + ranks(past + more, 0)[len(past):])
    largest = max([Decimal(0), *path])
    return {"bets": len(path), "score_count": len(past) + len(more), "log_martingale": path[-1],
            "log_maximum": largest, "p_value": (-largest).exp()}


def broken():
    def patched(data, place, form, *values):
        """Other fields, under a checksum that is right."""
        data = bytearray(data[:-8])
        struct.pack_into(form, data, place, *values)
        return bytes(data) + checksum(data)

    good = bytes_of([0, 0, THIRD, THIRD, THIRD], 2, 0, scores=[1, 2])
    yield "no bytes", b""
    yield "a byte too few", good[:-1]
    yield "a byte too many", good + b"\0"
    yield "a wrong checksum", good[:-1] + bytes([good[-1] ^ 1])
    yield "another beginning", patched(good, 0, "<B", 0)
    yield "a later version", patched(good, 8, "<Q", 2)
    yield "unknown bets", patched(good, 16, "<i", 4)
    yield "other bets", patched(good, 16, "<i", 2)
    for name, place in [("jump", 20), ("epsilon", 28)]:
        for value in [0, -1, 2, INF, math.nan]:
            yield f"{name} is {value}", patched(good, place, "<d", value)
    yield "2^60 bets", patched(good, 44, "<Q", 2**60)
    yield "fewer bets than scores", patched(good, 44, "<Q", 1)
    for value in [-1, -0.0, math.nan]:
        yield f"the largest logarithm is {value}", patched(good, 52, "<d", value)
    yield "capital without bets", bytes_of([1, 0, THIRD, THIRD, THIRD], 0, 1)
    yield "a largest capital without bets", bytes_of([0, 0, THIRD, THIRD, THIRD], 0, 1)
    yield "a largest capital below the last", bytes_of([1, 0, THIRD, THIRD, THIRD], 1, 0.5)
    yield "an infinite jumper", bytes_of([INF, 0, THIRD, THIRD, THIRD], 1, INF)
    yield "a rest that is not one", bytes_of([1, 0.5, THIRD, THIRD, THIRD], 1, 2)
    yield "a sum of -0", bytes_of([-0.0, 0, THIRD, THIRD, THIRD], 1, 0)
    yield "a sum that is NaN", bytes_of([math.nan, 0, THIRD, THIRD, THIRD], 1, 0)
    yield "shares of more than all", bytes_of([0, 0, 0.5, 0.5, 0.5], 1, 0)
    yield "a share below 0", bytes_of([0, 0, -0.5, 0.5, 1], 1, 0)
    yield "a share that is NaN", bytes_of([0, 0, math.nan, 0.5, 0.5], 1, 0)
    yield "an impossible surprise", bytes_of([-1, 0], 1, 0, betting="mixture")
    yield "a surprise without bets", bytes_of([1, 0], 0, 0, betting="mixture")
    yield "-infinite capital", bytes_of([-INF, 0], 1, 0, betting="power")
    yield "more scores than bytes", patched(good, 100, "<Q", 3)
    yield "2^61 scores", patched(good, 100, "<Q", 2**61)
    yield "a score that is NaN", patched(good, 108, "<d", math.nan)
    yield "a score of -0", patched(good, 108, "<d", -0.0)

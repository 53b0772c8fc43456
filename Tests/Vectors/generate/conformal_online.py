"""Vectors of `conformal/online`: paths of every method by `online_reference.py`, what the papers' worked
examples and a package's tests have, and states as bytes, written field by field."""

import random
import struct

from files import VectorFile
from isotonic_state import checksum
from online_reference import DEFAULTS, GRID, Online

SOURCE = "the definitions in rationals and decimals of 60 digits (generate/online_reference.py)"
PATH = {"lower": "f64", "upper": "f64"}
METHODS = ["aci", "agaci", "dtaci", "sf_ogd", "saocp", "pid", "enbpi", "nexcp"]
NAN = "nan"
SIZES = ["window", "batch", "lifetime"]
NUMBERS = ["alpha", "start", "horizon", "score_bound", "learning_rate", "saturation", "integral_gain", "rho",
           "cap"]


def number(value):
    return float(value) if isinstance(value, str) else value


def made(calibration=(), scores=(), forecasts=None, gamma=None, **options):
    """A state, and the path that it took."""
    state = Online(gamma, **options)
    state.calibrate([number(score) for score in calibration])
    path = {"lower": [], "upper": [], "covered": []}
    for index, score in enumerate(scores):
        forecast = forecasts[index] if forecasts else 0
        lower, upper = state.interval(forecast)
        path["lower"].append(lower), path["upper"].append(upper)
        path["covered"].append(state.observe(number(score), forecast))
    return state, path


def run_of(format, **inputs):
    return made(**inputs)[1]


def threshold_of(format, forecast=0, **inputs):
    lower, upper = made(**inputs)[0].interval(forecast)
    return {"lower": lower, "upper": upper}


def observe_of(format, **inputs):
    state, path = made(**inputs)
    lower, upper = state.interval()
    return {"covered": path["covered"], "lower": lower, "upper": upper}


def summary_of(format, **inputs):
    return made(**inputs)[0].summary()


def file_of(name, solver, outputs=PATH, inputs=("calibration", "scores", "forecasts")):
    return VectorFile(f"conformal/online_{name}.json", f"qc_conformal_online_{name}", [""], SOURCE, solver,
                      inputs=dict.fromkeys(inputs, "f64"), outputs=outputs, tolerance={"relative": 1e-11})


def files():
    return [options_init(), create(), destroy(), calibrate(), threshold(), observe(), run(), summarize(),
            serialize(), deserialize()]


def options_init():
    file = VectorFile("conformal/online_options_init.json", "qc_conformal_online_options_init", [""],
                      "the comments of include/quantcal/conformal/online.h")
    file.expect("the defaults", DEFAULTS)
    return file


def create():
    file = file_of("create", threshold_of)
    for method in METHODS:
        file.add(f"nothing was seen ({method})", method=method)
        if method not in ("agaci", "enbpi"):
            file.add(f"nothing was seen, two sides ({method})", method=method, sides="two")
    for method in ["sf_ogd", "saocp", "pid"]:
        file.add(f"a start of 2.5 ({method})", method=method, start=2.5)
        file.add(f"a start of -2.5, two sides ({method})", method=method, start=-2.5, sides="two")
    file.add("a level of 0 at the start: everything", start=0, method="aci")
    file.add("a level of 1 at the start: nothing", start=1, method="aci")
    refused(file)
    return file


def refused(file):
    bad = {"alpha": [0, 1, -0.5, NAN, "inf"], "start": ["inf", "-inf", 1e301], "horizon": [0.5, NAN, 1e16],
           "score_bound": [0, -1, "inf", NAN], "learning_rate": [0, "inf", NAN], "saturation": [0, NAN],
           "integral_gain": [-1, "inf", NAN], "rho": [0, 1.5, NAN], "cap": [-1, "inf", NAN],
           "batch": [0, 65537], "lifetime": [0], "window": [2**41]}
    for name, values in bad.items():
        for value in values:
            file.refuse(f"{name} is {value}", "QC_ERR_OPTIONS", f"{name} is", method="aci", **{name: value})
    for method in ["aci", "agaci", "dtaci"]:
        for value, status in [(0, "DOMAIN"), (-1, "DOMAIN"), (NAN, "NOT_FINITE"), ("inf", "NOT_FINITE")]:
            file.refuse(f"gamma is {value} ({method})", f"QC_ERR_{status}", "gamma[0] is", method=method,
                        gamma=[value])
    file.refuse("two gammas for one level", "QC_ERR_SIZE", "gamma_count is 2", method="aci", gamma=[0.1, 0.2])
    file.refuse("too many gammas", "QC_ERR_SIZE", "gamma_count is 1025", method="dtaci",
                gamma={"repeat": 0.1, "count": 1025})
    for method in ["sf_ogd", "saocp", "pid", "enbpi", "nexcp"]:
        file.refuse(f"a gamma that means nothing ({method})", "QC_ERR_SIZE", "gamma_count is 1", method=method,
                    gamma=[0.1])


def destroy():
    file = file_of("destroy", threshold_of)
    file.add("a state that saw nothing", method="aci")
    file.add("a state that saw points", method="dtaci", calibration=[1, 2, 3], scores=[2, 5, 1])
    return file


def scores_of(seed, count, low=0, high=4, step=8):
    source = random.Random(seed)
    return [source.randrange(low * step, high * step + 1) / step for _ in range(count)]


def calibrate():
    file = file_of("calibrate", threshold_of)
    scores = scores_of(1, 24)
    signed = scores_of(2, 24, low=-4)
    for method in ["aci", "dtaci", "nexcp"]:
        file.add(f"24 scores ({method})", method=method, calibration=scores)
        file.add(f"24 signed scores, two sides ({method})", method=method, sides="two", calibration=signed)
        file.add(f"a window of 7 ({method})", method=method, calibration=scores, window=7, alpha=0.3)
        file.add(f"too few for the level ({method})", method=method, calibration=[1, 2, 3])
        file.add(f"an infinite score is data ({method})", method=method, alpha=0.4,
                 calibration=[1, "inf", 2, 3])
        file.add(f"equal scores ({method})", method=method, calibration=[2] * 12)
        file.refuse(f"a score of -inf ({method})", "QC_ERR_NOT_FINITE", "scores[1] is -inf", method=method,
                    calibration=[1, "-inf"])
        file.refuse(f"a score is NaN ({method})", "QC_ERR_NOT_FINITE", "scores[1] is nan", method=method,
                    calibration=[1, NAN])
        file.refuse(f"an infinite signed score ({method})", "QC_ERR_NOT_FINITE", "scores[1] is inf",
                    method=method, sides="two", calibration=[1, "inf"])
    file.add("24 alpha 0.44: the rank is 14, not 15", method="aci", alpha=0.44, calibration=[*range(1, 25)])
    for method in ["agaci", "enbpi"]:
        file.add(f"24 residuals ({method})", method=method, calibration=signed)
        file.add(f"24 residuals, alpha 0.3 ({method})", method=method, calibration=signed, alpha=0.3)
        file.add(f"one residual ({method})", method=method, calibration=[-3])
        file.add(f"huge residuals ({method})", method=method, alpha=0.4, calibration=[-1.7e308, 1.7e308, 0, 1e308])
        file.refuse(f"an infinite residual ({method})", "QC_ERR_NOT_FINITE", "scores[1] is inf", method=method,
                    calibration=[1, "inf"])
    file.add("an infinite end is capped", method="agaci", cap=7.5, calibration=[1, -2, 3])
    file.add("the narrowest is not in the middle", method="enbpi", alpha=0.5,
             calibration=[-9, -8.75, -8.5, -8, 0, 3, 5, 9])
    file.add("of equally narrow ones the lowest", method="enbpi", alpha=0.5, calibration=[*range(7, -1, -1)])
    # Barber et al. (2023): residuals 4, 1, 2 from old to new.
    file.add("rho 1/2: weights 1/8, 1/4, 1/2, 1", method="nexcp", rho=0.5, alpha=0.6, calibration=[4, 1, 2])
    file.add("rho 1/2: the weights do not reach", method="nexcp", rho=0.5, alpha=0.5, calibration=[4, 1, 2])
    file.add("rho 1 is split conformal", method="nexcp", rho=1, alpha=0.44, calibration=[*range(1, 25)])
    file.add("old scores weigh nothing", method="nexcp", rho=1e-300, alpha=0.6, calibration=[9, 8, 1])
    file.add("the controller's scale", method="pid", calibration=[-3, 2])
    for method, rate in [("sf_ogd", "scaled"), ("saocp", "scaled"), ("pid", "fixed")]:
        file.refuse(f"no scores are kept ({method})", "QC_ERR_DOMAIN", "keeps no scores", method=method, rate=rate,
                    calibration=[1])
    return file


def threshold():
    file = file_of("threshold", threshold_of)
    scores = scores_of(3, 30)
    for method in METHODS:
        signed = scores_of(4, 30, low=-4) if method in ("agaci", "enbpi") else scores
        file.add(f"after 30 points ({method})", method=method, scores=signed, alpha=0.25)
    for forecast in [0, 1.5, -2.25]:
        file.add(f"a forecast of {forecast}", method="pid", scores=scores, forecast=forecast)
        file.add(f"a forecast of {forecast}, two sides", method="pid", scores=scores_of(5, 30, low=-4),
                 sides="two", forecast=forecast)
    file.refuse("a forecast for another method", "QC_ERR_DOMAIN", "forecast is 1", method="aci", forecast=1)
    for value in [NAN, "inf"]:
        file.refuse(f"a forecast of {value}", "QC_ERR_NOT_FINITE", "forecast is", method="pid", forecast=value)
    return file


def observe():
    file = file_of("observe", observe_of)
    file.add("adaptive levels: 0.1, then 0.055, 0.06, 0.065", method="aci", gamma=[0.05],
             calibration=[*range(1, 18)], scores=[99, 1, 2])
    file.add("radii 0.577350 and 0.985599", method="sf_ogd", scores=[1, 1])
    for method in METHODS:
        file.add(f"a missing outcome moves nothing ({method})" if method != "enbpi" else
                 "a missing outcome is the last residual again", method=method, alpha=0.4,
                 scores=[1, 3, NAN, NAN, 2, 5, 0.5, NAN])
        file.add(f"only missing outcomes ({method})", method=method, scores=[NAN, NAN])
    file.add("a batch of three", method="enbpi", alpha=0.5, batch=3, calibration=[1, 2, 3, 4],
             scores=[9, NAN, 8, 7, 6], window=4)
    file.add("an infinite score is missed, or covered by everything", method="aci", alpha=0.375, gamma=[0.125],
             scores=["inf", "inf", "inf", 1, 2, "inf"])
    file.add("an infinite score raises a radius as any does", method="sf_ogd", scores=["inf", 1, "inf"])
    file.add("an infinite score raises radii as any does", method="saocp", scores=[5, 5, 5])
    for method in METHODS:
        file.refuse(f"a score of -inf ({method})", "QC_ERR_NOT_FINITE", "is -inf", method=method,
                    scores=[1, "-inf"])
    for method in ["agaci", "enbpi"]:
        file.refuse(f"an infinite residual ({method})", "QC_ERR_NOT_FINITE", "is inf", method=method,
                    scores=[1, "inf"])
    return file


def run():
    file = file_of("run", run_of)
    package = "the R package AdaptiveConformal, tests/testthat at commit 7c45149: "
    # Residuals 1, 1, 1 at a coverage of 0.95, mean width 1.05449196: 2 / 3 of the sum of radii.
    root = 3**-0.5
    third = root + root * 2**-0.5
    file.expect("the package's test of SAOCP", {"upper": [0, root, third + (2 * root - third) / 9],
                                                "covered": [0, 0, 1]},
                tolerance={"relative": 1e-8}, source=package + "mean width 1.05449196, covered 0, 0, 1",
                method="saocp", alpha=0.05, scores=[1, 1, 1])
    file.expect("the package's test of SF-OGD, a rate of 1", {"upper": [0, 1, 1.5 * 1.2982941 - 1],
                                                              "covered": [0, 1, 0]},
                tolerance={"absolute": 1e-7}, source=package + "mean width 1.2982941, covered 0, 1, 0",
                method="sf_ogd", alpha=0.05, score_bound=3**0.5, scores=[1, 1, 1])
    for method in METHODS:
        two = method in ("agaci", "enbpi")
        for count in [0, 1, 2, 40]:
            file.add(f"{count} points ({method})", method=method, alpha=0.25,
                     scores=scores_of(count, count, low=-4 if two else 0))
        if not two:
            file.add(f"40 points, two sides ({method})", method=method, alpha=0.25, sides="two",
                     scores=scores_of(7, 40, low=-4))
        file.add(f"equal scores ({method})", method=method, alpha=0.25, scores=[1] * 12)
        file.add(f"scores of 0 ({method})", method=method, alpha=0.25, scores=[0] * 12)
        unit = 1e-140 if method == "agaci" else 1e-308
        # Radii that begin at 0 come back to it, and rounding would decide what is above.
        start = {"start": 0.03125} if method == "saocp" else {}
        file.add(f"tiny scores ({method})", method=method, alpha=0.25, scores=[unit, 3 * unit, 2 * unit] * 4,
                 **start)
        file.add(f"an offset of 1e9 ({method})", method=method, alpha=0.25,
                 scores=[1e9 + s for s in scores_of(8, 12)])
    for method in ["aci", "dtaci", "nexcp", "sf_ogd", "pid"]:
        file.add(f"huge scores ({method})", method=method, alpha=0.25, scores=[1e308, 1.7e308, 1.2e308] * 4)
    file.add("a window of 5", method="aci", gamma=[0.0625], alpha=0.25, window=5, scores=scores_of(9, 40))
    file.add("a large gamma leaves the range of levels", method="aci", gamma=[2], alpha=0.25,
             scores=[1, 5, 2, 5, 3, 1, 9, 1])
    file.add("a grid of three", method="dtaci", gamma=[0.0625, 0.25, 1], alpha=0.25, horizon=20,
             scores=scores_of(10, 40))
    file.add("one gamma is ACI", method="dtaci", gamma=[0.0625], alpha=0.25, scores=scores_of(9, 40))
    file.add("a grid of three, aggregated", method="agaci", gamma=[0.0625, 0.25, 1], alpha=0.25,
             scores=scores_of(11, 40, low=-4))
    file.add("experts that die", method="saocp", lifetime=1, alpha=0.25, score_bound=4, scores=scores_of(12, 40))
    file.add("a bound of 4", method="saocp", alpha=0.25, score_bound=4, scores=scores_of(13, 60))
    file.add("a fixed rate and no integrator", method="pid", rate="fixed", integrator="none", learning_rate=0.5,
             alpha=0.25, scores=scores_of(14, 40))
    file.add("forecasts", method="pid", alpha=0.25, scores=scores_of(15, 20), forecasts=scores_of(16, 20))
    file.add("an integrator that saturates", method="pid", alpha=0.25, start=0.0625, saturation=0.125,
             scores=scores_of(17, 40))
    file.add("an integrator without gain", method="pid", alpha=0.25, integral_gain=0, scores=scores_of(17, 20))
    file.add("rho 1/2", method="nexcp", rho=0.5, alpha=0.375, scores=scores_of(18, 40))
    file.add("rho 0.9 in a window of 9", method="nexcp", rho=0.9, alpha=0.25, window=9, scores=scores_of(19, 40))
    file.add("a window of 12, two at a time", method="enbpi", alpha=0.25, window=12, batch=2,
             scores=scores_of(20, 40, low=-4))
    file.refuse("a score of -inf", "QC_ERR_NOT_FINITE", "scores[2] is -inf", method="aci", scores=[1, 2, "-inf"])
    file.refuse("a forecast is NaN", "QC_ERR_NOT_FINITE", "forecasts[1] is nan", method="pid", scores=[1, 2],
                forecasts=[0, NAN])
    file.refuse("a forecast for another method", "QC_ERR_DOMAIN", "forecasts[1] is 1", method="aci",
                scores=[1, 2], forecasts=[0, 1])
    return file


def summarize():
    file = file_of("summarize", summary_of,
                   {"lower_position": "f64", "upper_position": "f64", "step_size": "f64"})
    for method in METHODS:
        file.add(f"nothing was seen ({method})", method=method)
        file.add(f"12 points ({method})", method=method, alpha=0.25, scores=scores_of(21, 12) + [NAN])
        if method not in ("agaci", "enbpi"):
            file.add(f"12 points, two sides ({method})", method=method, alpha=0.25, sides="two",
                     scores=scores_of(22, 12, low=-4))
    file.add("adaptive levels: 0.1, then 0.055, 0.06, 0.065", method="aci", gamma=[0.05],
             calibration=[*range(1, 18)], scores=[99, 1, 2])
    file.add("a fixed rate", method="pid", rate="fixed", learning_rate=0.5, scores=[1])
    file.add("the rate of 8 levels and a horizon of 100 is 5.67144", method="dtaci", keep=["step_size"])
    return file


# -- The bytes ---------------------------------------------------------------------------------


def bytes_of(calibration=(), scores=(), gamma=None, **given):
    """By hand for what needs no arithmetic; levels of powers of 2."""
    state, _ = made(calibration, scores, gamma=gamma, **given)
    options = DEFAULTS | given
    if options["start"] == NAN:
        by_level = options["method"] in ("aci", "dtaci", "agaci")
        halved = options["sides"] == "two" and options["method"] != "agaci"
        options["start"] = (options["alpha"] / (2 if halved else 1)) if by_level else 0
    if options["method"] in ("agaci", "enbpi"):
        options["sides"] = "two"
    words = [METHODS, ["one", "two"], ["tangent", "none"], ["scaled", "fixed"]]
    data = b"QCONLINE" + struct.pack("<Q", 1)
    for name, known in zip(["method", "sides", "integrator", "rate"], words):
        data += struct.pack("<i", known.index(options[name]))
    data += b"".join(struct.pack("<d", options[name]) for name in NUMBERS)
    data += b"".join(struct.pack("<Q", options[name]) for name in SIZES)
    standard = {"aci": [0.005], "agaci": GRID, "dtaci": GRID}.get(options["method"], [])
    data += numbers(gamma or standard)
    data += struct.pack("<3Q", state.observed, state.misses, state.missing)
    for rule in state.rules:
        data += numbers(memory(options["method"], rule))
        data += numbers(rule.window.scores if rule.window else [])
    return data + checksum(data)


def memory(method, rule):
    if method == "aci":
        return [rule.position]
    if method == "sf_ogd":
        return [rule.position, rule.squares]
    if method == "pid":
        return [rule.position, rule.t, rule.errors]
    if method == "dtaci":
        return rule.levels + rule.weights
    if method == "agaci":
        return rule.levels + [0] * 6 * rule.experts
    if method == "saocp":
        return [1, 1, rule.position, 0, 0, 0]
    return rule.pending if method == "enbpi" else []


def numbers(values):
    return struct.pack("<Q", len(values)) + b"".join(struct.pack("<d", float(value)) for value in values)


SMALL = [
    ("aci", {"method": "aci", "gamma": [0.125], "alpha": 0.25, "calibration": [3, 1, 2], "scores": [4, NAN, 1]}),
    ("aci, two sides, a window", {"method": "aci", "gamma": [0.125], "alpha": 0.25, "sides": "two", "window": 2,
                                  "scores": [-4, 1, 2]}),
    ("agaci", {"method": "agaci", "calibration": [1, -2]}),
    ("dtaci", {"method": "dtaci", "calibration": [1, 2]}),
    ("sf_ogd", {"method": "sf_ogd", "start": 2}),
    ("saocp", {"method": "saocp", "start": 2, "score_bound": 4}),
    ("pid", {"method": "pid", "alpha": 0.25, "learning_rate": 0.5, "scores": [1, 2, 4]}),
    ("pid, fixed", {"method": "pid", "alpha": 0.25, "learning_rate": 0.5, "rate": "fixed", "integrator": "none",
                    "sides": "two", "scores": [1, -2, 4]}),
    ("enbpi", {"method": "enbpi", "alpha": 0.25, "batch": 3, "window": 4, "scores": [1, -2, 4, 3, 5]}),
    ("nexcp", {"method": "nexcp", "alpha": 0.25, "rho": 0.5, "scores": [1, 3, 2]}),
]


def serialize():
    file = VectorFile("conformal/online_serialize.json", "qc_conformal_online_serialize", [""],
                      "the fields of a state one after the other (generate/conformal_online.py)")
    for name, inputs in SMALL:
        file.expect(name, {"bytes": list(bytes_of(**inputs))}, **inputs)
    return file


def deserialize():
    file = VectorFile("conformal/online_deserialize.json", "qc_conformal_online_deserialize", [""],
                      "the fields of a state one after the other (generate/conformal_online.py)", outputs=PATH,
                      tolerance={"relative": 1e-11})
    more = [2, 0.5, 3, 1, 2.5]
    for name, inputs in SMALL:
        past = {"calibration": [], "scores": []} | inputs
        path = made(**(past | {"scores": past["scores"] + more}))[1]
        file.expect(name, {key: values[-len(more):] for key, values in path.items()},
                    bytes=list(bytes_of(**inputs)), scores=more)
    for name, data in broken({name: bytes_of(**inputs) for name, inputs in SMALL}):
        file.refuse(name, "QC_ERR_FORMAT", "bytes are not a state", bytes=list(data), scores=[])
    return file


def broken(good):
    def patched(data, place, form, *values):
        """Other fields, under a checksum that is right."""
        data = bytearray(data[:-8])
        struct.pack_into(form, data, place, *values)
        return bytes(data) + checksum(data)

    aci, pid, saocp = good["aci"], good["pid"], good["saocp"]
    yield "no bytes", b""
    yield "a byte too few", aci[:-1]
    yield "a byte too many", aci + b"\0"
    yield "a wrong checksum", aci[:-1] + bytes([aci[-1] ^ 1])
    yield "another beginning", patched(aci, 0, "<B", 0)
    yield "a later version", patched(aci, 8, "<Q", 2)
    for index, name in enumerate(["method", "sides", "integrator", "rate"]):
        yield f"an unknown {name}", patched(aci, 16 + 4 * index, "<i", 9)
    for index, name in enumerate(NUMBERS):
        yield f"{name} is NaN", patched(aci, 32 + 8 * index, "<d", float("nan"))
        yield f"{name} is -1e305", patched(aci, 32 + 8 * index, "<d", -1e305)
    for index, name in enumerate(SIZES):
        yield f"a {name} of 2^63", patched(aci, 104 + 8 * index, "<Q", 2**63)
    yield "more gammas than bytes", patched(aci, 128, "<Q", 2**61)
    yield "no gamma", patched(aci, 128, "<Q", 0)
    yield "a gamma of 0", patched(aci, 136, "<d", 0.0)
    yield "more misses than points", patched(aci, 152, "<Q", 3)
    yield "2^60 missing points", patched(aci, 160, "<Q", 2**60)
    yield "two levels", patched(aci, 168, "<Q", 2)
    yield "a level that is NaN", patched(aci, 176, "<d", float("nan"))
    yield "a level of -0", patched(aci, 176, "<d", -0.0)
    yield "more scores than bytes", patched(aci, 184, "<Q", 6)
    yield "fewer scores than bytes", patched(aci, 184, "<Q", 4)
    yield "a score that is NaN", patched(aci, 192, "<d", float("nan"))
    yield "a score of -0", patched(aci, 192, "<d", -0.0)
    yield "a score of -inf", patched(aci, 192, "<d", -float("inf"))
    yield "one side of two", patched(good["aci, two sides, a window"], 20, "<i", 0)
    yield "more scores than the window has", patched(good["enbpi"], 104, "<Q", 2)
    yield "a batch that is full", patched(good["enbpi"], 112, "<Q", 2)
    yield "a negative magnitude", patched(good["agaci"], len(good["agaci"]) - 16, "<d", -2)
    yield "a regret without cause", patched(good["agaci"], len(good["agaci"]) - 8 - 24 - 8 * 48, "<d", 1)
    yield "weights that are all 0", patched(good["dtaci"], len(good["dtaci"]) - 8 - 24 - 64, "<8d", *[0] * 8)
    yield "a weight above 1", patched(good["dtaci"], len(good["dtaci"]) - 8 - 24 - 64, "<d", 1.5)
    yield "a negative sum of squares", patched(good["sf_ogd"], len(good["sf_ogd"]) - 24, "<d", -1)
    yield "half a point", patched(pid, 168 + 8, "<d", 2.5)
    yield "more misses than steps", patched(pid, 168 + 16, "<d", 4)
    yield "no expert", patched(saocp, 160, "<Q", 1)
    yield "an expert that is not born", patched(saocp, 168 + 8, "<d", 2)
    yield "an expert that is long dead", patched(saocp, 168, "<d", 20)
    yield "savings of the unborn", patched(saocp, 168 + 32, "<d", 1)

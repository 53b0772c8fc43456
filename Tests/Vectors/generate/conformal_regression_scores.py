"""Family `conformal`: regression scores, rounded up, and intervals, rounded inwards, from rationals."""

import math
from fractions import Fraction

from exact import F64
from files import Matrix0, VectorFile

INF, NAN = math.inf, math.nan
SOURCE = ("the definitions in rational arithmetic, scores rounded up and ends inwards "
          "(generate/conformal_regression_scores.py)")


def files():
    return [options_init(), scores_file(), intervals_file()]


def neighbour(format, x, up):
    """The next number of the format above (below) a finite one of it."""
    sign = 1 if up else -1
    quantum = Fraction(format.least_normal) / 2 ** (format.precision - 1)
    step = max(abs(Fraction(x)) / 2 ** (format.precision + 1), quantum)
    while format.round(Fraction(x) + sign * step) == x:
        step *= 2
    # The least step that leaves x leads to its neighbour.
    return format.round(Fraction(x) + sign * step)


def directed(format, exact, up):
    """An exact number rounded up or down."""
    nearest = format.round(exact)
    if nearest in (INF, -INF):
        return nearest
    wrong = Fraction(nearest) < exact if up else Fraction(nearest) > exact
    return neighbour(format, nearest, up) if wrong else nearest


class Row:
    """A row of predictions as the two sides of the table of kinds; scales are doubles."""

    def __init__(self, values, kind, beta, minimum_scale):
        values = [Fraction(value) for value in values]
        if kind in ("cqr", "cqr_r", "cqr_m"):
            values.sort()
        self.low, self.high = values[0], values[-1]
        self.floor = None
        scales = [Fraction(1), Fraction(1)]
        if kind in ("absolute", "normalised", "gamma"):
            self.high = self.low
        if kind == "normalised":
            scales = [values[1] + Fraction(beta)] * 2
        elif kind == "gamma":
            scales, self.floor = [values[0]] * 2, 0
        elif kind == "cqr_r":
            scales = [values[1] - values[0]] * 2
        elif kind == "cqr_m":
            scales = [values[1] - values[0], values[2] - values[1]]
        if kind in ("normalised", "cqr_r", "cqr_m"):
            scales = [Fraction(max(F64.round(scale), minimum_scale)) for scale in scales]
        self.below_scale, self.above_scale = scales

    def below(self, y):
        return (self.low - Fraction(y)) / self.below_scale

    def above(self, y):
        return (Fraction(y) - self.high) / self.above_scale

    def lower(self, threshold):
        return self.low - Fraction(threshold) * self.below_scale

    def upper(self, threshold):
        return self.high + Fraction(threshold) * self.above_scale


class Quantiles:
    """The distribution function of predicted quantiles."""

    def __init__(self, values, levels):
        self.values = sorted(Fraction(value) for value in values)
        self.levels = [Fraction(level) for level in levels]
        self.low, self.high, self.floor = self.values[0], self.values[-1], None

    def probability(self, y, from_left):
        y, values, levels = Fraction(y), self.values, self.levels
        at = [value < y if from_left else value <= y for value in values]
        if not any(at):
            return Fraction(0)
        if all(at):
            return Fraction(1)
        i = max(place for place, reached in enumerate(at) if reached)
        return levels[i] + (levels[i + 1] - levels[i]) * (y - values[i]) / (values[i + 1] - values[i])

    def below(self, y):
        return Fraction(1, 2) - self.probability(y, False)

    def above(self, y):
        return self.probability(y, True) - Fraction(1, 2)

    def lower(self, threshold):
        """The least y with F(y) >= 1/2 - threshold."""
        wanted = Fraction(1, 2) - Fraction(threshold)
        if wanted <= 0:
            return -INF
        if wanted > self.levels[-1]:
            return self.values[-1]
        return self.quantile(wanted, range(len(self.levels)))

    def upper(self, threshold):
        """The greatest y with F(y-) <= 1/2 + threshold."""
        allowed = Fraction(1, 2) + Fraction(threshold)
        if allowed >= 1:
            return INF
        if allowed < self.levels[0]:
            return self.values[0]
        return self.quantile(allowed, range(len(self.levels) - 1, -1, -1))

    def quantile(self, p, order):
        """Where F passes p, the first place in an order if there are several."""
        for i in order:
            if self.levels[i] == p:
                return self.values[i]
        i = max(place for place, level in enumerate(self.levels) if level < p) if self.levels[0] < p else None
        if i is None:
            return self.values[0]
        if i == len(self.levels) - 1:
            return self.values[-1]
        share = (p - self.levels[i]) / (self.levels[i + 1] - self.levels[i])
        return self.values[i] + share * (self.values[i + 1] - self.values[i])


def rows_of(predictions, kind, levels, beta, minimum_scale):
    if kind == "quantiles":
        return [Quantiles(row, levels) for row in predictions]
    return [Row(row, kind, beta, minimum_scale) for row in predictions]


def solve_scores(format, y, predictions, kind="absolute", sides="symmetric", levels=None, beta=0,
                 minimum_scale=1e-8):
    scores = []
    for value, row in zip(y, rows_of(predictions, kind, levels, beta, minimum_scale)):
        below, above = (directed(format, side(value), True) for side in (row.below, row.above))
        scores.append({"symmetric": [max(below, above)], "asymmetric": [below, above], "lower": [below],
                       "upper": [above]}[sides])
    return {"scores": scores if sides == "asymmetric" else [score for row in scores for score in row]}


def end(format, side, threshold, outward, floor=None):
    """One end of an interval; `outward` is its direction, -1 or 1."""
    if threshold == INF:
        exact = outward * INF
    elif threshold == -INF:
        return -outward * INF
    else:
        exact = side(threshold)
    if floor is not None and exact < floor:
        exact = floor
    return exact if exact in (INF, -INF) else directed(format, Fraction(exact), outward < 0)


def solve_intervals(format, predictions, thresholds, kind="absolute", sides="symmetric", levels=None, beta=0,
                    minimum_scale=1e-8, threshold_for="all", empty="midpoint"):
    lowers, uppers = [], []
    for i, row in enumerate(rows_of(predictions, kind, levels, beta, minimum_scale)):
        limits = thresholds[i] if threshold_for == "each_row" else thresholds
        limits = limits if isinstance(limits, list) else [limits]
        below = INF if sides == "upper" else limits[0]
        above = INF if sides == "lower" else limits[-1]
        lower = end(format, row.lower, below, -1, row.floor)
        upper = end(format, row.upper, above, 1)
        if lower > upper or lower == INF or upper == -INF:
            ends = (lower, upper) if math.isfinite(lower) and math.isfinite(upper) else (row.low, row.high)
            middle = format.round((Fraction(ends[0]) + Fraction(ends[1])) / 2)
            lower = upper = NAN if empty == "marked" else middle
        lowers.append(lower)
        uppers.append(upper)
    return {"lower": lowers, "upper": uppers}


KINDS = ["absolute", "normalised", "gamma", "cqr", "cqr_r", "cqr_m", "quantiles"]
ROWS = {"absolute": [[2], [0.1], [-3.7], [1e9]],
        "normalised": [[2, 0.5], [0.1, 0.3], [-3.7, 0], [1e9, 7.1]],
        "gamma": [[2], [0.1], [3.7], [1e9]],
        "cqr": [[2, 5], [0.1, 0.3], [4, -1], [1e9, 1e9]],
        "cqr_r": [[2, 5], [0.1, 0.3], [4, -1], [1e9, 1e9]],
        "cqr_m": [[2, 3, 5], [0.3, 0.1, 0.7], [4, 1, -1], [1e9, 1e9, 1e9]],
        "quantiles": [[1, 2, 4, 8], [0, 0.5, 0.5, 3], [5, 3, 7, 1], [2, 2, 2, 2]]}
LEVELS = [0.125, 0.25, 0.625, 0.875]
OUTCOMES = [1.7, 0.3, 2.5, 1e9]


def with_levels(kind):
    return {"kind": kind} | ({"levels": LEVELS} if kind == "quantiles" else {})


def near(kind):
    """Quantiles are interpolated in doubles, all else is exact."""
    return {"relative": 1e-15, "absolute": 1e-15} if kind == "quantiles" else None


def scores_file():
    file = VectorFile("conformal/regression_scores.json", "qc_conformal_regression_scores", ["f64", "f32"],
                      SOURCE, solve_scores, inputs={"y": "T", "predictions": "T"}, outputs={"scores": "T"})
    file.add("quantile regression by hand", y=[1, 4, 7], predictions=[[2, 5]] * 3, kind="cqr",
             source="by hand: max(2 - y, y - 5) is 1, -1, 2")
    file.add("the defaults are absolute residuals", y=[1, -2, 0.5], predictions=[[0.75], [1], [0.5]])
    for kind in KINDS:
        for sides in ["symmetric", "asymmetric", "lower", "upper"]:
            file.add(f"{kind}, {sides}", y=OUTCOMES, predictions=ROWS[kind], sides=sides,
                     tolerance=near(kind), **with_levels(kind))
    file.add("beta is added to sigma", y=[1, 2, 3], predictions=[[0.5, 0.1], [0.5, 0.2], [0.5, 0]],
             kind="normalised", beta=0.3)
    file.add("a scale has a least value", y=[1, 2, 3], predictions=[[0.5, 0.1], [0.5, 0.2], [0.5, 0]],
             kind="normalised", minimum_scale=0.15)
    for kind in ["cqr", "cqr_r", "cqr_m"]:
        row = [3, 1] if kind != "cqr_m" else [3, 2, 1]
        file.add(f"crossing quantiles are those in order, {kind}", y=[0, 2.5, 7],
                 predictions=[row, sorted(row), row], kind=kind)
    file.add("differences that round", y=[0.3, 0.1, 0.7, -0.3], predictions=[[0.1], [0.3], [0.2], [0.6]])
    file.add("quotients that round", y=[0.3, 0.1, 0.7, -0.3], kind="normalised",
             predictions=[[0.1, 0.3], [0.3, 0.7], [0.2, 0.9], [0.6, 1.1]])
    file.add("quotients that do not", y=[3, 8, 1, -1], kind="normalised",
             predictions=[[1, 0.5], [2, 3], [0.5, 0.125], [0.5, 6]])
    file.add("every value the same", y=[2] * 5, predictions=[[2]] * 5)
    file.add("an outcome too small to matter", y=[1e-30, -1e-30, 0], predictions=[[1], [1], [1]])
    file.add("a large offset", y=[1e9 + 0.125, 1e9 - 64], predictions=[[1e9], [1e9]])
    file.add("equal quantiles make the distribution jump", y=[0.5, 0, 3, -1, 4, 1], kind="quantiles",
             predictions=[[0, 0.5, 0.5, 3]] * 6, levels=LEVELS, sides="asymmetric", tolerance=near("quantiles"))
    file.add("one quantile", y=[0, 1, 2], kind="quantiles", predictions=[[1]] * 3, levels=[0.25],
             sides="asymmetric")
    for types, top, least in [(["f64"], 1.7976931348623157e308, 5e-324), (["f32"], 3.4028234663852886e38, 1.4e-45)]:
        tag = f" ({types[0]})"
        file.add("the largest numbers overflow to infinity" + tag, types, y=[top, -top], sides="asymmetric",
                 predictions=[[-top], [top]])
        file.add("the largest numbers over a large scale" + tag, types, y=[top, -top, top], kind="normalised",
                 predictions=[[-top, 4], [top, 8], [0, 2]])
        file.add("the smallest numbers" + tag, types, y=[3 * least, -least], predictions=[[least], [0]])
    file.expect("no outcomes", {"scores": []}, y=[], predictions=Matrix0(0, 1))
    refused_scores(file)
    return file


def refused_scores(file):
    for value in ["nan", "inf", "-inf"]:
        file.refuse(f"an outcome is {value}", "QC_ERR_NOT_FINITE", "y[1]", y=[1, value],
                    predictions=[[1], [2]])
        file.refuse(f"a prediction is {value}", "QC_ERR_NOT_FINITE", "predictions[1]", y=[1, 2],
                    predictions=[[1], [value]])
    refused(file, y=[1])


def refused(file, **inputs):
    def refuse(name, status, message, row, **more):
        file.refuse(name, status, message, predictions=[row], **inputs, **more)

    refuse("sigma is negative", "QC_ERR_DOMAIN", "sigma must be >= 0", [1, -0.5], kind="normalised")
    refuse("a scale of zero with no least value", "QC_ERR_DOMAIN", "scale", [1, 0], kind="normalised",
           minimum_scale=0)
    refuse("equal quantiles with no least scale", "QC_ERR_DOMAIN", "scale", [1, 1], kind="cqr_r",
           minimum_scale=0)
    refuse("a mean of zero for gamma", "QC_ERR_DOMAIN", "scale", [0], kind="gamma")
    refuse("a negative mean for gamma", "QC_ERR_DOMAIN", "scale", [-1], kind="gamma")
    refuse("too many columns", "QC_ERR_SIZE", "columns is 2", [1, 2])
    refuse("too few columns", "QC_ERR_SIZE", "columns is 2", [1, 2], kind="cqr_m")
    for levels, status in [([0.5, 0.25], "QC_ERR_DOMAIN"), ([0.5, 0.5], "QC_ERR_DOMAIN"),
                           ([0, 0.5], "QC_ERR_DOMAIN"), ([0.5, 1], "QC_ERR_DOMAIN"),
                           (["nan", 0.5], "QC_ERR_NOT_FINITE")]:
        refuse(f"levels {levels}", status, "levels[", [1, 2], kind="quantiles", levels=levels)
    for name in ["beta", "minimum_scale"]:
        for value in [-1, "nan", "inf"]:
            refuse(f"{name} is {value}", "QC_ERR_OPTIONS", name, [1], **{name: value})


def intervals_file():
    file = VectorFile("conformal/regression_intervals.json", "qc_conformal_regression_intervals",
                      ["f64", "f32"], SOURCE, solve_intervals,
                      inputs={"predictions": "T", "thresholds": "T"}, outputs={"lower": "T", "upper": "T"})
    file.add("quantile regression by hand", predictions=[[2, 5]], thresholds=[2], kind="cqr",
             source="by hand: 2 - 2 and 5 + 2")
    file.add("the defaults", predictions=[[0.75], [1], [-0.5]], thresholds=[0.25])
    for kind in KINDS:
        limits = [0.3125] if kind == "quantiles" else [0.7]
        near_kind = {"relative": 1e-14} if kind == "quantiles" else None
        for sides in ["symmetric", "lower", "upper"]:
            file.add(f"{kind}, {sides}", predictions=ROWS[kind], thresholds=limits, sides=sides,
                     tolerance=near_kind, **with_levels(kind))
        file.add(f"{kind}, asymmetric", predictions=ROWS[kind], thresholds=[limits[0], 0.2],
                 sides="asymmetric", tolerance=near_kind, **with_levels(kind))
        file.add(f"{kind}, a threshold for each row", predictions=ROWS[kind], threshold_for="each_row",
                 thresholds=[0.25, INF, 0, 0.125], tolerance=near_kind, **with_levels(kind))
        file.add(f"{kind}, two thresholds for each row", predictions=ROWS[kind], sides="asymmetric",
                 threshold_for="each_row", thresholds=[[0.25, 0.5], [INF, 0], [0, INF], [0.125, 0.25]],
                 tolerance=near_kind, **with_levels(kind))
        for sides, infinite in [("symmetric", [INF]), ("asymmetric", [INF, INF]), ("lower", [INF]),
                                ("upper", [INF])]:
            file.add(f"{kind}, too few scores, {sides}", predictions=ROWS[kind], thresholds=infinite,
                     sides=sides, **with_levels(kind))
    for empty in ["midpoint", "marked"]:
        file.add(f"negative thresholds narrow and empty, {empty}", predictions=[[2, 5], [0, 3], [1, 1.5]],
                 thresholds=[-1], kind="cqr", empty=empty)
        file.add(f"a negative threshold on residuals, {empty}", predictions=[[2], [0.3]], thresholds=[-0.5],
                 empty=empty)
        file.add(f"a threshold of -infinity, {empty}", predictions=[[2, 5], [0, 4]], thresholds=[-INF],
                 kind="cqr", empty=empty)
        file.add(f"-infinity on one side, {empty}", predictions=[[2], [0.5]], thresholds=[-INF],
                 sides="lower", empty=empty)
    file.add("an infinite threshold over a scale of zero", predictions=[[1, 0]], thresholds=[INF],
             kind="normalised")
    file.add("gamma stops at zero", predictions=[[2], [3]], thresholds=[1.5], kind="gamma")
    file.add("thresholds of the outermost levels", predictions=[[1, 2, 4, 8]], thresholds=[0.375],
             kind="quantiles", levels=LEVELS)
    file.add("beyond the outermost levels", predictions=[[1, 2, 4, 8]], thresholds=[0.4375],
             kind="quantiles", levels=LEVELS)
    file.add("half is the whole line", predictions=[[1, 2, 4, 8]], thresholds=[0.5], kind="quantiles",
             levels=LEVELS)
    file.add("ends that round", predictions=[[0.1], [0.3], [-0.7], [123456.789]], thresholds=[0.2])
    file.add("ends that round, scaled", predictions=[[0.1, 0.3], [0.3, 0.9], [-0.7, 1.1]], thresholds=[0.3],
             kind="normalised")
    file.add("an end where the mean cancels", predictions=[[1e9, 0.1], [0.3, 0.1]], thresholds=[3],
             kind="normalised")
    for types, top in [(["f64"], 1.7976931348623157e308), (["f32"], 3.4028234663852886e38)]:
        file.expect(f"all of the largest numbers ({types[0]})", {"lower": [-INF, 0], "upper": [INF, INF]}, types,
                    predictions=[[0], [top]], thresholds=[top])
    file.expect("no predictions", {"lower": [], "upper": []}, predictions=Matrix0(0, 1), thresholds=[1])
    file.refuse("a threshold is NaN", "QC_ERR_NOT_FINITE", "thresholds[0]", predictions=[[1]],
                thresholds=["nan"])
    file.refuse("a threshold for a later row is NaN", "QC_ERR_NOT_FINITE", "thresholds[1]",
                predictions=[[1], [2]], thresholds=[1, "nan"], threshold_for="each_row")
    refused(file, thresholds=[1])
    return file


def options_init():
    file = VectorFile("conformal/regression_options_init.json", "qc_conformal_regression_options_init", [""],
                      "the comments of include/quantcal/conformal/regression_scores.h")
    file.expect("the defaults", {"kind": "absolute", "sides": "symmetric", "threshold_for": "all",
                                 "empty": "midpoint", "beta": 0, "minimum_scale": 1e-8})
    return file

"""Family `conformal`: predictive distributions, by counting residuals and by integrals in rationals."""

import math
from fractions import Fraction

from files import AsTyped, Matrix0, VectorFile
from isotonic_distribution import philox

SOURCE = "counts of residuals as exact rationals (generate/conformal_distribution.py)"
INF = math.inf
DOUBLE_MAX = 1.7976931348623157e308


def files():
    return [cdf(), quantile(), crps(), pit()]


def uniform(seed, index):
    words = philox(seed, index, 12)
    return Fraction((words[1] << 32 | words[0]) >> 11, 2**53)


def scales(mean, scale):
    return [None] * len(mean) if scale is None else scale


def residual(format, y, mean, scale):
    """What the type's arithmetic makes of (y - mean) / scale."""
    if math.isinf(y):
        return y
    difference = format.round(Fraction(y) - Fraction(mean))
    if scale is None or math.isinf(difference):
        return difference
    return format.round(Fraction(difference) / Fraction(scale))


def band(residuals, z, u):
    n = len(residuals)
    below, equal = sum(r < z for r in residuals), sum(r == z for r in residuals)
    return (Fraction(below, n + 1), Fraction(below + equal + 1, n + 1),
            (below + u * (1 + equal)) / Fraction(n + 1))


def transposed(bands, names):
    return {name: [one[place] for one in bands] for place, name in enumerate(names)}


def own(residuals, residual_groups, group):
    """The residuals of a group; without groups, all."""
    if residual_groups is None:
        return residuals
    return [r for r, g in zip(residuals, residual_groups) if g == group]


def samples(residuals, residual_groups, groups, mean):
    """The residuals of each prediction."""
    return [own(residuals, residual_groups, group) for group in groups or [None] * len(mean)]


def solve_cdf(format, residuals, mean, thresholds, seed, scale=None, residual_groups=None, groups=None):
    own_residuals = samples(residuals, residual_groups, groups, mean)
    bands = [band(own_residuals[i], residual(format, y, m, s), uniform(seed, i))
             for i, (m, s) in enumerate(zip(mean, scales(mean, scale))) for y in thresholds]
    return rows(transposed(bands, ["lower", "upper", "smoothed"]), len(mean), len(thresholds))


def rows(outputs, count, columns):
    """The lists as matrices."""
    if count * columns == 0:
        return {name: Matrix0(count, columns) for name in outputs}
    return {name: [values[i * columns:(i + 1) * columns] for i in range(count)]
            for name, values in outputs.items()}


def solve_pit(format, residuals, mean, y, seed, scale=None, residual_groups=None, groups=None):
    own_residuals = samples(residuals, residual_groups, groups, mean)
    bands = [band(own_residuals[i], residual(format, one, m, s), uniform(seed, i))
             for i, (one, m, s) in enumerate(zip(y, mean, scales(mean, scale)))]
    return transposed(bands, ["lower", "upper", "pit"])


def placed(format, mean, scale, r):
    """mean + scale r, rounded twice."""
    if math.isinf(r):
        return r
    product = r if scale is None else format.round(Fraction(scale) * Fraction(r))
    return product if math.isinf(product) else Fraction(mean) + Fraction(product)


def solve_quantile(format, residuals, mean, levels, scale=None, residual_groups=None, groups=None):
    pairs = []
    for own_residuals, m, s in zip(samples(residuals, residual_groups, groups, mean), mean, scales(mean, scale)):
        ordered = [-INF, *sorted(own_residuals), INF]
        for level in levels:
            place = Fraction(repr(float(level))) * (len(own_residuals) + 1)
            pairs.append((placed(format, m, s, ordered[math.floor(place)]),
                          placed(format, m, s, ordered[math.ceil(place)])))
    return rows(transposed(pairs, ["lower", "upper"]), len(mean), len(levels))


def integral(points, y):
    """Of (F - [y <= t])^2, F the distribution function of the points: from place to place."""
    places = sorted({*points, y})
    total = Fraction(0)
    for low, high in zip(places, places[1:]):
        share = Fraction(sum(point <= low for point in points), len(points))
        total += (high - low) * (share - (y <= low)) ** 2
    return total


def solve_crps(format, residuals, mean, y, scale=None, residual_groups=None, groups=None):
    return {"crps": [
        INF if any(math.isinf(r) for r in own_residuals) else
        integral([Fraction(m) + Fraction(s or 1) * Fraction(r) for r in own_residuals], Fraction(one))
        for own_residuals, one, m, s in zip(
            samples(residuals, residual_groups, groups, mean), y, mean, scales(mean, scale))]}


# -- The cases ---------------------------------------------------------------------

FOUR = {"residuals": [-2, -1, 1, 4]}
TIES = {"residuals": [1, 0, 1, -0.5, 1, 0, 2.5]}
# Not in order, with ties of tenths: (y - mean) / scale of calibration points, in doubles.
TENTHS = {"residuals": [(y - m) / s for y, m, s in [
    (0.3, 0.1, 0.1), (0.7, 0.1, 0.3), (1.1, 0.9, 0.1), (0.2, 0.3, 0.7), (0.5, 0.5, 0.2), (0.7, 0.1, 0.3)]]}
# Three groups, one of them of one residual and one with an infinity; and what has none at all.
GROUPED = {"residuals": [0.5, -1, 2, 0.5, 3, INF, -2, 0.5, 1], "residual_groups": [7, -3, 7, 7, 2**53, -3, 7, -3, 7]}
BANDS = {"lower": "T", "upper": "T"}


def refuse_inputs(file, **rest):
    file.refuse("a residual is NaN", "QC_ERR_NOT_FINITE", "residuals[1]", residuals=[0, "nan"], mean=[1], **rest)
    file.refuse("a mean is infinite", "QC_ERR_NOT_FINITE", "mean[0]", residuals=[0], mean=["inf"], **rest)
    for scale, status in [(0, "QC_ERR_DOMAIN"), (-1, "QC_ERR_DOMAIN"), ("nan", "QC_ERR_NOT_FINITE"),
                          ("inf", "QC_ERR_NOT_FINITE")]:
        file.refuse(f"a scale is {scale}", status, "scale[0]", residuals=[0], mean=[1], scale=[scale], **rest)


def cdf():
    file = VectorFile("conformal/distribution_cdf.json", "qc_conformal_distribution_cdf", ["f64", "f32"],
                      SOURCE + "; draws by Philox 4x32-10", solve_cdf,
                      inputs={"residuals": "T", "mean": "T", "scale": "T", "thresholds": "T"},
                      outputs={**BANDS, "smoothed": "T"}, tolerance={"ulps": 1})
    grid = [-3, -2, -1.5, -1, 0, 1, 3, 4, 5]
    file.add("at, between, below and above residuals", **FOUR, mean=[0], thresholds=grid, seed=7)
    file.add("several predictions with scales", **FOUR, mean=[10, -1, 0.5], scale=[2, 1, 0.25],
             thresholds=[11, -0.5, 0.25, 8], seed=7)
    file.add("ties, out of order", **TIES, mean=[0, 1], thresholds=[1, 0, 2, 0.5, 2.5, -0.5], seed=11)
    file.add("ties only by the same arithmetic", ["f64"], **TENTHS, mean=[0.1, 0.9, 0.1], scale=[0.1, 0.1, 0.3],
             thresholds=[0.3, 1.1, 0.7], seed=3)
    file.add("no residuals", residuals=[], mean=[0, 1], thresholds=[0, 5], seed=1)
    file.add("one residual", residuals=[2], mean=[0], thresholds=[1, 2, 3], seed=1)
    file.add("all equal", residuals=[5, 5, 5, 5], mean=[1, 2], thresholds=[6, 7], seed=2**40 + 5)
    file.add("infinite residuals and thresholds", residuals=[INF, -INF, 0, INF], mean=[1], scale=[3],
             thresholds=[-INF, 0, 1, 2, INF], seed=2**64 - 1)
    file.add("zeros of both signs are equal", residuals=[-0.0, 0.0, 1], mean=[2], thresholds=[2, 3], seed=5)
    file.add("residuals at the ends of the range", ["f64"], residuals=[-DOUBLE_MAX, 5e-324, 1e308, DOUBLE_MAX],
             mean=[0, 1e308, -1e308], thresholds=[0, 5e-324, -DOUBLE_MAX, DOUBLE_MAX], seed=1)
    file.add("a large offset", ["f64"], residuals=[0.25, 0.5, 0.5, 1], mean=[1e9],
             thresholds=[1e9, 1e9 + 0.5, 1e9 + 1, 1e9 + 2], seed=1)
    file.add("groups", **GROUPED, mean=[1, 2, 1, 3], scale=[2, 1, 1, 0.5], groups=[7, -3, 5, 2**53],
             thresholds=[-1, 2, 3, 4.5, INF], seed=9)
    file.add("groups without scales", **GROUPED, mean=[0, 0.5], groups=[7, 7], thresholds=[0.5, 1], seed=9)
    file.add("groups without residuals", residuals=[], residual_groups=[], mean=[1], groups=[1], thresholds=[1], seed=2)
    file.add("no predictions", **FOUR, mean=[], thresholds=[1, 2], seed=0)
    file.add("no thresholds", **FOUR, mean=[1, 2], thresholds=[], seed=0)
    refuse_inputs(file, thresholds=[0], seed=0)
    file.refuse("a threshold is NaN", "QC_ERR_NOT_FINITE", "thresholds[1]", **FOUR, mean=[1],
                thresholds=[0, "nan"], seed=0)
    return file


def quantile():
    file = VectorFile("conformal/distribution_quantile.json", "qc_conformal_distribution_quantile",
                      ["f64", "f32"],
                      "order statistics at the floor and ceiling of level (n + 1) for the decimals typed "
                      "(generate/conformal_distribution.py)", solve_quantile,
                      inputs={"residuals": "T", "mean": "T", "scale": "T", "levels": "f64"}, outputs=BANDS)
    file.add("levels on and between ranks", **FOUR, mean=[10], scale=[2],
             levels=[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 0.9])
    file.add("several predictions", **TIES, mean=[1, 2, -3.5], scale=[1, 0.5, 3], levels=[0.5, 0.05, 0.95])
    file.add("without scales", **TENTHS, mean=[0.1, 0.7], levels=[1 / 3, 0.25, 0.75])
    hundred = [((37 * i) % 99) / 8 for i in range(99)]
    file.add("ranks that floating point misses", residuals=hundred, mean=[0],
             levels=[AsTyped(level) for level in [0.07, 0.14, 0.28, 0.29, 0.55, 0.56, 0.57, 0.58, 0.01, 0.99]])
    file.add("levels next to 0 and 1", residuals=hundred, mean=[5],
             levels=[5e-324, 1e-300, 1e-17, 0.009999999999999998, 0.9999999999999999])
    file.add("no residuals", residuals=[], mean=[0, 1], levels=[0.1, 0.5])
    file.add("one residual", residuals=[2], mean=[1], levels=[0.25, 0.5, 0.75])
    file.add("infinite residuals", residuals=[INF, -INF, 0], mean=[1], scale=[0.5], levels=[0.25, 0.5, 0.75])
    file.add("beyond the range", ["f64"], residuals=[-1e308, 1e308], mean=[0, 1e308], scale=[10, 0.5],
             levels=[1 / 3, 0.5, 2 / 3])
    file.add("groups", **GROUPED, mean=[1, 2, 1, 3], scale=[2, 1, 1, 0.5], groups=[7, -3, 5, 2**53],
             levels=[0.1, 0.25, 0.5, 0.7, 0.9])
    file.add("no predictions", **FOUR, mean=[], levels=[0.1])
    file.add("no levels", **FOUR, mean=[1, 2], levels=[])
    refuse_inputs(file, levels=[0.5])
    for level in [0, 1, -0.1, 2, "inf"]:
        file.refuse(f"a level is {level}", "QC_ERR_DOMAIN", "levels[1]", **FOUR, mean=[1], levels=[0.5, level])
    file.refuse("a level is NaN", "QC_ERR_NOT_FINITE", "levels[0]", **FOUR, mean=[1], levels=["nan"])
    return file


def crps():
    file = VectorFile("conformal/distribution_crps.json", "qc_conformal_distribution_crps", ["f64", "f32"],
                      "the integral from residual to residual as an exact rational "
                      "(generate/conformal_distribution.py)", solve_crps,
                      inputs={"residuals": "T", "mean": "T", "scale": "T", "y": "T"}, outputs={"crps": "T"},
                      tolerance={"relative": 1e-14}, tolerance_f32={"ulps": 1})
    file.expect("by hand: four residuals", {"crps": [1.5]}, **FOUR, mean=[10], scale=[2], y=[11],
                source="z = 1/2: mean |r - z| = 2, half the mean difference 5/4, so 2 (2 - 5/4)")
    file.add("at, between, below and above residuals", **FOUR, mean=[10] * 6, scale=[2] * 6,
             y=[11, 8, 3, 20, 6, 12])
    file.add("several predictions", **TIES, mean=[1, 2, -3.5, 0], scale=[1, 0.5, 4, 8], y=[1, 2.5, -3.5, -20])
    file.add("without scales", **TIES, mean=[1, 2, -3.5], y=[1, 2.5, -3.5])
    file.add("one residual: the distance", residuals=[2], mean=[1, 1, 1], scale=[0.5, 0.5, 2], y=[2, 5, -1])
    file.add("one far residual among many at the outcome", residuals=[0] * 999 + [1000], mean=[3, 3], y=[3, 4])
    file.add("all equal", residuals=[0.5] * 5, mean=[0, 0], scale=[2, 2], y=[1, 4])
    file.add("groups", **GROUPED, mean=[1, 2, 1, 3], scale=[2, 1, 1, 0.5], groups=[7, -3, 7, 2**53], y=[1, 2, 3, 4.5])
    file.refuse("a group without residuals", "QC_ERR_DOMAIN", "groups[1] is 5", **GROUPED, mean=[1, 2], groups=[7, 5],
                y=[1, 2])
    file.add("an infinite residual", residuals=[0, 1, INF], mean=[1, 2], scale=[1, 3], y=[1, 9])
    file.add("a residual of -infinity", residuals=[0, 1, -INF], mean=[1, 2], y=[1, 9])
    file.add("a large offset", ["f64"], residuals=[0.25, 0.5, 0.5, 1], mean=[1e9, 1e9], scale=[2, 1],
             y=[1e9 + 1, 1e9 - 3])
    file.add("residuals at the ends of the range", ["f64"], residuals=[-1e308, 1e308], mean=[0, 0, 0],
             scale=[1, 0.5, 2], y=[0, 1e308, 0])
    file.add("outcome and prediction at the ends of the range", ["f64"], residuals=[1, 3], mean=[-1e308],
             scale=[1e300], y=[1e308])
    file.add("a scale that makes residuals overflow", ["f64"], residuals=[1, 1e308], mean=[0, 0], scale=[1e-10, 0.125],
             y=[1e300, 1e308])
    file.add("a score beyond the range", ["f64"], residuals=[0], mean=[-DOUBLE_MAX], y=[DOUBLE_MAX])
    file.add("the smallest residuals", ["f64"], residuals=[-2e-308, 2e-308], mean=[0, 0], y=[0, 2e-308])
    file.add("no predictions", **FOUR, mean=[], y=[])
    refuse_inputs(file, y=[0])
    file.refuse("no residuals", "QC_ERR_SIZE", "n is 0", residuals=[], mean=[1], y=[1])
    file.refuse("an outcome is NaN", "QC_ERR_NOT_FINITE", "y[1]", **FOUR, mean=[1, 2], y=[0, "nan"])
    file.refuse("an outcome is infinite", "QC_ERR_NOT_FINITE", "y[0]", **FOUR, mean=[1], y=["inf"])
    return file


def pit():
    file = VectorFile("conformal/distribution_pit.json", "qc_conformal_distribution_pit", ["f64", "f32"],
                      SOURCE + "; draws by Philox 4x32-10", solve_pit,
                      inputs={"residuals": "T", "mean": "T", "scale": "T", "y": "T"},
                      outputs={**BANDS, "pit": "T"}, tolerance={"ulps": 1})
    file.add("at, between, below and above residuals", **FOUR, mean=[10] * 5, scale=[2] * 5,
             y=[11, 8, 3, 20, 18], seed=7)
    file.add("without scales", **TIES, mean=[1, 2, -3.5], y=[1, 2.5, -3.5], seed=0)
    file.add("ties only by the same arithmetic", ["f64"], **TENTHS, mean=[0.1, 0.9, 0.1], scale=[0.1, 0.1, 0.3],
             y=[0.3, 1.1, 0.7], seed=3)
    file.add("no residuals: the uniform numbers", residuals=[], mean=[0, 0, 0], y=[0, 1, 2], seed=2**40 + 5)
    file.add("groups", **GROUPED, mean=[1, 2, 1, 3], scale=[2, 1, 1, 0.5], groups=[7, -3, 5, 2**53],
             y=[2, 2.5, 3, 4.5], seed=9)
    file.add("infinite outcomes", **FOUR, mean=[1, 2], y=[-INF, INF], seed=2**64 - 1)
    file.add("no predictions", **FOUR, mean=[], y=[], seed=0)
    refuse_inputs(file, y=[0], seed=0)
    file.refuse("an outcome is NaN", "QC_ERR_NOT_FINITE", "y[1]", **FOUR, mean=[1, 2], y=[0, "nan"], seed=0)
    return file

"""Family `quantize`: calibration samples: the definitions, distances in rationals, roots to 60 digits, draws from Philox."""

import math
from decimal import Decimal, localcontext
from fractions import Fraction
from statistics import NormalDist

from conformal_selection import word
from files import Matrix0, VectorFile

SAMPLE, STEP = 22, 23
DEFAULTS = {"seed": 0, "clusters": 5, "method": "density_diversity", "restarts": 10, "draw": "even", "radius": 0.3,
            "diversity": 1, "fence": 1.5, "mean": 0.4, "deviation": 0.5}


def files():
    return [options_init(), filter_file(), select_file(), allocate_file(), steps_file()]


def sample_file(name, types, solve, inputs, **more):
    return VectorFile(f"quantize/samples_{name}.json", f"qc_quantize_samples_{name}", types,
                      "the definitions of include/quantcal/quantize/samples.h in rationals and to 60 digits "
                      "(generate/quantize_samples.py)", solve, inputs=inputs, **more)


def options_init():
    file = VectorFile("quantize/samples_options_init.json", "qc_quantize_samples_options_init", [""],
                      "the comments of include/quantcal/quantize/samples.h",
                      outputs=dict.fromkeys(["radius", "diversity", "fence", "mean", "deviation"], "f64"))
    file.expect("the defaults", DEFAULTS)
    return file


# -- Which samples stay ----------------------------------------------------------------


def quartile(values, quarters):
    ordered = sorted(map(Fraction, values))
    place, rest = divmod((len(ordered) - 1) * quarters, 4)
    return ordered[place] + (Fraction(rest, 4) * (ordered[place + 1] - ordered[place]) if rest else 0)


def solve_filter(format, statistics, categories=None, fence=1.5):
    categories = categories or [0] * len(statistics)
    kept = [1] * len(statistics)
    for category in set(categories):
        own = [i for i, c in enumerate(categories) if c == category]
        if len(own) < 4:
            continue
        for column in zip(*[statistics[i] for i in own]):
            low, high = quartile(column, 1), quartile(column, 3)
            reach = Fraction(fence) * (high - low)
            for i, value in zip(own, map(Fraction, column)):
                ends = (low - reach, high + reach)
                assert all(value == end or abs(value - end) > abs(end) / 10**9 for end in ends), "next to a fence"
                kept[i] = int(kept[i] and ends[0] <= value <= ends[1])
    return {"kept": kept}


def filter_file():
    file = sample_file("filter", ["f64"], solve_filter, {"statistics": "f64", "fence": "f64"})
    def column(*values):
        return [[value] for value in values]
    file.add("one is far off", statistics=column(1, 2, 3, 4, 100))
    file.add("on the fence stays", statistics=column(0, 4, 8, 12, 24))
    file.add("below", statistics=column(10, 11, 12, 13, -7))
    file.add("fewer than four", statistics=column(0, 0, 1000))
    file.add("four", statistics=column(0, 0, 0, 1000))
    file.add("between places", statistics=column(1, 2, 4, 8, 16, 32, 64, 128, 256, 512))
    for fence in [0, 0.25, 3, 1e9]:
        file.add(f"a fence of {fence}", statistics=column(1, 2, 4, 8, 16, 32, 64, 1280), fence=fence)
    file.add("two statistics", statistics=[[i, 9 - i if i != 4 else 99] for i in range(9)] + [[90, 0]])
    values = [[math.sin(i * i), math.exp(math.cos(3 * i) * 2)] for i in range(30)]
    file.add("means and deviations", statistics=values)
    labels = [5, -3, 5, 5, -3, 5, 7, -3, 5, -3, -3, 7]
    file.add("categories", statistics=column(1, 1000, 2, 3, 1001, 900, 1, 1002, 2, 1003, 3, 999), categories=labels)
    file.add("one of the same values in the other category", statistics=column(1, 10, 1, 10, 1, 10, 10, 10, 1),
             categories=[0, 1, 0, 1, 0, 1, 0, 1, 1])
    file.add("all equal", statistics=[[3, -1]] * 6)
    file.add("one sample", statistics=[[3, -1]])
    file.add("large", statistics=column(1e308, -1e308, 1e308, 0, 5, -1e308))
    file.add("small", statistics=column(1e-308, 2e-308, 3e-308, 2e-308, 5e-307))
    file.add("an offset", statistics=column(*(1e9 + x for x in [0, 1, 2, 3, 9])))
    file.expect("no samples", {"kept": []}, statistics=Matrix0(0, 2))
    file.expect("no statistics", {"kept": [1] * 5}, statistics=Matrix0(5, 0))
    good = {"statistics": column(1, 2, 3, 4)}
    for bad in [math.nan, math.inf, -math.inf]:
        file.refuse(f"a statistic is {bad}", "QC_ERR_NOT_FINITE", "statistics[2]", statistics=column(1, 2, bad, 4))
    for fence in [-0.5, 2e9, math.nan, math.inf]:
        file.refuse(f"a fence of {fence}", "QC_ERR_OPTIONS", "fence", **(good | {"fence": fence}))
    return file


# -- Which are chosen ------------------------------------------------------------------


def squared(a, b):
    return sum((Fraction(x) - Fraction(y)) ** 2 for x, y in zip(a, b))


def neighbours(rows, radius):
    return [sum(squared(a, b) <= Fraction(radius) * len(a) for j, b in enumerate(rows) if i != j)
            for i, a in enumerate(rows)]


def shares(numbers):
    low, high = min(numbers), max(numbers)
    return [(x - low) / Fraction(high - low) if high > low else Fraction(0) for x in numbers]


def decimal(x):
    return Decimal(x.numerator) / Decimal(x.denominator)


def greedy(rows, choose, radius, diversity):
    densities = shares(neighbours(rows, radius))
    chosen = []
    while len(chosen) < choose:
        rest = [i for i in range(len(rows)) if i not in chosen]
        nearest = {i: min((squared(rows[i], rows[c]) for c in chosen), default=Fraction(0)) for i in rest}
        largest = max(nearest.values()) or 1
        with localcontext() as context:
            context.prec = 60
            scores = [decimal(densities[i]) + Decimal(diversity) * decimal(nearest[i] / largest).sqrt() for i in rest]
        best = max(scores)
        close = [i for i, score in zip(rest, scores) if best - score < Decimal("1e-9") + Decimal("1e-12") * Decimal(diversity)]
        assert all((not diversity or nearest[i] == nearest[close[0]]) and densities[i] == densities[close[0]]
                   for i in close), "next to equal"
        chosen.append(close[0])
    return chosen


def of_clusters(rows, places, choose, clusters, seed):
    """Clusters that nobody can doubt: what is nearer than a tenth of the way to the next."""
    cluster = []
    for i, row in enumerate(rows):
        near = [c for j, c in enumerate(cluster) if squared(row, rows[j]) * 100 < widest(rows)]
        cluster.append(near[0] if near else max(cluster, default=-1) + 1)
    found = max(cluster) + 1
    assert found == clusters or found == 1, "other clusters"
    for i in range(len(rows)):
        for j in range(i):
            assert (cluster[i] == cluster[j]) == (squared(rows[i], rows[j]) * 100 < widest(rows)), "in doubt"
    order = sorted(range(len(rows)), key=lambda i: (word(seed, places[i], 0, SAMPLE) >> 11, i))
    chosen = []
    for own in range(found):
        share = choose // found + (own < choose % found)
        chosen += [i for i in order if cluster[i] == own][:share]
    chosen += [i for i in order if i not in chosen][:choose - len(chosen)]
    return sorted(chosen)


def widest(rows):
    """The least squared distance between clusters, of which the first number of a row tells the cluster."""
    tens = [round(row[0] / 1000) for row in rows] if rows and rows[0] else []
    between = [squared(a, b) for a, s in zip(rows, tens) for b, t in zip(rows, tens) if s != t]
    return min(between, default=Fraction(10**9))


def solve_select(format, features, choose, kept=None, method="density_diversity", radius=0.3, diversity=1, clusters=5,
                 restarts=10, seed=0):
    places = [i for i in range(len(features)) if not kept or kept[i]]
    rows = [features[i] for i in places]
    if choose == 0:
        return {"chosen": []}
    found = (greedy(rows, choose, radius, diversity) if method == "density_diversity" else
             of_clusters(rows, places, choose, clusters, seed))
    return {"chosen": [places[i] for i in found]}


def scattered(count, dimension, step=0.125):
    return [[((7 * i * i + 5 * j * i + 3 * j + i // 3) % 23 - 11) * step for j in range(dimension)] for i in range(count)]


def waves(count, dimension, scale=1.0, offset=0.0):
    return [[offset + scale * math.sin(1.7 * i * (j + 1) + j * j) for j in range(dimension)] for i in range(count)]


def blobs(sizes, dimension):
    """Rows of each cluster in turn, which its first number tells."""
    rest, rows, i = list(sizes), [], 0
    while any(rest):
        own = i % len(rest)
        if rest[own]:
            rows.append([1000 * own + (i * 7 % 5)] + [(i * (j + 3) % 7) for j in range(1, dimension)])
            rest[own] -= 1
        i += 1
    return rows


def select_file():
    inputs = dict.fromkeys(["features"], "f32") | {"radius": "f64", "diversity": "f64"}
    file = sample_file("select", ["f32"], solve_select, inputs)
    line = [[x] for x in [0, 1, 2, 3, 10, 11, 30]]
    file.add("a line", features=line, choose=7, radius=1)
    file.add("the first of them are the choice of fewer", features=line, choose=3, radius=1)
    file.add("density alone", features=line, choose=7, radius=1, diversity=0)
    file.add("diversity almost alone", features=line, choose=7, radius=1, diversity=1e6)
    file.add("neighbours at just the radius", features=[[0], [1], [2]], choose=1, radius=1)
    file.add("and not beyond", features=[[0], [1], [2]], choose=3, radius=0.99)
    for radius in [0, 0.3, 2, 100]:
        file.add(f"a radius of {radius}", features=scattered(20, 3), choose=8, radius=radius)
    for diversity in [0, 0.3, 1.2, 5]:
        file.add(f"a diversity of {diversity}", features=waves(24, 5), choose=9, radius=0.5, diversity=diversity)
    for dimension in [1, 2, 7, 8, 9, 17, 33]:
        file.add(f"{dimension} numbers", features=waves(12, dimension), choose=6, radius=0.8)
    file.add("more than two vectors of rows", features=waves(37, 4), choose=10, radius=0.6)
    file.add("some that are not there", features=waves(20, 4), choose=6, radius=0.6, kept=[int(i % 3 > 0) for i in range(20)])
    file.add("all that are there", features=waves(6, 4), choose=3, radius=0.6, kept=[0, 1, 0, 1, 1, 0])
    file.add("large", features=waves(12, 4, scale=1e30), choose=5, radius=1e60)
    file.add("as large as can be", features=[[3e38, 3e38], [-3e38, 3e38], [3e38, -3e38], [0, 0]], choose=4, radius=1e77)
    file.add("small", features=waves(12, 4, scale=1e-30), choose=5, radius=1e-60)
    file.add("as small as can be", features=[[2.0**-149], [0], [2.0**-148], [-(2.0**-149)]], choose=4, radius=2.0**-298)
    file.add("an offset", features=[[1e6 + x for x in row] for row in scattered(12, 3)], choose=5, radius=0.5)
    file.add("all equal", features=[[1, 2]] * 5, choose=3)
    file.add("all equal, a radius of 0", features=[[0.1, 0.2]] * 5, choose=5, radius=0)
    file.add("twins come last", features=[[0, 0], [0, 0], [4, 0], [4, 0], [9, 9]], choose=5, radius=0.1, diversity=2)
    file.add("one sample", features=[[7, 7]], choose=1)
    file.expect("no samples", {"chosen": []}, features=Matrix0(0, 3), choose=0)
    file.expect("none is wanted", {"chosen": []}, features=[[1], [2]], choose=0)
    file.expect("no numbers", {"chosen": [0, 1, 2]}, features=Matrix0(4, 0), choose=3)
    for choose in [1, 3, 6, 7, 8, 15]:
        file.add(f"{choose} of three clusters", features=blobs([5, 7, 3], 3), choose=choose, method="clusters", clusters=3)
    for seed in [1, 2**40 + 7]:
        file.add(f"clusters, seed {seed}", features=blobs([5, 7, 3, 5], 2), choose=8, method="clusters", clusters=4, seed=seed)
    file.add("a cluster that is too small", features=blobs([9, 1, 9], 2), choose=12, method="clusters", clusters=3)
    file.add("clusters of those that are there", features=blobs([5, 7, 3], 3), choose=6, method="clusters", clusters=3,
             kept=[int(i % 4 > 0) for i in range(15)])
    file.add("one cluster", features=blobs([6], 2), choose=3, method="clusters", clusters=1)
    file.add("clusters of equal samples", features=[[1, 2]] * 9, choose=4, method="clusters")
    file.add("one start", features=blobs([4, 4], 2), choose=4, method="clusters", clusters=2, restarts=1)
    refuse_select(file)
    return file


def refuse_select(file):
    good = {"features": [[1, 2], [3, 4], [5, 6]], "choose": 1}
    for bad in [math.nan, math.inf]:
        file.refuse(f"a feature is {bad}", "QC_ERR_NOT_FINITE", "features[3]",
                    **(good | {"features": [[1, 2], [3, bad], [5, 6]]}))
    file.refuse("a sample that is not there is not finite", "QC_ERR_NOT_FINITE", "features[3]",
                **(good | {"features": [[1, 2], [3, math.nan], [5, 6]], "kept": [1, 0, 1]}))
    file.refuse("more than there are", "QC_ERR_SIZE", "choose is 4", **(good | {"choose": 4}))
    file.refuse("more than are kept", "QC_ERR_SIZE", "choose is 2", **(good | {"choose": 2, "kept": [0, 1, 0]}))
    file.refuse("one of none", "QC_ERR_SIZE", "choose is 1", features=Matrix0(0, 2), choose=1)
    for radius in [-1, math.nan, math.inf]:
        file.refuse(f"a radius of {radius}", "QC_ERR_OPTIONS", "radius", **(good | {"radius": radius}))
    for diversity in [-1, 2e9, math.nan]:
        file.refuse(f"a diversity of {diversity}", "QC_ERR_OPTIONS", "diversity", **(good | {"diversity": diversity}))
    own = good | {"method": "clusters"}
    for clusters in [0, 65537]:
        file.refuse(f"{clusters} clusters", "QC_ERR_OPTIONS", "clusters", **(own | {"clusters": clusters}))
    for restarts in [0, -1, 1001]:
        file.refuse(f"{restarts} restarts", "QC_ERR_OPTIONS", "restarts", **(own | {"restarts": restarts}))


# -- How many of each step -------------------------------------------------------------


def varieties(rows):
    with localcontext() as context:
        context.prec = 60
        squares = [squared(row, [0] * len(row)) for row in rows]

        def cosine(i, j):
            if not squares[i] or not squares[j]:
                return Decimal(0)
            product = sum(Fraction(x) * Fraction(y) for x, y in zip(rows[i], rows[j]))
            return decimal(product) / (decimal(squares[i]) * decimal(squares[j])).sqrt()

        sums = [sum(1 - cosine(i, j) for j in range(len(rows)) if j != i) for i in range(len(rows))]
    low, high = min(sums), max(sums)
    if high - low <= Decimal("1e-12") * len(rows):
        return [Fraction(0)] * len(rows)
    return [Fraction((x - low) / (high - low)) for x in sums]


def solve_allocate(format, features, total, radius=0.3, diversity=1):
    densities = shares(neighbours(features, radius))
    raw = [d + Fraction(diversity) * v for d, v in zip(densities, varieties(features))]
    weights = [x / sum(raw) if sum(raw) else Fraction(1, len(raw)) for x in raw]
    wanted = [w * total for w in weights]
    assert len(set(weights)) == 1 or all(abs(x % 1 - Fraction(1, 2)) > Fraction(1, 10**9) for x in wanted), "next to a tie"
    counts = [round(x) for x in wanted]
    rest = total - sum(counts)
    if rest > 0:
        for i in sorted(range(len(counts)), key=lambda i: (-counts[i], i))[:rest]:
            counts[i] += 1
    for i in reversed(range(len(counts))):
        if rest < 0 and counts[i] > 0:
            counts[i], rest = counts[i] - 1, rest + 1
    assert sum(counts) == total
    return {"weights": weights, "counts": counts}


def allocate_file():
    file = sample_file("allocate", ["f32"], solve_allocate, {"features": "f32", "radius": "f64", "diversity": "f64"},
                       outputs={"weights": "f64"}, tolerance={"relative": 1e-10, "absolute": 1e-12})
    for total in [0, 1, 7, 100, 1024, 2**32]:
        file.add(f"{total} samples", features=waves(10, 6), total=total, radius=0.8)
    for radius in [0, 0.3, 1, 3]:
        file.add(f"a radius of {radius}", features=scattered(12, 4), total=256, radius=radius)
    for diversity in [0, 1.2, 5]:
        file.add(f"a diversity of {diversity}", features=waves(15, 9), total=1024, radius=0.9, diversity=diversity)
    file.add("steps that drift", features=[[math.cos(i / 8), math.sin(i / 8), i / 40] for i in range(25)], total=500,
             radius=0.05)
    file.add("too much comes off the last", features=[[math.cos(i / 2), math.sin(i / 2)] for i in range(7)], total=5, radius=0.2)
    file.add("a row of zeros", features=[[0, 0], [1, 0], [0, 2], [-1, 1]], total=64, radius=1)
    file.add("rows of zeros", features=[[0, 0], [0, 0], [3, 4]], total=10)
    file.add("the same direction", features=[[1, 2], [2, 4], [3, 6], [9, 18]], total=40, radius=3)
    file.add("opposite directions", features=[[1, 1], [-1, -1], [1, 1], [2, 2]], total=31, radius=0.5)
    file.add("almost the same direction", features=[[1, i * 2.0**-20] for i in range(5)], total=60, radius=0)
    file.add("all equal", features=[[1, 2, 3]] * 4, total=10)
    file.add("all far apart, density says nothing", features=waves(6, 3, scale=100), total=60)
    file.add("large", features=waves(8, 3, scale=1e30), total=60, radius=1e60)
    file.add("small", features=waves(8, 3, scale=1e-30), total=60, radius=1e-60)
    file.add("one step", features=[[4, 5]], total=12)
    file.expect("no steps", {"weights": [], "counts": []}, features=Matrix0(0, 3), total=0)
    file.expect("no numbers", {"weights": [0.25] * 4, "counts": [2, 2, 1, 1]}, features=Matrix0(4, 0), total=6)
    good = {"features": [[1, 2], [3, 4]], "total": 4}
    for bad in [math.nan, -math.inf]:
        file.refuse(f"a feature is {bad}", "QC_ERR_NOT_FINITE", "features[1]", **(good | {"features": [[1, bad], [3, 4]]}))
    file.refuse("samples of no steps", "QC_ERR_SIZE", "total is 3", features=Matrix0(0, 3), total=3)
    file.refuse("too many samples", "QC_ERR_SIZE", "total is", **(good | {"total": 2**32 + 1}))
    for name, bad in [("radius", -1), ("radius", math.nan), ("diversity", -1), ("diversity", math.inf)]:
        file.refuse(f"{name} is {bad}", "QC_ERR_OPTIONS", name, **(good | {name: bad}))
    return file


# -- Which steps -----------------------------------------------------------------------


def solve_steps(format, steps, count, draw="even", mean=0.4, deviation=0.5, seed=0):
    if draw == "even":
        return {"chosen": [i * steps // count for i in range(count)]}
    words = [word(seed, i, 0, STEP) for i in range(count)]
    if draw == "uniform":
        return {"chosen": [w * steps >> 64 for w in words]}
    unit = NormalDist()
    low, high = unit.cdf(-mean / deviation), unit.cdf((1 - mean) / deviation)
    chosen = []
    for w in words:
        place = (mean + deviation * unit.inv_cdf(low + ((w >> 11) + 0.5) * 2.0**-53 * (high - low))) * steps
        assert abs(place - round(place)) > 1e-8 * steps, "next to a step"
        chosen.append(math.floor(place))
    assert all(0 <= t < steps for t in chosen)
    return {"chosen": chosen}


def steps_file():
    file = sample_file("steps", [""], solve_steps, {"mean": "f64", "deviation": "f64"})
    for steps, count in [(100, 20), (1000, 20), (50, 20), (7, 7), (3, 10), (10, 1), (1, 4), (2**53, 3), (0, 0), (9, 0)]:
        file.add(f"{count} of {steps}", steps=steps, count=count)
    for draw in ["uniform", "normal"]:
        for seed in [0, 1, 2**40 + 7]:
            file.add(f"{draw}, seed {seed}", steps=1000, count=30, draw=draw, seed=seed)
        file.add(f"{draw}, few", steps=2, count=12, draw=draw)
        file.add(f"{draw}, one", steps=1, count=5, draw=draw)
        file.add(f"{draw}, none", steps=0, count=0, draw=draw)
    file.add("uniform, many", steps=2**53, count=5, draw="uniform")
    for mean, deviation in [(0, 0.5), (1, 0.5), (0.4, 0.125), (0.5, 2.0**-10), (0.4, 2.0**10), (0, 2.0**-10)]:
        file.add(f"normal, mean {mean}, deviation {deviation}", steps=250, count=20, draw="normal", mean=mean,
                 deviation=deviation)
    file.refuse("some of none", "QC_ERR_SIZE", "steps is 0", steps=0, count=1)
    file.refuse("too many steps", "QC_ERR_SIZE", "steps is", steps=2**53 + 2, count=1)
    good = {"steps": 10, "count": 2, "draw": "normal"}
    for name, bad in [("mean", -0.1), ("mean", 1.1), ("mean", math.nan), ("deviation", 0), ("deviation", -1),
                      ("deviation", 2000), ("deviation", math.inf), ("deviation", math.nan)]:
        file.refuse(f"{name} is {bad}", "QC_ERR_OPTIONS", name, **(good | {name: bad}))
    return file

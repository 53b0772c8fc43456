"""Family `conformal`: p-values and selections from their definitions, in rational arithmetic."""

from fractions import Fraction

from files import Matrix0, VectorFile

SOURCE = "the definition, with exact rationals (generate/conformal_selection.py)"
DRAWN = SOURCE + "; random numbers by Philox 4x32-10, written from its paper"
P_VALUE, PRUNING, MODEL = 4, 6, 7  # what the draws are for
ROUNDED = {"ulps": 2}


def typed(x):
    """The decimal that was typed."""
    return Fraction(str(x))


# -- Random numbers ----------------------------------------------------------------


def philox(seed, index, stream, purpose):
    """Philox 4x32-10 (Salmon and others, 2011): the four words of a block."""
    counter = [index & 0xFFFFFFFF, index >> 32, stream, purpose]
    key = [seed & 0xFFFFFFFF, seed >> 32]
    for _ in range(10):
        a, b = counter[0] * 0xD2511F53, counter[2] * 0xCD9E8D57
        counter = [b >> 32 ^ counter[1] ^ key[0], b & 0xFFFFFFFF,
                   a >> 32 ^ counter[3] ^ key[1], a & 0xFFFFFFFF]
        key = [key[0] + 0x9E3779B9 & 0xFFFFFFFF, key[1] + 0xBB67AE85 & 0xFFFFFFFF]
    return counter


def word(seed, index, stream, purpose):
    words = philox(seed, index, stream, purpose)
    return words[1] << 32 | words[0]


def uniform(seed, index, purpose):
    """Above 0, up to 1."""
    return 1 - Fraction(word(seed, index, 0, purpose) >> 11, 2**53)


# -- Definitions -------------------------------------------------------------------


def exactly(values):
    """Numbers as rationals; infinities stay floats, which compare as they should."""
    return [value if isinstance(value, float) and abs(value) == float("inf") else Fraction(value)
            for value in map(float, values)]


class Points:
    def __init__(self, calibration, test, calibration_weights=None, test_weights=None):
        self.calibration = list(zip(exactly(calibration),
                                    exactly(calibration_weights or [1] * len(calibration))))
        self.test = list(zip(exactly(test), exactly(test_weights or [1] * len(test))))
        self.total = sum((w for _, w in self.calibration), Fraction(0))

    def before(self, s, tail="lower"):
        return sum((w for v, w in self.calibration if (v < s if tail == "lower" else v > s)), Fraction(0))

    def beside(self, s):
        return sum((w for v, w in self.calibration if v == s), Fraction(0))

    def p_values(self, tail="lower", randomised=0, seed=0, first_point=0):
        share = [uniform(seed, first_point + j, P_VALUE) if randomised else 1 for j in range(len(self.test))]
        return [(self.before(s, tail) + share[j] * (w + self.beside(s))) / (self.total + w)
                for j, (s, w) in enumerate(self.test)]

    def rejections(self, j):
        """How many are rejected if j were sure to be promising."""
        s, w = self.test[j]
        p = [(self.before(t) + (w if s < t else 0)) / (self.total + w) for t, _ in self.test]
        p[j] = Fraction(0)
        return p


def step_up(p, q):
    """How many the Benjamini-Hochberg procedure rejects."""
    ordered = sorted(p)
    return max((k for k in range(1, len(p) + 1) if ordered[k - 1] <= q * k / len(p)), default=0)


def prune(p, rejections, q, pruning, seed):
    m = len(p)
    xi = [1 if pruning == "deterministic" else
          uniform(seed, 0 if pruning == "homogeneous" else j, PRUNING) for j in range(m)]
    candidates = [j for j in range(m) if p[j] <= q * rejections[j] / m]
    limit = max((r for r in range(1, m + 1)
                 if sum(xi[j] * rejections[j] <= r for j in candidates) >= r), default=0)
    selected = [int(j in candidates and xi[j] * rejections[j] <= limit) for j in range(m)]
    e = [m / (q * rejections[j] * xi[j]) if j in candidates else Fraction(0) for j in range(m)]
    assert selected == by_e_values(e, q)["rejected"]
    return {"selected": selected, "p": p, "e": e, "count": sum(selected)}


def by_p_values(p, q):
    count = step_up(p, q)
    return [int(x <= q * count / len(p)) if count else 0 for x in p], count


def by_e_values(e, q):
    m = len(e)
    ordered = sorted(e, reverse=True)
    count = max((k for k in range(1, m + 1) if ordered[k - 1] >= m / (q * k)), default=0)
    return {"rejected": [int(count > 0 and x >= m / (q * count)) for x in e], "count": count}


# -- p-values ----------------------------------------------------------------------

ARRAYS = {"calibration": "T", "test": "T", "calibration_weights": "T", "test_weights": "T"}
TIED = {"calibration": [1, 2, 2, 3, 5, 5, 5, 8], "test": [0, 1, 2, 4, 5, 8, 9, 2]}
WEIGHTED = TIED | {"calibration_weights": [1, 2, 0, 4, 1, 1, 3, 2], "test_weights": [1, 0, 3, 5, 1, 2, 1, 40]}
ENDS = {"calibration": ["-inf", -1, 0, "inf", "inf"], "test": ["-inf", "inf", 0, -0.5]}


def solve_p_values(format, tail="upper", randomised=0, seed=0, first_point=0, **points):
    return {"p": Points(**points).p_values(tail, randomised, seed, first_point)}


def p_values_file():
    file = VectorFile("conformal/p_values.json", "qc_conformal_p_values", ["f64", "f32"], SOURCE,
                      solve_p_values, inputs=ARRAYS, outputs={"p": "f64"})
    for tail in ["upper", "lower"]:
        file.add(f"ties, {tail}", tail=tail, **TIED)
        file.add(f"infinities, {tail}", tail=tail, **ENDS)
        file.add(f"weights, {tail}", tail=tail, tolerance=ROUNDED, **WEIGHTED)
        file.add(f"randomised, {tail}", tail=tail, randomised=1, seed=12345, tolerance=ROUNDED, source=DRAWN,
                 **TIED)
        file.add(f"randomised with weights, {tail}", tail=tail, randomised=1, seed=2**40 + 7,
                 tolerance=ROUNDED, source=DRAWN, **WEIGHTED)
    file.add("the points from the fifth on", randomised=1, seed=12345, first_point=4, tolerance=ROUNDED,
             source=DRAWN, calibration=TIED["calibration"], test=TIED["test"][4:])
    file.add("no calibration points", calibration=[], test=[1, 2])
    file.add("no calibration points, with weights", calibration=[], test=[1, 2], test_weights=[0.5, 3])
    file.add("no test points", calibration=[1, 2], test=[])
    file.add("one of each", calibration=[2], test=[2])
    file.add("all equal", calibration=[3] * 9, test=[3, 3])
    file.add("a large offset", calibration=[1e9, 1e9 + 64, 1e9 + 128], test=[1e9 + 64, 1e9 + 192])
    file.add("the ends of the range", ["f64"], calibration=[1e308, -1e308, 1e-308, 0],
             test=[1e-308, 5e-324, 1e308])
    file.add("0 and -0 are tied", calibration=[0, 1], test=[-0.0])
    file.add("equal weights are as none", calibration=[1, 2, 3], test=[2], calibration_weights=[0.1] * 3,
             test_weights=[0.1])
    file.add("weights of the test points only", calibration=[1, 2, 3], test=[2, 0, 4],
             test_weights=[1, 2, 13], tolerance=ROUNDED)
    file.add("weights of the calibration points only", calibration=[1, 2, 3], test=[2, 0, 4],
             calibration_weights=[3, 5, 0], tolerance=ROUNDED)
    file.add("large weights", ["f64"], calibration=[1, 2], test=[1.5], calibration_weights=[2.0**1022, 2.0**1021],
             test_weights=[2.0**1022], tolerance=ROUNDED)
    file.add("small weights", ["f64"], calibration=[1, 2], test=[1.5], calibration_weights=[2.0**-1070, 2.0**-1072],
             test_weights=[2.0**-1071], tolerance=ROUNDED)
    refuse_points(file)
    return file


def refuse_points(file, **rest):
    good = {"calibration": [1, 2, 3], "test": [1, 2]} | rest
    file.refuse("calibration is NaN", "QC_ERR_NOT_FINITE", "calibration[1]",
                **good | {"calibration": [1, "nan", 3]})
    file.refuse("test is NaN", "QC_ERR_NOT_FINITE", "test[0]", **good | {"test": ["nan", 3]})
    for name, count in [("calibration_weights", 3), ("test_weights", 2)]:
        for bad, status in [(-1, "QC_ERR_DOMAIN"), ("inf", "QC_ERR_NOT_FINITE"), ("nan", "QC_ERR_NOT_FINITE")]:
            file.refuse(f"{name}: {bad}", status, f"{name}[1]", **good | {name: [1, bad, 1][:count]})
    file.refuse("no weight", "QC_ERR_DOMAIN", "all zero", **good | {"calibration_weights": [0, 0, 0]})
    file.refuse("no weight at all", "QC_ERR_DOMAIN", "test_weights[1] is 0",
                **good | {"calibration": [], "test_weights": [1, 0]})


# -- Step-up procedures ------------------------------------------------------------


def as_ratios(values, denominator):
    return [Fraction(x, denominator) for x in values]


def step_up_file():
    file = VectorFile("conformal/benjamini_hochberg.json", "qc_conformal_benjamini_hochberg", [""], SOURCE,
                      inputs={"p": "f64"})

    def add(name, p, q):
        """For p-values as exact numbers."""
        rejected, count = by_p_values(p, typed(q)) if p else ([], 0)
        file.expect(name, {"rejected": rejected, "count": count}, p=p, q=q)

    add("fifteen p-values of Benjamini and Hochberg (1995), section 4.1",
        [Fraction(x) for x in "0.0001 0.0004 0.0019 0.0095 0.0201 0.0278 0.0298 0.0344 0.0459 0.3240 0.4262 "
         "0.5719 0.6528 0.7590 1".split()], 0.05)
    add("thresholds that are met exactly", as_ratios([1, 2, 3, 4, 5], 50), 0.1)
    add("the last by itself takes all", as_ratios([10, 20, 29, 40, 50], 500), 0.1)
    add("ties", as_ratios([2, 2, 2, 9, 1], 10), 0.35)
    add("a tie at the threshold", as_ratios([3, 6, 6, 9], 12), 0.75)
    for q in [0.1, 0.2, 0.3, 0.15, 0.7, 0.01]:
        add(f"multiples of 1/21, q = {q}", as_ratios([(5 * j * j + 1) % 22 for j in range(1, 15)], 21), q)
    add("0 and 1", [Fraction(0), Fraction(1)], 0.5)
    add("none", [Fraction(1)] * 3, 0.9)
    add("one", [Fraction(1, 10)], 0.1)
    add("no p-values", [], 0.1)
    add("far below one", [Fraction("1e-300"), Fraction("3e-300")], 1e-299)
    for bad, status in [(-0.1, "QC_ERR_DOMAIN"), (1.5, "QC_ERR_DOMAIN"), ("nan", "QC_ERR_NOT_FINITE")]:
        file.refuse(f"p is {bad}", status, "p[1]", p=[0.5, bad], q=0.1)
    refuse_level(file, p=[0.5])
    return file


def e_step_up_file():
    file = VectorFile("conformal/e_benjamini_hochberg.json", "qc_conformal_e_benjamini_hochberg", [""],
                      SOURCE, inputs={"e": "f64"})

    def add(name, e, q):
        file.expect(name, by_e_values(e, typed(q)), e=e, q=q)

    add("thresholds that are met exactly", [Fraction(30), Fraction(15), Fraction(10)], 0.1)
    add("ties", [Fraction(40), Fraction(10), Fraction(40), Fraction(10), Fraction(0)], 0.125)
    add("rounded ratios", [Fraction(7, 1) / (typed(0.3) * k) for k in [3, 3, 3, 5, 7, 1, 6]], 0.3)
    add("none", [Fraction(0), Fraction(5)], 0.1)
    add("one", [Fraction(10)], 0.1)
    add("no e-values", [], 0.1)
    file.expect("infinity", {"rejected": [1, 0, 0], "count": 1}, e=["inf", 0, 1], q=0.01)
    file.refuse("e is negative", "QC_ERR_DOMAIN", "e[1] is -1", e=[0, -1], q=0.1)
    file.refuse("e is NaN", "QC_ERR_NOT_FINITE", "e[0]", e=["nan", 1], q=0.1)
    refuse_level(file, e=[0.5])
    return file


def refuse_level(file, **rest):
    for q in [0, 1, -0.5, "inf"]:
        file.refuse(f"q is {q}", "QC_ERR_DOMAIN", "q is", q=q, **rest)
    file.refuse("q is NaN", "QC_ERR_NOT_FINITE", "q is", q="nan", **rest)


# -- Selection ---------------------------------------------------------------------


def solve_select(format, q, pruning="default", randomised=0, seed=0, **inputs):
    points, q = Points(**inputs), typed(q)
    p = points.p_values("lower", randomised, seed)
    if pruning == "default":
        pruning = "heterogeneous" if {"calibration_weights", "test_weights"} & inputs.keys() else "none"
    if not p:
        return {"selected": [], "p": [], "e": [], "count": 0}
    if pruning == "none":
        selected, count = by_p_values(p, q)
        e = [len(p) / (q * count) if chosen else Fraction(0) for chosen in selected]
        return {"selected": selected, "p": p, "e": e, "count": count}
    rejections = [step_up(points.rejections(j), q) for j in range(len(p))]
    return prune(p, rejections, q, pruning, seed)


PAPER = {"calibration": [1, 3, 5, 7, 9], "test": [0, 2, 4], "test_weights": [1, 2, 1], "q": 0.5}
RANDOM = {"calibration": [(7 * i * i + 3 * i) % 23 for i in range(30)],
          "test": [(5 * j * j + j) % 11 - 2 for j in range(14)]}
RANDOM_WEIGHTS = {"calibration_weights": [1 + (3 * i) % 5 for i in range(30)],
                  "test_weights": [(4 * j) % 7 + 1 for j in range(14)]}
SELECTION = {"p": "f64", "e": "f64"}


def select_file():
    file = VectorFile("conformal/select.json", "qc_conformal_select", ["f64", "f32"], SOURCE, solve_select,
                      inputs=ARRAYS, outputs=SELECTION, tolerance=ROUNDED)
    for q in [0.5, 0.6, 0.61]:
        file.add(f"three of four, q = {q}", calibration=[-3, -1, 98, 99], test=[-4, -2, 0], q=q)
    file.add("three points with weights: deterministic", pruning="deterministic", **PAPER)
    for q in [0.1, 0.2, 0.35, 0.6]:
        for randomised in [0, 1]:
            common = {"q": q, "randomised": randomised, "seed": 11} | RANDOM
            name = f"{'randomised' if randomised else 'ties'}, q = {q}"
            file.add(name, source=DRAWN, **common)
            for pruning in ["none", "heterogeneous", "homogeneous", "deterministic"]:
                file.add(f"{name}, {pruning}", source=DRAWN, pruning=pruning, **common)
                file.add(f"{name}, weights, {pruning}", source=DRAWN, pruning=pruning,
                         **common | RANDOM_WEIGHTS)
            file.add(f"{name}, weights", source=DRAWN, **common | RANDOM_WEIGHTS)
    for pruning in ["none", "heterogeneous", "homogeneous", "deterministic"]:
        file.add(f"infinite scores, {pruning}", pruning=pruning, calibration=["inf", "inf", -1, "inf", "-inf", 3] * 4,
                 test=[-3, "-inf", -2, "inf", -4], q=0.45, seed=3)
        file.add(f"weights of 0, {pruning}", pruning=pruning, calibration=[1, 2, 3, 4, 5, 6],
                 calibration_weights=[0, 3, 0, 2, 2, 1], test=[1.5, 0, 2, 2, 9], test_weights=[0, 0, 1, 2, 1],
                 q=0.4, seed=5)
        file.add(f"equal weights, {pruning}", pruning=pruning, calibration=list(range(1, 20)),
                 calibration_weights=[0.1] * 19, test=[0, 0.5, 1, 2, 1], test_weights=[0.1] * 5, q=0.25)
        file.add(f"no calibration points, {pruning}", pruning=pruning, calibration=[], test=[1, 2], q=0.9)
        file.add(f"one of each, {pruning}", pruning=pruning, calibration=[2], test=[1], q=0.5)
    file.add("no test points", calibration=[1, 2], test=[], q=0.5)
    refuse_points(file, q=0.1)
    refuse_level(file, calibration=[1], test=[1])
    return file


def select_options_file():
    file = VectorFile("conformal/select_options_init.json", "qc_conformal_select_options_init", [""],
                      "the header")
    file.expect("the defaults", {"pruning": "default", "randomised": 0, "seed": 0})
    return file


# -- Selection with several scores --------------------------------------------------


def model_rejections(calibration, test, q):
    """R_j for one score."""
    n, m = len(calibration), len(test)
    result = []
    for j in range(m):
        p = [Fraction(sum(v <= t for v in calibration) + (test[j] <= t), n + 1) for t in test]
        p[j] = Fraction(0)
        result.append(step_up(p, q))
    return result


def solve_select_models(format, calibration, test, q, pruning="default", seed=0):
    q = typed(q)
    if isinstance(test, Matrix0):
        return {"selected": [], "p": [], "e": [], "chosen": [], "count": 0}
    reference = [] if isinstance(calibration, Matrix0) else [exactly(row) for row in calibration]
    asked = [exactly(row) for row in test]
    columns = range(len(asked[0]))
    counts = [model_rejections([row[k] for row in reference], [row[k] for row in asked], q) for k in columns]
    chosen = [choose([counts[k][j] for k in columns], seed, j) for j in range(len(asked))]
    rejections = [counts[k][j] for j, k in enumerate(chosen)]
    p = [Fraction(1 + sum(row[k] <= asked[j][k] for row in reference), len(reference) + 1)
         for j, k in enumerate(chosen)]
    pruning = "heterogeneous" if pruning == "default" else pruning
    return prune(p, rejections, q, pruning, seed) | {"chosen": chosen}


def choose(counts, seed, j):
    """The largest; of equal ones the c-th takes the place with probability 1 / c."""
    best, equals = 0, 1
    for k in range(1, len(counts)):
        if counts[k] > counts[best]:
            best, equals = k, 1
        elif counts[k] == counts[best]:
            equals += 1
            if word(seed, j, k, MODEL) * equals >> 64 == 0:
                best = k
    return best


def select_models_file():
    file = VectorFile("conformal/select_models.json", "qc_conformal_select_models", ["f64", "f32"], DRAWN,
                      solve_select_models, inputs={"calibration": "T", "test": "T"}, outputs=SELECTION,
                      tolerance=ROUNDED)
    calibration = [[(7 * i * i + 3 * i) % 23, (5 * i) % 13 + 3, (i * i) % 17] for i in range(30)]
    test = [[(5 * j * j + j) % 11 - 2, (3 * j) % 8, (j * j + 1) % 7 - 1] for j in range(12)]
    for q in [0.1, 0.25, 0.4, 0.6]:
        for pruning in ["default", "heterogeneous", "homogeneous", "deterministic"]:
            file.add(f"three scores, q = {q}, {pruning}", calibration=calibration, test=test, q=q, seed=21,
                     pruning=pruning)
    file.add("one score", calibration=[[v] for v in [5, 6, 7, 8, 9]], test=[[1], [5], [7]], q=0.5,
             pruning="deterministic")
    file.add("equal scores: chosen at random", calibration=[[i] * 4 for i in range(9)],
             test=[[-1] * 4, [0] * 4, [5] * 4, [-2] * 4], q=0.4, seed=77)
    file.add("infinities", calibration=[["inf", 1], [3, "-inf"], [4, 5], ["inf", "inf"]],
             test=[["-inf", 0], [2, "inf"], [1, 1]], q=0.6, seed=1, pruning="deterministic")
    file.add("no calibration points", calibration=Matrix0(0, 2), test=[[1, 2], [0, 1]], q=0.9)
    file.add("no test points", calibration=[[1, 2], [0, 1]], test=Matrix0(0, 2), q=0.9)
    good = {"calibration": [[1, 2], [3, 4]], "test": [[0, 1]], "q": 0.5}
    file.refuse("no pruning", "QC_ERR_OPTIONS", "pruning is 1", pruning="none", **good)
    file.refuse("calibration is NaN", "QC_ERR_NOT_FINITE", "calibration[2]",
                **good | {"calibration": [[1, 2], ["nan", 4]]})
    file.refuse("test is NaN", "QC_ERR_NOT_FINITE", "test[1]", **good | {"test": [[0, "nan"]]})
    refuse_level(file, calibration=[[1]], test=[[1]])
    return file


def files():
    return [p_values_file(), step_up_file(), e_step_up_file(), select_file(),
            select_options_file(), select_models_file()]

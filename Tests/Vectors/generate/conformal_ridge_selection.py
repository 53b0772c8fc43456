"""Family `conformal`: selection with scores of ridge regression, by as many fits as the definition asks."""

from fractions import Fraction

from conformal_selection import DRAWN, ROUNDED, SELECTION, choose, exactly, prune, refuse_level, step_up, typed
from files import Matrix0, VectorFile


def solve_linear(a, b):
    """x with a x = b, by elimination."""
    a = [row + [value] for row, value in zip(a, b)]
    size = len(a)
    for k in range(size):
        pivot = next(i for i in range(k, size) if a[i][k] != 0)
        a[k], a[pivot] = a[pivot], a[k]
        for i in range(size):
            if i != k:
                factor = a[i][k] / a[k][k]
                a[i] = [x - factor * y for x, y in zip(a[i], a[k])]
    return [a[k][size] / a[k][k] for k in range(size)]


def dot(a, b):
    return sum((x * y for x, y in zip(a, b)), Fraction(0))


def ridge(points, penalty, columns):
    """The coefficients for rows with outcomes."""
    a = [[dot([x[k] for x, _ in points], [x[l] for x, _ in points]) + (penalty if k == l else 0)
          for l in range(columns)] for k in range(columns)]
    return solve_linear(a, [dot([x[k] for x, _ in points], [t for _, t in points]) for k in range(columns)])


def require_clear(scores):
    """No two scores are so near each other that rounding could decide, unless the points are equal."""
    unit = max((abs(score) for score, _ in scores), default=Fraction(0)) / 10**7
    for k, (one, x) in enumerate(scores):
        for other, y in scores[:k]:
            assert abs(one - other) > unit or one == other and x == y or one == other == 0, (one, other)


def count_for(j, points, test, penalty, q):
    """R_j, and the number that is p_j times n + 1."""
    known = points + [(test[j], Fraction(0))]
    fits = [ridge(known[:i] + known[i + 1:], penalty, len(test[j])) for i in range(len(known))]
    own = -dot(fits[-1], test[j])
    scores = [-dot(fit, x) for fit, (x, t) in zip(fits, points) if t == 0]
    others = [own if l == j else -sum(dot(fit, x) for fit in fits) / len(fits) for l, x in enumerate(test)]
    known_scores = list(zip(scores, [x for x, t in points if t == 0])) + [(own, test[j])]
    require_clear(known_scores)
    for l, score in enumerate(others):
        if l != j:
            require_clear([(score, None)] + [(v, x) for v, x in known_scores if v != score or score == 0])
            assert score == 0 or score not in scores + [own]
    p = [Fraction(sum(v <= s for v in scores) + (own <= s), len(known)) for s in others]
    p[j] = Fraction(0)
    return step_up(p, q), 1 + sum(v <= own for v in scores)


def solve_select_ridge(format, x, outcomes, test, penalties, q, pruning="default", seed=0):
    if isinstance(test, Matrix0):
        return {"selected": [], "p": [], "e": [], "chosen": [], "count": 0}
    rows = [] if isinstance(x, Matrix0) else [exactly(row) for row in x]
    points, q = list(zip(rows, exactly(outcomes))), typed(q)
    asked = [exactly(row) for row in test]
    counts = [[count_for(j, points, asked, Fraction(penalty), q) for penalty in penalties]
              for j in range(len(asked))]
    chosen = [choose([r for r, _ in row], seed, j) for j, row in enumerate(counts)]
    rejections = [row[k][0] for row, k in zip(counts, chosen)]
    p = [Fraction(row[k][1], len(points) + 1) for row, k in zip(counts, chosen)]
    pruning = "heterogeneous" if pruning == "default" else pruning
    return prune(p, rejections, q, pruning, seed) | {"chosen": chosen}


X = [[(31 * i * i + 7 * i) % 23 - 11, (17 * i * i + 5 * i) % 19 - 9, 3] for i in range(18)]
GAINS = [max(0, a + b // 2 + (11 * i * i + 3 * i) % 21 - 10) for i, (a, b, _) in enumerate(X)]
TEST = [[(29 * j * j + 3 * j) % 17 - 5, (13 * j * j + 11 * j) % 21 - 10, 3] for j in range(8)]


def select_ridge_file():
    file = VectorFile("conformal/select_ridge.json", "qc_conformal_select_ridge", ["f64", "f32"],
                      "the definition with n + 1 fits for each test point, in rational arithmetic "
                      "(generate/conformal_ridge_selection.py)", solve_select_ridge,
                      inputs={"x": "T", "outcomes": "T", "test": "T", "penalties": "f64"}, outputs=SELECTION,
                      tolerance=ROUNDED)
    signs = [int(t > 0) for t in GAINS]
    for q in [0.2, 0.27, 0.35]:
        for pruning in ["default", "homogeneous", "deterministic"]:
            common = {"x": X, "test": TEST, "q": q, "pruning": pruning, "seed": 9, "source": DRAWN}
            file.add(f"one penalty, q = {q}, {pruning}", outcomes=GAINS, penalties=[2], **common)
            file.add(f"three penalties, q = {q}, {pruning}", outcomes=signs, penalties=[0.125, 800, 8000], **common)
    few = {"q": 0.7, "pruning": "deterministic", "penalties": [1]}
    file.add("more columns than points", x=[[1, 2, 0, -1], [2, -1, 1, 3]], outcomes=[0, 3],
             test=[[2, 0, 1, 2], [1, -3, 0, 2]], **few)
    file.add("equal rows", x=[[1, 2], [3, 1], [1, 2], [-2, 1], [4, -1]], outcomes=[0, 5, 0, 0, 2],
             test=[[1, 2], [5, 1], [-2, 1]], **few)
    file.add("no outcome is promising", x=[[1, 2], [3, 1], [0, 1]], outcomes=[0, 0, 0], test=[[1, 2], [5, 1]],
             **few)
    file.add("every outcome is promising", x=[[1, 2], [3, 1], [0, 1]], outcomes=[1, 2, 1], test=[[1, 2], [5, 1]],
             **few)
    file.add("no calibration points", x=Matrix0(0, 2), outcomes=[], test=[[1, 2], [5, 1]], **few)
    file.add("no test points", x=[[1, 2]], outcomes=[1], test=Matrix0(0, 2), **few)
    file.add("one of each", x=[[3]], outcomes=[2], test=[[2]], **few)
    for scale in [1e300, 1e-300]:
        file.add(f"numbers near {scale}", ["f64"], x=[[a * scale, b * scale] for a, b, _ in X],
                 outcomes=[t * scale for t in GAINS], test=[[a * scale, b * scale] for a, b, _ in TEST[:3]],
                 penalties=[1e-9 * scale if scale < 1 else 1e300], q=0.5, pruning="deterministic")
    good = {"x": [[1, 2], [3, 4]], "outcomes": [0, 1], "test": [[0, 1]], "penalties": [1], "q": 0.5}
    file.refuse("no pruning", "QC_ERR_OPTIONS", "pruning is 1", pruning="none", **good)
    file.refuse("x is infinite", "QC_ERR_NOT_FINITE", "x[2]", **good | {"x": [[1, 2], ["inf", 4]]})
    file.refuse("test is NaN", "QC_ERR_NOT_FINITE", "test[1]", **good | {"test": [[0, "nan"]]})
    file.refuse("an outcome is negative", "QC_ERR_DOMAIN", "outcomes[1] is -1", **good | {"outcomes": [0, -1]})
    file.refuse("an outcome is infinite", "QC_ERR_NOT_FINITE", "outcomes[1]", **good | {"outcomes": [0, "inf"]})
    file.refuse("a penalty of 0", "QC_ERR_DOMAIN", "penalties[1] is 0", **good | {"penalties": [1, 0]})
    file.refuse("a penalty is NaN", "QC_ERR_NOT_FINITE", "penalties[0]", **good | {"penalties": ["nan"]})
    file.refuse("a penalty that vanishes beside equal columns", "QC_ERR_DOMAIN", "too small",
                **good | {"x": [[1, 1], [2, 2]], "test": [[1, 1]], "penalties": [1e-30]})
    refuse_level(file, **{key: value for key, value in good.items() if key != "q"})
    return file


def files():
    return [select_ridge_file()]

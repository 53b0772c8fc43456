"""Family `conformal`: selection by models that the caller refits, from its definition in rational arithmetic."""

from fractions import Fraction

from conformal_ridge_selection import GAINS, TEST, X, count_for
from conformal_selection import ROUNDED, SELECTION, choose, exactly, prune, refuse_level, step_up, typed
from files import Matrix0, VectorFile

SOURCE = "the definition, with exact rationals (generate/conformal_refit_selection.py)"
DRAWN = SOURCE + "; random numbers by Philox 4x32-10, written from its paper"


def refit_rank(calibration, test, j, q):
    """The rank of j, and R_j."""
    p = [Fraction(sum(v <= s for v in calibration) + (test[j] <= s), len(calibration) + 1) for s in test]
    p[j] = Fraction(0)
    return 1 + sum(v <= test[j] for v in calibration), step_up(p, q)


def solve_refit_rank(format, calibration, test, j, q):
    rank, rejections = refit_rank(exactly(calibration), exactly(test), j, typed(q))
    return {"rank": rank, "rejections": rejections}


def refit_rank_file():
    file = VectorFile("conformal/refit_rank.json", "qc_conformal_refit_rank", ["f64", "f32"], SOURCE,
                      solve_refit_rank, inputs={"calibration": "T", "test": "T"})
    calibration = [(7 * i * i + 3 * i) % 23 for i in range(30)]
    test = [(5 * j * j + j) % 11 - 2 for j in range(14)]
    for q in [0.1, 0.2, 0.35, 0.6]:
        for j in [0, 1, 2, 5, 13]:
            file.add(f"ties, q = {q}, point {j}", calibration=calibration, test=test, j=j, q=q)
    # 3 or 4 tenths against 0.3 * 3 / 3.
    for beyond in [0, 1]:
        file.add(f"a threshold that is met exactly, or missed by one: {beyond}", q=0.3, j=1,
                 calibration=[1] * (3 + beyond) + [9] * (6 - beyond), test=[2, 5, 2])
    file.add("j before the others takes a place", calibration=[4, 5, 6, 7], test=[1, 2, 3], j=0, q=0.4)
    file.add("j behind the others does not", calibration=[4, 5, 6, 7], test=[1, 2, 3], j=2, q=0.4)
    ends = {"calibration": ["inf", "inf", -1, "inf", "-inf", 3] * 4, "test": [-3, "-inf", -2, "inf", -4], "q": 0.45}
    for j in range(5):
        file.add(f"infinite scores, point {j}", j=j, **ends)
    file.add("0 and -0 are tied", calibration=[0, 1], test=[-0.0, 5], j=0, q=0.5)
    file.add("no calibration points", calibration=[], test=[1, 2], j=0, q=0.9)
    file.add("one of each", calibration=[2], test=[1], j=0, q=0.5)
    file.add("all equal", calibration=[3] * 9, test=[3, 3, 3], j=1, q=0.5)
    file.add("the ends of the range", ["f64"], calibration=[1e308, -1e308, 1e-308, 0],
             test=[1e-308, 5e-324, 1e308], j=1, q=0.8)
    good = {"calibration": [1, 2, 3], "test": [1, 2], "j": 1, "q": 0.1}
    file.refuse("calibration is NaN", "QC_ERR_NOT_FINITE", "calibration[1]",
                **good | {"calibration": [1, "nan", 3]})
    file.refuse("test is NaN", "QC_ERR_NOT_FINITE", "test[0]", **good | {"test": ["nan", 3]})
    file.refuse("there is no such point", "QC_ERR_DOMAIN", "j must be", **good | {"j": 2})
    file.refuse("no test points", "QC_ERR_SIZE", "m is 0", **good | {"test": [], "j": 0})
    refuse_level(file, **{key: value for key, value in good.items() if key != "q"})
    return file


def solve_select_refitted(format, ranks, rejections, n, q, pruning="default", seed=0):
    if isinstance(ranks, Matrix0):
        return {"selected": [], "p": [], "e": [], "chosen": [], "count": 0}
    chosen = [choose(row, seed, j) for j, row in enumerate(rejections)]
    p = [Fraction(row[k], n + 1) for row, k in zip(ranks, chosen)]
    counts = [row[k] for row, k in zip(rejections, chosen)]
    pruning = "heterogeneous" if pruning == "default" else pruning
    return prune(p, counts, typed(q), pruning, seed) | {"chosen": chosen}


def ranks_of(columns, q):
    """For scores that do not depend on j: (calibration, test) for each model."""
    found = [[refit_rank(calibration, test, j, typed(q)) for calibration, test in columns]
             for j in range(len(columns[0][1]))]
    return {"ranks": [[rank for rank, _ in row] for row in found],
            "rejections": [[rejections for _, rejections in row] for row in found]}


def ranks_of_ridge(penalties, q):
    points, asked = list(zip(map(exactly, X), exactly(GAINS))), [exactly(row) for row in TEST]
    found = [[count_for(j, points, asked, Fraction(penalty), typed(q)) for penalty in penalties]
             for j in range(len(asked))]
    return {"ranks": [[rank for _, rank in row] for row in found],
            "rejections": [[rejections for rejections, _ in row] for row in found]}


def select_refitted_file():
    file = VectorFile("conformal/select_refitted.json", "qc_conformal_select_refitted", [""], DRAWN,
                      solve_select_refitted, outputs=SELECTION, tolerance=ROUNDED)
    # The scores of a case of qc_conformal_select_models.
    columns = [([(7 * i * i + 3 * i) % 23 for i in range(30)], [(5 * j * j + j) % 11 - 2 for j in range(12)]),
               ([(5 * i) % 13 + 3 for i in range(30)], [(3 * j) % 8 for j in range(12)]),
               ([(i * i) % 17 for i in range(30)], [(j * j + 1) % 7 - 1 for j in range(12)])]
    for q in [0.1, 0.25, 0.4, 0.6]:
        for pruning in ["default", "heterogeneous", "homogeneous", "deterministic"]:
            file.add(f"scores that do not depend on the point, q = {q}, {pruning}", n=30, q=q, seed=21,
                     pruning=pruning, **ranks_of(columns, q))
    for q in [0.2, 0.35]:
        for penalties in [[2], [0.125, 800, 8000]]:
            file.add(f"ridge regression, {len(penalties)} penalties, q = {q}", n=18, q=q, seed=9,
                     **ranks_of_ridge(penalties, q))
    file.add("equal rejections: chosen at random", ranks=[[1, 2, 3, 4]] * 6, rejections=[[3, 3, 3, 2]] * 6, n=9,
             q=0.8, seed=77)
    # 2 / 10 against 0.3 * 2 / 3.
    file.add("a bound that is met exactly, and one that is not", ranks=[[2], [3], [2]],
             rejections=[[2], [2], [2]], n=9, q=0.3, pruning="deterministic")
    file.add("no calibration points", ranks=[[1, 1], [1, 1]], rejections=[[1, 2], [2, 1]], n=0, q=0.9)
    file.add("one of each", ranks=[[1]], rejections=[[1]], n=1, q=0.5)
    file.add("no test points", ranks=Matrix0(0, 2), rejections=Matrix0(0, 2), n=4, q=0.5)
    good = {"ranks": [[1, 2], [3, 4]], "rejections": [[1, 2], [2, 1]], "n": 3, "q": 0.5}
    file.refuse("no pruning", "QC_ERR_OPTIONS", "pruning is 1", pruning="none", **good)
    for rank in [0, 5]:
        file.refuse(f"a rank is {rank}", "QC_ERR_DOMAIN", f"ranks[2] is {rank}",
                    **good | {"ranks": [[1, 2], [rank, 4]]})
    for number in [0, 3]:
        file.refuse(f"{number} rejections", "QC_ERR_DOMAIN", f"rejections[1] is {number}",
                    **good | {"rejections": [[1, number], [2, 1]]})
    refuse_level(file, **{key: value for key, value in good.items() if key != "q"})
    return file


def files():
    return [refit_rank_file(), select_refitted_file()]

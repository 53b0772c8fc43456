"""Family `conformal`: censoring weights in rationals, time by time from the definition."""

import math
from fractions import Fraction

from files import Repeat, VectorFile

INF = math.inf
SOURCE = "the definition in rational arithmetic (generate/conformal_censoring.py)"


def survival(times, events, weights, before):
    """The product of 1 - censored / at risk over times before; at risk at a time are those that are later,
    and those censored then."""
    product = Fraction(1)
    for time in sorted({time for time in times if time < before}):
        censored = sum(w for t, e, w in zip(times, events, weights) if t == time and not e)
        later = sum(w for t, w in zip(times, weights) if t > time)
        if censored:
            product *= 1 - censored / (censored + later)
    return product


def solve(format, times, events, weights=None, points=None, point_events=None, horizon=INF, cap=INF):
    masses = [Fraction(w) for w in weights] if weights else [Fraction(1)] * len(times)
    if points is None:
        points, point_events = times, point_events or events
    known = point_events or [1] * len(points)
    kept = [survival(times, events, masses, min(t, horizon)) for t in points]
    exact = [(1 / g if g else INF) if e or t >= horizon else 0 for g, t, e in zip(kept, points, known)]
    return {"survival": kept, "point_weights": [min(w, cap) for w in exact],
            "capped": sum(w > cap for w in exact)}


def files():
    file = VectorFile("conformal/censoring_weights.json", "qc_conformal_censoring_weights", [""], SOURCE,
                      solve, inputs={name: "f64" for name in ["times", "weights", "points", "horizon", "cap"]},
                      outputs={"survival": "f64", "point_weights": "f64"}, tolerance={"ulps": 1})
    five = {"times": [1, 2, 3, 4, 5], "events": [1, 0, 1, 0, 1]}
    file.expect("five observations, two censored", {"survival": [1, 1, 0.75, 0.75, 0.375],
                "point_weights": [1, 0, Fraction(4, 3), 0, Fraction(8, 3)], "capped": 0},
                source="a worked example: 3/4 of four, then 1/2 of two", **five)
    file.add("the limit is from the left", points=[0, 2, 2.5, 4, 4.5, 5, 6], **five)
    add_ties(file)
    file.add("points that are later than all", times=[1, 2, 3], events=[1, 1, 0], points=[3, 3.5, 100])
    file.add("later than all, with a cap", times=[1, 2, 3], events=[1, 1, 0], points=[3, 3.5, 100], cap=20)
    file.add("capped", cap=1.5, **five)
    file.add("a weight that is the cap", times=[1, 2], events=[0, 1], cap=2)
    file.add("a cap of 1", cap=1, **five)
    for horizon in [0.5, 2, 3, 3.5, 4, 5, -INF]:
        file.add(f"a horizon of {horizon}", horizon=horizon, **five)
    file.add("other points, a horizon and a cap", points=[1, 3, 4, 6, 7], point_events=[0, 1, 0, 0, 1], horizon=4.5,
             cap=2.5, **five)
    file.add("no observations", times=[], events=[], points=[1, INF])
    file.add("no points", points=[], **five)
    file.add("nothing at all", times=[], events=[])
    file.add("one event", times=[3], events=[1], points=[2, 3, 4])
    file.add("one censored", times=[3], events=[0], points=[2, 3, 4])
    file.add("all are censored", times=[1, 2, 3, 4], events=[0, 0, 0, 0])
    file.add("none is censored", times=[4, 3, 2, 1], events=[1, 1, 1, 1])
    file.add("infinite times", times=[-INF, -INF, 1, INF, INF], events=[0, 1, 0, 0, 1], points=[-INF, 0, 2, INF])
    file.add("every magnitude", times=[1e308, 1e-308, -1e308, 5e-324, 0], events=[0, 1, 0, 0, 1])
    file.add("an offset", times=[1e9 + i / 8 for i in (3, 1, 2, 0, 2)], events=[0, 1, 0, 1, 1])
    file.add("many", times=[(i * 37) % 101 for i in range(200)], events=[int(i * 7 % 5 > 1) for i in range(200)])
    add_weights(file)
    add_errors(file, five)
    return [file]


def add_ties(file):
    file.add("at equal times events come first", times=[1, 1, 1, 2], events=[0, 1, 0, 1])
    file.add("all at one time", times=Repeat(2, 6), events=[1, 0, 0, 1, 0, 1], points=[1, 2, 3])
    file.add("both zeros are one time", times=[-0.0, 0, 1], events=[0, 1, 1], points=[-0.0, 0, 1])


def add_weights(file):
    four = {"times": [1, 2, 3, 4], "events": [0, 1, 0, 1]}
    file.add("weights of observations", weights=[1, 2, 0.5, 3], **four)
    file.add("weights of 0 are ignored", times=[1, 2, 3, 4, 5], events=[0, 0, 1, 1, 0], weights=[0, 1, 1, 2, 0],
             points=[1, 2, 3, 4, 5, 6])
    file.add("huge weights", weights=[4e307, 4e307, 3e307, 1e300], **four)
    file.add("tiny weights", weights=[4e-308, 4e-308, 5e-324, 1e-320], **four)
    file.add("hardly anything is left", weights=[1, 1e-30, 1, 1e-200], **four)
    file.add("so little that no double says it", times=[1, 2, 3], events=[0, 0, 1], weights=[1, 1e-200, 1e-308],
             tolerance={"absolute": 1e-322}, keep=["survival"])


def add_errors(file, good):
    file.refuse("a time is NaN", "QC_ERR_NOT_FINITE", "times[1]", **good | {"times": [1, "nan", 3, 4, 5]})
    file.refuse("a point is NaN", "QC_ERR_NOT_FINITE", "points[0]", **good | {"points": ["nan"]})
    ones = [1, 1, 1, 1]
    file.refuse("a weight is negative", "QC_ERR_DOMAIN", "weights[4] is -1", **good | {"weights": [*ones, -1]})
    file.refuse("a weight is NaN", "QC_ERR_NOT_FINITE", "weights[4]", **good | {"weights": [*ones, "nan"]})
    file.refuse("a weight is infinite", "QC_ERR_NOT_FINITE", "weights[4]", **good | {"weights": [*ones, "inf"]})
    file.refuse("all weights are 0", "QC_ERR_DOMAIN", "all zero", **good | {"weights": Repeat(0, 5)})
    file.refuse("the horizon is NaN", "QC_ERR_NOT_FINITE", "horizon", **good | {"horizon": "nan"})
    file.refuse("the cap is NaN", "QC_ERR_NOT_FINITE", "cap", **good | {"cap": "nan"})
    for cap in [0.5, 0, -1, "-inf"]:
        file.refuse(f"a cap of {cap}", "QC_ERR_DOMAIN", "cap is", **good | {"cap": cap})

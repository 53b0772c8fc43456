"""Isotonic distributions from their definition, over rationals: at every threshold by itself the min-max formula for
the falling fit, along a line or under the componentwise order; Kaplan-Meier estimates for censored outcomes."""

from fractions import Fraction
from functools import cache

INF = float("inf")


def mean_of_indicators(points, threshold):
    weight = sum(w for _, _, w, _ in points)
    return sum(w for _, y, w, _ in points if y <= threshold) / weight


def kaplan_meier(points, threshold):
    """Survival beyond a threshold; at equal times events come before censorings."""
    survival = Fraction(1)
    for time in sorted({y for _, y, _, event in points if event and y <= threshold}):
        risk = sum(w for _, y, w, _ in points if y >= time)
        deaths = sum(w for _, y, w, event in points if event and y == time)
        survival *= 1 - deaths / risk
    return survival


def row(covariate):
    return tuple(covariate) if isinstance(covariate, (list, tuple)) else (covariate,)


def precedes(a, b):
    return all(p <= q for p, q in zip(a, b))


def lower_sets(knots):
    """Of the componentwise order, by trying all; without the empty one."""
    m = len(knots)
    below = [{j for j in range(m) if precedes(knots[j], knots[i])} for i in range(m)]
    subsets = ({i for i in range(m) if bits >> i & 1} for bits in range(1, 1 << m))
    return [subset for subset in subsets if all(below[i] <= subset for i in subset)]


class Fit:
    """Distribution functions at the distinct covariates, as rationals."""

    def __init__(self, x, y, weights=None, events=None, direction="increasing"):
        self.sign = 1 if direction == "increasing" else -1
        weights = weights or [1] * len(x)
        events = events or [1] * len(x)
        points = [(tuple(self.sign * Fraction(c) for c in row(a)), Fraction(b), Fraction(w), e)
                  for a, b, w, e in zip(x, y, weights, events) if w > 0]
        first = min(b for _, b, _, e in points if e)
        points = [point for point in points if point[3] or point[1] >= first]
        self.points = points
        self.knots = sorted({point[0] for point in points})
        self.dimensions = len(self.knots[0])
        self.thresholds = sorted({point[1] for point in points if point[3]})
        if not all(point[3] for point in points):
            solve = self.censored
        elif self.dimensions == 1:
            solve = self.observed
        else:
            self.lower_sets = lower_sets(self.knots)
            solve = self.ordered
        self.rows = [solve(t) for t in self.thresholds]

    def between(self, first, last):
        return [point for point in self.points if self.knots[first] <= point[0] <= self.knots[last]]

    def observed(self, threshold):
        mean = cache(lambda r, s: mean_of_indicators(self.between(r, s), threshold))
        m = len(self.knots)
        return [min(max(mean(r, s) for s in range(i, m)) for r in range(i + 1)) for i in range(m)]

    def ordered(self, threshold):
        """For each covariate, over lower sets with it the largest of: over upper sets with it the least of
        the means of what the two share."""
        m = len(self.knots)
        everything = frozenset(range(m))
        lower = [frozenset(subset) for subset in self.lower_sets]
        upper = [everything] + [everything - subset for subset in lower if subset != everything]

        @cache
        def mean(shared):
            return mean_of_indicators([p for p in self.points if self.knots.index(p[0]) in shared], threshold)

        return [max(min(mean(a & b) for b in upper if i in b) for a in lower if i in a) for i in range(m)]

    def censored(self, threshold):
        @cache
        def bounded(r, s):
            parts = [(bounded(r, k), bounded(k + 1, s)) for k in range(r, s)]
            low = max((min(pair) for pair in parts), default=Fraction(0))
            high = min((max(pair) for pair in parts), default=Fraction(1))
            return max(low, min(high, kaplan_meier(self.between(r, s), threshold)))

        m = len(self.knots)
        return [1 - max(min(bounded(r, s) for s in range(i, m)) for r in range(i + 1)) for i in range(m)]

    def at(self, query):
        """The function at a covariate: its values at the thresholds."""
        q = tuple(self.sign * (c if c in (INF, -INF) else Fraction(c)) for c in row(query))
        return self.interpolated(q[0]) if self.dimensions == 1 else self.bounded(q)

    def interpolated(self, q):
        knots = [knot[0] for knot in self.knots]
        if q <= knots[0]:
            return [row[0] for row in self.rows]
        if q >= knots[-1]:
            return [row[-1] for row in self.rows]
        i = max(k for k, knot in enumerate(knots) if knot <= q)
        share = (q - knots[i]) / (knots[i + 1] - knots[i])
        return [(1 - share) * row[i] + share * row[i + 1] for row in self.rows]

    def bounded(self, q):
        below = [i for i, knot in enumerate(self.knots) if precedes(knot, q)]
        above = [i for i, knot in enumerate(self.knots) if precedes(q, knot)]
        if not below and not above:
            return [mean_of_indicators(self.points, t) for t in self.thresholds]
        most = [min(row[i] for i in below) for row in self.rows] if below else None
        least = [max(row[i] for i in above) for row in self.rows] if above else None
        return [(a + b) / 2 for a, b in zip(most or least, least or most)]

    def function(self, query, threshold, closed=True):
        passed = sum(t <= threshold if closed else t < threshold for t in self.thresholds)
        return self.at(query)[passed - 1] if passed else Fraction(0)

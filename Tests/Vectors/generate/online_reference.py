"""Online conformal prediction from its definitions: sorted lists, every sum taken anew, rationals and
decimals of 60 digits. What depends on rounding is refused, so that no case does."""

import math
from decimal import Decimal
from fractions import Fraction

INF = math.inf
GRID = [0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128]
DEFAULTS = {
    "method": "aci", "sides": "one", "integrator": "tangent", "rate": "scaled", "alpha": 0.1, "start": "nan",
    "horizon": 100, "score_bound": 1, "learning_rate": 0.1, "saturation": 1, "integral_gain": 1, "rho": 0.99,
    "cap": 0, "window": 0, "batch": 1, "lifetime": 8}


def typed(x):
    """The decimal that was written."""
    return Fraction(repr(x))


def exact(x):
    return x if isinstance(x, Fraction) or not math.isfinite(x) else Fraction(x)


def as_decimal(x):
    return Decimal(x.numerator) / Decimal(x.denominator) if isinstance(x, Fraction) else Decimal(x)


def rank(n, level, is_typed):
    """k = n + 1 - floor((n + 1) level); n + 1 and 0 outside the range of levels."""
    if level <= 0:
        return n + 1
    if level >= 1:
        return 0
    product = (n + 1) * level
    gap = abs(product - round(product))
    # A level that a double holds, or that was typed, is never in doubt.
    held = isinstance(level, Fraction) and Fraction(float(level)) == level
    assert is_typed or held or gap > Decimal("1e-9"), "rounding decides this case"
    return n + 1 - math.floor(product)


def order_statistic(scores, k):
    return -INF if k <= 0 else INF if k > len(scores) else sorted(scores)[k - 1]


class Window:
    def __init__(self, limit):
        self.limit, self.scores = limit, []

    def append(self, score):
        self.scores.append(exact(score))
        if self.limit:
            self.scores = self.scores[-self.limit:]

    def largest(self):
        return max((abs(s) for s in self.scores if math.isfinite(s)), default=Fraction(0))


class Rule:
    """One side: `threshold`, `learn`, and what a summary shows."""
    window = None
    position = step = float("nan")
    experts = 1


class Level(Rule):
    def __init__(self, alpha, options):
        self.alpha, self.gamma = alpha, typed((options["gamma"] or [0.005])[0])
        self.position = self.start = start_of(options, alpha)
        self.window = Window(options["window"])
        self.step = self.gamma

    def threshold(self, forecast):
        n = len(self.window.scores)
        return order_statistic(self.window.scores, rank(n, self.position, self.position == self.start))

    def learn(self, score, covered):
        self.position += self.gamma * (self.alpha - (not covered))
        self.window.append(score)


class Levels(Rule):
    def __init__(self, alpha, options):
        self.alpha, self.gammas = alpha, [typed(g) for g in options["gamma"] or GRID]
        self.experts = len(self.gammas)
        self.start = start_of(options, alpha)
        self.levels = [self.start] * self.experts
        self.weights = [Decimal(1) / self.experts] * self.experts
        self.window = Window(options["window"])
        horizon, a = Decimal(options["horizon"]), as_decimal(alpha)
        self.sigma = 1 / (2 * horizon)
        self.step = ((3 / horizon).sqrt() * (((self.experts * horizon).ln() + 2)
                                             / ((1 - a)**2 * a**3 + (1 - a)**3 * a**2)).sqrt())

    @property
    def position(self):
        if len(set(self.levels)) == 1:
            return self.levels[0]
        return sum(w * as_decimal(a) for w, a in zip(self.weights, self.levels)) / sum(self.weights)

    def threshold(self, forecast):
        level = self.position
        return order_statistic(self.window.scores, rank(len(self.window.scores), level, level == self.start))

    def learn(self, score, covered):
        scores = self.window.scores
        beta = Fraction(1 + sum(s >= score for s in scores), len(scores) + 1)
        hits = [score <= order_statistic(scores, rank(len(scores), a, a == self.start)) for a in self.levels]
        losses = [self.alpha * (beta - a) - min(0, beta - a) for a in self.levels]
        bar = [w * (-self.step * as_decimal(loss)).exp() for w, loss in zip(self.weights, losses)]
        total = sum(bar)
        self.weights = [((1 - self.sigma) * w + self.sigma * total / self.experts) / total for w in bar]
        self.levels = [a + g * (self.alpha - (not hit)) for a, g, hit in zip(self.levels, self.gammas, hits)]
        self.window.append(score)


def sqrt(x):
    return as_decimal(x).sqrt()


class Descent(Rule):
    def __init__(self, alpha, options, radius=None):
        self.alpha = as_decimal(alpha)
        self.step = Decimal(options["score_bound"]) / Decimal(3).sqrt()
        self.position = Decimal(options["start"]) if radius is None else radius
        self.squares = Decimal(0)

    def threshold(self, forecast):
        return self.position

    def learn(self, score, covered):
        g = self.alpha - (score > self.position)
        self.squares += g * g
        self.position -= self.step * g / self.squares.sqrt()


class Mixture(Rule):
    """SAOCP: lists of all h and w of each expert, summed anew each time."""

    def __init__(self, alpha, options):
        self.given, self.alpha, self.bound = (alpha, options), as_decimal(alpha), Decimal(options["score_bound"])
        self.lifetime, self.t = options["lifetime"], 1
        first = Descent(alpha, options)
        self.step = first.step
        self.live = [(1, first, [], [])]

    @property
    def experts(self):
        return len(self.live)

    def weight(self, birth, h, w):
        age = self.t - birth
        return sum(h, Decimal(0)) * (1 + sum(a * b for a, b in zip(w, h))) / age if age else Decimal(0)

    @property
    def position(self):
        priors = [1 / (Decimal(i)**2 * (1 + (i.bit_length() - 1))) for i, _, _, _ in self.live]
        p = [prior * max(self.weight(i, h, w), 0) for prior, (i, _, h, w) in zip(priors, self.live)]
        p = p if sum(p) > 0 else priors
        return sum(a * one[1].position for a, one in zip(p, self.live)) / sum(p)

    def threshold(self, forecast):
        return self.position

    def loss(self, score, radius):
        return max((1 - self.alpha) * (score - radius), self.alpha * (radius - score))

    def learn(self, score, covered):
        radius, score_d = self.position, as_decimal(score)
        for birth, descent, h, w in self.live:
            weight = self.weight(birth, h, w)
            gain = (self.loss(score_d, radius) - self.loss(score_d, descent.position)) / self.bound
            if abs(radius - descent.position) <= max(self.bound, abs(radius), abs(descent.position)) / 2**40:
                gain = Decimal(0)
            w.append(weight)
            h.append(min(max(gain, Decimal(-1 if weight > 0 else 0)), Decimal(1)))
            descent.learn(score_d, None)
        self.t += 1
        start = self.position
        self.live = [one for one in self.live if one[0] + self.lifetime * (one[0] & -one[0]) > self.t]
        self.live.append((self.t, Descent(*self.given, radius=start), [], []))


PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899863")


def tangent(x):
    """By the series of sine and cosine."""
    sine, cosine, term = Decimal(0), Decimal(0), Decimal(1)
    for k in range(60):
        if k % 2:
            sine += term * (-1)**(k // 2)
        else:
            cosine += term * (-1)**(k // 2)
        term *= x / (k + 1)
    return sine / cosine


class Control(Rule):
    def __init__(self, alpha, options):
        self.alpha, self.options = alpha, options
        self.position = Fraction(options["start"])
        self.t = self.errors = 0
        if options["rate"] == "scaled":
            self.window = Window(options["window"])

    @property
    def step(self):
        rate = typed(self.options["learning_rate"])
        return rate * self.window.largest() if self.window else rate

    def integral(self):
        if self.options["integrator"] == "none" or self.t < 2:
            return Decimal(0)
        angle = as_decimal(self.errors - self.alpha * self.t) * Decimal(self.t).ln()
        angle /= Decimal(repr(self.options["saturation"])) * self.t
        if abs(angle) >= PI / 2:
            return INF if angle > 0 else -INF
        return Decimal(repr(self.options["integral_gain"])) * tangent(angle)

    def threshold(self, forecast):
        integral = self.integral()
        if not math.isfinite(integral):
            return integral
        base = exact(forecast) + self.position
        return base if integral == 0 else as_decimal(base) + integral

    def learn(self, score, covered):
        if self.window:
            self.window.append(score)
        self.t += 1
        self.errors += not covered
        self.position += self.step * ((not covered) - self.alpha)


class Decay(Rule):
    def __init__(self, alpha, options):
        self.alpha, self.rho, self.window = alpha, typed(options["rho"]), Window(options["window"])

    def threshold(self, forecast):
        scores = self.window.scores
        weights = [self.rho**(len(scores) - i) for i in range(len(scores))]
        wanted = (1 - self.alpha) * (sum(weights) + 1)
        held = [s for s in scores if sum(w for w, other in zip(weights, scores) if other <= s) >= wanted]
        return min(held, default=INF)

    def learn(self, score, covered):
        self.window.append(score)


class Aggregation:
    """AgACI: both ends by the recursion of opera's BOA, from its lists of r and eta."""
    lower_position = upper_position = step = float("nan")

    def __init__(self, options):
        self.alpha, self.gammas = typed(options["alpha"]), [typed(g) for g in options["gamma"] or GRID]
        self.experts, self.cap = len(self.gammas), typed(options["cap"])
        self.start = start_of(options, self.alpha)
        self.levels, self.window = [self.start] * self.experts, Window(options["window"])
        self.lists = [[[] for _ in self.gammas], [[] for _ in self.gammas]]

    def thresholds(self):
        n = len(self.window.scores)
        return [order_statistic(self.window.scores, rank(n, a, a == self.start)) for a in self.levels]

    def ends(self, side):
        cap = self.cap if self.cap > 0 else self.window.largest()
        return [as_decimal(max(cap if t == INF else t, 0)) * (1 if side else -1) for t in self.thresholds()]

    def state(self, r, others):
        """(eta, R) of an expert after its instantaneous regrets r."""
        regret, eta = Decimal(0), None
        for t in range(len(r)):
            past = r[:t + 1]
            largest, squares = max(abs(x) for x in past), sum(x * x for x in past)
            eta = None
            if largest > 0:
                eta = min(1 / (2 * largest), (Decimal(self.experts).ln() / squares).sqrt())
            all_differ = all(any(x != 0 for x in other[:t + 1]) for other in others)
            regret += r[t] - eta * r[t]**2 if all_differ else r[t]
        return eta, regret

    def mean(self, side):
        exponents = []
        for r in self.lists[side]:
            eta, regret = self.state(r, self.lists[side])
            exponents.append(Decimal(0) if eta is None else eta * regret)
        weights = [x.exp() for x in exponents]
        ends = self.ends(side)
        if len(set(ends)) == 1:
            return ends[0]
        return sum(w * end for w, end in zip(weights, ends)) / sum(weights)

    def interval(self, forecast):
        if not self.window.scores and not self.cap:
            return -INF, INF
        return self.mean(0), self.mean(1)

    def learn(self, score, covered):
        y, levels = as_decimal(exact(score)), [self.alpha / 2, 1 - self.alpha / 2]
        new = []
        for side in range(2):
            mean, ends = self.mean(side), self.ends(side)
            slope = (1 if y < mean else 0) - as_decimal(levels[side])
            new.append([slope * (mean - end) for end in ends])
        hits = [abs(score) <= t for t in self.thresholds()]
        for side in range(2):
            for r, value in zip(self.lists[side], new[side]):
                r.append(value)
        self.levels = [a + g * (self.alpha - (not hit)) for a, g, hit in zip(self.levels, self.gammas, hits)]
        self.window.append(abs(score))


class Narrowest:
    """EnbPI: every pair of order statistics of the wanted distance."""
    lower_position = upper_position = step = float("nan")
    experts = 1

    def __init__(self, options):
        self.alpha, self.batch = typed(options["alpha"]), options["batch"]
        self.window, self.pending, self.last = Window(options["window"]), [], None

    def interval(self, forecast):
        scores = sorted(self.window.scores)
        k = rank(len(scores), self.alpha, True)
        pairs = [(scores[j + k] - scores[j], j) for j in range(len(scores) - k)]
        if not pairs:
            return -INF, INF
        j = min(pairs)[1]
        return scores[j], scores[j + k]

    def learn(self, score, covered):
        self.pending.append(exact(score))
        if len(self.pending) == self.batch:
            for one in self.pending:
                self.window.append(one)
            self.pending = []

    def learn_nothing(self):
        past = self.window.scores + self.pending
        if past:
            self.learn(past[-1], None)


RULES = {"aci": Level, "dtaci": Levels, "sf_ogd": Descent, "saocp": Mixture, "pid": Control, "nexcp": Decay}


def start_of(options, alpha):
    return alpha if options["start"] == "nan" else typed(options["start"])


class Online:
    def __init__(self, gamma=None, **given):
        options = DEFAULTS | given
        if options["method"] not in ("aci", "dtaci", "agaci") and options["start"] == "nan":
            options["start"] = 0
        options["gamma"] = gamma
        self.method, self.options = options["method"], options
        self.alpha = typed(options["alpha"])
        self.observed = self.misses = self.missing = 0
        self.whole = {"agaci": Aggregation, "enbpi": Narrowest}.get(self.method)
        if self.whole:
            self.whole = self.whole(options)
            self.rules = [self.whole]
        elif options["sides"] == "two":
            self.rules = [RULES[self.method](self.alpha / 2, options) for _ in range(2)]
        else:
            self.rules = [RULES[self.method](self.alpha, options)]

    def calibrate(self, scores):
        for score in scores:
            for sign, rule in zip([-1, 1] if len(self.rules) == 2 else [1], self.rules):
                rule.window.append(abs(score) if self.method == "agaci" else sign * score)

    def interval(self, forecast=0):
        if self.whole:
            return self.whole.interval(forecast)
        if len(self.rules) == 2:
            return -self.rules[0].threshold(-forecast), self.rules[1].threshold(forecast)
        return -INF, self.rules[0].threshold(forecast)

    def observe(self, score, forecast=0):
        """1, 0 or -1."""
        if score != score or score == "nan":
            self.missing += 1
            if self.method == "enbpi":
                self.whole.learn_nothing()
            return -1
        lower, upper = self.interval(forecast)
        covered = lower <= score <= upper
        self.observed += 1
        self.misses += not covered
        if len(self.rules) == 2:
            hits = [-score <= -lower, score <= upper]
            for sign, rule, hit in zip([-1, 1], self.rules, hits):
                rule.learn(sign * exact(score), hit)
        else:
            self.rules[0].learn(exact(score), covered)
        return int(covered)

    def summary(self):
        upper = self.rules[-1]
        two = len(self.rules) == 2
        return {"observed": self.observed, "misses": self.misses, "missing": self.missing,
                "score_count": len(upper.window.scores) if upper.window else 0, "expert_count": upper.experts,
                "lower_position": self.rules[0].position if two else float("nan"),
                "upper_position": float("nan") if self.whole else upper.position, "step_size": upper.step}

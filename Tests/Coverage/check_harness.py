"""Do the harness's laws and verdicts hold? Against exact fractions, and on luck that is known."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import comb

import numpy as np

from harness import Certain, Event, Superuniform, Uniform, beta_binomial_counts, exact_rank, losses
from harness.laws import beta_binomial, binomial, lower_tail, upper_tail
from run import FAILURE_PROBABILITY, is_broken

Check = Callable[[], bool]

CHECKS: list[Check] = []


def check(function: Check) -> Check:
    CHECKS.append(function)
    return function


@check
def binomial_terms_are_exact() -> bool:
    for n, p in ((0, 0.5), (1, 0.25), (9, 0.9), (60, 0.125)):
        exact = [comb(n, k) * Fraction(p) ** k * (1 - Fraction(p)) ** (n - k) for k in range(n + 1)]
        if not np.allclose(binomial(n, p), [float(term) for term in exact], rtol=1e-12, atol=0):
            return False
    return binomial(5, 0.0)[0] == 1 and binomial(5, 1.0)[5] == 1


@check
def beta_binomial_terms_are_exact() -> bool:
    for m, a, b in ((1, 1, 1), (7, 3, 2), (40, 18, 2)):
        exact = [
            Fraction(comb(k + a - 1, k) * comb(m - k + b - 1, m - k), comb(m + a + b - 1, m))
            for k in range(m + 1)
        ]
        if not np.allclose(
            beta_binomial(m, a, b), [float(term) for term in exact], rtol=1e-11, atol=0
        ):
            return False
    return True


@check
def tails_are_complements() -> bool:
    terms = binomial(10_000, 0.9)
    return all(
        abs(lower_tail(terms, k) + upper_tail(terms, k + 1) - 1) < 1e-9
        for k in (0, 8999, 9000, 9999)
    )


@check
def a_published_interval_is_found() -> bool:
    """The central 99 % of the points covered of 1000, for n = 99 and alpha = 0.1: 805 to 964."""
    terms = beta_binomial(1000, 90, 10)
    return lower_tail(terms, 804) <= 0.005 < lower_tail(terms, 805) and upper_tail(
        terms, 965
    ) <= 0.005 < upper_tail(terms, 964)


@check
def events_fail_on_either_side() -> bool:
    fair = Event("", 9000, 10_000, 0.9, 0.9)
    few, many = Event("", 8800, 10_000, 0.9, 0.9), Event("", 9200, 10_000, 0.9, 0.9)
    one_sided = Event("", 9200, 10_000, 0.9)
    return (
        not is_broken(fair, 100)
        and is_broken(few, 100)
        and is_broken(many, 100)
        and not is_broken(one_sided, 100)
        and is_broken(Event("", 9999, 10_000, 1.0), 100)
    )


@check
def verdicts_share_the_failure_probability() -> bool:
    claim = Event("", 9, 10_000, at_most=1e-4)
    (p,) = claim.p_values()
    return is_broken(claim, 1) == (p < FAILURE_PROBABILITY) and not is_broken(claim, 10**6)


@check
def losses_keep_their_mean() -> bool:
    random = np.random.default_rng(1)
    values = random.beta(0.5, 4.5, 100_000)  # of mean 0.1
    return not is_broken(losses("", values, random, at_most=0.1), 1) and is_broken(
        losses("", values, random, at_most=0.09), 1
    )


@check
def uniform_values_pass_and_others_do_not() -> bool:
    random = np.random.default_rng(2)
    values = random.random(20_000)
    return (
        not is_broken(Uniform("", values), 1)
        and not is_broken(Superuniform("", np.sqrt(values)), 1)
        and is_broken(Uniform("", np.sqrt(values)), 1)
        and is_broken(Superuniform("", values**1.2), 1)
    )


@check
def counts_of_another_law_are_found() -> bool:
    random = np.random.default_rng(3)
    counts = [int(random.binomial(1000, random.beta(90, 10))) for _ in range(300)]
    law = {"m": 1000, "a": 90, "b": 10}
    lower = [count - 20 for count in counts]
    return not is_broken(beta_binomial_counts("", counts, random, **law), 1) and is_broken(
        beta_binomial_counts("", lower, random, **law), 1
    )


@check
def ranks_are_those_of_the_decimal() -> bool:
    return [exact_rank(24, 0.44), exact_rank(9, 0.1), exact_rank(8, 0.1)] == [14, 9, 9]


@check
def what_is_certain_fails_once() -> bool:
    return not is_broken(Certain("", True), 10**9) and is_broken(Certain("", False), 10**9)


def main() -> int:
    outcomes = [(bool(one()), one.__name__.replace("_", " ")) for one in CHECKS]
    for holds, text in outcomes:
        print(f"{'ok' if holds else 'FAILED'}: {text}")
    failed = sum(not holds for holds, _ in outcomes)
    print(f"{len(outcomes) - failed} passed, {failed} failed")
    return int(failed > 0)


if __name__ == "__main__":
    raise SystemExit(main())

"""Data and results of de Leeuw, Hornik and Mair (2009), "Isotone Optimization in R: Pool-Adjacent-Violators
Algorithm (PAVA) and Active Set Methods", Journal of Statistical Software 32(5), and of the package that it describes,
isotone 1.1-2. Numbers only; what the package gives is compared with exact arithmetic before it becomes a case."""

PAPER = "de Leeuw, Hornik, Mair (2009), Journal of Statistical Software 32(5)"

#: Size of the pituitary fissure by age: Potthoff, Roy (1964); Robertson, Wright, Dykstra (1988).
PITUITARY = {"x": [8, 8, 8, 10, 10, 10, 12, 12, 12, 14, 14],
             "y": [21, 23.5, 23, 24, 21, 25, 21.5, 22, 19, 23.5, 25]}

#: The means of the tertiary fit at ages 8, 10, 12, 14 as the paper prints them (section 5.2), and what gpava() gives.
PITUITARY_MEANS = [22.22222, 22.22222, 22.22222, 24.25]
PITUITARY_FITS = {
    "primary": [21] + [22.375] * 8 + [23.5, 25],
    "secondary": [22.2222222222222] * 9 + [24.25] * 2,
    "tertiary": [20.7222222222222, 23.2222222222222, 22.7222222222222, 22.8888888888889, 19.8888888888889,
                 23.8888888888889, 22.8888888888889, 23.3888888888889, 20.3888888888889, 23.5, 25],
}

#: Days on which Lake Mendota was frozen, from 1854 on, less a constant: Barlow, Bartholomew, Bremner, Brunk (1972).
MENDOTA = [25, 13, 2, 15, 14, 21, 9, 33, 25, 15, 21, 25]
MENDOTA_FIT = [13.3333333333333] * 3 + [14.5] * 2 + [15] * 2 + [23.5] * 4 + [25]

#: Height, and three scores of keeping one's balance, of 50 subjects: Leitner and others (2009).
POSTURO = [
    (1.64, 91, 95, 91), (1.8, 84, 90, 90), (1.63, 64, 80, 82), (1.59, 65, 83, 83), (1.75, 87, 90, 86),
    (1.69, 77, 88, 84), (1.69, 73, 90, 83), (1.83, 82, 92, 89), (1.65, 87, 85, 89), (1.77, 87, 92, 94),
    (1.65, 90, 92, 92), (1.56, 54, 71, 76), (1.56, 71, 83, 83), (1.75, 91, 89, 88), (1.75, 91, 93, 94),
    (1.76, 94, 93, 93), (1.715, 91, 92, 93), (1.72, 90, 93, 92), (1.54, 84, 88, 87), (1.54, 83, 84, 83),
    (1.64, 86, 95, 91), (1.64, 93, 92, 89), (1.69, 81, 88, 82), (1.69, 85, 87, 86), (1.7, 80, 82, 88),
    (1.7, 92, 86, 88), (1.73, 55, 86, 86), (1.73, 84, 74, 85), (1.67, 74, 86, 89), (1.67, 92, 89, 85),
    (1.72, 87, 91, 89), (1.72, 95, 96, 93), (1.78, 98, 82, 94), (1.78, 90, 94, 86), (1.65, 83, 73, 74),
    (1.65, 83, 87, 87), (1.61, 56, 81, 76), (1.61, 79, 89, 83), (1.54, 57, 56, 52), (1.54, 70, 80, 73),
    (1.6, 75, 73, 67), (1.6, 68, 61, 75), (1.715, 66, 88, 96), (1.72, 78, 94, 90), (1.7, 82, 77, 82),
    (1.7, 86, 83, 82), (1.79, 82, 92, 90), (1.79, 94, 92, 91), (1.59, 87, 91, 89), (1.87, 87, 94, 95),
]

#: At the heights in ascending order: what gpava() gives for the mean, ties being equal.
POSTURO_FIT = ([74.1666666666667] * 2 + [76.4166666666667] * 2 + [76.6666666666667] * 2 + [85.7254901960784] * 5
               + [86.8333333333333] * 3 + [89.8888888888889] + [90.2083333333333] * 6 + [92])

#: The nine numbers of sections 5.4 and 5.5, set.seed(12345); rnorm(9) in R, and rpois(9, 5) from the same seed.
NORMAL = [0.58552881784385558, 0.70946601750952432, -0.10930331468105392, -0.45349717346276303,
          0.60588745584039361, -1.8179559677037289, 0.63009855106839086, -0.2761841052252158, -0.28415974394337079]
POISSON = [6, 8, 6, 8, 5, 3, 4, 5, 6]

#: The losses there in the words of these vectors, and the value of the objective that activeSet() reaches, or its fit
#: where the loss is not just another's. Huber's loss with its epsilon 1 is ours with threshold 2.
CHAINS = {
    "least squares": ({}, [-0.0799790274] * 6 + [0.0232515673] * 3),
    "weighted least squares": ({"weights": list(range(1, 10))}, [-0.3817017291] * 6 + [-0.0148425283] * 3),
    "least absolute deviations": ({"loss": "quantile"}, [-0.109303315] * 9),
    "Chebyshev": ({"loss": "chebyshev"}, [-0.554244975] * 9),
    "asymmetric least squares": ({"loss": "expectile", "level": 2 / 3}, [0.157905834] * 6 + [0.174943973] * 3),
    "Huber": ({"loss": "huber", "huber_threshold": 2}, [-0.0799737549] * 6 + [0.0232754660] * 3),
}

#: Three partial orders (section 5.5), as pairs of which the first is below, and the least squares fits.
ORDERS = {
    "a tree": ([(1, 2), (1, 3), (2, 4), (2, 5), (2, 6), (3, 7), (3, 8), (8, 9)],
               [-0.244114576, -0.244114576, -0.223215721, -0.244114576, 0.605887456, -0.244114576, 0.630098551,
                -0.223215721, -0.223215721]),
    "loops": ([(1, 3), (2, 3), (3, 4), (3, 5), (4, 6), (5, 6), (6, 7), (6, 8), (7, 9), (8, 9)],
              [-0.108008324] * 6 + [0.172969404, -0.108008324, 0.172969404]),
    "three blocks": ([(a, b) for low, high in (((1, 2, 3), (4, 5, 6)), ((4, 5, 6), (7, 8, 9))) for a in low
                      for b in high],
                     [-0.2171523241] * 4 + [0.0151812022, -0.2171523241, 0.6300985511] + [0.0151812022] * 2),
}


def confirm(exact, theirs, within):
    """The two must agree: a misprint, or another problem than is meant, would show here."""
    assert len(exact) == len(theirs), (exact, theirs)
    for a, b in zip(exact, theirs):
        assert abs(float(a) - b) <= within, (float(a), b)

"""What observers of the family `quantize` have to be, by the definition of their bins in rationals."""

import math
import struct
from fractions import Fraction

from quantize_range_rules import floor_log2

SUMMARY = dict.fromkeys(["minimum", "maximum", "average_minimum", "average_maximum", "mean", "standard_deviation",
                         "bin_width"], "f64")


class Channel:
    """What a channel of an observer has to be after these batches."""

    def __init__(self, batches, bins=2048, average=0):
        self.values, self.limit = [Fraction(x) for batch in batches for x in batch], bins
        self.low, self.high = (min(self.values), max(self.values)) if self.values else (Fraction(0), Fraction(0))
        magnitude = max(abs(self.low), abs(self.high))
        exponent = max(-149, floor_log2(magnitude) - 40) if magnitude else -149
        while self.index(self.high, exponent) - self.index(self.low, exponent) >= bins:
            exponent += 1
        self.exponent, self.first = exponent, self.index(self.low, exponent)
        self.counts = [0] * (self.index(self.high, exponent) - self.first + 1 if self.values else 0)
        for x in self.values:
            if x:
                self.counts[self.index(x, exponent) - self.first] += 1
        self.zeros = sum(x == 0 for x in self.values)
        self.averages = [moving(end, batches, Fraction(average)) for end in (min, max)]
        self.has_averages = average > 0

    @staticmethod
    def index(x, exponent):
        return math.floor(x / Fraction(2) ** exponent)

    @property
    def width(self):
        return Fraction(2) ** self.exponent

    def centres(self):
        """Each value as a rule sees it, in order; as often as it counts."""
        seen = [Fraction(0)] * self.zeros
        for place, count in enumerate(self.counts):
            centre = (self.first + place + Fraction(1, 2)) * self.width
            seen += [min(max(centre, self.low), self.high)] * count
        return sorted(seen)

    def summary(self):
        if not self.values:
            return {"zero_count": 0} | dict.fromkeys(SUMMARY, math.nan)
        seen = self.centres()
        mean = sum(seen) / len(seen)
        variance = sum((x - mean) ** 2 for x in seen) / len(seen)
        low, high = self.averages if self.has_averages else [math.nan] * 2
        return {"zero_count": self.zeros, "minimum": self.low, "maximum": self.high, "average_minimum": low,
                "average_maximum": high, "mean": mean, "standard_deviation": root(variance), "bin_width": self.width}

    def bytes(self):
        ends = [self.low, self.high, *(self.averages if self.has_averages else [])]
        return struct.pack(f"<Q{len(ends)}d{len(self.counts)}Q", self.zeros, *map(float, ends), *self.counts)


def moving(end, batches, average):
    """(1 - c) average + c end from batch to batch."""
    found = None
    for each in (Fraction(end(batch)) for batch in batches if batch):
        found = each if found is None else (1 - average) * found + average * each
    return found if found is not None else Fraction(0)


class Observed:
    """The channels of an observer; they change every `inner` values."""

    def __init__(self, values, bins=2048, channels=1, inner=1, moving_average=0, cuts=()):
        batches = [values[a:b] for a, b in zip([0, *cuts], [*cuts, len(values)])]
        self.bins, self.average, self.count = bins, moving_average, len(values) // channels
        self.channels = [
            Channel([[x for i, x in enumerate(batch) if i // inner % channels == channel] for batch in batches], bins,
                    moving_average) for channel in range(channels)]

    def summary(self):
        all = [channel.summary() for channel in self.channels]
        return {"count": self.count} | {key: [each[key] for each in all] for key in all[0]}

    def bytes(self):
        head = struct.pack("<8sQIQQd", b"QCOBSERV", 1, self.bins, len(self.channels), self.count, self.average)
        return sealed(head + b"".join(channel.bytes() for channel in self.channels))


def root(x):
    """A square root in twice the digits of a double."""
    if x == 0:
        return Fraction(0)
    shift = 4 ** max(0, 120 - floor_log2(x))
    return Fraction(math.isqrt(x.numerator * shift // x.denominator), math.isqrt(shift))


def sealed(body):
    """With FNV-1a of 64 bits behind it."""
    checksum = 0xCBF29CE484222325
    for byte in body:
        checksum = (checksum ^ byte) * 0x100000001B3 % 2**64
    return list(body + struct.pack("<Q", checksum))

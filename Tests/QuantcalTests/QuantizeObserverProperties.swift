/// Properties of observers.

import Testing

@testable import Quantcal
@testable import QuantcalCore

@Suite struct QuantizeObserverProperties {
    /// Whatever the magnitudes: the same bytes in any order and any parts, and again from bytes.
    @Test func onlyTheValuesMatter() throws {
        var random = TestRandom(seed: 1)
        let ugly: [Float] = [
            0, -0.0, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude,
            -.leastNonzeroMagnitude, 1, -1, 1.0e-30, 3.0e20,
        ]
        for round in 0..<200 {
            let scale = Float(sign: .plus, exponent: random.integer(-60...60), significand: 1)
            var values = random.array(1 + round) { $0.normal() }.map { Float($0) * scale }
            for index in values.indices where round % 3 == 0 && index % 7 == 0 {
                values[index] = ugly[(index + round) % ugly.count]
            }
            let bins = [16, 33, 500][round % 3]
            var whole = try QuantizeObserver(bins: bins)
            try whole.update(values)
            var parts: [QuantizeObserver] = []
            for first in stride(from: 0, to: values.count, by: 13) {
                var part = try QuantizeObserver(bins: bins)
                try part.update(Array(values[first..<min(first + 13, values.count)].reversed()))
                parts.append(part)
            }
            var merged = try QuantizeObserver(bins: bins)
            for part in parts.reversed() { try merged.merge(part) }
            let bytes = try whole.serialized()
            #expect(try merged.serialized() == bytes)
            #expect(try QuantizeObserver(serialized: bytes).serialized() == bytes)
            let summary = try whole.summary()
            #expect(summary.minimum == Double(values.min()!) && summary.maximum == Double(values.max()!))
            #expect(summary.zeroCount == values.count { $0 == 0 })
        }
    }

    /// The counts are those of single values, in every shape, with few and many, near 0 and far from it.
    @Test func countsAreThoseOfSingleValues() throws {
        var random = TestRandom(seed: 3)
        for (channels, inner, outer, bins) in [
            (1, 1, 1, 16), (1, 70000, 1, 2048), (1, 9000, 3, 4096), (3, 1, 700, 64), (70, 1, 90, 33),
            (5, 13, 40, 16), (130, 3, 30, 500), (3, 64, 11, 300), (2, 3000, 7, 128),
        ] {
            for (scale, offset) in [(Float(1), Float(0)), (1e-40, 0), (1e30, 0), (0.5, 1e7), (1, -3)] {
                let values: [Float] = (0..<channels * inner * outer).map { _ in
                    random.integer(0...5) == 0 ? 0 : Float(random.normal()) * scale + offset
                }
                let observer = try RangeObserver(.init(channels: channels, bins: bins))
                try values.withUnsafeBufferPointer { try observer.update($0, inner: inner) }
                for channel in 0..<channels {
                    let own = values.indices.filter { $0 / inner % channels == channel }.map { values[$0] }
                    let place = observer.channels.buffer[channel].bins
                    var counts = [UInt64](repeating: 0, count: place.count)
                    for value in own where value != 0 {
                        counts[ObserverBins.index(value, place.density) - place.first] += 1
                    }
                    #expect(Array(observer.counts(channel)) == counts)
                    #expect(observer.channels.buffer[channel].zeroCount == UInt64(own.count { $0 == 0 }))
                    #expect(observer.channels.buffer[channel].minimum == own.min()!)
                    #expect(observer.channels.buffer[channel].maximum == own.max()!)
                }
            }
        }
    }

    /// Every rule gives parameters for what was seen, however ugly.
    @Test func uglyValuesHaveRanges() throws {
        let most = Float.greatestFiniteMagnitude
        for values: [Float] in [
            [], [0], [0, 0], [most], [-most, most], [1e-45], [-1e-45, 0], [1e9, 1e9 + 64], [-3, -2.5],
            [7, 0, 7],
        ] {
            var observer = try QuantizeObserver(bins: 16)
            try observer.update(values)
            for kind in QuantizationRangeRule.Kind.allCases {
                var rule = QuantizationRangeRule()
                rule.kind = kind
                rule.norm = 0.9
                rule.bins = 64
                for name in ["int4", "uint4", "midrise2", "e2m1fn", "nf4"] {
                    let found = try observer.range(grid: quantizationGrid(name), rule: rule, wantsZeros: true)
                    #expect(found.scales[0].isNormal && found.scales[0] > 0 && found.zeros![0].isFinite)
                }
            }
        }
    }

    /// Channels do not see each other, wherever they are.
    @Test func channelsAreObserversOfTheirOwn() throws {
        var random = TestRandom(seed: 2)
        for (channels, inner) in [(1, 7), (3, 1), (5, 4), (2, 33)] {
            var all = try QuantizeObserver(channels: channels, bins: 40, movingAverage: 0.25)
            var alone = try (0..<channels).map { _ in try QuantizeObserver(bins: 40, movingAverage: 0.25) }
            for _ in 0..<5 {
                let outer = random.integer(1...4)
                let values = random.array(outer * channels * inner) { $0.normal() }.map { Float($0) * 3 }
                try all.update(values, inner: inner)
                for channel in 0..<channels {
                    let own = values.indices.filter { $0 / inner % channels == channel }
                    try alone[channel].update(own.map { values[$0] })
                }
            }
            let found = try all.range(grid: quantizationGrid("uint4"), wantsZeros: true)
            for channel in 0..<channels {
                let (one, other) = (try all.summary(channel: channel), try alone[channel].summary())
                #expect(one.count == other.count && one.binWidth == other.binWidth && one.mean == other.mean)
                #expect(
                    one.averageMinimum == other.averageMinimum && one.averageMaximum == other.averageMaximum)
                let expected = try alone[channel].range(grid: quantizationGrid("uint4"), wantsZeros: true)
                #expect(
                    found.scales[channel] == expected.scales[0] && found.zeros![channel] == expected.zeros![0]
                )
            }
        }
    }

    @Test func aCopyGoesItsOwnWay() throws {
        var observer = try QuantizeObserver()
        try observer.update([1, 2] as [Float])
        var copy = observer
        try copy.update([5] as [Float])
        #expect(try observer.summary().count == 2 && copy.summary().count == 3)
        try copy.merge(copy)
        #expect(try copy.summary().count == 6)
    }
}

/// Properties of ranges that are shared.

import Testing

@testable import Quantcal
@testable import QuantcalCore

@Suite struct QuantizeSharedRangeProperties {
    private func layers(_ random: inout TestRandom, _ channels: Int, _ rows: Int) -> QuantizeLayers {
        func some(_ count: Int) -> [Float] { random.array(count) { $0.normal() }.map { Float($0) } }
        return QuantizeLayers(
            gamma: some(channels), beta: some(channels), weights: some(rows * channels), bias: some(rows))
    }

    /// The activations and the layer's output for a normalized input, in double.
    private func run(_ layers: QuantizeLayers, _ input: [Double]) -> (x: [Double], y: [Double]) {
        let x = input.indices.map { Double(layers.gamma[$0]) * input[$0] + Double(layers.beta![$0]) }
        let y = layers.bias!.indices.map { row in
            x.indices.reduce(Double(layers.bias![row])) {
                $0 + Double(layers.weights[row * x.count + $1]) * x[$1]
            }
        }
        return (x, y)
    }

    @Test func outputsAndCodesAreWhatTheyWere() throws {
        var random = TestRandom(seed: 1)
        for round in 0..<100 {
            let (channels, rows) = (random.integer(1...12), random.integer(1...5))
            let before = layers(&random, channels, rows)
            let scales = (0..<channels).map { _ in Float(random.uniform() * 3 + 0.05) }
            let zeros = (0..<channels).map { _ in Float(random.integer(-9...9)) }
            var options = QuantizeReparameterization()
            options.common = round % 2 == 0 ? .mean : .median
            var after = before
            let common = try quantizeReparameterize(&after, scales: scales, zeros: zeros, options: options)
            #expect(common.zero == common.zero.rounded() && common.scale >= scales.min()!)
            let input = random.array(channels) { $0.normal() }
            let (old, new) = (run(before, input), run(after, input))
            for (a, b) in zip(old.y, new.y) { #expect(abs(a - b) < 1e-3) }
            for channel in 0..<channels {
                let place = old.x[channel] / Double(scales[channel]) + Double(zeros[channel])
                let moved = new.x[channel] / Double(common.scale) + Double(common.zero)
                #expect(abs(place - moved) < 1e-3)
            }
        }
    }

    @Test func nothingChangesAfterAnError() throws {
        var random = TestRandom(seed: 2)
        let before = layers(&random, 3, 2)
        var after = before
        #expect(throws: QuantcalError.self) {
            try quantizeReparameterize(&after, scales: [1, .nan, 2], zeros: [0, 0, 0])
        }
        #expect(throws: QuantcalError.self) {
            try quantizeReparameterize(&after, scales: [1e-38, 3e38, 2], zeros: [1e30, 0, 0])
        }
        #expect(after == before)
    }

    /// Groups hold their ranges, are numbered by their first members, and runs are no better than k-means.
    @Test func groupsHoldTheirRanges() throws {
        var random = TestRandom(seed: 3)
        for round in 0..<60 {
            let n = random.integer(1...40)
            let low = random.array(n) { $0.normal() }
            let high = low.map { $0 + random.uniform() * 3 }
            for method in QuantizeRangeGrouping.Method.allCases {
                var options = QuantizeRangeGrouping()
                options.method = method
                options.seed = UInt64(round)
                let found = try quantizeRangeGroups(minimum: low, maximum: high, groups: 4, options: options)
                let again = try quantizeRangeGroups(minimum: low, maximum: high, groups: 4, options: options)
                #expect(found == again)
                var seen = 0
                for group in found.groupOf {
                    #expect(group <= seen)
                    seen = max(seen, group + 1)
                }
                #expect(seen == found.minimum.count && seen <= min(n, 4))
                for group in 0..<seen {
                    let own = (0..<n).filter { found.groupOf[$0] == group }
                    #expect(found.minimum[group] == own.map { low[$0] }.min()!)
                    #expect(found.maximum[group] == own.map { high[$0] }.max()!)
                }
            }
        }
    }
}

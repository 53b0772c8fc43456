import Quantcal
import Testing

@testable import QuantcalCore

/// States whose bytes hold other numbers than any run leaves, with the right checksum.
struct ConformalOnlineHostileBytes {
    private static let extremes = [1.7e308, -1.7e308, 1e300, -1e300, 4.5e-308, 1e-300, 0, 1, 3, 0x1p53]
    /// Before it are the head and the options' constants.
    private static let firstNumber = 4

    private func with(_ extremes: [(place: Int, value: Double)], in state: [UInt8]) -> [UInt8] {
        var bytes = state
        bytes.withUnsafeMutableBytes { raw in
            for (place, value) in extremes {
                raw.storeBytes(of: value.bitPattern, toByteOffset: 8 * place, as: UInt64.self)
            }
            let body = raw.count - StoredBytes.checksumBytes
            let checksum = StoredBytes.checksum(UnsafeRawBufferPointer(rebasing: raw[..<body]))
            raw.storeBytes(of: checksum, toByteOffset: body, as: UInt64.self)
        }
        return bytes
    }

    private func mutations(of state: [UInt8], _ random: inout TestRandom) -> [[UInt8]] {
        let last = (state.count - StoredBytes.checksumBytes) / 8 - 1
        let places = Self.firstNumber...last
        let single = places.flatMap { place in Self.extremes.map { [(place: place, value: $0)] } }
        let several = (0..<1000).map { _ in
            (0..<random.integer(2...9)).map { _ in
                (
                    place: random.integer(places),
                    value: Self.extremes[random.integer(0...Self.extremes.count - 1)]
                )
            }
        }
        return (single + several).map { with($0, in: state) }
    }

    @Test(arguments: ConformalOnlineMethod.allCases, [3, 12])
    func areRefusedOrAreAGoodState(_ method: ConformalOnlineMethod, steps: Int) throws {
        var random = TestRandom(seed: UInt64(steps))
        var options = Quantcal.ConformalOnline.Options()
        options.method = method
        var state = try Quantcal.ConformalOnline(options)
        for _ in 0..<steps { _ = try state.observe(random.normal()) }
        var taken = 0
        for bytes in mutations(of: try state.serialized(), &random) {
            guard var hostile = try? Quantcal.ConformalOnline(serialized: bytes) else { continue }
            taken += 1
            for score in [2, .nan, -1e300, 0, 7] {
                let threshold = try hostile.threshold()
                #expect(!threshold.lower.isNaN && !threshold.upper.isNaN, "\(bytes)")
                _ = try hostile.observe(score)
            }
            let written = try hostile.serialized()
            #expect(try Quantcal.ConformalOnline(serialized: written).serialized() == written)
        }
        // Most places of these are scores and counts, of which many are possible.
        #expect(taken > 0)
    }

    /// Weights that say nothing yet, and ends that differ by nearly all that a double holds.
    @Test func hugeScoresKeepTheMeanFinite() throws {
        var options = Quantcal.ConformalOnline.Options()
        (options.method, options.alpha, options.gamma) = (.agaci, 0.5, [0.001, 0.002, 0.004, 1, 2, 4])
        var state = try Quantcal.ConformalOnline(options)
        var random = TestRandom(seed: 3)
        for _ in 0..<200 {
            let threshold = try state.threshold()
            #expect(state.summary.observed == 0 || (threshold.lower.isFinite && threshold.upper.isFinite))
            _ = try state.observe(
                (random.uniform() < 0.5 ? -1 : 1) * 1.7e308 * (random.uniform() < 0.1 ? 0.01 : 1))
        }
    }
}

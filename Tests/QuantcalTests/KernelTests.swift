/// Every kernel of every level that this processor has, against its reference: bit for bit, at lengths
/// around the width of vectors.

import CQuantcalKernels
import Testing

@testable import QuantcalCore

@Suite struct KernelTests {
    private static let lengths = Array(0...70) + [127, 128, 129, 255, 256, 257, 1000, 1024]

    /// The tables of the levels, by name. None on a processor that has the reference only.
    private static var tables: [(name: String, kernels: quantcal_kernel_table)] {
        KernelLevel.allCases.compactMap { level in
            quantcal_kernels_at(level.rawValue).map { (level.name, $0.pointee) }
        }
    }

    @Test func everySupportedLevelHasATable() {
        #expect(Self.tables.count == Int(KernelLevel.supported.rawValue))
        #expect(quantcal_kernels_at(KernelLevel.reference.rawValue) == nil)
    }

    private static let special: [Double] = [0, -0.0, 1, -1, .infinity, -.infinity, .nan, 0x1p-1074, 1e308]

    // MARK: Selection

    @Test func brackets() {
        var random = TestRandom(seed: 1)
        for (name, kernels) in Self.tables {
            for n in Self.lengths {
                let mixed = random.array(n) {
                    $0.integer(0...3) == 0 ? Self.special[$0.integer(0...8)] : Double($0.integer(-9...9))
                }
                for (lower, upper) in [
                    (-3.0, 4.0), (0, 0), (-.infinity, .infinity), (2, 2), (-.infinity, 0), (9, 20),
                ] {
                    for room in [0, 3, n] {
                        expectSameBracket(mixed, lower, upper, room, kernels.bracket_f64, name)
                        expectSameBracket(
                            mixed.map { Float($0) }, Float(lower), Float(upper), room, kernels.bracket_f32,
                            name)
                    }
                }
            }
        }
    }

    private typealias Bracket<T> =
        (
            UnsafePointer<T>?, Int, T, T, UnsafeMutablePointer<T>?, Int,
            UnsafeMutablePointer<quantcal_bracket_counts>?
        ) -> Void

    /// A kernel may keep an end of the bracket where the reference counts it. What is below, and what is inside
    /// or at an end, must be the same; and nothing may be written behind the room that it has.
    private func expectSameBracket<T: SelectableScalar>(
        _ values: [T], _ lower: T, _ upper: T, _ room: Int, _ kernel: Bracket<T>, _ name: String
    ) {
        let guardSize = 8
        var kept = [T](repeating: -7, count: room + BracketCounts.slack + guardSize)
        var counts = quantcal_bracket_counts()
        kernel(values, values.count, lower, upper, &kept, room, &counts)
        var wantedKept = [T](repeating: -7, count: values.count)
        let wanted = values.withUnsafeBufferPointer { values in
            wantedKept.withUnsafeMutableBufferPointer {
                T.countReference(values, from: lower, to: upper, keeping: $0)
            }
        }
        let comment = "\(name), \(values.count) of \(T.self), \(lower) to \(upper), room \(room)"
        #expect(counts.below == wanted.below, "\(comment)")
        #expect(
            counts.equal_lower + counts.kept + counts.equal_upper
                == wanted.equalLower + wanted.kept + wanted.equalUpper, "\(comment)")
        #expect(kept.suffix(guardSize).allSatisfy { $0 == -7 }, "\(comment)")
        guard counts.kept <= room else { return }
        let inside = Array(kept[..<counts.kept]) + [T](repeating: lower, count: counts.equal_lower)
        let wantedInside = Array(wantedKept[..<wanted.kept]) + [T](repeating: lower, count: wanted.equalLower)
        #expect(
            sortedBits(inside + [T](repeating: upper, count: counts.equal_upper))
                == sortedBits(wantedInside + [T](repeating: upper, count: wanted.equalUpper)), "\(comment)")
    }

    /// The zeros are one value here.
    private func sortedBits<T: SelectableScalar>(_ values: [T]) -> [T.Bits] {
        values.map { ($0 + 0).bitPattern }.sorted()
    }

    // MARK: Temperature

    @Test func moments() throws {
        var random = TestRandom(seed: 2)
        for (name, kernels) in Self.tables {
            for classes in [2, 3, 10, 17] {
                for rows in Array(1...35) + [63, 64, 65, 1000, 4096] {
                    let logits = random.array(rows * classes) { ($0.normal() * 8).rounded() / 2 }
                    let labels = (0..<rows).map { _ in Int64(random.integer(0...(classes - 1))) }
                    let weights = random.array(rows) { $0.integer(0...4) == 0 ? 0 : $0.uniform() }
                    for beta in [0, 0.37, 1, 12.5, 0x1p-40, 0x1p+60] {
                        for weights in [nil, weights] {
                            let comment =
                                "\(name), \(rows) x \(classes), beta \(beta), weights \(weights != nil)"
                            expectSameMoments(
                                logits, labels, weights, classes, beta, kernels.moments_f64, comment)
                            expectSameMoments(
                                logits.map { Float($0) }, labels, weights?.map { Float($0) }, classes, beta,
                                kernels.moments_f32, comment)
                        }
                    }
                }
            }
        }
    }

    private typealias Moments<T> =
        (
            UnsafePointer<T>?, UnsafePointer<Int64>?, UnsafePointer<T>?, Int, Int, Double, T, T,
            UnsafeMutablePointer<T>?, UnsafeMutablePointer<quantcal_softmax_moments>?
        ) -> Void

    private func expectSameMoments<T: SoftmaxScalar>(
        _ logits: [T], _ labels: [Int64], _ weights: [T]?, _ classes: Int, _ beta: Double,
        _ kernel: Moments<T>,
        _ comment: String
    ) {
        let split = T.split(beta)
        var scratch = [T](repeating: 0, count: 32 * classes)
        var sums = quantcal_softmax_moments()
        kernel(logits, labels, weights, labels.count, classes, beta, split.high, split.low, &scratch, &sums)
        let wanted = logits.withUnsafeBufferPointer { logits in
            labels.withUnsafeBufferPointer { labels in
                (weights ?? []).withUnsafeBufferPointer { buffer in
                    let data = LabelledLogits(
                        logits: logits.baseAddress!, labels: labels.baseAddress!,
                        weights: weights == nil ? nil : buffer.baseAddress!, rows: labels.count,
                        classes: classes)
                    return T.momentsReference(data, 0..<labels.count, beta)
                }
            }
        }
        #expect(sums.nll.bitPattern == wanted.nll.bitPattern, "\(comment)")
        #expect(sums.gradient.bitPattern == wanted.gradient.bitPattern, "\(comment)")
        #expect(sums.curvature.bitPattern == wanted.curvature.bitPattern, "\(comment)")
        #expect(sums.weight.bitPattern == wanted.weight.bitPattern, "\(comment)")
        #expect((sums.has_label_below_maximum != 0) == wanted.hasLabelBelowMaximum, "\(comment)")
        #expect((sums.has_spread != 0) == wanted.hasSpread, "\(comment)")
    }

    // MARK: Sums in twice the precision

    @Test func sums() {
        var random = TestRandom(seed: 6)
        for (name, kernels) in Self.tables {
            for n in stride(from: 0, through: 256, by: 8) {
                let values = random.array(n) { 1e9 + $0.normal() * ($0.integer(0...9) == 0 ? 1e18 : 1) }
                let weights = random.array(n) { $0.uniform() }
                for weights in [nil, weights] {
                    let comment = "\(name), \(n), weights \(weights != nil)"
                    expectSameSums(values, weights, kernels.sums_f64, comment)
                    expectSameSums(
                        values.map { Float($0) }, weights?.map { Float($0) }, kernels.sums_f32, comment)
                }
            }
        }
    }

    private func expectSameSums<T: SummableScalar>(
        _ values: [T], _ weights: [T]?, _ kernel: T.SumKernel, _ comment: String
    ) {
        let (scale, weightScale) = (0.25, 8.0)
        var sums = [Double](repeating: -7, count: 33)
        kernel(values, weights, values.count, scale, weightScale, &sums)
        var wanted = [DoubleDouble](repeating: DoubleDouble(), count: 8)
        var wantedWeights = wanted
        for (index, value) in values.enumerated() {
            guard let weights else {
                wanted[index % 8] += Double(value) * scale
                continue
            }
            let weight = Double(weights[index]) * weightScale
            wanted[index % 8].addProduct(Double(value) * scale, weight)
            wantedWeights[index % 8] += weight
        }
        let lanes = [
            wanted.map(\.high), wanted.map(\.low), wantedWeights.map(\.high), wantedWeights.map(\.low),
        ]
        #expect(sums.map(\.bitPattern) == (lanes.joined() + [-7]).map(\.bitPattern), "\(comment)")
    }
}

import Synchronization

/// The salient elements of a matrix: of those that are compared with each other a fraction, by magnitude
/// times a factor of the column.
///
/// Products of two single-precision numbers are exact in double, so that no rounding makes a tie or
/// breaks one; of equals the first are taken, so that the number is what was asked for.
public struct SalientMask: Sendable {
    public var fraction = 0.1
    public var granularity = Granularity.tensor
    public var groupSize = 128

    public init() {}

    /// Checks the options and the sizes.
    public func layout(rows: Int, columns: Int) throws(QuantcalError) -> GroupLayout {
        guard fraction >= 0, fraction <= 1 else {
            throw QuantcalError(.options, "fraction is \(fraction); fraction must be 0 to 1")
        }
        return try GroupLayout(
            rows: rows, columns: columns, bits: 1, granularity: granularity, groupSize: groupSize)
    }

    public func callAsFunction(
        _ values: UnsafePointer<Float>, _ layout: GroupLayout, _ factors: UnsafeBufferPointer<Float>?,
        _ progress: Progress, into mask: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) { try mark(values, layout, factors, progress, mask) }

    public func callAsFunction(
        _ values: UnsafePointer<HalfBits>, _ layout: GroupLayout, _ factors: UnsafeBufferPointer<Float>?,
        _ progress: Progress, into mask: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) { try mark(values, layout, factors, progress, mask) }

    public func callAsFunction(
        _ values: UnsafePointer<BFloat16Bits>, _ layout: GroupLayout, _ factors: UnsafeBufferPointer<Float>?,
        _ progress: Progress, into mask: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) { try mark(values, layout, factors, progress, mask) }

    private func mark<T: WeightElement>(
        _ values: UnsafePointer<T>, _ layout: GroupLayout, _ factors: UnsafeBufferPointer<Float>?,
        _ progress: Progress, _ mask: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) {
        if let factors { try Require.weights(factors, "factors") }
        guard layout.groupCount > 0 else { return }
        try requireEncodable(values, layout, Float.greatestFiniteMagnitude.bitPattern, progress)
        let isShared = layout.groupsInRow == 0
        let threads = isShared ? 1 : Parallel.threads(for: layout.rows, work: layout.rows * layout.columns)
        let longest = layout.elements(inGroup: 0)
        let (room, overflow) = longest.multipliedReportingOverflow(by: threads)
        let saliencies = try Scratch<Double>(overflow ? .max : room)
        func memory(_ thread: Int, _ count: Int) -> UnsafeMutableBufferPointer<Double> {
            UnsafeMutableBufferPointer(
                rebasing: saliencies.buffer[thread * longest..<thread * longest + count])
        }
        guard !isShared else {
            let all = memory(0, longest)
            for row in 0..<layout.rows {
                Self.weigh(
                    values + row * layout.columns, 0..<layout.columns, factors,
                    all.baseAddress! + row * layout.columns)
            }
            var chosen = try Chosen(all, fraction)
            for row in 0..<layout.rows {
                let row = row * layout.columns
                chosen.mark(
                    UnsafeMutableBufferPointer(rebasing: all[row..<row + layout.columns]), at: 0,
                    in: mask + row / layout.columns * layout.rowBytes)
            }
            return
        }
        let failure = Atomic<Bool>(false)
        Parallel.forEach(layout.rows, threads: threads) { row, thread in
            for group in 0..<layout.groupsInRow {
                let first = group * layout.groupColumns
                let columns = first..<first + min(layout.groupColumns, layout.columns - first)
                let part = memory(thread, columns.count)
                Self.weigh(values + row * layout.columns, columns, factors, part.baseAddress!)
                do throws(QuantcalError) {
                    var chosen = try Chosen(part, fraction)
                    chosen.mark(part, at: first, in: mask + row * layout.rowBytes)
                } catch { failure.store(true, ordering: .relaxed) }
            }
        }
        if failure.load(ordering: .relaxed) {
            throw QuantcalError(.noMemory, "no memory for the salient elements of a group")
        }
    }

    private static func weigh<T: WeightElement>(
        _ row: UnsafePointer<T>, _ columns: Range<Int>, _ factors: UnsafeBufferPointer<Float>?,
        _ saliencies: UnsafeMutablePointer<Double>
    ) {
        for column in columns {
            saliencies[column - columns.lowerBound] =
                abs(Double(row[column].single)) * Double(factors?[column] ?? 1)
        }
    }

    /// Which of some elements are taken: all above a threshold, and the first so many that equal it.
    private struct Chosen {
        let threshold: Double
        var equals: Int

        init(_ saliencies: UnsafeMutableBufferPointer<Double>, _ fraction: Double) throws(QuantcalError) {
            let count = Int((fraction * Double(saliencies.count)).rounded(.toNearestOrEven))
            guard count > 0 else {
                (threshold, equals) = (.infinity, 0)
                return
            }
            let all = UnsafeBufferPointer(saliencies)
            let threshold = try Selection.select(rank: all.count - count, in: all, name: "values")
            var above = 0
            for saliency in all where saliency > threshold { above += 1 }
            (self.threshold, equals) = (threshold, count - above)
        }

        /// Bits of a stretch of a row. Its first byte is shared with the stretch before.
        mutating func mark(
            _ saliencies: UnsafeMutableBufferPointer<Double>, at first: Int,
            in row: UnsafeMutablePointer<UInt8>
        ) {
            for (index, saliency) in saliencies.enumerated() {
                let bit = first + index
                if bit % 8 == 0 { row[bit / 8] = 0 }
                guard saliency > threshold || (saliency == threshold && equals > 0) else { continue }
                if saliency == threshold { equals -= 1 }
                row[bit / 8] |= 1 << UInt8(bit % 8)
            }
        }
    }
}

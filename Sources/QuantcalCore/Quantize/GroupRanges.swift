/// The range of each group of a matrix: what scales are made of. Reading only, so that progress may
/// stop it and values that are not finite are refused before anything is written.
extension GroupLayout {
    /// What `make` gives for each group's range, in the groups' order. 0 belongs to every range.
    func mappedRanges<T: WeightElement, Element: BitwiseCopyable>(
        _ values: UnsafePointer<T>, _ progress: Progress, _ make: (ValueRange) -> Element
    ) throws(QuantcalError) -> Scratch<Element> {
        // One row of groups for each thread; or, where all rows share a scale, one group for each row.
        let isShared = groupsInRow == 0
        let threads = Parallel.threads(for: rows, work: rows * columns)
        let ranges = try Scratch<ValueRange>(isShared ? rows : threads * groupsInRow)
        let made = try Scratch<Element>(groupCount)
        let areFinite = try Scratch<Bool>(rows)
        let rowsBetweenReports = rowsPerTask * 64
        for first in stride(from: 0, to: rows, by: rowsBetweenReports) {
            try progress(Double(first) / Double(rows))
            let count = min(rowsBetweenReports, rows - first)
            Parallel.forEach(count, threads: min(threads, count)) { row, thread in
                let row = first + row
                let slot = ranges.buffer.baseAddress! + (isShared ? row : thread * groupsInRow)
                rangesOfRow(values + row * columns, slot)
                var isFinite = true
                for group in 0..<max(groupsInRow, 1) { isFinite = isFinite && slot[group].isFinite }
                areFinite.buffer[row] = isFinite
                guard isFinite else { return }
                for group in 0..<groupsInRow {
                    made.buffer[row * groupsInRow + group] = make(slot[group])
                }
            }
        }
        guard areFinite.buffer.allSatisfy({ $0 }) else { throw notFinite(values) }
        if isShared, groupCount > 0 {
            for row in 1..<max(rows, 1) { ranges.buffer[0] += ranges.buffer[row] }
            made.buffer[0] = make(ranges.buffer[0])
        }
        return made
    }

    private func rangesOfRow<T: WeightElement>(
        _ values: UnsafePointer<T>, _ ranges: UnsafeMutablePointer<ValueRange>
    ) {
        for group in 0..<max(groupsInRow, 1) { ranges[group] = ValueRange() }
        forEachChunk { chunk in
            withSingles(values + chunk.lowerBound, chunk.count) { singles in
                forEachSegment(of: chunk) { group, segment in
                    ranges[group] += ValueRange(
                        singles + (segment.lowerBound - chunk.lowerBound), segment.count)
                }
            }
        }
    }

    /// The error for values that are known not to be all finite.
    func notFinite<T: WeightElement>(_ values: UnsafePointer<T>) -> QuantcalError {
        let all = UnsafeBufferPointer(start: values, count: rows * columns)
        let index = all.firstIndex { !$0.single.isFinite } ?? 0
        return QuantcalError(
            .notFinite, "values[\(index)] is \(all[index].single); values must be finite")
    }
}

/// The smallest range that holds 0 and some values.
struct ValueRange: BitwiseCopyable {
    var minimum: Float = 0
    var maximum: Float = 0
    var isFinite = true

    static func += (a: inout ValueRange, b: ValueRange) {
        a.minimum = min(a.minimum, b.minimum)
        a.maximum = max(a.maximum, b.maximum)
        a.isFinite = a.isFinite && b.isFinite
    }

    init() {}

    init(_ values: UnsafePointer<Float>, _ count: Int) {
        if let kernel = Kernels.range {
            var flag: Int32 = 0
            kernel(values, count, &minimum, &maximum, &flag)
            isFinite = flag != 0
            return
        }
        for index in 0..<count {
            minimum = values[index] < minimum ? values[index] : minimum
            maximum = values[index] > maximum ? values[index] : maximum
            isFinite = isFinite && values[index].isFinite
        }
    }
}

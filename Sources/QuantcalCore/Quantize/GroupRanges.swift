import CQuantcalKernels

/// The range of each group of a matrix: what scales are made of. Reading only, so that progress may
/// stop it and values that are not finite are refused before anything is written.
extension GroupLayout {
    /// What `make` gives for each group's range, in the groups' order. 0 belongs to every range.
    func mappedRanges<T: WeightElement, Element: BitwiseCopyable>(
        _ values: UnsafePointer<T>, _ progress: Progress, _ make: (ValueRange) -> Element
    ) throws(QuantcalError) -> Scratch<Element> {
        try mappedRanges(values, progress) { ranges, made in
            for index in ranges.indices { made[index] = make(ranges[index]) }
        }
    }

    /// The same for many groups at a time: where groups are small, their parameters take longer than
    /// their ranges.
    func mappedRanges<T: WeightElement, Element: BitwiseCopyable>(
        _ values: UnsafePointer<T>, _ progress: Progress,
        _ make: (UnsafeBufferPointer<ValueRange>, UnsafeMutablePointer<Element>) -> Void
    ) throws(QuantcalError) -> Scratch<Element> {
        // One row of groups for each thread; or, where all rows share a scale, one group for each row.
        let isShared = groupsInRow == 0
        let threads = Parallel.threads(for: rows, work: rows * columns)
        let ranges = try Scratch<ValueRange>(isShared ? rows : threads * groupsInRow)
        let made = try Scratch<Element>(groupCount)
        let areFinite = try Scratch<Bool>(rows)
        let rowsBetweenReports = rowsBetweenReports(progress)
        for first in stride(from: 0, to: rows, by: rowsBetweenReports) {
            try progress(Double(first) / Double(rows))
            let count = min(rowsBetweenReports, rows - first)
            Parallel.forEach(count, threads: min(threads, count)) { row, thread in
                let row = first + row
                let slot = ranges.buffer.baseAddress! + (isShared ? row : thread * groupsInRow)
                let isFinite = rangesOfRow(values + row * columns, slot)
                areFinite.buffer[row] = isFinite
                guard isFinite else { return }
                make(
                    UnsafeBufferPointer(start: slot, count: groupsInRow),
                    made.buffer.baseAddress! + row * groupsInRow)
            }
        }
        guard areFinite.buffer.allSatisfy({ $0 }) else { throw notFinite(values) }
        if isShared, groupCount > 0 {
            for row in 1..<max(rows, 1) { ranges.buffer[0] += ranges.buffer[row] }
            make(UnsafeBufferPointer(rebasing: ranges.buffer[..<1]), made.buffer.baseAddress!)
        }
        return made
    }

    /// Whether all are finite.
    private func rangesOfRow<T: WeightElement>(
        _ values: UnsafePointer<T>, _ ranges: UnsafeMutablePointer<ValueRange>
    ) -> Bool {
        for group in 0..<max(groupsInRow, 1) { ranges[group] = ValueRange() }
        var areFinite = true
        forEachStretch { chunk in
            let run = run(chunk)
            areFinite =
                ValueRange.widen(ranges + run.firstGroup, by: values + chunk.lowerBound, run) && areFinite
        }
        return areFinite
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
typealias ValueRange = quantcal_range

extension ValueRange {
    static func += (a: inout ValueRange, b: ValueRange) {
        a.minimum = min(a.minimum, b.minimum)
        a.maximum = max(a.maximum, b.maximum)
    }

    /// Widens the ranges of the groups that a run lies in, of numbers in single precision or of at most a
    /// stretch; whether all values are finite.
    static func widen<T: WeightElement>(
        _ ranges: UnsafeMutablePointer<ValueRange>, by values: UnsafePointer<T>, _ run: GroupRun
    ) -> Bool {
        if let kernel = Kernels.ranges {
            return kernel(values.forKernel, run.count, run.forKernel, ranges) != 0
        }
        var areFinite = true
        withSingles(values, run.count) { areFinite = widenReference(ranges, by: $0, run) }
        return areFinite
    }

    private static func widenReference(
        _ ranges: UnsafeMutablePointer<ValueRange>, by values: UnsafePointer<Float>, _ run: GroupRun
    ) -> Bool {
        var areFinite = true
        run.forEachSegment { group, segment in
            for index in segment {
                let value = values[index]
                if value < ranges[group].minimum { ranges[group].minimum = value }
                if value > ranges[group].maximum { ranges[group].maximum = value }
                areFinite = areFinite && value.isFinite
            }
        }
        return areFinite
    }
}

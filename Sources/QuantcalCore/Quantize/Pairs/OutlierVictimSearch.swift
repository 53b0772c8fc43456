/// The elements that share a scale of outlier-victim pairs, and the search for it.
struct OutlierVictimGroup<T: WeightElement> {
    private let values: UnsafePointer<T>
    private let rows: Int
    private let columns: Int
    private let width: Int

    init(_ layout: GroupLayout, _ group: Int, _ values: UnsafePointer<T>) {
        columns = layout.columns
        guard layout.groupsInRow > 0 else {
            (self.values, rows, width) = (values, layout.rows, layout.columns)
            return
        }
        let (row, place) = group.quotientAndRemainder(dividingBy: layout.groupsInRow)
        self.values = values + row * layout.columns + place * layout.groupColumns
        (rows, width) = (1, layout.elements(inGroup: group))
    }

    private var count: Double { Double(rows) * Double(width) }

    /// Runs of a row of at most a chunk. A chunk is even, so that no pair is in two.
    @inline(__always) private func forEachRun(_ body: (UnsafePointer<Float>, Int) -> Void) {
        for row in 0..<rows {
            for start in stride(from: 0, to: width, by: GroupLayout.chunk) {
                let length = min(GroupLayout.chunk, width - start)
                withSingles(values + row * columns + start, length) { body($0, length) }
            }
        }
    }

    private func mean(_ term: (Double) -> Double) -> Double {
        var sum = 0.0
        forEachRun { run, length in
            for index in 0..<length { sum += term(Double(run[index])) }
        }
        return sum / count
    }

    /// The squared error with a scale.
    private func error(_ scale: Float) -> Double {
        var sum = 0.0
        forEachRun { run, length in
            for first in stride(from: 0, to: length, by: 2) {
                let hasSecond = first + 1 < length
                let second = hasSecond ? run[first + 1] : 0
                let pair = OutlierVictimPair(run[first] / scale, second / scale)
                let (a, b) = (
                    Double(run[first]) - Double(pair.first.units * scale),
                    Double(second) - Double(pair.second.units * scale)
                )
                sum += a * a + b * b
            }
        }
        return sum
    }

    /// The candidate of the least error, the widest of equals.
    func scale(_ rule: RangeRule) -> Float {
        let centre = mean { $0 }
        let reach = abs(centre) + 3 * mean { ($0 - centre) * ($0 - centre) }.squareRoot()
        guard reach > 0 else { return 1 }
        var best: (scale: Float, error: Double)?
        for candidate in 0..<rule.steps {
            let scale = CompiledGrid.usable(reach * rule.factor(candidate) / 7, reaching: 96)
            let error = error(scale)
            if best.map({ error < $0.error }) ?? true { best = (scale, error) }
        }
        return best?.scale ?? 1
    }
}

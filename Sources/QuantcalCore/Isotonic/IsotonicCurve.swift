/// Knots and values, ready for queries.
struct IsotonicCurve<T: IsotonicScalar>: ~Copyable {
    private let index: KnotIndex<T>
    private let values: UnsafeBufferPointer<T>
    private let isStep: Bool
    private let outside: IsotonicPrediction.Outside
    /// 1, or less where differences would leave the range of numbers.
    private let knotScale: Double
    private let valueScale: Double
    private let valueUnit: Double

    /// So many queries are looked at together.
    private static var chunkSize: Int { 512 }

    init(index: consuming KnotIndex<T>, values: UnsafeBufferPointer<T>, options: IsotonicPrediction.Options) {
        self.values = values
        isStep = options.interpolation == .step
        outside = index.knots.count == 1 ? .clip : options.outside
        knotScale = max(abs(index.low), abs(index.high)) > 0x1p1022 ? 0.5 : 1
        valueScale = values.contains { abs(Double($0)) > 0x1p1022 } ? 0.5 : 1
        valueUnit = 1 / valueScale
        self.index = index
    }

    /// The curve from one knot up to the next. From the last on it is level.
    private struct Segment {
        let left: Double
        let width: Double
        let value: Double
        let rise: Double
        let least: Double
        let most: Double
    }

    @inline(__always) private func segment(_ place: Int) -> Segment {
        let next = min(place + 1, index.knots.count - 1)
        let left = Double(index.knots[place]) * knotScale
        let width = Double(index.knots[next]) * knotScale - left
        let value = Double(values[place]) * valueScale
        let end = Double(values[isStep ? place : next]) * valueScale
        return Segment(
            left: left, width: max(width, .leastNonzeroMagnitude), value: value, rise: end - value,
            least: min(value, end), most: max(value, end))
    }

    /// At a query in the segment, or by its line beyond.
    @inline(__always) private func line(_ segment: Segment, _ query: Double) -> Double {
        segment.value + (query * knotScale - segment.left) / segment.width * segment.rise
    }

    @inline(__always) private func value(_ segment: Segment, _ query: Double) -> T {
        let line = line(segment, query)
        return T(min(max(line, segment.least), segment.most) * valueUnit)
    }

    func predict(
        _ queries: UnsafeBufferPointer<T>, _ range: Range<Int>, _ predictions: UnsafeMutablePointer<T>
    ) {
        var start = range.lowerBound
        while start < range.upperBound {
            let chunk = start..<min(start + Self.chunkSize, range.upperBound)
            if Self.ascends(queries, chunk) {
                merge(queries, chunk, predictions, BulkStores(into: 0))
            } else {
                for place in chunk { predictions[place] = lookUp(queries[place]) }
            }
            start = chunk.upperBound
        }
    }

    /// Whether each query is at or above the one before; NaN never is.
    static func ascends(_ queries: UnsafeBufferPointer<T>, _ range: Range<Int>) -> Bool {
        guard let queries = queries.baseAddress else { return true }
        var place = range.lowerBound
        while place + 64 < range.upperBound {
            var ascend = SIMDMask<SIMD8<Int64>>(repeating: true)
            for eight in 0..<8 {
                let first = queries + place + 8 * eight
                ascend = ascend .& (Lanes(at: first + 1) .>= Lanes(at: first))
            }
            if !all(ascend) { return false }
            place += 64
        }
        return (place..<max(place, range.upperBound - 1)).allSatisfy { queries[$0 + 1] >= queries[$0] }
    }

    @inline(__always) private func lookUp(_ query: T) -> T {
        let query = Double(query)
        let inside = min(max(query, index.low), index.high)
        let segment = segment(index.place(inside))
        // Most of an isotonic curve is level.
        let value = segment.rise == 0 ? T(segment.value * valueUnit) : value(segment, inside)
        return inside == query ? value : beyond(query, value)
    }

    /// The value of a query that is below or above all knots; `nearest` is that of the end.
    private func beyond(_ query: Double, _ nearest: T) -> T {
        switch outside {
        case .clip: return nearest
        case .nan, .error: return .nan
        case .extrapolate:
            let end = segment(query < index.low ? 0 : index.knots.count - 2)
            return isStep || end.rise == 0 ? nearest : T(line(end, query) * valueUnit)
        }
    }

    /// Queries that ascend: those of one segment follow one another.
    func merge(
        _ queries: UnsafeBufferPointer<T>, _ range: Range<Int>, _ predictions: UnsafeMutablePointer<T>,
        _ stores: BulkStores
    ) {
        var begin = range.lowerBound
        var end = range.upperBound
        while begin < end, Double(queries[begin]) < index.low {
            predictions[begin] = lookUp(queries[begin])
            begin += 1
        }
        while begin < end, Double(queries[end - 1]) > index.high {
            end -= 1
            predictions[end] = lookUp(queries[end])
        }
        while begin < end {
            let place = index.place(Double(queries[begin]))
            let runEnd = self.runEnd(queries, begin..<end, place)
            let segment = segment(place)
            if segment.rise == 0 {
                stores.fill(predictions + begin, runEnd - begin, T(segment.value * valueUnit))
            } else {
                for query in begin..<runEnd { predictions[query] = value(segment, Double(queries[query])) }
            }
            begin = runEnd
        }
    }

    /// The first query of a range that is at or above the knot after `place`.
    @inline(__always) private func runEnd(
        _ queries: UnsafeBufferPointer<T>, _ range: Range<Int>, _ place: Int
    ) -> Int {
        guard place + 1 < index.knots.count else { return range.upperBound }
        let next = index.knots[place + 1]
        var (low, high) = (range.lowerBound, range.upperBound)
        if queries[high - 1] < next { return high }
        while high - low > 16 {
            // Halving would wait for the memory four times as often.
            let step = (high - low) / 16
            var below = 0
            for probe in 1..<16 { below &+= queries[low + probe * step] < next ? 1 : 0 }
            high = below < 15 ? low + (below + 1) * step : high
            low = below > 0 ? low + below * step + 1 : low
        }
        while low < high, queries[low] < next { low += 1 }
        return low
    }
}

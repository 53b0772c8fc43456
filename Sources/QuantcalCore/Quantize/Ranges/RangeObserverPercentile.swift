/// Order statistics of what an observer has seen, or of their magnitudes, as if the values of a bin were
/// evenly spread over it.
struct ObserverPercentiles {
    private typealias Step = (low: Double, width: Double, number: Double)

    private let steps: [Step]
    private let magnitudes: [Step]
    private let count: Double
    private let minimum: Double
    private let maximum: Double

    init(_ observer: RangeObserver, _ channel: Int) {
        let seen = observer.channels.buffer[channel]
        let (bins, counts) = (seen.bins, observer.counts(channel))
        let zeros: [Step] = seen.zeroCount > 0 ? [(0, 0, Double(seen.zeroCount))] : []
        let all: [Step] = counts.indices.filter { counts[$0] > 0 }.map {
            (low: Double(bins.first + $0) * bins.width, width: bins.width, number: Double(counts[$0]))
        }
        let (below, above) = (all.filter { $0.low < 0 }, all.filter { $0.low >= 0 })
        (minimum, maximum) = (Double(seen.minimum), Double(seen.maximum))
        count = Double(observer.count)
        steps = below + zeros + above
        magnitudes =
            zeros + Self.merged(below.reversed().map { (-$0.low - $0.width, $0.width, $0.number) }, above)
    }

    /// Two lists in order; bins that are the same place become one.
    private static func merged(_ left: [Step], _ right: [Step]) -> [Step] {
        var result: [Step] = []
        var (i, j) = (0, 0)
        while i < left.count || j < right.count {
            if j == right.count || (i < left.count && left[i].low < right[j].low) {
                result.append(left[i])
                i += 1
            } else if i == left.count || right[j].low < left[i].low {
                result.append(right[j])
                j += 1
            } else {
                result.append((left[i].low, left[i].width, left[i].number + right[j].number))
                (i, j) = (i + 1, j + 1)
            }
        }
        return result
    }

    /// At a place from 0 to count - 1, between places in proportion; the ends are exact.
    func value(at place: Double, ofMagnitudes: Bool) -> Double {
        let largest = ofMagnitudes ? max(abs(minimum), abs(maximum)) : maximum
        let smallest = ofMagnitudes ? 0 : minimum
        if place >= count - 1 { return largest }
        if place <= 0, !ofMagnitudes { return smallest }
        var before = 0.0
        for step in ofMagnitudes ? magnitudes : steps {
            if place < before + step.number {
                let inside = step.low + step.width * (place - before + 0.5) / step.number
                return min(max(inside, smallest), largest)
            }
            before += step.number
        }
        return largest
    }
}

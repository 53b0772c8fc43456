/// The isotonic fit of the quantile loss, in O(n log n), by slopes.
///
/// Let F_i(t) be the least loss of the first i points whose values rise and end at or below t. It is convex,
/// falls to its least value and stays there. A heap holds its breakpoints with the change of slope at
/// each, in units in which all are integers. Point i adds a breakpoint at y_i, and as the slope on the far
/// right is now positive, breakpoints are taken from the top until it is 0 again: what
/// is left on top is the least minimiser, what was touched last the greatest. The last point takes
/// its minimiser, and every other the lesser of its own and the value of the next point.
///
/// Sources: Ahuja, Orlin (2001); Rote (2019). Departure: slopes are compared exactly, so that the lower and
/// the upper fit are the extreme ones: the level is the fraction that the caller meant, and weights are
/// integers of as many bits as they need.
struct IsotonicQuantile<T: IsotonicScalar, Mass: FixedWidthInteger & SignedInteger & BitwiseCopyable> {
    private typealias Heap = IsotonicHeap<T, Mass>

    private let points: IsotonicSequence<T>
    private let units: IsotonicQuantileUnits

    private static var stepsBetweenReports: Int { 1 << 17 }

    init(_ points: IsotonicSequence<T>, _ units: IsotonicQuantileUnits) {
        (self.points, self.units) = (points, units)
    }

    /// Writes the values of points of positive weight to their places.
    func fit(
        _ solution: IsotonicRegression.Solution, fitted: UnsafeMutablePointer<T>, _ progress: Progress
    ) throws(QuantcalError) {
        let isLower = solution != .upper
        let lower = try Scratch<T>(isLower ? points.count : 0)
        let upper = try Scratch<T>(solution == .upper || solution == .middle ? points.count : 0)
        try minimisers(
            isLower ? lower.buffer.baseAddress! : nil,
            upper.buffer.isEmpty ? nil : upper.buffer.baseAddress!, progress)
        var (least, greatest) = (T.infinity, T.infinity)
        for index in stride(from: points.count - 1, through: 0, by: -1) {
            let place = points.place(index)
            if isLower { least = min(least, lower.buffer[index]) }
            if !upper.buffer.isEmpty { greatest = min(greatest, upper.buffer[index]) }
            switch solution {
            case .standard, .lower: fitted[place] = least
            case .upper: fitted[place] = greatest
            case .middle: fitted[place] = least.middle(to: greatest)
            }
        }
    }

    /// The least and the greatest minimiser of each F_i; infinity for a point of weight 0, which has none.
    private func minimisers(
        _ lower: UnsafeMutablePointer<T>?, _ upper: UnsafeMutablePointer<T>?, _ progress: Progress
    ) throws(QuantcalError) {
        let memory = try Scratch<Heap.Entry>(points.count)
        var heap = Heap(memory)
        let isWeighted = points.weights != nil
        let unit = (mass: Mass(units.denominator), excess: Mass(units.denominator - units.numerator))
        for begin in stride(from: 0, to: points.count, by: Self.stepsBetweenReports) {
            try progress(Double(begin) / Double(points.count))
            for index in begin..<min(begin + Self.stepsBetweenReports, points.count) {
                var (mass, excess) = unit
                if isWeighted {
                    let weight = points.weight(index)
                    guard weight > 0 else {
                        lower?[index] = .infinity
                        upper?[index] = .infinity
                        continue
                    }
                    let count: Mass = units.count(of: weight)
                    (mass, excess) = (mass &* count, excess &* count)
                }
                let (least, greatest) = Self.add(points.value(index), mass, trimming: excess, &heap)
                lower?[index] = least
                upper?[index] = greatest
            }
        }
    }

    /// Adds a breakpoint and takes `excess` (less than its mass) from the top; returns what is then on top,
    /// and what was touched last.
    @inline(__always) private static func add(
        _ key: T, _ mass: Mass, trimming excess: Mass, _ heap: inout Heap
    ) -> (least: T, greatest: T) {
        var rest = excess
        while heap.count > 0 {
            let top = heap.top
            if top.key <= key { break }
            if top.mass > rest {
                heap.top.mass = top.mass &- rest
                heap.push(Heap.Entry(key: key, mass: mass))
                return (top.key, top.key)
            }
            if top.mass == rest {
                heap.replaceTop(with: Heap.Entry(key: key, mass: mass))
                return (heap.top.key, top.key)
            }
            rest &-= top.mass
            heap.pop()
        }
        heap.push(Heap.Entry(key: key, mass: mass &- rest))
        return (key, key)
    }
}

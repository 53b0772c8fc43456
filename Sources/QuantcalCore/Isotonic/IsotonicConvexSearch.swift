/// Looks for the points at which a convex fit should bend.
///
/// Whether the hinge at a point wants in is asked of the point's hat within its segment (1 at the point, 0 at
/// the nodes around): the two differ by a function of the present nodes, to which residuals are
/// orthogonal, and sums over one segment stay accurate. If the hat's product with the residuals is negative
/// beyond rounding, a bend there lowers the objective.
///
/// In each segment the point is taken that alone would lower it most, if the values at the segment's ends could
/// follow, and of the points 1, 2, 4, 8, ... away from it all that would lower it: a bend that
/// must move far to its place does so in few rounds.
struct IsotonicConvexSearch: ~Copyable {
    /// Part of a hat, on one side of its point: sums of weight × hat × residual, weight × hat, and
    /// weight × hat².
    private struct Slope: BitwiseCopyable {
        var (force, weight, square) = (0.0, 0.0, 0.0)

        /// The hat's point moves away from the node: its values shrink.
        @inline(__always) mutating func widen(_ ratio: Double) {
            force *= ratio
            weight *= ratio
            square *= ratio * ratio
        }

        @inline(__always) mutating func add(_ weight: Double, _ residual: Double) {
            force += weight * residual
            self.weight += weight
            square += weight
        }
    }

    /// A segment between two nodes; before the first node it has no node on the left, and hats are
    /// flat there.
    private struct Span {
        let points: Range<Int>
        let left: Double?
        let right: Double
        /// The products of the hats of its ends with each other.
        var leftSquare = 0.0
        var cross = 0.0
        var rightSquare = 0.0
        /// How large the values are that residuals are differences of.
        var size: Double

        /// The square of a hat at a fraction of the way from left to right, made orthogonal to the hats
        /// of the ends.
        @inline(__always) func square(_ before: Slope, _ after: Slope, at share: Double) -> Double {
            let square = before.square + after.square
            guard left != nil else { return square }
            let onLeft = before.weight - share * before.square + (1 - share) * after.square
            let onRight = share * before.square + after.weight - (1 - share) * after.square
            let explained =
                (onLeft * onLeft * rightSquare - 2 * onLeft * onRight * cross + onRight * onRight * leftSquare)
                / (leftSquare * rightSquare - cross * cross)
            return max(square - explained, square * 0x1p-20)
        }
    }

    private let points: IsotonicConvexSolver.Points
    private let slopes: Scratch<Slope>
    private let memory: Scratch<Int>
    private var count = 0

    init(_ points: IsotonicConvexSolver.Points) throws(QuantcalError) {
        let slopes = try Scratch<Slope>(points.count)
        let memory = try Scratch<Int>(points.count)
        self.points = points
        self.slopes = slopes
        self.memory = memory
    }

    /// The points found, ascending.
    var found: UnsafeMutableBufferPointer<Int> {
        UnsafeMutableBufferPointer(rebasing: memory.buffer[..<count])
    }

    mutating func look(_ nodes: borrowing IsotonicConvexNodes, _ residuals: UnsafePointer<Double>) {
        count = 0
        let first = nodes[0]
        look(
            Span(
                points: 0..<first.point, left: nil, right: first.position, size: first.value.magnitude),
            residuals)
        var before = nodes.flat.weight
        for index in 0..<nodes.count - 1 {
            let (a, b) = (nodes[index], nodes[index + 1])
            look(
                Span(
                    points: a.point + 1..<b.point, left: a.position, right: b.position,
                    leftSquare: before + a.segment.left, cross: a.segment.cross,
                    rightSquare: a.segment.right + b.segment.left,
                    size: max(a.value.magnitude, b.value.magnitude)), residuals)
            before = a.segment.right
        }
    }

    private mutating func look(_ span: Span, _ residuals: UnsafePointer<Double>) {
        let (t, w, slope) = (points.positions, points.weights, slopes.buffer.baseAddress!)
        let least = sumFromRight(span, residuals)
        var before = Slope()
        var width = 0.0
        var best: Int?
        var most = 0.0
        for point in span.points {
            var share = 0.0
            if let left = span.left {
                let wider = t[point] - left
                before.widen(width / wider)
                width = wider
                share = wider / (span.right - left)
            }
            let after = slope[point]
            let force = before.force + after.force
            // From here on the place of the force says whether the point is wanted.
            slope[point].force = 0
            if force < 0, force * force > least * (before.square + after.square) {
                slope[point].force = 1
                let gain = force * force / span.square(before, after, at: share)
                if gain > most { (best, most) = (point, gain) }
            }
            before.add(w[point], residuals[point])
        }
        if let best { take(best, span.points) }
    }

    /// The parts of the hats from their points on. Returns below what the ratio of a force's square to the
    /// hat's may be due to rounding.
    private func sumFromRight(_ span: Span, _ residuals: UnsafePointer<Double>) -> Double {
        let (t, y, w) = (points.positions, points.values, points.weights)
        let slope = slopes.buffer.baseAddress!
        var sum = Slope()
        var width = 0.0
        var weight = 0.0
        var size = 0.0
        for point in span.points.reversed() {
            let wider = span.right - t[point]
            sum.widen(width / wider)
            width = wider
            sum.add(w[point], residuals[point])
            slope[point] = sum
            weight += w[point]
            size = max(size, y[point].magnitude)
        }
        let noise = 0x1p-50 * (size + span.size)
        return noise * noise * weight
    }

    private mutating func take(_ best: Int, _ range: Range<Int>) {
        var distance = 1
        while best - 2 * distance >= range.lowerBound { distance *= 2 }
        while distance > 0 {
            if best - distance >= range.lowerBound { takeIfWanted(best - distance) }
            distance /= 2
        }
        takeIfWanted(best)
        distance = 1
        while best + distance < range.upperBound {
            takeIfWanted(best + distance)
            distance *= 2
        }
    }

    private mutating func takeIfWanted(_ point: Int) {
        guard slopes.buffer[point].force > 0 else { return }
        memory.buffer[count] = point
        count += 1
    }
}

/// The distinct covariates of a fit, and where others lie among them.
///
/// Of one dimension they are a row, and functions between two of them are interpolated. Of more they are in the
/// componentwise order: at a new place the distribution function is at most the least of those before it and
/// at least the greatest of those after it, and half way between is taken; or where there are none on
/// one side, the bound from the other; or that of all outcomes.
struct IsotonicDistributionCovariates: ~Copyable {
    let direction: IsotonicRegression.Direction
    let dimensions: Int
    let count: Int
    /// Row by row, the rows in lexicographic order; negated if the direction is decreasing, so that functions fall
    /// along the order of any two.
    let coordinates: GrowableBuffer<Double>

    /// `coordinates` are as above.
    init(
        _ coordinates: consuming GrowableBuffer<Double>, dimensions: Int,
        _ direction: IsotonicRegression.Direction
    ) {
        count = coordinates.count / dimensions
        self.coordinates = coordinates
        (self.dimensions, self.direction) = (dimensions, direction)
    }

    /// Those of the points that count, which get their numbers as `groups`. The points are ordered by the direction.
    init<T: Scalar>(
        _ points: OrderPoints<T>, _ direction: IsotonicRegression.Direction, where counts: (Int) -> Bool,
        groups: UnsafeMutableBufferPointer<UInt32>
    ) throws(QuantcalError) {
        let nodes = try points.nodes()
        let sign: Double = direction == .decreasing ? -1 : 1
        var coordinates = GrowableBuffer<Double>()
        var group: UInt32 = 0
        for node in 0..<nodes.count {
            guard nodes[node].contains(where: { counts(Int($0)) }) else { continue }
            let first = Int(nodes[node][0]) * points.dimensions
            // -0 is 0.
            for place in first..<first + points.dimensions {
                try coordinates.append(sign * Double(points.values[place]) + 0)
            }
            for point in nodes[node] { groups[Int(point)] = group }
            group += 1
        }
        self.init(coordinates, dimensions: points.dimensions, direction)
    }

    /// The covariates and what else has a distribution function: with more than one dimension all outcomes together, as
    /// the last group.
    var functionCount: Int { dimensions > 1 ? count + 1 : count }

    /// Where a covariate lies: its distribution function is between the least of those of the groups `before` it
    /// and the greatest of those `after` it.
    struct Place {
        var before: UnsafeBufferPointer<UInt32>
        var after: UnsafeBufferPointer<UInt32>
        /// The weight of the greatest after it. If that is 0 or 1, the groups of the other side do not matter.
        var share: Double

        /// Rounded once, or as good as: so that it rises with either value and falls as the share of
        /// the value after, which is the smaller, grows; and two equal values give themselves.
        @inline(__always) func interpolate(_ before: Double, _ after: Double) -> Double {
            if share == 0 || before == after { return before }
            if share == 1 { return after }
            let (rise, rest) = DoubleDouble.twoSum(after, -before)
            let (product, error) = DoubleDouble.twoProduct(share, rise)
            var sum = DoubleDouble(high: before)
            sum += DoubleDouble(high: product, low: error + share * rest)
            return sum.value
        }
    }

    /// Memory for a place.
    struct Room: ~Copyable {
        fileprivate let query: Scratch<Double>
        fileprivate let before: Scratch<UInt32>
        fileprivate let after: Scratch<UInt32>

        init(_ covariates: borrowing IsotonicDistributionCovariates) throws(QuantcalError) {
            let most = covariates.dimensions == 1 ? 1 : covariates.count
            let query = try Scratch<Double>(covariates.dimensions)
            let before = try Scratch<UInt32>(most)
            let after = try Scratch<UInt32>(most)
            self.query = query
            self.before = before
            self.after = after
        }
    }

    /// The place of a covariate, valid until the room is used again.
    func place<T: Scalar>(of covariate: UnsafePointer<T>, _ room: borrowing Room) -> Place {
        let sign: Double = direction == .decreasing ? -1 : 1
        for dimension in 0..<dimensions {
            room.query.buffer[dimension] = sign * Double(covariate[dimension])
        }
        return dimensions == 1 ? between(room) : bounded(room)
    }

    private func between(_ room: borrowing Room) -> Place {
        let (x, knots) = (room.query.buffer[0], coordinates.elements)
        let next = Search.first(in: 0..<count) { knots[$0] > x }
        room.before.buffer[0] = UInt32(truncatingIfNeeded: max(next - 1, 0))
        room.after.buffer[0] = UInt32(truncatingIfNeeded: min(next, count - 1))
        var share = 0.0
        if next > 0, next < count {
            let (low, high) = (knots[next - 1], knots[next])
            let width = high - low
            share = width.isFinite ? (x - low) / width : (x / 2 - low / 2) / (high / 2 - low / 2)
        }
        return Place(
            before: UnsafeBufferPointer(room.before.buffer), after: UnsafeBufferPointer(room.after.buffer),
            share: share)
    }

    /// Of the groups before only the last matter, those with no other between; of those after the first.
    private func bounded(_ room: borrowing Room) -> Place {
        let x = room.query.buffer.baseAddress!
        let end = Search.first(in: 0..<count) { row($0)[0] > x[0] }
        let begin = Search.first(in: 0..<end) { row($0)[0] >= x[0] }
        var (before, after) = (0, 0)
        for group in (0..<end).reversed() where precedes(row(group), x) {
            // What was found last is the likeliest.
            let isCovered = room.before.buffer[..<before].reversed().contains {
                precedes(row(group), row(Int($0)))
            }
            if isCovered { continue }
            room.before.buffer[before] = UInt32(truncatingIfNeeded: group)
            before += 1
        }
        for group in begin..<count where precedes(x, row(group)) {
            let isCovered = room.after.buffer[..<after].reversed().contains {
                precedes(row(Int($0)), row(group))
            }
            if isCovered { continue }
            room.after.buffer[after] = UInt32(truncatingIfNeeded: group)
            after += 1
        }
        var share = before == 0 ? 1 : after == 0 ? 0 : 0.5
        if before == 0, after == 0 {
            room.before.buffer[0] = UInt32(truncatingIfNeeded: count)
            (before, share) = (1, 0)
        }
        return Place(
            before: UnsafeBufferPointer(rebasing: room.before.buffer[..<before]),
            after: UnsafeBufferPointer(rebasing: room.after.buffer[..<after]), share: share)
    }

    @inline(__always) private func row(_ group: Int) -> UnsafePointer<Double> {
        UnsafePointer(coordinates.start) + group * dimensions
    }

    @inline(__always) private func precedes(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>) -> Bool {
        for dimension in 0..<dimensions where a[dimension] > b[dimension] { return false }
        return true
    }
}

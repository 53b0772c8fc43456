/// The influence of each point on an estimate, under each candidate for its weights.
struct WeightInfluence {
    let fold: UnsafeBufferPointer<Int32>
    let folds: Int
    let target: IsotonicWeight.Target

    /// A share of the mean diagonal that keeps the covariance from being singular.
    private static let ridge = 1e-8

    /// What a candidate is like over some points.
    private struct Sums {
        var count = 0.0
        var weights = DoubleDouble()
        var products = DoubleDouble()

        var mean: Double { max(weights.value / count, 1e-12) }
        var ratio: Double { products.value / max(weights.value, 1e-12) }

        static func += (a: inout Sums, b: Sums) {
            a.count += b.count
            a.weights += b.weights
            a.products += b.products
        }
    }

    /// The covariance of the candidates' influence columns, regularised. Without targets rewards are 1.
    func covariance<T: Scalar>(
        _ candidates: borrowing IsotonicWeight.Candidates, _ targets: UnsafeBufferPointer<T>?
    ) throws(QuantcalError) -> [[Double]] {
        let (count, points) = (candidates.count, candidates.points)
        let columns = try Scratch<Double>(count * points)
        for candidate in 0..<count {
            let column = UnsafeMutableBufferPointer(
                rebasing: columns.buffer[candidate * points..<(candidate + 1) * points])
            fill(column, candidates[candidate], targets)
            let mean = column.reduce(into: DoubleDouble()) { $0 += $1 }.value / Double(points)
            for point in 0..<points { column[point] -= mean }
        }
        var covariance = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
        for (a, b) in [(0, 0), (0, 1), (1, 1), (0, 2), (1, 2), (2, 2)] where b < count {
            var sum = DoubleDouble()
            for point in 0..<points {
                sum += columns.buffer[a * points + point] * columns.buffer[b * points + point]
            }
            (covariance[a][b], covariance[b][a]) = (
                sum.value / Double(points - 1), sum.value / Double(points - 1)
            )
        }
        let trace = (0..<count).reduce(0) { $0 + covariance[$1][$1] }
        for index in 0..<count { covariance[index][index] += Self.ridge * trace / Double(count) }
        return covariance
    }

    private func fill<T: Scalar>(
        _ column: UnsafeMutableBufferPointer<Double>, _ weights: UnsafeMutableBufferPointer<Double>,
        _ targets: UnsafeBufferPointer<T>?
    ) {
        // The mixture does not depend on the targets' scale, which is kept far from the ends of the range.
        let largest = targets.map { $0.reduce(0) { max($0, abs(Double($1))) } } ?? 1
        let scale = PowerOfTwo.bringing(largest, above: -100, below: 100)
        let reward = { (point: Int) in targets.map { Double($0[point]) * scale } ?? 1 }
        var inside = [Sums](repeating: Sums(), count: folds)
        for point in weights.indices {
            inside[Int(fold[point])].count += 1
            inside[Int(fold[point])].weights += weights[point]
            inside[Int(fold[point])].products += weights[point] * reward(point)
        }
        let outside = inside.indices.map { number in
            inside.indices.reduce(into: Sums()) { if $1 != number { $0 += inside[$1] } }
        }
        for point in weights.indices {
            let others = outside[Int(fold[point])]
            let weight = weights[point]
            let ratio = target == .rewards ? others.ratio : 0
            column[point] =
                (weight * (reward(point) - ratio) - ratio * (weight - others.mean)) / others.mean
        }
    }
}

/// The point of the simplex where a quadratic form is least.
enum WeightMixture {
    /// Two or three shares. `form` is positive definite, or 0.
    static func best(_ form: [[Double]]) -> [Double] {
        let scale = PowerOfTwo.bringing(form.joined().reduce(0) { max($0, abs($1)) }, above: -200, below: 200)
        let form = form.map { $0.map { $0 * scale } }
        guard form.count == 3 else { return edge(form, 0, 1) }
        if let inside = interior(form) { return inside }
        // The minimum is on the boundary: on one of the edges, which hold the corners.
        let edges = [edge(form, 0, 1), edge(form, 0, 2), edge(form, 1, 2)]
        return edges.min { value(form, $0) < value(form, $1) }!
    }

    /// The least value between two corners.
    private static func edge(_ form: [[Double]], _ a: Int, _ b: Int) -> [Double] {
        var shares = [Double](repeating: 0, count: form.count)
        let rise = form[b][b] - form[a][b]
        let fall = form[a][a] - form[a][b]
        shares[a] = rise + fall > 0 ? min(max(rise / (rise + fall), 0), 1) : 0.5
        shares[b] = 1 - shares[a]
        return shares
    }

    /// The least value of the plane through the corners, if it is between them: the shares are as the row
    /// sums of the adjugate.
    private static func interior(_ q: [[Double]]) -> [Double]? {
        let rows = (0..<3).map { i in
            let (j, k) = ((i + 1) % 3, (i + 2) % 3)
            // The cofactors of row i, each along the differences from column i.
            return (q[j][j] - q[i][j]) * (q[k][k] - q[i][k]) - (q[j][k] - q[i][k]) * (q[k][j] - q[i][j])
        }
        let sum = rows.reduce(0, +)
        if sum == 0 && q.joined().allSatisfy({ $0 == 0 }) { return [1.0 / 3, 1.0 / 3, 1.0 / 3] }
        return sum > 0 && rows.allSatisfy { $0 >= 0 } ? rows.map { $0 / sum } : nil
    }

    private static func value(_ form: [[Double]], _ shares: [Double]) -> Double {
        var value = 0.0
        for (a, row) in form.enumerated() {
            for (b, entry) in row.enumerated() { value += shares[a] * shares[b] * entry }
        }
        return value
    }
}

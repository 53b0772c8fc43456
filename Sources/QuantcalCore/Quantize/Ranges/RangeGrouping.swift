/// Fewer ranges than there are channels or time steps: those that are alike share the range that holds them all.
///
/// Sources: Ryu et al. (2025), DGQ (k-means of the channels' ends); the steps of a diffusion model in runs as in
/// Shang et al. (2023), PTQ4DM, and He et al. (2024), EfficientDM. Departure: no group is empty.
public struct RangeGrouping: Sendable {
    public enum Method: Int32, CaseIterable, Sendable {
        case kMeans = 0
        case runs = 1
    }

    public var method = Method.kMeans
    public var restarts = 10
    public var seed: UInt64 = 0

    public init() {}

    /// Writes the group of each range, and the smallest range that holds those of a group: 0 for groups behind the
    /// last one. Gives the number of groups.
    public func callAsFunction(
        _ minimum: UnsafeBufferPointer<Double>, _ maximum: UnsafeBufferPointer<Double>, groups: Int,
        _ progress: Progress, _ assignment: UnsafeMutablePointer<Int>,
        _ low: UnsafeMutablePointer<Double>, _ high: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) -> Int {
        guard (1...1000).contains(restarts) else {
            throw QuantcalError(.options, "restarts is \(restarts); it must be 1 to 1000")
        }
        try Require.finite(minimum, "minimum")
        try Require.finite(maximum, "maximum")
        if let index = minimum.indices.first(where: { minimum[$0] > maximum[$0] }) {
            throw QuantcalError(
                .domain, "minimum[\(index)] is \(minimum[index]) and maximum[\(index)] \(maximum[index])")
        }
        guard groups > 0 || minimum.isEmpty else {
            throw QuantcalError(.size, "groups is 0; with ranges it must be at least 1")
        }
        let most = min(groups, minimum.count)
        try progress(0)
        let found =
            method == .runs
            ? runs(minimum.count, most, assignment)
            : try clusters(minimum, maximum, most, progress, assignment)
        low.update(repeating: 0, count: groups)
        high.update(repeating: 0, count: groups)
        var next = 0
        // Groups are numbered by their first members.
        for index in minimum.indices {
            let group = assignment[index]
            low[group] = group == next ? minimum[index] : min(low[group], minimum[index])
            high[group] = group == next ? maximum[index] : max(high[group], maximum[index])
            next = max(next, group + 1)
        }
        return found
    }

    /// Neighbours; the first runs are longer by one where lengths are not all equal.
    private func runs(_ count: Int, _ groups: Int, _ assignment: UnsafeMutablePointer<Int>) -> Int {
        var index = 0
        for group in 0..<groups {
            let length = count / groups + (group < count % groups ? 1 : 0)
            for _ in 0..<length {
                assignment[index] = group
                index += 1
            }
        }
        return groups
    }

    private func clusters(
        _ minimum: UnsafeBufferPointer<Double>, _ maximum: UnsafeBufferPointer<Double>, _ groups: Int,
        _ progress: Progress, _ assignment: UnsafeMutablePointer<Int>
    ) throws(QuantcalError) -> Int {
        guard minimum.count <= Int32.max else {
            throw QuantcalError(.size, "n is \(minimum.count); k-means takes 2^31 - 1 ranges at most")
        }
        let points = try Scratch<Double>(2 * minimum.count)
        let weights = try Scratch<Double>(minimum.count)
        weights.buffer.update(repeating: 1)
        // Scaled by a power of two, so that squares of distances are numbers.
        let largest = max(minimum.reduce(0) { max($0, abs($1)) }, maximum.reduce(0) { max($0, abs($1)) })
        let exponent = largest > 0 ? -Int(largest.exponent) : 0
        for index in minimum.indices {
            points.buffer[2 * index] = scaled(minimum[index], exponent)
            points.buffer[2 * index + 1] = scaled(maximum[index], exponent)
        }
        let means = try ClusterMeans(
            points.buffer.baseAddress!, weights: weights.buffer.baseAddress!, count: minimum.count,
            dimensions: 2,
            clusters: groups)
        let found = try means.find(restarts: restarts, seed: seed, .rangeGroup, progress)
        for index in minimum.indices { assignment[index] = found == 0 ? 0 : Int(means.best.buffer[index]) }
        return minimum.isEmpty ? 0 : max(found, 1)
    }

    /// In two steps, as 2^exponent may be no number.
    private func scaled(_ value: Double, _ exponent: Int) -> Double {
        let half = exponent / 2
        return value * Double(sign: .plus, exponent: half, significand: 1)
            * Double(sign: .plus, exponent: exponent - half, significand: 1)
    }
}

/// Which table a time step uses.
public enum CalibratedSteps {
    /// For each step the place of the nearest one among those that were calibrated, which ascend; of two the first.
    public static func places(
        of steps: UnsafeBufferPointer<Double>, in calibrated: UnsafeBufferPointer<Double>,
        _ places: UnsafeMutablePointer<Int>
    ) throws(QuantcalError) {
        try Require.finite(calibrated, "calibrated")
        try Require.finite(steps, "steps")
        if let index = calibrated.indices.dropFirst().first(where: { calibrated[$0] <= calibrated[$0 - 1] }) {
            throw QuantcalError(
                .domain, "calibrated[\(index)] is \(calibrated[index]); calibrated must ascend")
        }
        guard !calibrated.isEmpty || steps.isEmpty else {
            throw QuantcalError(.size, "calibrated_count is 0; with steps it must be at least 1")
        }
        for index in steps.indices {
            // The first that is not below, by halving.
            var (low, high) = (0, calibrated.count)
            while low < high {
                let middle = (low + high) / 2
                if calibrated[middle] < steps[index] { low = middle + 1 } else { high = middle }
            }
            let isBelowNearer =
                low == calibrated.count
                || (low > 0
                    && steps[index] / 2 - calibrated[low - 1] / 2 <= calibrated[low] / 2 - steps[index] / 2)
            places[index] = isBelowNearer ? low - 1 : low
        }
    }
}

/// The isotonic fit of a differentiable convex loss, by splitting.
///
/// For any level t the points whose optimal values are above t are the tail of the sequence over which the
/// sum of slopes at t is least. So one look at a range of points, at any level, either splits it in two whose
/// values lie on different sides of t, or shows on which side of t they all are, and where to look
/// next: levels follow Newton's method to the best common value of the range, and if at that no tail has a
/// negative sum, the range is a block.
///
/// A look costs as much time as the range has points. After `freeLooks` of them on the way to a range its levels
/// halve the interval that its values are known to lie in, as bit patterns; so there are at most
/// 64 more, and the time is O(n) times a constant, log n times a few looks in practice.
///
/// Source: the level sets of isotonic fits as in Spouge, Wan, Wilbur (2003); pooling instead of splitting would sum
/// over a block again at each merge, which is quadratic.
struct IsotonicSplitting<Loss: IsotonicLoss> {
    private static var freeLooks: Int { 64 }
    /// Looks at smaller ranges are not reported one by one.
    private static var reportedRange: Int { 1 << 17 }

    /// Positive weights and their values, which the fit replaces; in memory for eight more.
    let values: UnsafeMutablePointer<Double>
    let weights: UnsafePointer<Double>
    let count: Int
    let loss: Loss

    /// A range of points, between which levels their values lie, and where to look next.
    private struct Task: BitwiseCopyable {
        var begin: Int
        var end: Int
        var low: Double
        var high: Double
        var level: Double
        var looks = 0
        /// How far the last level was from balance, as a part of the sum of absolute slopes.
        var imbalance = Double.infinity
    }

    /// Sums over a run of points.
    private struct Sums {
        var slope = DoubleDouble()
        var curvature = 0.0
        var size = 0.0

        /// What the slope may be wrong by, if the level is the best value but for rounding.
        func tolerance(_ resolution: Double) -> Double {
            4 * (0x1p-52 * size + resolution * curvature)
        }

        var newtonStep: Double { -slope.value / curvature }
    }

    /// What a look at a range sees: where the tail of the least sum of slopes begins (the longer of two that are
    /// equal but for rounding is passed over), and the sums over that tail and the head before it.
    private struct Look {
        var tailBegin: Int
        var head = Sums()
        var tail = Sums()
    }

    func fit(_ progress: Progress) throws(QuantcalError) {
        var task = whole()
        // A range is split off at most once a look.
        let stack = try Scratch<Task>(Self.freeLooks + 70)
        var height = 0
        while true {
            while task.end - task.begin > 1 {
                if task.end - task.begin >= Self.reportedRange || task.begin % Self.reportedRange == 0 {
                    try progress(Double(task.begin) / Double(count))
                }
                guard let later = advance(&task) else { break }
                if later.begin < later.end {
                    stack.buffer[height] = later
                    height += 1
                }
            }
            guard height > 0 else { return }
            height -= 1
            task = stack.buffer[height]
        }
    }

    /// All points, between their extremes, to be looked at from their mean.
    private func whole() -> Task {
        var (low, high) = (values[0], values[0])
        var (sum, weight) = (0.0, 0.0)
        for index in 0..<count {
            (low, high) = (min(low, values[index]), max(high, values[index]))
            sum += values[index] * weights[index]
            weight += weights[index]
        }
        return Task(begin: 0, end: count, low: low, high: high, level: min(max(sum / weight, low), high))
    }

    /// Looks at a range once. nil if it was a block, and now has its value; otherwise `task` is what is left of
    /// it, and the result what was split off to be done later, which may be nothing.
    private func advance(_ task: inout Task) -> Task? {
        let width = width(task)
        let resolution = 0x1p-52 * max(abs(task.level), width)
        let look = look(task, loss.scaled(toWidth: width > 0 ? width : 1), resolution)
        task.looks += 1
        if look.tailBegin > task.begin, look.tailBegin < task.end { return split(&task, look) }
        let isAbove = look.tailBegin == task.begin
        let sums = isAbove ? look.tail : look.head
        let isBalanced = !isAbove && sums.slope.value <= sums.tolerance(resolution)
        if isBalanced, loss.isStrictlyConvex || sums.curvature > 0 { return settle(&task, sums, resolution) }
        if isAbove { task.low = task.level } else { task.high = task.level }
        let imbalance = abs(sums.slope.value) / sums.size
        let newton = isBalanced ? .nan : task.level + sums.newtonStep
        guard let next = nextLevel(task, newton, imbalance) else {
            fill(task.begin..<task.end, task.high)
            return nil
        }
        task.level = next
        task.imbalance = imbalance
        return nothing(after: task)
    }

    private func nothing(after task: Task) -> Task {
        Task(begin: task.end, end: task.end, low: task.high, high: task.high, level: task.high)
    }

    /// Divides a range at a tail whose values are above the level, and goes on with the head.
    private func split(_ task: inout Task, _ look: Look) -> Task {
        var later = task
        (later.begin, task.end) = (look.tailBegin, look.tailBegin)
        (later.low, task.high) = (task.level, task.level)
        (later.imbalance, task.imbalance) = (.infinity, .infinity)
        later.level = nextLevel(later, later.level + look.tail.newtonStep, 0) ?? later.high
        task.level = nextLevel(task, task.level + look.head.newtonStep, 0) ?? task.high
        return later
    }

    /// Where to look next: where Newton's method says, as long as that leads somewhere. nil if no level is left.
    private func nextLevel(_ task: Task, _ newton: Double, _ imbalance: Double) -> Double? {
        if task.looks < Self.freeLooks {
            if newton > task.low, newton < task.high, imbalance <= task.imbalance / 2 { return newton }
            let middle = task.low + (task.high - task.low) / 2
            return middle > task.low && middle < task.high ? middle : nil
        }
        let (low, high) = (task.low.orderedKey, task.high.orderedKey)
        return high - low > 1 ? Double(orderedKey: low + (high - low) / 2) : nil
    }

    /// Gives a balanced range its value, all but a head that would be as well off with a lower one: that is left.
    private func settle(_ task: inout Task, _ sums: Sums, _ resolution: Double) -> Task? {
        var value = task.level
        if sums.curvature > 0 { value = min(max(value + sums.newtonStep, task.low), task.high) }
        let begin = loss.isStrictlyConvex ? task.begin : endOfFlatHead(task, resolution)
        fill(begin..<task.end, value)
        guard begin > task.begin else { return nil }
        (task.end, task.high, task.imbalance) = (begin, task.level, .infinity)
        task.level = task.low + (task.high - task.low) / 2
        return nothing(after: task)
    }

    /// The end of the longest head over which the slopes add up to 0 at the level and just below it.
    private func endOfFlatHead(_ task: Task, _ resolution: Double) -> Int {
        var slope = DoubleDouble()
        var size = 0.0
        var end = task.begin
        for index in task.begin..<task.end - 1 {
            let group = group(index, 1, task.level, resolution: resolution, loss)
            if group.curvatures[0] != 0 { break }
            slope += group.slopes[0]
            size += abs(group.slopes[0])
            if abs(slope.value) <= 0x1p-50 * size { end = index + 1 }
        }
        return end
    }

    private func fill(_ range: Range<Int>, _ value: Double) {
        (values + range.lowerBound).update(repeating: value, count: range.count)
    }

    /// Sums from the end of a range to its start. They begin anew where a tail is better than those before it: so
    /// slopes that are much smaller than others count where they decide.
    private func look(_ task: Task, _ loss: Loss, _ resolution: Double) -> Look {
        var look = Look(tailBegin: task.end)
        var head = Sums()
        var begin = task.end
        while begin > task.begin {
            let size = min(8, begin - task.begin)
            begin -= size
            let group = group(begin, size, task.level, resolution: resolution, loss)
            for lane in stride(from: size - 1, through: 0, by: -1) {
                head.slope += group.slopes[lane]
                head.curvature += group.curvatures[lane]
                head.size += abs(group.slopes[lane])
                if head.slope.value < 0, head.slope.value < -head.tolerance(resolution) {
                    look.tailBegin = begin + lane
                    look.tail.slope += head.slope
                    look.tail.curvature += head.curvature
                    look.tail.size += head.size
                    head = Sums()
                }
            }
        }
        look.head = head
        return look
    }

    /// Weighted slopes and curvatures of neighbours, at most eight; those of others are 0. The rounding of the
    /// residual is made up for.
    @inline(__always) private func group(
        _ begin: Int, _ size: Int, _ level: Double, resolution: Double, _ loss: Loss
    ) -> (slopes: Lanes, curvatures: Lanes) {
        let y = Lanes(at: values + begin)
        var w = Lanes(at: weights + begin)
        for lane in size..<8 { w[lane] = 0 }
        let d = level - y
        let part = d - level
        let error = (level - (d - part)) - (y + part)
        let curvatures = loss.curvature(d, resolution: resolution)
        return (w * (loss.slope(d) + curvatures * error), w * curvatures)
    }

    /// The largest distance of a value from the level.
    private func width(_ task: Task) -> Double {
        guard task.end - task.begin >= 8 else {
            return (task.begin..<task.end).reduce(0) { max($0, abs(values[$1] - task.level)) }
        }
        var largest = Lanes.zero
        for index in stride(from: task.begin, to: task.end, by: 8) {
            // The last eight may have been looked at already.
            let lanes = (Lanes(at: values + min(index, task.end - 8)) - task.level).magnitude
            largest.replace(with: lanes, where: lanes .> largest)
        }
        return largest.max()
    }
}

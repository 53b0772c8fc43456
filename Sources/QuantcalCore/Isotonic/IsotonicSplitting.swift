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

    /// What a look at a range sees: sums over it, and the tail of the least sum of slopes.
    private struct Look {
        var slope = DoubleDouble()
        var curvature = 0.0
        var size = 0.0
        var tail = 0
        var tailSlope = Double.infinity
        var tailCurvature = 0.0

        var newtonStep: Double { -slope.value / curvature }

        /// The look that sees the tail after a flat head.
        func with(_ head: Int) -> Look {
            var look = self
            (look.tail, look.tailSlope, look.tailCurvature) = (head, slope.value, curvature)
            return look
        }
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
        let level = task.level
        let resolution = 0x1p-52 * max(abs(level), 0x1p-20 * (task.high - task.low))
        let look = look(task, level, resolution)
        let slope = look.slope.value
        let tolerance = 4 * (0x1p-52 * look.size + resolution * look.curvature)
        task.looks += 1
        if look.tailSlope < min(slope, 0) - tolerance { return split(&task, look) }
        let head = slope > tolerance ? task.begin : endOfFlatHead(task, resolution)
        let isBalanced = abs(slope) <= tolerance
        if isBalanced, loss.isStrictlyConvex || look.curvature > 0 {
            return settle(&task, look, head)
        }
        if head > task.begin, !isBalanced {
            return split(&task, look.with(head))
        }
        if slope > 0 || isBalanced {
            task.high = level
        } else {
            task.low = level
        }
        let imbalance = abs(slope) / look.size
        guard let next = nextLevel(task, isBalanced ? .nan : level + look.newtonStep, imbalance) else {
            fill(task, task.high)
            return nil
        }
        task.level = next
        task.imbalance = imbalance
        return Task(begin: task.end, end: task.end, low: 0, high: 0, level: 0)
    }

    /// Divides a range at a tail whose values are above the level, and goes on with the part before it.
    private func split(_ task: inout Task, _ look: Look) -> Task {
        var later = task
        later.begin = look.tail
        later.low = task.level
        task.end = look.tail
        task.high = task.level
        (later.imbalance, task.imbalance) = (.infinity, .infinity)
        let slope = look.slope.value - look.tailSlope
        let curvature = look.curvature - look.tailCurvature
        later.level = nextLevel(later, task.level - look.tailSlope / look.tailCurvature, 0) ?? later.high
        task.level = nextLevel(task, task.level - slope / curvature, 0) ?? task.high
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
    private func settle(_ task: inout Task, _ look: Look, _ head: Int) -> Task? {
        var value = task.level
        if look.curvature > 0 { value = min(max(value + look.newtonStep, task.low), task.high) }
        var block = task
        block.begin = head
        fill(block, value)
        guard block.begin > task.begin else { return nil }
        task.end = block.begin
        task.high = task.level
        task.imbalance = .infinity
        task.level = task.low + (task.high - task.low) / 2
        return Task(begin: task.end, end: task.end, low: 0, high: 0, level: 0)
    }

    /// The end of the longest head over which the slopes add up to 0 at the level and just below it.
    private func endOfFlatHead(_ task: Task, _ resolution: Double) -> Int {
        if loss.isStrictlyConvex { return task.begin }
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

    private func fill(_ task: Task, _ value: Double) {
        (values + task.begin).update(repeating: value, count: task.end - task.begin)
    }

    /// Sums from the end of a range to its start.
    private func look(_ task: Task, _ level: Double, _ resolution: Double) -> Look {
        let loss = loss.dependsOnWidth ? loss.scaled(toWidth: width(task, level)) : loss
        var look = Look()
        var begin = task.end
        while begin > task.begin {
            let size = min(8, begin - task.begin)
            begin -= size
            let group = group(begin, size, level, resolution: resolution, loss)
            look.size += group.slopes.magnitude.sum()
            let margin = 0x1p-50 * look.size
            for lane in stride(from: size - 1, through: 0, by: -1) {
                look.slope += group.slopes[lane]
                look.curvature += group.curvatures[lane]
                let tail = look.slope.value
                if tail < look.tailSlope - margin, begin + lane > task.begin {
                    (look.tail, look.tailSlope, look.tailCurvature) = (begin + lane, tail, look.curvature)
                }
            }
        }
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

    /// The largest distance of a value from the level, or 1.
    private func width(_ task: Task, _ level: Double) -> Double {
        var largest = 0.0
        for index in task.begin..<task.end { largest = max(largest, abs(level - values[index])) }
        return largest > 0 ? largest : 1
    }
}

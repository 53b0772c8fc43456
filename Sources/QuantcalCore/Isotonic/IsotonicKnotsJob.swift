/// One fit to a predictor. `all` are the caller's points, of which `kept` have a weight; nil if all have.
struct IsotonicKnotsJob<T: IsotonicScalar> {
    struct Points {
        let x: UnsafeBufferPointer<T>
        let y: UnsafeBufferPointer<T>
        let weights: UnsafeBufferPointer<T>?
    }

    let options: IsotonicRegression.Options
    let direction: IsotonicRegression.Direction
    let output: IsotonicKnots.Output<T>
    let progress: Progress
    let all: Points
    let kept: UnsafeBufferPointer<Int>?

    /// Returns the number of knots.
    func fit(_ points: Points) throws(QuantcalError) -> Int {
        try progress(0)
        guard options.ties == .primary else {
            let sorted = try SortedPoints(points.x, points.y, points.weights)
            let ties = try IsotonicTies(
                x: sorted.x, y: sorted.y, weights: sorted.weights, origins: nil, options, direction)
            return try solve(sorted.x, ties, origins: nil)
        }
        let order = try PredictorOrder(points.x)
        let count = points.x.count
        let y = try Scratch<T>(count)
        let weights = try Scratch<T>(points.weights == nil ? 0 : count)
        let origins = try Scratch<Int>(count)
        order.gather(points.y, into: y.buffer)
        if let given = points.weights { order.gather(given, into: weights.buffer) }
        for place in 0..<count { origins.buffer[place] = order.origin(place) }
        let ties = try IsotonicTies(
            x: order.x, y: UnsafeBufferPointer(y.buffer),
            weights: points.weights.map { _ in UnsafeBufferPointer(weights.buffer) },
            origins: origins.buffer.baseAddress!, options, direction)
        return try solve(order.x, ties, origins: UnsafeBufferPointer(origins.buffer))
    }

    /// `x` ascends, `origins` are the places before that.
    private func solve(
        _ x: UnsafeBufferPointer<T>, _ ties: borrowing IsotonicTies<T>, origins: UnsafeBufferPointer<Int>?
    ) throws(QuantcalError) -> Int {
        let fitted = try Scratch<T>(ties.y.count)
        let z = fitted.buffer.baseAddress!
        var options = options
        options.direction = direction
        let sequence = IsotonicRegression.Output(fitted: z, blockWeights: nil, blocks: nil)
        _ = try IsotonicRegression.compute(
            ties.y, ties.weights, options, sequence, progress, steps: ties.steps)
        guard let target = output.fitted else {
            return try writeKnots(x, ties, z, output.knots, output.values)
        }
        // Nothing is written to the caller's memory before the last allocation.
        let curve = try Scratch<T>(2 * x.count)
        let (knots, values) = (curve.buffer.baseAddress!, curve.buffer.baseAddress! + x.count)
        let count = try writeKnots(x, ties, z, knots, values)
        let result = try Scratch<T>(all.x.count)
        try writeFitted(
            UnsafeBufferPointer(start: knots, count: count), UnsafeBufferPointer(start: values, count: count),
            result.buffer.baseAddress!)
        if let origins {
            for place in origins.indices { result.buffer[original(origins[place])] = z[place] }
        }
        if self.options.ties == .tertiary { try shift(result.buffer.baseAddress!, x, ties, z) }
        target.update(from: result.buffer.baseAddress!, count: all.x.count)
        output.knots.update(from: knots, count: count)
        output.values.update(from: values, count: count)
        return count
    }

    /// Where a point of those that have a weight is among all.
    private func original(_ index: Int) -> Int { kept.map { $0[index] } ?? index }

    /// The curve at all points: a tie has one knot, or two of one value.
    private func writeFitted(
        _ knots: UnsafeBufferPointer<T>, _ values: UnsafeBufferPointer<T>, _ target: UnsafeMutablePointer<T>
    ) throws(QuantcalError) {
        var clip = IsotonicPrediction.Options()
        clip.outside = .clip
        try IsotonicPrediction.compute(knots, values, all.x, clip, target)
    }

    /// Tertiary ties: a point lies as far from the fit of its tie as from what the tie by itself would be.
    private func shift(
        _ fitted: UnsafeMutablePointer<T>, _ x: UnsafeBufferPointer<T>, _ ties: borrowing IsotonicTies<T>,
        _ z: UnsafePointer<T>
    ) throws(QuantcalError) {
        var alone = IsotonicRegression.Options()
        (alone.loss, alone.solution, alone.direction) = (options.loss, options.solution, direction)
        let memory = try Scratch<T>(3 * ties.groups.count)
        let firsts = UnsafeMutableBufferPointer(rebasing: memory.buffer[..<ties.groups.count])
        let own = try Scratch<T>(ties.y.count)
        let results = memory.buffer.baseAddress! + ties.groups.count
        try ties.forEachGroup { (group, places, sequence) throws(QuantcalError) in
            firsts[group] = x[places.lowerBound]
            results[2 * group] = z[sequence.upperBound - 1]
            results[2 * group + 1] = ties.y[sequence.lowerBound]
            guard places.count > 1 else { return }
            let members = ties.writings(sequence)
            let target = IsotonicRegression.Output(
                fitted: own.buffer.baseAddress!, blockWeights: nil, blocks: nil)
            _ = try IsotonicRegression.compute(
                UnsafeBufferPointer(rebasing: ties.y[members]),
                ties.weights.map { UnsafeBufferPointer(rebasing: $0[members]) }, alone, target, .none)
            results[2 * group + 1] = own.buffer[places.count - 1]
        }
        let index = try KnotIndex(UnsafeBufferPointer(firsts), queries: all.x.count)
        for number in 0..<(kept?.count ?? all.x.count) {
            let point = original(number)
            let group = index.place(min(Double(all.x[point]), index.high))
            fitted[point] = T(
                Double(results[2 * group]) + (Double(all.y[point]) - Double(results[2 * group + 1])))
        }
    }

    /// A knot at each end of each run of equal values; returns their number.
    private func writeKnots(
        _ x: UnsafeBufferPointer<T>, _ ties: borrowing IsotonicTies<T>, _ z: UnsafePointer<T>,
        _ knots: UnsafeMutablePointer<T>, _ values: UnsafeMutablePointer<T>
    ) throws(QuantcalError) -> Int {
        var count = 0
        // The end of the run so far.
        var last = x[0]
        try ties.forEachGroup { (_, places, sequence) throws(QuantcalError) in
            let value =
                options.ties == .primary ? mean(z, sequence, ties.weights) : z[sequence.upperBound - 1]
            if count == 0 || value != values[count - 1] {
                if count > 0, knots[count - 1] != last {
                    (knots[count], values[count]) = (last, values[count - 1])
                    count += 1
                }
                (knots[count], values[count]) = (x[places.lowerBound], value)
                count += 1
            }
            last = x[places.upperBound - 1]
        }
        if knots[count - 1] != last {
            (knots[count], values[count]) = (last, values[count - 1])
            count += 1
        }
        return count
    }

    /// The weighted mean of fitted values, which are in order: between the first and the last.
    private func mean(
        _ z: UnsafePointer<T>, _ places: Range<Int>, _ weights: UnsafeBufferPointer<T>?
    ) -> T {
        let ends = (z[places.lowerBound], z[places.upperBound - 1])
        if ends.0 == ends.1 { return ends.0 }
        let total = places.reduce(0) { sum, place in sum + Double(weights?[place] ?? 1) }
        var mean = DoubleDouble()
        for place in places {
            // A share of each, so that no sum leaves the range of numbers.
            mean += Double(z[place]) * (Double(weights?[place] ?? 1) / total)
        }
        return min(max(T(mean.value), min(ends.0, ends.1)), max(ends.0, ends.1))
    }
}

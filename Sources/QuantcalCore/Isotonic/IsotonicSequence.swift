/// The points of a fit in the order in which it rises: a decreasing fit is that of the reversed
/// sequence. Values and weights are finite, and a weight is positive.
struct IsotonicSequence<T: IsotonicScalar> {
    let y: UnsafeBufferPointer<T>
    let weights: UnsafeBufferPointer<T>?
    let direction: IsotonicRegression.Direction

    var count: Int { y.count }

    /// Where a point lies in memory.
    @inline(__always) func place(_ index: Int) -> Int {
        direction == .increasing ? index : y.count - 1 - index
    }

    @inline(__always) func value(_ index: Int) -> T { y[place(index)] }

    @inline(__always) func weight(_ index: Int) -> Double {
        weights.map { Double($0[place(index)]) } ?? 1
    }

    var largestMagnitude: Double { y.reduce(0) { max($0, abs(Double($1))) } }

    /// Writes the optimal values of the points of positive weight to their places; those of others are
    /// not defined. `fitted` may be the memory of `y`, and is written to when nothing can fail any more.
    func minimise(
        _ loss: IsotonicRegression.Loss, _ solution: IsotonicRegression.Solution,
        fitted: UnsafeMutablePointer<T>, _ progress: Progress
    ) throws(QuantcalError) {
        switch loss {
        case .squared, .poisson, .binomial:
            let output = IsotonicRegression.Output(fitted: fitted, blockWeights: nil, blocks: nil)
            _ = try IsotonicRegression.leastSquares(y, weights, direction, output, progress)
        case .quantile(let level):
            let units = IsotonicQuantileUnits(level: level, weights: weights)
            if units.bits <= 31 {
                try IsotonicQuantile<T, Int32>(self, units).fit(solution, fitted: fitted, progress)
            } else {
                try IsotonicQuantile<T, Int128>(self, units).fit(solution, fitted: fitted, progress)
            }
        case .chebyshev: try IsotonicChebyshev(self).fit(solution, fitted: fitted, progress)
        case .expectile(let level):
            let fit = IsotonicSmoothFit(self)
            try fit.fit(ExpectileLoss(level: level), solution, fitted: fitted, progress)
        case .huber(let threshold):
            let fit = IsotonicSmoothFit(self)
            try fit.fit(HuberLoss(threshold: threshold * fit.scale), solution, fitted: fitted, progress)
        case .power(let power):
            let fit = IsotonicSmoothFit(self)
            try fit.fit(PowerLoss(power: power), solution, fitted: fitted, progress)
        }
    }
}

/// The points of an isotonic problem, in the order in which the fit rises: a decreasing fit is that
/// of the reversed sequence.
struct IsotonicPoints<T: Scalar> {
    let count: Int
    private let y: UnsafePointer<T>
    private let weights: UnsafePointer<T>?
    /// Where point 0 lies in memory, and the way to the next.
    private let first: Int
    private let step: Int

    init(y: UnsafeBufferPointer<T>, weights: UnsafeBufferPointer<T>?, reversed: Bool) {
        count = y.count
        self.y = y.baseAddress!
        self.weights = weights?.baseAddress
        first = reversed ? y.count - 1 : 0
        step = reversed ? -1 : 1
    }

    var isReversed: Bool { step < 0 }
    var hasWeights: Bool { weights != nil }

    /// Where a point lies in memory.
    @inline(__always) func place(_ index: Int) -> Int { first + index * step }

    @inline(__always) func value(_ index: Int) -> Double { Double(y[place(index)]) }
    @inline(__always) func rawValue(_ index: Int) -> T { y[place(index)] }
    @inline(__always) func rawWeight(_ index: Int) -> T { weights.map { $0[place(index)] } ?? 1 }
    @inline(__always) func weight(_ index: Int) -> Double { Double(rawWeight(index)) }

    /// What must be known before values can be summed safely.
    struct Survey {
        var largestMagnitude = 0.0
        /// The value closest to 0: subtracting it cancels a common offset and at worst doubles a value.
        var centre = Double.infinity
        var largestWeight = 0.0
        /// Every value is above the one before, and every weight positive: the data are the fit.
        var isStrictlyRising = true
    }

    func survey() -> Survey {
        var survey = Survey()
        var previous = -Double.infinity
        for index in 0..<count {
            let value = value(index)
            let magnitude = abs(value)
            survey.largestMagnitude = magnitude > survey.largestMagnitude ? magnitude : survey.largestMagnitude
            survey.centre = magnitude < abs(survey.centre) ? value : survey.centre
            survey.isStrictlyRising = survey.isStrictlyRising && value > previous
            previous = value
        }
        guard let weights else {
            survey.largestWeight = 1
            return survey
        }
        for index in 0..<count {
            let weight = Double(weights[index])
            survey.largestWeight = max(survey.largestWeight, weight)
            survey.isStrictlyRising = survey.isStrictlyRising && weight > 0
        }
        return survey
    }
}

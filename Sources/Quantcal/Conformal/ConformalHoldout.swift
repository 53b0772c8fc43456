import QuantcalCore

/// How answers from the holdout are blurred.
public typealias ConformalHoldoutMechanism = QuantcalCore.ConformalHoldout.Mechanism

/// A holdout set that may be asked again and again, by questions that depend on earlier answers: where the means
/// of a question over the training and the holdout set are close, the answer is that of the training set; else it
/// is that of the holdout, blurred, and costs one of the budget. A spent budget stays spent.
public struct ConformalHoldout: @unchecked Sendable {
    // A class below: copied before it is changed, if another value has it too.
    private var object: QuantcalCore.ConformalHoldout

    /// The answers to the questions that the budget allowed.
    public struct Answers: Equatable, Sendable {
        public let values: [Double]
        /// Whether an answer came from the holdout, and cost one of the budget.
        public let isFromHoldout: [Bool]
    }

    /// The threshold of the gap; the scale of the noise; the number of grid points (for `.grid`); how many
    /// answers may come from the holdout; the seed of the noise, which those who ask must not know.
    /// C: `qc_conformal_holdout_create` with `qc_conformal_holdout_options_init`. (There is no
    /// `qc_conformal_holdout_destroy`: memory goes with the last value.)
    public init(
        mechanism: ConformalHoldoutMechanism = .noise, threshold: Double = 0.04, sigma: Double = 0.01,
        grid: Int = 101, budget: Int = 100, seed: UInt64 = 0
    ) throws(QuantcalError) {
        object = QuantcalCore.ConformalHoldout(
            try QuantcalCore.ConformalHoldout.Options(
                mechanism: mechanism, threshold: threshold, sigma: sigma, grid: grid, budget: budget,
                seed: seed))
    }

    /// Answers questions by their means, 0 to 1, until the budget is spent: there may be fewer answers than
    /// questions. Throws `.infeasible` if it was spent before. C: `qc_conformal_holdout_ask`.
    public mutating func ask(training: [Double], holdout: [Double]) throws(QuantcalError) -> Answers {
        try requireCount(holdout.count, training.count, "holdout")
        if !isKnownUniquelyReferenced(&object) { object = object.copy() }
        let object = self.object
        var origins: [UInt8] = []
        let values = try filled(upTo: training.count) {
            (answers: UnsafeMutablePointer<Double>) throws(QuantcalError) in
            var count = 0
            origins = try filled(upTo: training.count) {
                (origins: UnsafeMutablePointer<UInt8>) throws(QuantcalError) in
                count = try withBuffer(training) { training throws(QuantcalError) in
                    try withBuffer(holdout) { holdout throws(QuantcalError) in
                        try object.answer(
                            training: training, holdout: holdout, answers, isFromHoldout: origins)
                    }
                }
                return count
            }
            return count
        }
        return Answers(values: values, isFromHoldout: origins.map { $0 != 0 })
    }

    /// How many answers from the holdout are left, and how many questions were answered.
    /// C: `qc_conformal_holdout_remaining`.
    public var remaining: (budget: Int, asked: Int) { (object.remaining, object.asked) }

    /// The holdout as bytes, the same on every machine. C: `qc_conformal_holdout_serialize`.
    public func serialized() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: object.serializedSize) { buffer, count in
            object.serialize(buffer.baseAddress!)
            count = object.serializedSize
        }
    }

    /// The holdout that `serialized` wrote. The bytes may come from anyone; what is not a holdout throws
    /// `.format`. C: `qc_conformal_holdout_deserialize`.
    public init(serialized bytes: [UInt8]) throws(QuantcalError) {
        object = try withBuffer(bytes) { bytes throws(QuantcalError) in
            try QuantcalCore.ConformalHoldout(bytes: UnsafeRawBufferPointer(bytes))
        }
    }
}

/// How wrong the answers of a holdout with a grid can be, with probability at least 1 - delta over its n points,
/// for that many questions however chosen. C: `qc_conformal_holdout_error`.
public func conformalHoldoutError(
    n: Int, questions: Int, budget: Int = 100, grid: Int = 101, threshold: Double = 0.04, delta: Double
) throws(QuantcalError) -> Double {
    try ConformalHoldoutBound(n: n, budget: budget, grid: grid, threshold: threshold, delta: delta)
        .error(questions: questions)
}

/// How many questions such a holdout can answer within an accuracy; less those that were asked, how many looks
/// are left. Throws `.infeasible` if there is none. C: `qc_conformal_holdout_questions`.
public func conformalHoldoutQuestions(
    n: Int, budget: Int = 100, grid: Int = 101, threshold: Double = 0.04, delta: Double, accuracy: Double
) throws(QuantcalError) -> Int {
    try ConformalHoldoutBound(n: n, budget: budget, grid: grid, threshold: threshold, delta: delta)
        .questions(accuracy: accuracy)
}

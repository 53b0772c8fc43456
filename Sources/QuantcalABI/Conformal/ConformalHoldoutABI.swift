import CQuantcal
import QuantcalCore

extension qc_conformal_holdout_options: OptionsStruct {
    static var defaults: Self {
        Self(
            struct_size: MemoryLayout<Self>.size, mechanism: Int32(QC_CONFORMAL_HOLDOUT_NOISE), reserved: 0,
            threshold: 0.04, sigma: 0.01, grid: 101, budget: 100, seed: 0)
    }

    fileprivate static func options(
        _ pointer: UnsafePointer<Self>?
    ) throws(QuantcalError) -> ConformalHoldout.Options {
        let options = try given(pointer)
        try Structs.reserved(options.reserved)
        return try ConformalHoldout.Options(
            mechanism: Structs.value(options.mechanism, "mechanism"), threshold: options.threshold,
            sigma: options.sigma, grid: options.grid, budget: options.budget, seed: options.seed)
    }
}

@c @implementation
public func qc_conformal_holdout_options_init(
    _ options: UnsafeMutablePointer<qc_conformal_holdout_options>!, _ size: Int
) -> qc_status {
    qc_conformal_holdout_options.initialise(options, size)
}

@c @implementation
public func qc_conformal_holdout_create(
    _ options: UnsafePointer<qc_conformal_holdout_options>!,
    _ holdout: UnsafeMutablePointer<OpaquePointer?>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        try Handles.create(holdout, "holdout") { () throws(QuantcalError) in
            ConformalHoldout(try qc_conformal_holdout_options.options(options))
        }
    }
}

@c @implementation
public func qc_conformal_holdout_destroy(_ holdout: OpaquePointer!) {
    Handles.destroy(holdout, ConformalHoldout.self)
}

@c @implementation
public func qc_conformal_holdout_ask(
    _ state: OpaquePointer!, _ training: UnsafePointer<Double>!, _ holdout: UnsafePointer<Double>!,
    _ count: Int, _ answers: UnsafeMutablePointer<Double>!, _ fromHoldout: UnsafeMutablePointer<UInt8>!,
    _ answered: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let object: ConformalHoldout = try Handles.object(state, "state")
        try Boundary.length(count, "count")
        let means = (
            try Boundary.input(training, count, "training"), try Boundary.input(holdout, count, "holdout")
        )
        let output = try Boundary.output(answers, count, "answers")
        let origins = try Boundary.optionalOutput(fromHoldout, count, "from_holdout")
        let total = try Boundary.output(answered, 1, "answered")
        try Region.requireDisjoint(
            outputs: [
                Region(answers, count, "answers"), Region(fromHoldout, count, "from_holdout"),
                Region(answered, 1, "answered"),
            ],
            inputs: [Region(training, count, "training"), Region(holdout, count, "holdout")])
        total.pointee = try object.answer(
            training: means.0, holdout: means.1, output, isFromHoldout: origins)
    }
}

@c @implementation
public func qc_conformal_holdout_remaining(
    _ state: OpaquePointer!, _ budget: UnsafeMutablePointer<Int>!, _ asked: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let object: ConformalHoldout = try Handles.object(state, "state")
        let (left, count) = (
            try Boundary.optionalOutput(budget, 1, "budget"), try Boundary.optionalOutput(asked, 1, "asked")
        )
        try Region.requireDisjoint(outputs: [Region(budget, 1, "budget"), Region(asked, 1, "asked")])
        left?.pointee = object.remaining
        count?.pointee = object.asked
    }
}

@c @implementation
public func qc_conformal_holdout_serialize(
    _ state: OpaquePointer!, _ bytes: UnsafeMutablePointer<UInt8>!, _ capacity: Int,
    _ size: UnsafeMutablePointer<Int>!
) -> qc_status {
    Handles.serialize(state, "state", as: ConformalHoldout.self, bytes, capacity, size)
}

@c @implementation
public func qc_conformal_holdout_deserialize(
    _ bytes: UnsafePointer<UInt8>!, _ size: Int, _ holdout: UnsafeMutablePointer<OpaquePointer?>!
) -> qc_status {
    Handles.deserialize(bytes, size, as: ConformalHoldout.self, holdout, "holdout")
}

@c @implementation
public func qc_conformal_holdout_error(
    _ n: Int, _ questions: Int, _ budget: Int, _ grid: Int, _ threshold: Double, _ delta: Double,
    _ error: UnsafeMutablePointer<Double>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        try Boundary.length(n, "n")
        let output = try Boundary.output(error, 1, "error")
        output.pointee = try ConformalHoldoutBound(
            n: n, budget: budget, grid: grid, threshold: threshold, delta: delta
        ).error(questions: questions)
    }
}

@c @implementation
public func qc_conformal_holdout_questions(
    _ n: Int, _ budget: Int, _ grid: Int, _ threshold: Double, _ delta: Double, _ accuracy: Double,
    _ questions: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        try Boundary.length(n, "n")
        let output = try Boundary.output(questions, 1, "questions")
        output.pointee = try ConformalHoldoutBound(
            n: n, budget: budget, grid: grid, threshold: threshold, delta: delta
        ).questions(accuracy: accuracy)
    }
}

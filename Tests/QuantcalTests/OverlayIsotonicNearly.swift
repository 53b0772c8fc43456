/// Vectors of `isotonic/nearly` through the Swift overlay.

import Quantcal

let overlayIsotonicNearlyAdapters: [String: VectorAdapter] = [
    "qc_isotonic_nearly_options_init": { _, _ in
        let y = [1.0, 3, 2]
        let direction = try overlayDefault(IsotonicDirection.allCases, same: isotonicNearly(y)(1)) {
            try isotonicNearly(y, direction: $0)(1)
        }
        return ["direction": .text(overlayWord(direction))]
    },
    "qc_isotonic_nearly_create": breakpoints,
    "qc_isotonic_nearly_breakpoints": breakpoints,
    "qc_isotonic_nearly_fit": { inputs, type in
        let lambda = try inputs.double("lambda")
        switch type {
        case .f32:
            let path: NearlyIsotonicPath<Float> = try path(inputs, isotonicNearly)
            return [
                "x": .floats(try path(lambda)),
                "degrees_of_freedom": .integer(try path.degreesOfFreedom(lambda)),
            ]
        default:
            let path: NearlyIsotonicPath<Double> = try path(inputs, isotonicNearly)
            return [
                "x": .floats(try path(lambda)),
                "degrees_of_freedom": .integer(try path.degreesOfFreedom(lambda)),
            ]
        }
    },
    "qc_isotonic_nearly_destroy": { inputs, type in
        _ = try breakpoints(inputs, type)
        return [:]
    },
]

private func path<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs,
    _ make: ([T], [T]?, IsotonicDirection, ProgressReport?) throws -> NearlyIsotonicPath<T>
) throws -> NearlyIsotonicPath<T> {
    let direction: IsotonicDirection = try overlayCase(inputs.word("direction", default: "increasing"))
    return try make(inputs.scalars("y"), inputs.optionalScalars("weights"), direction, nil)
}

@Sendable private func breakpoints(_ inputs: VectorInputs, _ type: VectorType) throws -> [String:
    VectorOutput]
{
    let lambdas =
        switch type {
        case .f32: try path(inputs, isotonicNearly as ([Float], _, _, _) throws -> _).breakpoints
        default: try path(inputs, isotonicNearly as ([Double], _, _, _) throws -> _).breakpoints
        }
    return ["lambdas": .floats(lambdas), "count": .integer(lambdas.count)]
}

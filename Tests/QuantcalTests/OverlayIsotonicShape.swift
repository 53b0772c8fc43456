/// Vectors of `isotonic/shape` through the Swift overlay.

import Quantcal

let overlayIsotonicShapeAdapters: [String: VectorAdapter] = [
    "qc_isotonic_unimodal": { inputs, type in
        switch type {
        case .f32:
            try unimodal(inputs) { (y: [Float], weights, shape, mode) in
                try isotonicUnimodal(y, weights: weights, shape: shape, mode: mode)
            }
        default:
            try unimodal(inputs) { (y: [Double], weights, shape, mode) in
                try isotonicUnimodal(y, weights: weights, shape: shape, mode: mode)
            }
        }
    },
    "qc_isotonic_unimodal_options_init": { _, _ in
        let y = [1.0, 3, 2, 4]
        let shape = try overlayDefault(IsotonicShape.allCases, same: isotonicUnimodal(y)) {
            try isotonicUnimodal(y, shape: $0)
        }
        return ["shape": .text(overlayWord(shape))]
    },
    "qc_isotonic_convex": { inputs, type in
        switch type {
        case .f32:
            try convex(inputs) { (x: [Float], y, weights, curvature, monotonicity) in
                try isotonicConvex(x, y, weights: weights, curvature: curvature, monotonicity: monotonicity)
            }
        default:
            try convex(inputs) { (x: [Double], y, weights, curvature, monotonicity) in
                try isotonicConvex(x, y, weights: weights, curvature: curvature, monotonicity: monotonicity)
            }
        }
    },
    "qc_isotonic_convex_options_init": { _, _ in
        let (x, y) = ([1.0, 2, 3, 4], [4.0, 0, 1, 3])
        let fit = try isotonicConvex(x, y)
        let curvature = try overlayDefault(IsotonicCurvature.allCases, same: fit) {
            try isotonicConvex(x, y, curvature: $0)
        }
        let monotonicity = try overlayDefault(IsotonicMonotonicity.allCases, same: fit) {
            try isotonicConvex(x, y, monotonicity: $0)
        }
        return [
            "curvature": .text(overlayWord(curvature)), "monotonicity": .text(overlayWord(monotonicity)),
        ]
    },
]

private func unimodal<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ call: ([T], [T]?, IsotonicShape, Int?) throws -> IsotonicUnimodalFit<T>
) throws -> [String: VectorOutput] {
    let shape: IsotonicShape = try overlayCase(inputs.word("shape", default: "peak"))
    let mode = try inputs.optional("mode") == nil ? nil : inputs.integer("mode")
    let fit = try call(inputs.scalars("y"), inputs.optionalScalars("weights"), shape, mode)
    return ["x": .floats(fit.x), "mode": .integer(fit.mode)]
}

private func convex<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs,
    _ call: ([T], [T], [T]?, IsotonicCurvature, IsotonicMonotonicity) throws -> IsotonicConvexFit<T>
) throws -> [String: VectorOutput] {
    let curvature: IsotonicCurvature = try overlayCase(inputs.word("curvature", default: "convex"))
    let monotonicity: IsotonicMonotonicity = try overlayCase(inputs.word("monotonicity", default: "any"))
    let fit = try call(
        inputs.scalars("x"), inputs.scalars("y"), inputs.optionalScalars("weights"), curvature, monotonicity)
    return ["fitted": .floats(fit.fitted), "knots": .floats(fit.knots), "values": .floats(fit.values)]
}

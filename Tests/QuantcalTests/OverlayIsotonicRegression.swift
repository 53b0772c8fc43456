/// Vectors of `isotonic/regression` through the Swift overlay.

import Quantcal

let overlayIsotonicRegressionAdapters: [String: VectorAdapter] = [
    "qc_isotonic_regression": { inputs, type in
        switch type {
        case .f32:
            try regression(inputs) { (y: [Float], weights, direction) in
                try isotonicRegression(y, weights: weights, direction: direction)
            }
        default:
            try regression(inputs) { (y: [Double], weights, direction) in
                try isotonicRegression(y, weights: weights, direction: direction)
            }
        }
    },
    "qc_isotonic_regression_options_init": { _, _ in
        let y = [1.0, 3, 2]
        let direction = try overlayDefault(IsotonicDirection.allCases, same: isotonicRegression(y)) {
            try isotonicRegression(y, direction: $0)
        }
        return ["direction": .text(overlayWord(direction))]
    },
]

private func regression<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ call: ([T], [T]?, IsotonicDirection) throws -> IsotonicFit<T>
) throws -> [String: VectorOutput] {
    let direction: IsotonicDirection = try overlayCase(inputs.word("direction", default: "increasing"))
    let fit = try call(inputs.scalars("y"), inputs.optionalScalars("weights"), direction)
    return ["x": .floats(fit.x), "block_weights": .floats(fit.weights), "blocks": .integers(fit.blocks)]
}

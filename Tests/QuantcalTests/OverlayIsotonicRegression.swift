/// Vectors of `isotonic/regression` through the Swift overlay.

import Quantcal

let overlayIsotonicRegressionAdapters: [String: VectorAdapter] = [
    "qc_isotonic_regression": { inputs, type in
        switch type {
        case .f32:
            try regression(inputs) { (y: [Float], weights, options) in
                try isotonicRegression(y, weights: weights, options: options)
            }
        default:
            try regression(inputs) { (y: [Double], weights, options) in
                try isotonicRegression(y, weights: weights, options: options)
            }
        }
    },
    "qc_isotonic_regression_options_init": { _, _ in
        let y = [1.0, 3, 2]
        let direction = try overlayDefault(IsotonicDirection.allCases, same: isotonicRegression(y)) {
            try isotonicRegression(y, direction: $0)
        }
        let options = IsotonicOptions()
        let isSame = options.direction == direction && options.loss == .squared
        return [
            "direction": .text(isSame ? overlayWord(direction) : "unknown"), "loss": .text("\(options.loss)"),
            "solution": .text(solutionWord(options.solution)), "level": .float(parameter(.quantile())),
            "huber_threshold": .float(parameter(.huber())), "power": .float(parameter(.power())),
            "lower_bound": .float(options.lowerBound), "upper_bound": .float(options.upperBound),
            "minimum_gap": .float(options.minimumGap),
        ]
    },
]

private func parameter(_ loss: IsotonicLoss) -> Double {
    switch loss {
    case .quantile(let value), .expectile(let value), .huber(let value), .power(let value): value
    case .squared, .chebyshev, .poisson, .binomial: .nan
    }
}

private func solutionWord(_ solution: IsotonicSolution) -> String {
    solution == .standard ? "default" : overlayWord(solution)
}

private func regression<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ call: ([T], [T]?, IsotonicOptions) throws -> IsotonicFit<T>
) throws -> [String: VectorOutput] {
    var options = IsotonicOptions()
    let direction = try inputs.word("direction", default: "increasing")
    options.direction = direction == "auto" ? nil : try overlayCase(direction)
    options.loss = try loss(inputs)
    let solution = try inputs.word("solution", default: "default")
    options.solution = try solution == "default" ? .standard : overlayCase(solution)
    options.lowerBound = try inputs.double("lower_bound", default: options.lowerBound)
    options.upperBound = try inputs.double("upper_bound", default: options.upperBound)
    options.minimumGap = try inputs.double("minimum_gap", default: options.minimumGap)
    let fit = try call(inputs.scalars("y"), inputs.optionalScalars("weights"), options)
    return ["x": .floats(fit.x), "block_weights": .floats(fit.weights), "blocks": .integers(fit.blocks)]
}

private func loss(_ inputs: VectorInputs) throws -> IsotonicLoss {
    switch try inputs.word("loss", default: "squared") {
    case "squared": .squared
    case "quantile": .quantile(level: try inputs.double("level", default: parameter(.quantile())))
    case "expectile": .expectile(level: try inputs.double("level", default: parameter(.expectile())))
    case "huber": .huber(threshold: try inputs.double("huber_threshold", default: parameter(.huber())))
    case "power": .power(try inputs.double("power", default: parameter(.power())))
    case "chebyshev": .chebyshev
    case "poisson": .poisson
    case "binomial": .binomial
    case let word: throw VectorInputs.Malformed(description: "\(word) is no loss")
    }
}

/// Vectors of `isotonic/order` through the Swift overlay.

import Quantcal

let overlayIsotonicOrderAdapters: [String: VectorAdapter] = [
    "qc_isotonic_order_points": { inputs, type in
        let (loss, solution) = try options(inputs)
        let directions = try directions(inputs)
        switch type {
        case .f32:
            let fit = try isotonicOrder(
                points: matrix(inputs, "points"), y: inputs.scalars("y", as: Float.self),
                weights: inputs.optionalScalars("weights"), directions: directions, loss: loss,
                solution: solution)
            return outputs(fit.fitted, fit.blocks, fit.blockCount)
        default:
            let fit = try isotonicOrder(
                points: matrix(inputs, "points"), y: inputs.scalars("y", as: Double.self),
                weights: inputs.optionalScalars("weights"), directions: directions, loss: loss,
                solution: solution)
            return outputs(fit.fitted, fit.blocks, fit.blockCount)
        }
    },
    "qc_isotonic_order_grid": { inputs, type in
        let (loss, solution) = try options(inputs)
        let rows: IsotonicDirection = try overlayCase(inputs.word("row_direction", default: "increasing"))
        let columns: IsotonicDirection = try overlayCase(
            inputs.word("column_direction", default: "increasing"))
        switch type {
        case .f32:
            let fit = try isotonicGrid(
                matrix(inputs, "y") as Matrix<Float>, weights: optionalMatrix(inputs, "weights"),
                rowDirection: rows, columnDirection: columns, loss: loss, solution: solution)
            return ["fitted": .floats(fit.elements)]
        default:
            let fit = try isotonicGrid(
                matrix(inputs, "y") as Matrix<Double>, weights: optionalMatrix(inputs, "weights"),
                rowDirection: rows, columnDirection: columns, loss: loss, solution: solution)
            return ["fitted": .floats(fit.elements)]
        }
    },
    "qc_isotonic_order_graph": { inputs, type in
        let (loss, solution) = try options(inputs)
        let edges = zip(try inputs.integers("from"), try inputs.integers("to")).map { (from: $0, to: $1) }
        switch type {
        case .f32:
            let fit = try isotonicGraph(
                edges: edges, y: inputs.scalars("y", as: Float.self),
                weights: inputs.optionalScalars("weights"), loss: loss, solution: solution)
            return outputs(fit.fitted, fit.blocks, fit.blockCount)
        default:
            let fit = try isotonicGraph(
                edges: edges, y: inputs.scalars("y", as: Double.self),
                weights: inputs.optionalScalars("weights"), loss: loss, solution: solution)
            return outputs(fit.fitted, fit.blocks, fit.blockCount)
        }
    },
    "qc_isotonic_order_predict": { inputs, type in
        let solution = try solution(inputs.word("solution", default: "middle"))
        switch type {
        case .f32:
            let fit: IsotonicOrderFit<Float> = try known(inputs)
            return ["predictions": .floats(try fit.predict(matrix(inputs, "queries"), solution: solution))]
        default:
            let fit: IsotonicOrderFit<Double> = try known(inputs)
            return ["predictions": .floats(try fit.predict(matrix(inputs, "queries"), solution: solution))]
        }
    },
    "qc_isotonic_order_options_init": { _, _ in
        // Each choice gives another fit of these.
        let edges = [(from: 0, to: 1), (from: 1, to: 2), (from: 2, to: 3)]
        let y = [5.0, 1, 3, 0]
        let losses: [IsotonicOrderLoss] = [.squared, .quantile(), .chebyshev]
        let loss = try overlayDefault(losses, same: isotonicGraph(edges: edges, y: y)) {
            try isotonicGraph(edges: edges, y: y, loss: $0)
        }
        // Its error of 1 leaves the others room on both sides.
        let apart = [1.0, 5, 3, 9]
        let solution = try overlayDefault(
            [.standard, .lower, .upper], same: isotonicGraph(edges: edges, y: apart, loss: .chebyshev)
        ) { try isotonicGraph(edges: edges, y: apart, loss: .chebyshev, solution: $0) }
        guard case .quantile(let level) = IsotonicOrderLoss.quantile() else { return [:] }
        return [
            "loss": .text(overlayWord(loss)),
            "solution": .text(solution == .standard ? "default" : overlayWord(solution)),
            "level": .float(level),
        ]
    },
    "qc_isotonic_order_predict_options_init": { _, _ in
        let fit = try isotonicOrder(points: Matrix([[0.0], [1]]), y: [1, 3])
        let query = try Matrix([[0.5]])
        let solution = try overlayDefault([.lower, .upper, .middle], same: fit.predict(query)) {
            try fit.predict(query, solution: $0)
        }
        return ["solution": .text(overlayWord(solution))]
    },
]

private func solution(_ word: String) throws -> IsotonicSolution {
    word == "default" ? .standard : try overlayCase(word)
}

private func options(_ inputs: VectorInputs) throws -> (IsotonicOrderLoss, IsotonicSolution) {
    let level = inputs.optional("level") == nil ? 0.5 : try inputs.double("level")
    let losses: [String: IsotonicOrderLoss] = [
        "squared": .squared, "quantile": .quantile(level: level), "chebyshev": .chebyshev,
    ]
    let word = try inputs.word("loss", default: "squared")
    guard let loss = losses[word] else { throw VectorInputs.Malformed(description: "\(word) is no loss") }
    return (loss, try solution(inputs.word("solution", default: "default")))
}

private func directions(_ inputs: VectorInputs) throws -> [IsotonicDirection]? {
    guard inputs.optional("directions") != nil else { return nil }
    return try inputs.integers("directions").map { $0 == 0 ? .increasing : .decreasing }
}

private func matrix<T: BinaryFloatingPoint>(_ inputs: VectorInputs, _ key: String) throws -> Matrix<T> {
    let matrix = try inputs.matrix(key)
    return try Matrix(rows: matrix.rows, columns: matrix.columns, elements: matrix.elements.map { T($0) })
}

private func optionalMatrix<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ key: String
) throws -> Matrix<T>? {
    inputs.optional(key) == nil ? nil : try matrix(inputs, key)
}

private func outputs<T: BinaryFloatingPoint>(
    _ fitted: [T], _ blocks: [Int], _ count: Int
) -> [String: VectorOutput] {
    ["fitted": .floats(fitted), "blocks": .integers(blocks), "block_count": .integer(count)]
}

/// A fit with the values of the case.
private func known<T: BinaryFloatingPoint>(_ inputs: VectorInputs) throws -> IsotonicOrderFit<T> {
    try IsotonicOrderFit(
        points: matrix(inputs, "points"), fitted: inputs.scalars("fitted"), directions: directions(inputs))
}

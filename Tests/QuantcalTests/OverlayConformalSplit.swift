/// Vectors of family `conformal` through the Swift overlay.

import Quantcal

let overlayConformalAdapters: [String: VectorAdapter] = [
    "qc_conformal_rank": { inputs, _ in
        ["rank": .integer(try conformalRank(n: inputs.size("n"), alpha: inputs.double("alpha")))]
    },
    "qc_conformal_threshold": { inputs, type in
        let alpha = try inputs.double("alpha")
        switch type {
        case .f32:
            let scores: [Float] = try inputs.scalars("scores")
            return ["threshold": .float(try conformalThreshold(scores, alpha: alpha))]
        default:
            let scores: [Double] = try inputs.scalars("scores")
            return ["threshold": .float(try conformalThreshold(scores, alpha: alpha))]
        }
    },
    "qc_conformal_sets": { inputs, type in
        switch type {
        case .f32:
            sets(
                try conformalSets(
                    inputs.overlayMatrix("scores", of: Float.self), threshold: inputs.scalar("threshold")))
        default:
            sets(
                try conformalSets(
                    inputs.overlayMatrix("scores", of: Double.self), threshold: inputs.scalar("threshold")))
        }
    },
    "qc_conformal_intervals": { inputs, type in
        switch type {
        case .f32:
            let mean: [Float] = try inputs.scalars("mean")
            let intervals = try conformalIntervals(mean: mean, threshold: inputs.scalar("threshold"))
            return ["lower": .floats(intervals.lower), "upper": .floats(intervals.upper)]
        default:
            let mean: [Double] = try inputs.scalars("mean")
            let intervals = try conformalIntervals(mean: mean, threshold: inputs.scalar("threshold"))
            return ["lower": .floats(intervals.lower), "upper": .floats(intervals.upper)]
        }
    },
]

private func sets(_ sets: PredictionSets) -> [String: VectorOutput] {
    ["mask": .integers(sets.mask.elements), "sizes": .integers(sets.sizes)]
}

extension VectorInputs {
    /// A matrix of the run's type.
    func overlayMatrix<T: BinaryFloatingPoint>(_ key: String, of type: T.Type) throws -> Quantcal.Matrix<T> {
        let matrix = try matrix(key)
        return try Quantcal.Matrix(
            rows: matrix.rows, columns: matrix.columns, elements: matrix.elements.map { T($0) })
    }
}

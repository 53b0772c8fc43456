/// Vectors of family `conformal`, selection, through the Swift overlay.

import Quantcal
import QuantcalCore

let overlayConformalSelectionAdapters: [String: VectorAdapter] = [
    "qc_conformal_select_options_init": { _, _ in
        let options = ConformalSelection.Options()
        return [
            "pruning": .text(options.pruning == .standard ? "default" : "\(options.pruning)"),
            "randomised": .integer(options.isRandomised ? 1 : 0), "seed": .integer(options.seed),
        ]
    },
    "qc_conformal_p_values": { inputs, type in
        let tail: ConformalTail = try overlayCase(inputs.word("tail", default: "upper"))
        let (isRandomised, seed) = try randomness(inputs)
        let first = UInt64(try inputs.integer("first_point", default: 0))
        switch type {
        case .f32:
            return [
                "p": .floats(
                    try conformalPValues(
                        calibration: inputs.scalars("calibration", as: Float.self),
                        test: inputs.scalars("test"),
                        calibrationWeights: inputs.optionalScalars("calibration_weights"),
                        testWeights: inputs.optionalScalars("test_weights"), tail: tail,
                        isRandomised: isRandomised, seed: seed, firstPoint: first))
            ]
        default:
            return [
                "p": .floats(
                    try conformalPValues(
                        calibration: inputs.scalars("calibration", as: Double.self),
                        test: inputs.scalars("test"),
                        calibrationWeights: inputs.optionalScalars("calibration_weights"),
                        testWeights: inputs.optionalScalars("test_weights"), tail: tail,
                        isRandomised: isRandomised, seed: seed, firstPoint: first))
            ]
        }
    },
    "qc_conformal_benjamini_hochberg": { inputs, _ in
        rejected(try conformalBenjaminiHochberg(p: inputs.scalars("p"), q: inputs.double("q")))
    },
    "qc_conformal_e_benjamini_hochberg": { inputs, _ in
        rejected(try conformalBenjaminiHochberg(e: inputs.scalars("e"), q: inputs.double("q")))
    },
    "qc_conformal_select": { inputs, type in
        let pruning = try pruning(inputs)
        let (isRandomised, seed) = try randomness(inputs)
        switch type {
        case .f32:
            return outputs(
                try conformalSelect(
                    calibration: inputs.scalars("calibration", as: Float.self), test: inputs.scalars("test"),
                    q: inputs.double("q"), calibrationWeights: inputs.optionalScalars("calibration_weights"),
                    testWeights: inputs.optionalScalars("test_weights"), pruning: pruning,
                    isRandomised: isRandomised, seed: seed))
        default:
            return outputs(
                try conformalSelect(
                    calibration: inputs.scalars("calibration", as: Double.self), test: inputs.scalars("test"),
                    q: inputs.double("q"), calibrationWeights: inputs.optionalScalars("calibration_weights"),
                    testWeights: inputs.optionalScalars("test_weights"), pruning: pruning,
                    isRandomised: isRandomised, seed: seed))
        }
    },
    "qc_conformal_select_models": { inputs, type in
        let (pruning, seed) = (try pruning(inputs), try randomness(inputs).seed)
        let found: (selection: SelectedPoints, chosen: [Int])
        switch type {
        case .f32:
            found = try conformalSelectModels(
                calibration: matrix(inputs, "calibration") as Matrix<Float>, test: matrix(inputs, "test"),
                q: inputs.double("q"), pruning: pruning, seed: seed)
        default:
            found = try conformalSelectModels(
                calibration: matrix(inputs, "calibration") as Matrix<Double>, test: matrix(inputs, "test"),
                q: inputs.double("q"), pruning: pruning, seed: seed)
        }
        return outputs(found.selection).merging(["chosen": .integers(found.chosen)]) { _, new in new }
    },
    "qc_conformal_select_ridge": { inputs, type in
        let (pruning, seed) = (try pruning(inputs), try randomness(inputs).seed)
        let found: (selection: SelectedPoints, chosen: [Int])
        switch type {
        case .f32:
            found = try conformalSelectRidge(
                x: matrix(inputs, "x") as Matrix<Float>, outcomes: inputs.scalars("outcomes"),
                test: matrix(inputs, "test"), penalties: inputs.scalars("penalties"), q: inputs.double("q"),
                pruning: pruning, seed: seed)
        default:
            found = try conformalSelectRidge(
                x: matrix(inputs, "x") as Matrix<Double>, outcomes: inputs.scalars("outcomes"),
                test: matrix(inputs, "test"), penalties: inputs.scalars("penalties"), q: inputs.double("q"),
                pruning: pruning, seed: seed)
        }
        return outputs(found.selection).merging(["chosen": .integers(found.chosen)]) { _, new in new }
    },
]

private func randomness(_ inputs: VectorInputs) throws -> (isRandomised: Bool, seed: UInt64) {
    (try inputs.integer("randomised", default: 0) == 1, UInt64(try inputs.integer("seed", default: 0)))
}

private func pruning(_ inputs: VectorInputs) throws -> ConformalPruning {
    let word = try inputs.word("pruning", default: "default")
    return word == "default" ? .standard : try overlayCase(word)
}

private func matrix<T: BinaryFloatingPoint>(_ inputs: VectorInputs, _ key: String) throws -> Matrix<T> {
    let matrix = try inputs.matrix(key)
    return try Matrix(rows: matrix.rows, columns: matrix.columns, elements: matrix.elements.map { T($0) })
}

private func rejected(_ mask: [Bool]) -> [String: VectorOutput] {
    ["rejected": .integers(mask.map { $0 ? 1 : 0 }), "count": .integer(mask.count { $0 })]
}

private func outputs(_ found: SelectedPoints) -> [String: VectorOutput] {
    [
        "selected": .integers(found.isSelected.map { $0 ? 1 : 0 }), "p": .floats(found.pValues),
        "e": .floats(found.eValues), "count": .integer(found.indices.count),
    ]
}

/// Vectors of family `conformal`, selection by refitted models, through the Swift overlay.

import Quantcal

let overlayConformalRefitSelectionAdapters: [String: VectorAdapter] = [
    "qc_conformal_refit_rank": { inputs, type in
        let (j, q) = (try inputs.size("j"), try inputs.double("q"))
        let found: ConformalRefitRank
        switch type {
        case .f32:
            found = try conformalRefitRank(
                calibration: inputs.scalars("calibration", as: Float.self), test: inputs.scalars("test"),
                j: j, q: q)
        default:
            found = try conformalRefitRank(
                calibration: inputs.scalars("calibration", as: Double.self), test: inputs.scalars("test"),
                j: j, q: q)
        }
        return ["rank": .integer(found.rank), "rejections": .integer(found.rejections)]
    },
    "qc_conformal_select_refitted": { inputs, _ in
        let (ranks, rejections) = (try inputs.matrix("ranks"), try inputs.matrix("rejections"))
        let both = zip(ranks.elements, rejections.elements)
            .map { ConformalRefitRank(rank: Int($0), rejections: Int($1)) }
        let word = try inputs.word("pruning", default: "default")
        let found = try conformalSelectRefitted(
            Matrix(rows: ranks.rows, columns: ranks.columns, elements: both), n: inputs.size("n"),
            q: inputs.double("q"), pruning: word == "default" ? .standard : overlayCase(word),
            seed: UInt64(inputs.integer("seed", default: 0)))
        return [
            "selected": .integers(found.selection.isSelected.map { $0 ? 1 : 0 }),
            "p": .floats(found.selection.pValues), "e": .floats(found.selection.eValues),
            "count": .integer(found.selection.indices.count), "chosen": .integers(found.chosen),
        ]
    },
]

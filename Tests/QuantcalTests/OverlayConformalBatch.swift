/// Vectors of family `conformal`, batches, through the Swift overlay.

import Quantcal

let overlayConformalBatchAdapters: [String: VectorAdapter] = [
    "qc_conformal_order_statistic": { inputs, type in
        let rank = try inputs.size("rank")
        switch type {
        case .f32: return ["value": .float(try conformalOrderStatistic(floats(inputs), rank: rank))]
        default: return ["value": .float(try conformalOrderStatistic(doubles(inputs), rank: rank))]
        }
    },
    "qc_conformal_batch_law": { inputs, _ in
        let law = try conformalBatchLaw(
            n: inputs.size("n"), m: inputs.size("m"), zeta: inputs.size("zeta"), inputs.integers("ranks"))
        return [
            "pmf": .floats(law.pmf), "at_most": .floats(law.tails.atMost),
            "at_least": .floats(law.tails.atLeast),
        ]
    },
    "qc_conformal_batch_rank": { inputs, _ in
        let bounds = try conformalBatchRank(
            n: inputs.size("n"), m: inputs.size("m"), zeta: inputs.size("zeta"),
            alphaLower: inputs.double("alpha_lower"), alphaUpper: inputs.double("alpha_upper"))
        return ["lower": .integer(bounds.lower), "upper": .integer(bounds.upper)]
    },
    "qc_conformal_batch_bracket": { inputs, _ in
        let bracket = try conformalBatchBracket(
            n: inputs.size("n"), m: inputs.size("m"), zetaLow: inputs.size("zeta_low"),
            zetaHigh: inputs.size("zeta_high"), alpha: inputs.double("alpha"))
        return [
            "lower": .integer(bracket.bounds.lower), "upper": .integer(bracket.bounds.upper),
            "probability": .float(bracket.probability),
        ]
    },
    "qc_conformal_batch_rank_sum": { inputs, _ in
        [
            "rank_sum": .integer(
                try conformalBatchRankSum(
                    n: inputs.size("n"), m: inputs.size("m"), alpha: inputs.double("alpha")))
        ]
    },
    "qc_conformal_batch_mean": { inputs, type in
        let (m, rankSum) = (try inputs.size("m"), try inputs.size("rank_sum"))
        switch type {
        case .f32:
            let bound = try conformalBatchMean(
                floats(inputs), m: m, rankSum: rankSum, upper: inputs.scalar("upper"))
            return ["bound": .float(bound)]
        default:
            let bound = try conformalBatchMean(
                doubles(inputs), m: m, rankSum: rankSum, upper: inputs.scalar("upper"))
            return ["bound": .float(bound)]
        }
    },
]

private func floats(_ inputs: VectorInputs) throws -> [Float] { try inputs.scalars("scores") }

private func doubles(_ inputs: VectorInputs) throws -> [Double] { try inputs.scalars("scores") }

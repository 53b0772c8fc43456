/// Vectors of family `conformal`, planning, through the Swift overlay.

import Quantcal

let overlayConformalPlanningAdapters: [String: VectorAdapter] = [
    "qc_conformal_coverage_law": { inputs, _ in
        tails(
            try conformalCoverageLaw(
                n: inputs.size("n"), rank: inputs.size("rank"), inputs.scalars("values")))
    },
    "qc_conformal_coverage_quantile": { inputs, _ in
        [
            "quantiles": .floats(
                try conformalCoverageQuantile(
                    n: inputs.size("n"), rank: inputs.size("rank"), levels: inputs.scalars("levels")))
        ]
    },
    "qc_conformal_covered_law": { inputs, _ in
        let law = try conformalCoveredLaw(
            n: inputs.size("n"), rank: inputs.size("rank"), m: inputs.size("m"), inputs.integers("counts"))
        return tails(law.tails).merging(["pmf": .floats(law.pmf)]) { _, new in new }
    },
    "qc_conformal_covered_quantile": { inputs, _ in
        [
            "quantiles": .integers(
                try conformalCoveredQuantile(
                    n: inputs.size("n"), rank: inputs.size("rank"), m: inputs.size("m"),
                    levels: inputs.scalars("levels")))
        ]
    },
    "qc_conformal_pac_rank": { inputs, _ in
        [
            "rank": .integer(
                try conformalPACRank(
                    n: inputs.size("n"), alpha: inputs.double("alpha"), delta: inputs.double("delta")))
        ]
    },
    "qc_conformal_pac_sample_size": { inputs, _ in
        [
            "n": .integer(
                try conformalPACSampleSize(alpha: inputs.double("alpha"), delta: inputs.double("delta")))
        ]
    },
    "qc_conformal_sample_size": { inputs, _ in
        [
            "n": .integer(
                try conformalSampleSize(
                    alpha: inputs.double("alpha"), tolerance: inputs.double("tolerance"),
                    delta: inputs.double("delta")))
        ]
    },
]

private func tails(_ tails: ConformalTails) -> [String: VectorOutput] {
    ["at_most": .floats(tails.atMost), "at_least": .floats(tails.atLeast)]
}

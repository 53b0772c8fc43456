/// Vectors of family `conformal`, risk, through the Swift overlay.

import Quantcal

let overlayConformalRiskAdapters: [String: VectorAdapter] = [
    "qc_conformal_risk_control": { inputs, _ in
        let found = try conformalRiskControl(
            inputs.overlayMatrix("losses", of: Double.self), bound: inputs.double("bound"),
            alpha: inputs.double("alpha"), monotonize: inputs.integer("monotonize", default: 0) != 0)
        return ["index": .integer(found.index), "bounds": .floats(found.bounds)]
    },
    "qc_conformal_risk_steps": { inputs, _ in
        [
            "threshold": .float(
                try conformalRiskSteps(
                    positions: inputs.scalars("positions"), drops: inputs.optionalScalars("drops"),
                    n: inputs.size("n"), bound: inputs.double("bound"), alpha: inputs.double("alpha")))
        ]
    },
    "qc_conformal_risk_p_values": { inputs, _ in
        let risks: [Double] = try inputs.scalars("risks")
        let (n, alpha) = (try inputs.size("n"), try inputs.double("alpha"))
        let bound = try inputs.word("bound", default: "")
        return [
            "p_values": .floats(
                try bound.isEmpty
                    ? conformalRiskPValues(risks, n: n, alpha: alpha)
                    : conformalRiskPValues(risks, n: n, alpha: alpha, bound: overlayCase(bound)))
        ]
    },
    "qc_conformal_risk_select": { inputs, _ in
        let values: [Double] = try inputs.scalars("p_values")
        let delta = try inputs.double("delta")
        let procedure = try inputs.word("procedure", default: "")
        guard !procedure.isEmpty else {
            return selection(try conformalRiskSelect(pValues: values, delta: delta))
        }
        return selection(
            try conformalRiskSelect(
                pValues: values, delta: delta, procedure: overlayCase(procedure),
                starts: inputs.integer("starts", default: 1)))
    },
    "qc_conformal_risk_graph": { inputs, _ in
        selection(
            try conformalRiskGraph(
                pValues: inputs.scalars("p_values"), weights: inputs.scalars("weights"),
                transitions: inputs.overlayMatrix("transitions", of: Double.self),
                delta: inputs.double("delta")))
    },
    "qc_conformal_risk_best": { inputs, _ in
        let selected = try inputs.integers("selected").map { $0 != 0 }
        return [
            "index": .integer(
                try conformalRiskBest(selected: selected, costs: inputs.optionalScalars("costs")))
        ]
    },
]

private func selection(_ selected: [Bool]) -> [String: VectorOutput] {
    [
        "selected": .integers(selected.map { $0 ? 1 : 0 }),
        "selected_count": .integer(selected.count { $0 }),
    ]
}

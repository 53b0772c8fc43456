/// Vectors of family `conformal`, information pursuit, through the Swift overlay.

import Quantcal

let overlayConformalPursuitAdapters: [String: VectorAdapter] = [
    "qc_conformal_pursuit_histories": { inputs, _ in
        let orders = try conformalPursuitHistories(
            points: inputs.size("points"), queries: inputs.size("queries"), length: inputs.size("length"),
            seed: inputs.seed(), firstPoint: UInt64(inputs.integer("first_point", default: 0)))
        return ["orders": .integers(orders.elements)]
    },
    "qc_conformal_pursuit_log_sizes": { inputs, _ in
        let sizes = try inputs.matrix("sizes")
        let weights = try inputs.optional("weights").map { _ in
            try inputs.overlayMatrix("weights", of: Double.self)
        }
        let values = try conformalPursuitLogSizes(
            Matrix(
                rows: sizes.rows, columns: sizes.columns, elements: sizes.elements.map { Int32($0) }),
            weights: weights)
        return ["log_sizes": .floats(values)]
    },
    "qc_conformal_pursuit_choose": { inputs, _ in
        let choice = try conformalPursuitChoose(
            inputs.scalars("log_sizes"), asked: inputs.optionalIntegers("asked").map { $0.map { $0 != 0 } })
        return ["index": .integer(choice.index), "spread": .float(choice.spread)]
    },
    "qc_conformal_pursuit_entropy_bound": { inputs, _ in
        let (classes, n) = (try inputs.size("classes"), try inputs.size("n"))
        let (alpha, size) = (try inputs.double("alpha"), try inputs.double("mean_size"))
        let kind = try inputs.word("kind", default: "")
        return [
            "bound": .float(
                try kind.isEmpty
                    ? conformalPursuitEntropyBound(classes: classes, n: n, alpha: alpha, meanSize: size)
                    : conformalPursuitEntropyBound(
                        classes: classes, n: n, alpha: alpha, meanSize: size, kind: overlayCase(kind)))
        ]
    },
]

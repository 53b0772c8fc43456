/// Vectors of family `conformal`, information pursuit, through the C ABI.

import CQuantcal

let abiConformalPursuitAdapters: [String: VectorAdapter] = [
    "qc_conformal_pursuit_histories": { inputs, _ in
        let (points, length) = (try inputs.size("points"), try inputs.size("length"))
        let orders = ABIBuffer<Int32>(points * length)
        try abiCall(
            qc_conformal_pursuit_histories(
                inputs.seed(), UInt64(inputs.integer("first_point", default: 0)), points,
                inputs.size("queries"), length, orders.pointer), orders)
        return ["orders": .integers(orders.elements)]
    },
    "qc_conformal_pursuit_log_sizes": { inputs, _ in
        let sizes = try inputs.matrix("sizes")
        let weights = try inputs.optional("weights").map { _ in try inputs.matrix("weights").elements }
        let logSizes = ABIBuffer<Double>(sizes.rows)
        try abiCall(
            qc_conformal_pursuit_log_sizes(
                sizes.elements.map { Int32($0) }, weights, sizes.rows, sizes.columns, logSizes.pointer),
            logSizes)
        return ["log_sizes": .floats(logSizes.elements)]
    },
    "qc_conformal_pursuit_choose": { inputs, _ in
        let values: [Double] = try inputs.scalars("log_sizes")
        let asked = try inputs.optionalIntegers("asked").map { $0.map { UInt8($0) } }
        let (index, spread) = (ABIBuffer<Int>(1), ABIBuffer<Double>(1))
        try abiCall(
            qc_conformal_pursuit_choose(values, asked, values.count, index.pointer, spread.pointer), index,
            spread)
        return ["index": .integers(index.elements), "spread": .floats(spread.elements)]
    },
    "qc_conformal_pursuit_entropy_bound": { inputs, _ in
        let kind = try abiConstant(
            inputs.word("kind", default: "sharp"),
            ["sharp": QC_CONFORMAL_PURSUIT_SHARP, "published": QC_CONFORMAL_PURSUIT_PUBLISHED])
        let bound = ABIBuffer<Double>(1)
        try abiCall(
            qc_conformal_pursuit_entropy_bound(
                inputs.size("classes"), inputs.size("n"), inputs.double("alpha"), inputs.double("mean_size"),
                kind, bound.pointer), bound)
        return ["bound": .floats(bound.elements)]
    },
]

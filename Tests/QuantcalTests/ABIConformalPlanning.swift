/// Vectors of family `conformal`, planning, through the C ABI.

import CQuantcal

let abiConformalPlanningAdapters: [String: VectorAdapter] = [
    "qc_conformal_coverage_law": { inputs, _ in
        let values: [Double] = try inputs.scalars("values")
        let (most, least) = (ABIBuffer<Double>(values.count), ABIBuffer<Double>(values.count))
        let (n, rank) = (try inputs.size("n"), try inputs.size("rank"))
        try abiCall(
            qc_conformal_coverage_law(n, rank, values, values.count, most.pointer, least.pointer), most, least
        )
        return ["at_most": .floats(most.elements), "at_least": .floats(least.elements)]
    },
    "qc_conformal_coverage_quantile": { inputs, _ in
        let levels: [Double] = try inputs.scalars("levels")
        let quantiles = ABIBuffer<Double>(levels.count)
        let (n, rank) = (try inputs.size("n"), try inputs.size("rank"))
        try abiCall(
            qc_conformal_coverage_quantile(n, rank, levels, levels.count, quantiles.pointer), quantiles)
        return ["quantiles": .floats(quantiles.elements)]
    },
    "qc_conformal_covered_law": { inputs, _ in
        let counts = try inputs.integers("counts")
        let pmf = ABIBuffer<Double>(counts.count)
        let (most, least) = (ABIBuffer<Double>(counts.count), ABIBuffer<Double>(counts.count))
        try abiCall(
            qc_conformal_covered_law(
                inputs.size("n"), inputs.size("rank"), inputs.size("m"), counts, counts.count, pmf.pointer,
                most.pointer, least.pointer), pmf, most, least)
        return [
            "pmf": .floats(pmf.elements), "at_most": .floats(most.elements),
            "at_least": .floats(least.elements),
        ]
    },
    "qc_conformal_covered_quantile": { inputs, _ in
        let levels: [Double] = try inputs.scalars("levels")
        let quantiles = ABIBuffer<Int>(levels.count)
        try abiCall(
            qc_conformal_covered_quantile(
                inputs.size("n"), inputs.size("rank"), inputs.size("m"), levels, levels.count,
                quantiles.pointer), quantiles)
        return ["quantiles": .integers(quantiles.elements)]
    },
    "qc_conformal_pac_rank": { inputs, _ in
        let rank = ABIBuffer<Int>(1)
        try abiCall(
            qc_conformal_pac_rank(
                inputs.size("n"), inputs.double("alpha"), inputs.double("delta"), rank.pointer), rank)
        return ["rank": .integers(rank.elements)]
    },
    "qc_conformal_pac_sample_size": { inputs, _ in
        let n = ABIBuffer<Int>(1)
        try abiCall(
            qc_conformal_pac_sample_size(inputs.double("alpha"), inputs.double("delta"), n.pointer), n)
        return ["n": .integers(n.elements)]
    },
    "qc_conformal_sample_size": { inputs, _ in
        let n = ABIBuffer<Int>(1)
        try abiCall(
            qc_conformal_sample_size(
                inputs.double("alpha"), inputs.double("tolerance"), inputs.double("delta"), n.pointer), n)
        return ["n": .integers(n.elements)]
    },
]

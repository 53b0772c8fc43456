/// Vectors of family `conformal`, risk, through the C ABI.

import CQuantcal

let abiConformalRiskAdapters: [String: VectorAdapter] = [
    "qc_conformal_risk_control": { inputs, _ in
        let losses = try inputs.matrix("losses")
        let (bounds, index) = (ABIBuffer<Double>(losses.columns), ABIBuffer<Int>(1))
        try abiCall(
            qc_conformal_risk_control(
                losses.elements, losses.rows, losses.columns, inputs.double("bound"), inputs.double("alpha"),
                Int32(inputs.integer("monotonize", default: 0)), bounds.pointer, index.pointer), bounds, index
        )
        return ["bounds": .floats(bounds.elements), "index": .integers(index.elements)]
    },
    "qc_conformal_risk_steps": { inputs, _ in
        let positions: [Double] = try inputs.scalars("positions")
        let drops: [Double]? = try inputs.optionalScalars("drops")
        let threshold = ABIBuffer<Double>(1)
        try abiCall(
            qc_conformal_risk_steps(
                positions, drops, positions.count, inputs.size("n"), inputs.double("bound"),
                inputs.double("alpha"), threshold.pointer), threshold)
        return ["threshold": .floats(threshold.elements)]
    },
    "qc_conformal_risk_p_values": { inputs, _ in
        let risks: [Double] = try inputs.scalars("risks")
        let bound = try abiConstant(
            inputs.word("bound", default: "hoeffding_bentkus"),
            [
                "hoeffding_bentkus": QC_CONFORMAL_RISK_HOEFFDING_BENTKUS,
                "hoeffding": QC_CONFORMAL_RISK_HOEFFDING, "bentkus": QC_CONFORMAL_RISK_BENTKUS,
                "binomial": QC_CONFORMAL_RISK_BINOMIAL,
            ])
        let values = ABIBuffer<Double>(risks.count)
        try abiCall(
            qc_conformal_risk_p_values(
                risks, risks.count, inputs.size("n"), inputs.double("alpha"), bound, values.pointer), values)
        return ["p_values": .floats(values.elements)]
    },
    "qc_conformal_risk_select": { inputs, _ in
        let values: [Double] = try inputs.scalars("p_values")
        let procedure = try abiConstant(
            inputs.word("procedure", default: "holm"),
            [
                "holm": QC_CONFORMAL_RISK_HOLM, "bonferroni": QC_CONFORMAL_RISK_BONFERRONI,
                "fixed_sequence": QC_CONFORMAL_RISK_FIXED_SEQUENCE,
            ])
        let (selected, count) = (ABIBuffer<UInt8>(values.count), ABIBuffer<Int>(1))
        try abiCall(
            qc_conformal_risk_select(
                values, values.count, inputs.double("delta"), procedure,
                inputs.integer("starts", default: 1), selected.pointer, count.pointer), selected, count)
        return ["selected": .integers(selected.elements), "selected_count": .integers(count.elements)]
    },
    "qc_conformal_risk_graph": { inputs, _ in
        let values: [Double] = try inputs.scalars("p_values")
        let weights: [Double] = try inputs.scalars("weights")
        let transitions = try inputs.matrix("transitions").elements
        let (selected, count) = (ABIBuffer<UInt8>(values.count), ABIBuffer<Int>(1))
        try abiCall(
            qc_conformal_risk_graph(
                values, weights, transitions, values.count, inputs.double("delta"), selected.pointer,
                count.pointer), selected, count)
        return ["selected": .integers(selected.elements), "selected_count": .integers(count.elements)]
    },
    "qc_conformal_risk_best": { inputs, _ in
        let selected = try inputs.integers("selected").map { UInt8($0) }
        let costs: [Double]? = try inputs.optionalScalars("costs")
        let index = ABIBuffer<Int>(1)
        try abiCall(qc_conformal_risk_best(selected, costs, selected.count, index.pointer), index)
        return ["index": .integers(index.elements)]
    },
]

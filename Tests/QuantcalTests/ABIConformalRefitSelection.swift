/// Vectors of family `conformal`, selection by refitted models, through the C ABI.

import CQuantcal

let abiConformalRefitSelectionAdapters: [String: VectorAdapter] = [
    "qc_conformal_refit_rank": { inputs, type in
        switch type {
        case .f32: try refitRank(inputs, qc_conformal_refit_rank_f32)
        default: try refitRank(inputs, qc_conformal_refit_rank_f64)
        }
    },
    "qc_conformal_select_refitted": { inputs, _ in
        let (ranks, rejections) = (try inputs.matrix("ranks"), try inputs.matrix("rejections"))
        var options = qc_conformal_select_options()
        try abiCall(qc_conformal_select_options_init(&options, MemoryLayout.size(ofValue: options)))
        options.pruning = try abiConstant(inputs.word("pruning", default: "default"), prunings)
        options.seed = UInt64(try inputs.integer("seed", default: 0))
        let m = ranks.rows
        let (selected, p, e) = (ABIBuffer<UInt8>(m), ABIBuffer<Double>(m), ABIBuffer<Double>(m))
        let (chosen, count) = (ABIBuffer<Int>(m), ABIBuffer<Int>(1))
        try abiCall(
            qc_conformal_select_refitted(
                ranks.elements.map { Int($0) }, rejections.elements.map { Int($0) }, m, ranks.columns,
                inputs.size("n"), inputs.double("q"), &options, selected.pointer, p.pointer, e.pointer,
                chosen.pointer, count.pointer), selected, p, e, chosen, count)
        return [
            "selected": .integers(selected.elements), "p": .floats(p.elements), "e": .floats(e.elements),
            "chosen": .integers(chosen.elements), "count": .integers(count.elements),
        ]
    },
]

private let prunings = [
    "default": QC_CONFORMAL_PRUNING_DEFAULT, "none": QC_CONFORMAL_PRUNING_NONE,
    "heterogeneous": QC_CONFORMAL_PRUNING_HETEROGENEOUS, "homogeneous": QC_CONFORMAL_PRUNING_HOMOGENEOUS,
    "deterministic": QC_CONFORMAL_PRUNING_DETERMINISTIC,
]

private typealias RefitRank<T> = (
    UnsafePointer<T>?, Int, UnsafePointer<T>?, Int, Int, Double, UnsafeMutablePointer<Int>?,
    UnsafeMutablePointer<Int>?
) -> qc_status

private func refitRank<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ function: RefitRank<T>
) throws -> [String: VectorOutput] {
    let (calibration, test): ([T], [T]) = (try inputs.scalars("calibration"), try inputs.scalars("test"))
    let (rank, rejections) = (ABIBuffer<Int>(1), ABIBuffer<Int>(1))
    try abiCall(
        function(
            calibration, calibration.count, test, test.count, inputs.size("j"), inputs.double("q"),
            rank.pointer, rejections.pointer), rank, rejections)
    return ["rank": .integers(rank.elements), "rejections": .integers(rejections.elements)]
}

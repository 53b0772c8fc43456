/// Vectors of clusters of classes through the C ABI.

import CQuantcal

let abiConformalClustersAdapters: [String: VectorAdapter] = [
    "qc_conformal_cluster_options_init": { _, _ in
        let options = try initialOptions()
        return [
            "cluster_count": .integer(options.cluster_count), "rare": .text(rares[Int(options.rare)]),
            "restarts": .integer(options.restarts), "seed": .integer(options.seed),
        ]
    },
    "qc_conformal_cluster_plan": { inputs, _ in
        let counts = try inputs.integers("counts").map { Int64($0) }
        let (fraction, clusters) = (ABIBuffer<Double>(1), ABIBuffer<Int>(1))
        try abiCall(
            qc_conformal_cluster_plan(
                counts, counts.count, inputs.double("alpha"), fraction.pointer, clusters.pointer),
            fraction, clusters)
        return ["fraction": .floats(fraction.elements), "cluster_count": .integers(clusters.elements)]
    },
    "qc_conformal_class_clusters": { inputs, type in
        switch type {
        case .f32: try clusters(inputs, qc_conformal_class_clusters_f32)
        default: try clusters(inputs, qc_conformal_class_clusters_f64)
        }
    },
]

private let rares = ["marginal", "none"]

private func initialOptions() throws -> qc_conformal_cluster_options {
    var options = qc_conformal_cluster_options()
    try abiCall(qc_conformal_cluster_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private func clusters<T: BinaryFloatingPoint & BitwiseCopyable>(
    _ inputs: VectorInputs,
    _ function: (
        UnsafePointer<T>?, UnsafePointer<Int64>?, Int, Int, Double,
        UnsafePointer<qc_conformal_cluster_options>?,
        UnsafeMutablePointer<Int64>?, UnsafeMutablePointer<Int>?
    ) -> qc_status
) throws -> [String: VectorOutput] {
    let scores: [T] = try inputs.scalars("scores")
    let labels = try inputs.integers("labels").map { Int64($0) }
    var options = try initialOptions()
    options.cluster_count = Int32(try inputs.integer("cluster_count", default: Int(options.cluster_count)))
    options.rare = Int32(rares.firstIndex(of: try inputs.word("rare", default: rares[Int(options.rare)]))!)
    options.restarts = Int32(try inputs.integer("restarts", default: Int(options.restarts)))
    options.seed = UInt64(try inputs.integer("seed", default: Int(options.seed)))
    let (clusters, count) = (ABIBuffer<Int64>(try inputs.size("class_count")), ABIBuffer<Int>(1))
    try abiCall(
        function(
            scores, labels, labels.count, inputs.size("class_count"), inputs.double("alpha"), &options,
            clusters.pointer, count.pointer), clusters, count)
    return ["clusters": .integers(clusters.elements), "cluster_count": .integers(count.elements)]
}

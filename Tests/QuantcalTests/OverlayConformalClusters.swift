/// Vectors of clusters of classes through the Swift overlay.

import Quantcal

let overlayConformalClustersAdapters: [String: VectorAdapter] = [
    "qc_conformal_cluster_options_init": { _, _ in
        let options = ConformalClusterOptions()
        return [
            "cluster_count": .integer(options.clusterCount), "rare": .text(overlayWord(options.rare)),
            "restarts": .integer(options.restarts), "seed": .integer(options.seed),
        ]
    },
    "qc_conformal_cluster_plan": { inputs, _ in
        let plan = try conformalClusterPlan(
            counts: inputs.integers("counts").map { Int64($0) }, alpha: inputs.double("alpha"))
        return ["fraction": .floats([plan.fraction]), "cluster_count": .integer(plan.clusterCount)]
    },
    "qc_conformal_class_clusters": { inputs, type in
        let labels = try inputs.integers("labels").map { Int64($0) }
        let (classes, alpha) = (try inputs.size("class_count"), try inputs.double("alpha"))
        let options = try options(inputs)
        switch type {
        case .f32:
            let scores: [Float] = try inputs.scalars("scores")
            return output(
                try conformalClassClusters(
                    scores: scores, labels: labels, classCount: classes, alpha: alpha, options: options))
        default:
            let scores: [Double] = try inputs.scalars("scores")
            return output(
                try conformalClassClusters(
                    scores: scores, labels: labels, classCount: classes, alpha: alpha, options: options))
        }
    },
]

private func options(_ inputs: VectorInputs) throws -> ConformalClusterOptions {
    let standard = ConformalClusterOptions()
    return try ConformalClusterOptions(
        clusterCount: inputs.integer("cluster_count", default: standard.clusterCount),
        rare: overlayCase(inputs.word("rare", default: overlayWord(standard.rare))),
        restarts: inputs.integer("restarts", default: standard.restarts),
        seed: UInt64(inputs.integer("seed", default: Int(standard.seed))))
}

private func output(_ found: (clusters: [Int64], clusterCount: Int)) -> [String: VectorOutput] {
    ["clusters": .integers(found.clusters), "cluster_count": .integer(found.clusterCount)]
}

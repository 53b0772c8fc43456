import QuantcalCore

/// How clusters are made. The defaults are those of `qc_conformal_cluster_options_init`.
public typealias ConformalClusterOptions = ConformalClusters.Options
public typealias RareClasses = ConformalClusters.Rare
/// The part of the calibration points that makes the clusters, and how many to ask for.
public typealias ConformalClusterPlan = ConformalClusters.Plan

/// How to part calibration points between clusters and calibration. C: `qc_conformal_cluster_plan`.
///
/// - Parameter counts: calibration points of each class.
public func conformalClusterPlan(
    counts: [Int64], alpha: Double
) throws(QuantcalError) -> ConformalClusterPlan {
    try withBuffer(counts) { counts throws(QuantcalError) in
        try ConformalClusters.plan(counts: counts, alpha: alpha)
    }
}

/// Clusters of classes whose scores are distributed alike: groups for a `ConformalCalibrator` with one group more,
/// the last being of all points. C: `qc_conformal_class_clusters_f64`.
///
/// - Parameters:
///   - scores: of the true labels, of points that the calibrator does not get.
///   - labels: 0 to `classCount` - 1.
///   - progress: hears how far the work is, and may stop it.
/// - Returns: the cluster of each class, `clusterCount` for the null cluster, or -1.
/// - Throws: `QuantcalError` for NaN, an unknown label, or when stopped.
public func conformalClassClusters(
    scores: [Double], labels: [Int64], classCount: Int, alpha: Double,
    options: ConformalClusterOptions = ConformalClusterOptions(), progress: ProgressReport? = nil
) throws(QuantcalError) -> (clusters: [Int64], clusterCount: Int) {
    try classClusters(scores, labels, classCount) { scores, labels, output throws(QuantcalError) in
        try ConformalClusters.classClusters(
            scores: scores, labels: labels, classCount: classCount, alpha: alpha, options: options,
            progress: Progress(progress), output: output)
    }
}

/// The same in single precision. C: `qc_conformal_class_clusters_f32`.
public func conformalClassClusters(
    scores: [Float], labels: [Int64], classCount: Int, alpha: Double,
    options: ConformalClusterOptions = ConformalClusterOptions(), progress: ProgressReport? = nil
) throws(QuantcalError) -> (clusters: [Int64], clusterCount: Int) {
    try classClusters(scores, labels, classCount) { scores, labels, output throws(QuantcalError) in
        try ConformalClusters.classClusters(
            scores: scores, labels: labels, classCount: classCount, alpha: alpha, options: options,
            progress: Progress(progress), output: output)
    }
}

private func classClusters<Scalar: BitwiseCopyable>(
    _ scores: [Scalar], _ labels: [Int64], _ classCount: Int,
    _ call: (
        UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Int64>, UnsafeMutablePointer<Int64>
    ) throws(QuantcalError) -> Int
) throws(QuantcalError) -> (clusters: [Int64], clusterCount: Int) {
    try requireCount(labels.count, scores.count, "labels")
    guard (0...Int(Int32.max)).contains(classCount) else {
        throw QuantcalError(.size, "class_count is \(classCount); class_count must be at most \(Int32.max)")
    }
    var count = 0
    let clusters = try filled(classCount) { (output: UnsafeMutablePointer<Int64>) throws(QuantcalError) in
        count = try withBuffer(scores) { scores throws(QuantcalError) in
            try withBuffer(labels) { labels throws(QuantcalError) in
                try call(scores, labels, output)
            }
        }
    }
    return (clusters, count)
}

import CQuantcal
import QuantcalCore

extension qc_conformal_cluster_options: OptionsStruct {
    static var defaults: Self {
        Self(
            struct_size: MemoryLayout<Self>.size, cluster_count: 0, rare: 0, restarts: 10, reserved: 0,
            seed: 0,
            progress: qc_progress())
    }

    fileprivate func core() throws(QuantcalError) -> ConformalClusters.Options {
        try Structs.reserved(reserved)
        return try ConformalClusters.Options(
            clusterCount: Int(cluster_count), rare: Structs.value(rare, "rare"), restarts: Int(restarts),
            seed: seed)
    }
}

@c @implementation
public func qc_conformal_cluster_options_init(
    _ options: UnsafeMutablePointer<qc_conformal_cluster_options>!, _ size: Int
) -> qc_status { qc_conformal_cluster_options.initialise(options, size) }

@c @implementation
public func qc_conformal_cluster_plan(
    _ counts: UnsafePointer<Int64>!, _ classCount: Int, _ alpha: Double,
    _ fraction: UnsafeMutablePointer<Double>!, _ clusterCount: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        try ConformalClusters.requireClasses(classCount)
        let input = try Boundary.input(counts, classCount, "counts")
        let part = try Boundary.output(fraction, 1, "fraction")
        let number = try Boundary.output(clusterCount, 1, "cluster_count")
        try Region.requireDisjoint(
            outputs: [Region(fraction, 1, "fraction"), Region(clusterCount, 1, "cluster_count")],
            inputs: [Region(counts, classCount, "counts")])
        let plan = try ConformalClusters.plan(counts: input, alpha: alpha)
        (part.pointee, number.pointee) = (plan.fraction, plan.clusterCount)
    }
}

private func classClusters<T>(
    _ scores: UnsafePointer<T>?, _ labels: UnsafePointer<Int64>?, _ n: Int, _ classCount: Int,
    _ options: UnsafePointer<qc_conformal_cluster_options>?,
    _ outputs: (clusters: UnsafeMutablePointer<Int64>?, count: UnsafeMutablePointer<Int>?),
    _ compute: (
        UnsafeBufferPointer<T>, UnsafeBufferPointer<Int64>, ConformalClusters.Options, Progress,
        UnsafeMutablePointer<Int64>
    ) throws(QuantcalError) -> Int
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let given = try qc_conformal_cluster_options.given(options)
        let core = try given.core()
        try Boundary.length(n, "n")
        try ConformalClusters.requireClasses(classCount)
        let values = try Boundary.input(scores, n, "scores")
        let classes = try Boundary.input(labels, n, "labels")
        let clusters = try Boundary.output(outputs.clusters, classCount, "clusters")
        let count = try Boundary.output(outputs.count, 1, "cluster_count")
        try Region.requireDisjoint(
            outputs: [
                Region(outputs.clusters, classCount, "clusters"), Region(outputs.count, 1, "cluster_count"),
            ],
            inputs: [Region(scores, n, "scores"), Region(labels, n, "labels")])
        count.pointee = try compute(values, classes, core, Structs.progress(given.progress), clusters)
    }
}

@c @implementation
public func qc_conformal_class_clusters_f64(
    _ scores: UnsafePointer<Double>!, _ labels: UnsafePointer<Int64>!, _ n: Int, _ classCount: Int,
    _ alpha: Double, _ options: UnsafePointer<qc_conformal_cluster_options>!,
    _ clusters: UnsafeMutablePointer<Int64>!, _ clusterCount: UnsafeMutablePointer<Int>!
) -> qc_status {
    classClusters(scores, labels, n, classCount, options, (clusters, clusterCount)) {
        scores, labels, options, progress, output throws(QuantcalError) in
        try ConformalClusters.classClusters(
            scores: scores, labels: labels, classCount: classCount, alpha: alpha, options: options,
            progress: progress, output: output)
    }
}

@c @implementation
public func qc_conformal_class_clusters_f32(
    _ scores: UnsafePointer<Float>!, _ labels: UnsafePointer<Int64>!, _ n: Int, _ classCount: Int,
    _ alpha: Double, _ options: UnsafePointer<qc_conformal_cluster_options>!,
    _ clusters: UnsafeMutablePointer<Int64>!, _ clusterCount: UnsafeMutablePointer<Int>!
) -> qc_status {
    classClusters(scores, labels, n, classCount, options, (clusters, clusterCount)) {
        scores, labels, options, progress, output throws(QuantcalError) in
        try ConformalClusters.classClusters(
            scores: scores, labels: labels, classCount: classCount, alpha: alpha, options: options,
            progress: progress, output: output)
    }
}

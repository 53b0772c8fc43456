import CQuantcal
import QuantcalCore

extension qc_quantize_samples_options: OptionsStruct {
    static var defaults: Self {
        let core = CalibrationSamples()
        return Self(
            struct_size: MemoryLayout<Self>.size, seed: core.seed, clusters: core.clusters,
            method: core.method.rawValue, restarts: Int32(core.restarts), draw: core.draw.rawValue,
            reserved: 0, radius: core.radius, diversity: core.diversity, fence: core.fence, mean: core.mean,
            deviation: core.deviation, progress: qc_progress())
    }

    /// Without the choices, of which each function has its own.
    fileprivate func core() throws(QuantcalError) -> CalibrationSamples {
        try Structs.reserved(reserved)
        var core = CalibrationSamples()
        (core.seed, core.clusters, core.restarts) = (seed, clusters, Int(restarts))
        (core.radius, core.diversity, core.fence) = (radius, diversity, fence)
        (core.mean, core.deviation) = (mean, deviation)
        return core
    }
}

@c @implementation
public func qc_quantize_samples_options_init(
    _ options: UnsafeMutablePointer<qc_quantize_samples_options>!, _ size: Int
) -> qc_status { qc_quantize_samples_options.initialise(options, size) }

@c @implementation
public func qc_quantize_samples_filter_f64(
    _ statistics: UnsafePointer<Double>!, _ n: Int, _ statistic_count: Int,
    _ categories: UnsafePointer<Int64>!, _ options: UnsafePointer<qc_quantize_samples_options>!,
    _ kept: UnsafeMutablePointer<UInt8>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let core = try qc_quantize_samples_options.given(options).core()
        let count = try Boundary.product(n, statistic_count, ("n", "statistic_count"))
        let input = try Boundary.input(statistics, count, "statistics")
        let labels = try Boundary.optionalInput(categories, n, "categories")
        let output = try Boundary.output(kept, n, "kept")
        try Region.requireDisjoint(
            outputs: [Region(kept, n, "kept")],
            inputs: [Region(statistics, count, "statistics"), Region(categories, n, "categories")])
        try core.filter(input, count: n, statisticCount: statistic_count, categories: labels, into: output)
    }
}

@c @implementation
public func qc_quantize_samples_select_f32(
    _ features: UnsafePointer<Float>!, _ n: Int, _ dimension: Int, _ kept: UnsafePointer<UInt8>!,
    _ choose: Int, _ options: UnsafePointer<qc_quantize_samples_options>!,
    _ chosen: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let given = try qc_quantize_samples_options.given(options)
        var core = try given.core()
        core.method = try Structs.value(given.method, "method")
        let count = try Boundary.product(n, dimension, ("n", "dimension"))
        let input = try Boundary.input(features, count, "features")
        let there = try Boundary.optionalInput(kept, n, "kept")
        let output = try Boundary.output(chosen, choose, "chosen")
        try Region.requireDisjoint(
            outputs: [Region(chosen, choose, "chosen")],
            inputs: [Region(features, count, "features"), Region(kept, n, "kept")])
        try core.select(
            input, count: n, dimension: dimension, kept: there, choose: choose,
            Structs.progress(given.progress), into: output)
    }
}

@c @implementation
public func qc_quantize_samples_allocate_f32(
    _ features: UnsafePointer<Float>!, _ n: Int, _ dimension: Int, _ total: Int,
    _ options: UnsafePointer<qc_quantize_samples_options>!, _ weights: UnsafeMutablePointer<Double>!,
    _ counts: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let given = try qc_quantize_samples_options.given(options)
        let core = try given.core()
        let count = try Boundary.product(n, dimension, ("n", "dimension"))
        let input = try Boundary.input(features, count, "features")
        let shares = try Boundary.optionalOutput(weights, n, "weights")
        let output = try Boundary.output(counts, n, "counts")
        try Region.requireDisjoint(
            outputs: [Region(weights, n, "weights"), Region(counts, n, "counts")],
            inputs: [Region(features, count, "features")])
        try core.allocate(
            input, count: n, dimension: dimension, total: total, Structs.progress(given.progress),
            weights: shares, counts: output)
    }
}

@c @implementation
public func qc_quantize_samples_steps(
    _ steps: Int, _ count: Int, _ options: UnsafePointer<qc_quantize_samples_options>!,
    _ chosen: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let given = try qc_quantize_samples_options.given(options)
        var core = try given.core()
        core.draw = try Structs.value(given.draw, "draw")
        let output = try Boundary.output(chosen, count, "chosen")
        try core.steps(of: steps, count: count, into: output)
    }
}

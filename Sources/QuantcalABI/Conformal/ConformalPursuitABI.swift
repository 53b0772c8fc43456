import CQuantcal
import QuantcalCore

@c @implementation
public func qc_conformal_pursuit_histories(
    _ seed: UInt64, _ first_point: UInt64, _ points: Int, _ queries: Int, _ length: Int,
    _ orders: UnsafeMutablePointer<Int32>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let count = try Boundary.product(points, length, ("points", "length"))
        let output = try Boundary.output(orders, count, "orders")
        try ConformalPursuit.histories(
            seed: seed, firstPoint: first_point, points: points, queries: queries, length: length, output)
    }
}

@c @implementation
public func qc_conformal_pursuit_log_sizes(
    _ sizes: UnsafePointer<Int32>!, _ weights: UnsafePointer<Double>!, _ queries: Int, _ samples: Int,
    _ log_sizes: UnsafeMutablePointer<Double>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let count = try Boundary.product(queries, samples, ("queries", "samples"))
        let given = try Boundary.input(sizes, count, "sizes")
        let shares = try Boundary.optionalInput(weights, count, "weights")
        let output = try Boundary.output(log_sizes, queries, "log_sizes")
        try Region.requireDisjoint(
            outputs: [Region(log_sizes, queries, "log_sizes")],
            inputs: [Region(sizes, count, "sizes"), Region(weights, count, "weights")])
        try ConformalPursuit.logSizes(
            sizes: given, weights: shares, queries: queries, samples: samples, output)
    }
}

@c @implementation
public func qc_conformal_pursuit_choose(
    _ log_sizes: UnsafePointer<Double>!, _ asked: UnsafePointer<UInt8>!, _ queries: Int,
    _ index: UnsafeMutablePointer<Int>!, _ spread: UnsafeMutablePointer<Double>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        try Boundary.length(queries, "queries")
        let values = try Boundary.input(log_sizes, queries, "log_sizes")
        let closed = try Boundary.optionalInput(asked, queries, "asked")
        let place = try Boundary.output(index, 1, "index")
        let width = try Boundary.optionalOutput(spread, 1, "spread")
        try Region.requireDisjoint(
            outputs: [Region(index, 1, "index"), Region(spread, 1, "spread")],
            inputs: [Region(log_sizes, queries, "log_sizes"), Region(asked, queries, "asked")])
        let choice = try ConformalPursuit.choose(logSizes: values, asked: closed)
        place.pointee = choice.index
        width?.pointee = choice.spread
    }
}

@c @implementation
public func qc_conformal_pursuit_entropy_bound(
    _ classes: Int, _ n: Int, _ alpha: Double, _ mean_size: Double, _ kind: Int32,
    _ bound: UnsafeMutablePointer<Double>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        try Boundary.classes(classes, atLeast: 1)
        let output = try Boundary.output(bound, 1, "bound")
        output.pointee = try ConformalPursuitBound.bound(
            classes: classes, n: n, alpha: alpha, meanSize: mean_size, kind: Structs.value(kind, "kind"))
    }
}

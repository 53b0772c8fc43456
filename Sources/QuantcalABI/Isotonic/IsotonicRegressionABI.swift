import CQuantcal
import QuantcalCore

extension qc_isotonic_regression_options {
    fileprivate static let firstSize = MemoryLayout<Self>.size

    fileprivate static var defaults: Self {
        Self(
            struct_size: firstSize, direction: Int32(QC_ISOTONIC_INCREASING), reserved: 0,
            progress: qc_progress())
    }

    fileprivate static func direction(
        _ pointer: UnsafePointer<Self>?
    ) throws(QuantcalError) -> (IsotonicRegression.Direction, Progress) {
        let options = try Structs.options(pointer, defaults: defaults, firstSize: firstSize)
        try Structs.reserved(options.reserved)
        return (try Structs.value(options.direction, "direction"), Structs.progress(options.progress))
    }
}

@c @implementation
public func qc_isotonic_regression_options_init(
    _ options: UnsafeMutablePointer<qc_isotonic_regression_options>!, _ size: Int
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        try Structs.initialise(
            options, size, defaults: .defaults, firstSize: qc_isotonic_regression_options.firstSize)
    }
}

/// The arguments of a regression, proven.
private struct IsotonicArguments<T> {
    let y: UnsafeBufferPointer<T>
    let weights: UnsafeBufferPointer<T>?
    let output: IsotonicRegression.Output<T>
    let blockCount: UnsafeMutablePointer<Int>?

    init(
        _ y: UnsafePointer<T>?, _ weights: UnsafePointer<T>?, _ n: Int, _ x: UnsafeMutablePointer<T>?,
        _ blockWeights: UnsafeMutablePointer<T>?, _ blocks: UnsafeMutablePointer<Int>?,
        _ blockCount: UnsafeMutablePointer<Int>?
    ) throws(QuantcalError) {
        try Boundary.length(n, "n")
        guard n < Int.max else { throw QuantcalError(.size, "n is \(n); it is too large") }
        self.y = try Boundary.input(y, n, "y")
        self.weights = try Boundary.optionalInput(weights, n, "weights")
        output = IsotonicRegression.Output(
            fitted: try Boundary.output(x, n, "x"),
            blockWeights: try Boundary.optionalOutput(blockWeights, n, "block_weights"),
            blocks: try Boundary.optionalOutput(blocks, n + 1, "blocks"))
        self.blockCount = try Boundary.optionalOutput(blockCount, 1, "block_count")
        let others = [
            Region(blockWeights, n, "block_weights"), Region(blocks, n + 1, "blocks"),
            Region(blockCount, 1, "block_count"),
        ]
        let inPlace = Region(y, n, "y")
        try Region.requireDisjoint(
            outputs: [Region(x, n, "x")] + others, inputs: [Region(weights, n, "weights")], inPlace: inPlace)
        // Only x may be y.
        try Region.requireDisjoint(outputs: others, inputs: [inPlace])
    }
}

/// A regression with the core's function for the type.
private func regression<T>(
    _ arguments: () throws(QuantcalError) -> IsotonicArguments<T>,
    _ options: UnsafePointer<qc_isotonic_regression_options>?,
    _ fit: (
        UnsafeBufferPointer<T>, UnsafeBufferPointer<T>?, IsotonicRegression.Direction,
        IsotonicRegression.Output<T>, Progress
    ) throws(QuantcalError) -> Int
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let (direction, progress) = try qc_isotonic_regression_options.direction(options)
        let call = try arguments()
        let count = try fit(call.y, call.weights, direction, call.output, progress)
        call.blockCount?.pointee = count
    }
}

@c @implementation
public func qc_isotonic_regression_f64(
    _ y: UnsafePointer<Double>!, _ weights: UnsafePointer<Double>!, _ n: Int,
    _ options: UnsafePointer<qc_isotonic_regression_options>!, _ x: UnsafeMutablePointer<Double>!,
    _ block_weights: UnsafeMutablePointer<Double>!, _ blocks: UnsafeMutablePointer<Int>!,
    _ block_count: UnsafeMutablePointer<Int>!
) -> qc_status {
    regression(
        { () throws(QuantcalError) in
            try IsotonicArguments(y, weights, n, x, block_weights, blocks, block_count)
        }, options, IsotonicRegression.fit(y:weights:direction:output:progress:))
}

@c @implementation
public func qc_isotonic_regression_f32(
    _ y: UnsafePointer<Float>!, _ weights: UnsafePointer<Float>!, _ n: Int,
    _ options: UnsafePointer<qc_isotonic_regression_options>!, _ x: UnsafeMutablePointer<Float>!,
    _ block_weights: UnsafeMutablePointer<Float>!, _ blocks: UnsafeMutablePointer<Int>!,
    _ block_count: UnsafeMutablePointer<Int>!
) -> qc_status {
    regression(
        { () throws(QuantcalError) in
            try IsotonicArguments(y, weights, n, x, block_weights, blocks, block_count)
        }, options, IsotonicRegression.fit(y:weights:direction:output:progress:))
}

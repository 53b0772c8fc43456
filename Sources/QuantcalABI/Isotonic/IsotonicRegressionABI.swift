import CQuantcal
import QuantcalCore

/// The losses by their number in the header.
private enum LossNumber: Int32, CaseIterable {
    case squared, quantile, expectile, huber, power, chebyshev, poisson, binomial
}

private enum DirectionNumber: Int32, CaseIterable {
    case increasing, decreasing, auto

    var direction: IsotonicRegression.Direction? { IsotonicRegression.Direction(rawValue: rawValue) }
}

extension qc_isotonic_regression_options: OptionsStruct {
    static let firstSize = MemoryLayout<Self>.offset(of: \.loss)!

    static var defaults: Self {
        let options = IsotonicRegression.Options()
        return Self(
            struct_size: MemoryLayout<Self>.size, direction: Int32(QC_ISOTONIC_INCREASING), reserved: 0,
            progress: qc_progress(), loss: Int32(QC_ISOTONIC_SQUARED), solution: options.solution.rawValue,
            level: 0.5, huber_threshold: 1, power: 2, lower_bound: options.lowerBound,
            upper_bound: options.upperBound, minimum_gap: options.minimumGap, ties: options.ties.rawValue,
            reserved_2: 0, tie_tolerance: options.tieTolerance)
    }

    /// A caller's options, with every field checked, used or not.
    static func resolved(
        _ pointer: UnsafePointer<Self>?
    ) throws(QuantcalError) -> (IsotonicRegression.Options, Progress) {
        let options = try given(pointer)
        try Structs.reserved(options.reserved)
        try Structs.reserved(options.reserved_2, "reserved_2")
        var result = IsotonicRegression.Options()
        result.direction = try Structs.value(options.direction, "direction", as: DirectionNumber.self)
            .direction
        result.loss = try options.checkedLoss()
        result.solution = try Structs.value(options.solution, "solution")
        result.lowerBound = options.lower_bound
        result.upperBound = options.upper_bound
        result.minimumGap = options.minimum_gap
        result.ties = try Structs.value(options.ties, "ties")
        result.tieTolerance = options.tie_tolerance
        try result.check()
        return (result, Structs.progress(options.progress))
    }

    private func checkedLoss() throws(QuantcalError) -> IsotonicRegression.Loss {
        let number = try Structs.value(loss, "loss", as: LossNumber.self)
        let losses: KeyValuePairs<LossNumber, IsotonicRegression.Loss> = [
            .squared: .squared, .quantile: .quantile(level: level), .expectile: .expectile(level: level),
            .huber: .huber(threshold: huber_threshold), .power: .power(power), .chebyshev: .chebyshev,
            .poisson: .poisson, .binomial: .binomial,
        ]
        for (_, loss) in losses { try loss.check() }
        return losses[Int(number.rawValue)].value
    }
}

@c @implementation
public func qc_isotonic_regression_options_init(
    _ options: UnsafeMutablePointer<qc_isotonic_regression_options>!, _ size: Int
) -> qc_status {
    qc_isotonic_regression_options.initialise(options, size)
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
    _ arguments: @autoclosure () throws(QuantcalError) -> IsotonicArguments<T>,
    _ options: UnsafePointer<qc_isotonic_regression_options>?,
    _ fit: (
        UnsafeBufferPointer<T>, UnsafeBufferPointer<T>?, IsotonicRegression.Options,
        IsotonicRegression.Output<T>, Progress
    ) throws(QuantcalError) -> Int
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let (settings, progress) = try qc_isotonic_regression_options.resolved(options)
        let call = try arguments()
        let count = try fit(call.y, call.weights, settings, call.output, progress)
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
        try IsotonicArguments(y, weights, n, x, block_weights, blocks, block_count), options,
        IsotonicRegression.fit(y:weights:options:output:progress:))
}

@c @implementation
public func qc_isotonic_regression_f32(
    _ y: UnsafePointer<Float>!, _ weights: UnsafePointer<Float>!, _ n: Int,
    _ options: UnsafePointer<qc_isotonic_regression_options>!, _ x: UnsafeMutablePointer<Float>!,
    _ block_weights: UnsafeMutablePointer<Float>!, _ blocks: UnsafeMutablePointer<Int>!,
    _ block_count: UnsafeMutablePointer<Int>!
) -> qc_status {
    regression(
        try IsotonicArguments(y, weights, n, x, block_weights, blocks, block_count), options,
        IsotonicRegression.fit(y:weights:options:output:progress:))
}

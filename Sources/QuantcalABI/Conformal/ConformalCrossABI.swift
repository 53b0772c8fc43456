import CQuantcal
import QuantcalCore

extension qc_conformal_cross_options: OptionsStruct {
    static var defaults: Self {
        let core = ConformalCross.Options()
        return Self(
            struct_size: MemoryLayout<Self>.size, method: core.method.rawValue, sides: core.sides.rawValue,
            aggregation: core.aggregation.rawValue, reserved: 0, progress: qc_progress())
    }

    fileprivate func core() throws(QuantcalError) -> ConformalCross.Options {
        try Structs.reserved(reserved)
        var options = ConformalCross.Options()
        options.method = try Structs.value(method, "method")
        options.sides = try Structs.value(sides, "sides")
        options.aggregation = try Structs.value(aggregation, "aggregation")
        return options
    }
}

@c @implementation
public func qc_conformal_cross_options_init(
    _ options: UnsafeMutablePointer<qc_conformal_cross_options>!, _ size: Int
) -> qc_status {
    qc_conformal_cross_options.initialise(options, size)
}

private typealias Compute<T, Belonging> = (
    UnsafeBufferPointer<T>, Belonging, UnsafeBufferPointer<T>, Int, Int, Double, ConformalCross.Options,
    Progress, UnsafeMutablePointer<T>, UnsafeMutablePointer<T>
) throws(QuantcalError) -> Void

/// Intervals of `m` test points from `n` training points, whatever says which model knows which of them:
/// `belonging`, of `perPoint` elements each.
private func crossIntervals<T, Belonging>(
    _ residuals: UnsafePointer<T>?, _ belonging: (UnsafePointer<Belonging>?, perPoint: Int, name: String),
    _ n: Int, _ predictions: UnsafePointer<T>?, _ m: Int, _ columns: (Int, name: String),
    _ alpha: Double, _ options: UnsafePointer<qc_conformal_cross_options>?,
    _ outputs: (UnsafeMutablePointer<T>?, UnsafeMutablePointer<T>?),
    _ compute: Compute<T, UnsafeBufferPointer<Belonging>>
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let given = try qc_conformal_cross_options.given(options)
        let core = try given.core()
        try Boundary.length(n, "n")
        let own = try Boundary.input(residuals, n, "residuals")
        let belongs = try Boundary.product(n, belonging.perPoint, ("n", columns.name))
        let whose = try Boundary.input(belonging.0, belongs, belonging.name)
        let count = try Boundary.product(m, columns.0, ("m", columns.name))
        let values = try Boundary.input(predictions, count, "predictions")
        let (lower, upper) = (
            try Boundary.output(outputs.0, m, "lower"), try Boundary.output(outputs.1, m, "upper")
        )
        try Region.requireDisjoint(
            outputs: [Region(outputs.0, m, "lower"), Region(outputs.1, m, "upper")],
            inputs: [
                Region(residuals, n, "residuals"), Region(belonging.0, belongs, belonging.name),
                Region(predictions, count, "predictions"),
            ])
        try compute(
            own, whose, values, m, columns.0, alpha, core, Structs.progress(given.progress), lower, upper)
    }
}

/// The same by folds; without them each point is one of its own.
private func foldIntervals<T>(
    _ residuals: UnsafePointer<T>?, _ fold: UnsafePointer<Int32>?, _ n: Int,
    _ predictions: UnsafePointer<T>?, _ m: Int, _ foldCount: Int, _ alpha: Double,
    _ options: UnsafePointer<qc_conformal_cross_options>?,
    _ outputs: (UnsafeMutablePointer<T>?, UnsafeMutablePointer<T>?),
    _ compute: Compute<T, UnsafeBufferPointer<Int32>?>
) -> qc_status {
    crossIntervals(
        residuals, (fold, perPoint: fold == nil ? 0 : 1, "fold"), n, predictions, m,
        (foldCount, "fold_count"), alpha, options, outputs
    ) { own, given, values, rows, folds, alpha, options, progress, lower, upper throws(QuantcalError) in
        try compute(
            own, fold == nil ? nil : given, values, rows, folds, alpha, options, progress, lower, upper)
    }
}

@c @implementation
public func qc_conformal_cross_intervals_f64(
    _ residuals: UnsafePointer<Double>!, _ fold: UnsafePointer<Int32>!, _ n: Int,
    _ predictions: UnsafePointer<Double>!, _ m: Int, _ foldCount: Int, _ alpha: Double,
    _ options: UnsafePointer<qc_conformal_cross_options>!, _ lower: UnsafeMutablePointer<Double>!,
    _ upper: UnsafeMutablePointer<Double>!
) -> qc_status {
    foldIntervals(
        residuals, fold, n, predictions, m, foldCount, alpha, options, (lower, upper),
        ConformalCross.intervals)
}

@c @implementation
public func qc_conformal_cross_intervals_f32(
    _ residuals: UnsafePointer<Float>!, _ fold: UnsafePointer<Int32>!, _ n: Int,
    _ predictions: UnsafePointer<Float>!, _ m: Int, _ foldCount: Int, _ alpha: Double,
    _ options: UnsafePointer<qc_conformal_cross_options>!, _ lower: UnsafeMutablePointer<Float>!,
    _ upper: UnsafeMutablePointer<Float>!
) -> qc_status {
    foldIntervals(
        residuals, fold, n, predictions, m, foldCount, alpha, options, (lower, upper),
        ConformalCross.intervals)
}

@c @implementation
public func qc_conformal_cross_bootstrap_intervals_f64(
    _ residuals: UnsafePointer<Double>!, _ in_bag: UnsafePointer<UInt8>!, _ n: Int,
    _ predictions: UnsafePointer<Double>!, _ m: Int, _ models: Int, _ alpha: Double,
    _ options: UnsafePointer<qc_conformal_cross_options>!, _ lower: UnsafeMutablePointer<Double>!,
    _ upper: UnsafeMutablePointer<Double>!
) -> qc_status {
    crossIntervals(
        residuals, (in_bag, perPoint: models, "in_bag"), n, predictions, m, (models, "models"), alpha,
        options, (lower, upper), ConformalCross.bootstrapIntervals)
}

@c @implementation
public func qc_conformal_cross_bootstrap_intervals_f32(
    _ residuals: UnsafePointer<Float>!, _ in_bag: UnsafePointer<UInt8>!, _ n: Int,
    _ predictions: UnsafePointer<Float>!, _ m: Int, _ models: Int, _ alpha: Double,
    _ options: UnsafePointer<qc_conformal_cross_options>!, _ lower: UnsafeMutablePointer<Float>!,
    _ upper: UnsafeMutablePointer<Float>!
) -> qc_status {
    crossIntervals(
        residuals, (in_bag, perPoint: models, "in_bag"), n, predictions, m, (models, "models"), alpha,
        options, (lower, upper), ConformalCross.bootstrapIntervals)
}

private func outOfBag<T>(
    _ inBag: UnsafePointer<UInt8>?, _ predictions: UnsafePointer<T>?, _ n: Int, _ models: Int,
    _ options: UnsafePointer<qc_conformal_cross_options>?, _ aggregated: UnsafeMutablePointer<T>?,
    _ compute: (
        UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<T>, Int, Int, ConformalCross.Aggregation,
        UnsafeMutablePointer<T>
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let core = try qc_conformal_cross_options.given(options).core()
        let count = try Boundary.product(n, models, ("n", "models"))
        let bags = try Boundary.input(inBag, count, "in_bag")
        let values = try Boundary.input(predictions, count, "predictions")
        let output = try Boundary.output(aggregated, n, "aggregated")
        try Region.requireDisjoint(
            outputs: [Region(aggregated, n, "aggregated")],
            inputs: [Region(inBag, count, "in_bag"), Region(predictions, count, "predictions")])
        try compute(bags, values, n, models, core.aggregation, output)
    }
}

@c @implementation
public func qc_conformal_cross_bootstrap_predictions_f64(
    _ in_bag: UnsafePointer<UInt8>!, _ predictions: UnsafePointer<Double>!, _ n: Int, _ models: Int,
    _ options: UnsafePointer<qc_conformal_cross_options>!, _ aggregated: UnsafeMutablePointer<Double>!
) -> qc_status {
    outOfBag(
        in_bag, predictions, n, models, options, aggregated,
        ConformalCross.bootstrapPredictions(inBag:predictions:n:models:aggregation:output:))
}

@c @implementation
public func qc_conformal_cross_bootstrap_predictions_f32(
    _ in_bag: UnsafePointer<UInt8>!, _ predictions: UnsafePointer<Float>!, _ n: Int, _ models: Int,
    _ options: UnsafePointer<qc_conformal_cross_options>!, _ aggregated: UnsafeMutablePointer<Float>!
) -> qc_status {
    outOfBag(
        in_bag, predictions, n, models, options, aggregated,
        ConformalCross.bootstrapPredictions(inBag:predictions:n:models:aggregation:output:))
}

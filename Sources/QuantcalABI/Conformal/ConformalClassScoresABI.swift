import CQuantcal
import QuantcalCore

extension qc_conformal_class_options: OptionsStruct {
    static var defaults: Self {
        let options = ConformalClasses.Options()
        return Self(
            struct_size: MemoryLayout<Self>.size, kind: options.kind.rawValue,
            randomisation: options.randomisation.rawValue, points: options.points.rawValue,
            threshold_for: options.thresholdFor.rawValue, empty_sets: options.emptySets.rawValue,
            k_reg: Int32(options.kReg), lambda: options.lambda, gamma: options.gamma, seed: options.seed,
            first_row: options.firstRow)
    }

    fileprivate static func resolved(
        _ pointer: UnsafePointer<Self>?
    ) throws(QuantcalError) -> ConformalClasses.Options {
        let options = try given(pointer)
        var result = ConformalClasses.Options()
        result.kind = try Structs.value(options.kind, "kind")
        result.randomisation = try Structs.value(options.randomisation, "randomisation")
        result.points = try Structs.value(options.points, "points")
        result.thresholdFor = try Structs.value(options.threshold_for, "threshold_for")
        result.emptySets = try Structs.value(options.empty_sets, "empty_sets")
        result.kReg = Int(options.k_reg)
        result.lambda = options.lambda
        result.gamma = options.gamma
        result.seed = options.seed
        result.firstRow = options.first_row
        try result.check()
        return result
    }
}

extension qc_conformal_raps_result: SizedStruct {
    fileprivate init(_ result: RAPSTuning.Result) {
        self.init(
            struct_size: MemoryLayout<Self>.size, lambda: result.lambda, mean_size: result.meanSize,
            k_reg: Int32(result.kReg), reserved: 0)
    }
}

@c @implementation
public func qc_conformal_class_options_init(
    _ options: UnsafeMutablePointer<qc_conformal_class_options>!, _ size: Int
) -> qc_status {
    qc_conformal_class_options.initialise(options, size)
}

/// Rows of probabilities and, where there are any, their labels, proven.
private struct ProbabilityArguments<T> {
    let probabilities: UnsafeBufferPointer<T>
    let labels: UnsafeBufferPointer<Int64>
    let rows: Int
    let classes: Int
    let options: ConformalClasses.Options
    let regions: [Region]

    init(
        _ probabilities: UnsafePointer<T>?, labels: UnsafePointer<Int64>? = nil, hasLabels: Bool = false,
        _ rows: Int, _ classes: Int, _ options: UnsafePointer<qc_conformal_class_options>?
    ) throws(QuantcalError) {
        self.options = try qc_conformal_class_options.resolved(options)
        try Boundary.length(rows, "rows")
        try Boundary.classes(classes, atLeast: 1)
        let count = try Boundary.product(rows, classes, ("rows", "classes"))
        self.probabilities = try Boundary.input(probabilities, count, "probabilities")
        let labelCount = hasLabels ? rows : 0
        self.labels = try Boundary.input(labels, labelCount, "labels")
        (self.rows, self.classes) = (rows, classes)
        regions = [Region(probabilities, count, "probabilities"), Region(labels, labelCount, "labels")]
    }
}

private func labelScores<T>(
    _ arguments: @autoclosure () throws(QuantcalError) -> ProbabilityArguments<T>,
    _ scores: UnsafeMutablePointer<T>?,
    _ compute: (
        UnsafeBufferPointer<T>, UnsafeBufferPointer<Int64>, Int, ConformalClasses.Options,
        UnsafeMutablePointer<T>
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let call = try arguments()
        let output = try Boundary.output(scores, call.rows, "scores")
        try Region.requireDisjoint(outputs: [Region(scores, call.rows, "scores")], inputs: call.regions)
        try compute(call.probabilities, call.labels, call.classes, call.options, output)
    }
}

@c @implementation
public func qc_conformal_label_scores_f64(
    _ probabilities: UnsafePointer<Double>!, _ labels: UnsafePointer<Int64>!, _ rows: Int, _ classes: Int,
    _ options: UnsafePointer<qc_conformal_class_options>!, _ scores: UnsafeMutablePointer<Double>!
) -> qc_status {
    labelScores(
        try ProbabilityArguments(probabilities, labels: labels, hasLabels: true, rows, classes, options),
        scores, ConformalClasses.labelScores(probabilities:labels:classes:options:scores:))
}

@c @implementation
public func qc_conformal_label_scores_f32(
    _ probabilities: UnsafePointer<Float>!, _ labels: UnsafePointer<Int64>!, _ rows: Int, _ classes: Int,
    _ options: UnsafePointer<qc_conformal_class_options>!, _ scores: UnsafeMutablePointer<Float>!
) -> qc_status {
    labelScores(
        try ProbabilityArguments(probabilities, labels: labels, hasLabels: true, rows, classes, options),
        scores, ConformalClasses.labelScores(probabilities:labels:classes:options:scores:))
}

private func classScores<T>(
    _ arguments: @autoclosure () throws(QuantcalError) -> ProbabilityArguments<T>,
    _ scores: UnsafeMutablePointer<T>?,
    _ compute: (
        UnsafeBufferPointer<T>, Int, Int, ConformalClasses.Options, UnsafeMutablePointer<T>
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let call = try arguments()
        let count = call.probabilities.count
        let output = try Boundary.output(scores, count, "scores")
        try Region.requireDisjoint(outputs: [Region(scores, count, "scores")], inputs: call.regions)
        try compute(call.probabilities, call.rows, call.classes, call.options, output)
    }
}

@c @implementation
public func qc_conformal_class_scores_f64(
    _ probabilities: UnsafePointer<Double>!, _ rows: Int, _ classes: Int,
    _ options: UnsafePointer<qc_conformal_class_options>!, _ scores: UnsafeMutablePointer<Double>!
) -> qc_status {
    classScores(
        try ProbabilityArguments(probabilities, rows, classes, options), scores,
        ConformalClasses.classScores(probabilities:rows:classes:options:scores:))
}

@c @implementation
public func qc_conformal_class_scores_f32(
    _ probabilities: UnsafePointer<Float>!, _ rows: Int, _ classes: Int,
    _ options: UnsafePointer<qc_conformal_class_options>!, _ scores: UnsafeMutablePointer<Float>!
) -> qc_status {
    classScores(
        try ProbabilityArguments(probabilities, rows, classes, options), scores,
        ConformalClasses.classScores(probabilities:rows:classes:options:scores:))
}

private func classSets<T>(
    _ arguments: @autoclosure () throws(QuantcalError) -> ProbabilityArguments<T>,
    _ thresholds: UnsafePointer<T>?, _ mask: UnsafeMutablePointer<UInt8>?,
    _ sizes: UnsafeMutablePointer<Int32>?,
    _ compute: (
        UnsafeBufferPointer<T>, Int, Int, UnsafeBufferPointer<T>, ConformalClasses.Options,
        UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<Int32>?
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let call = try arguments()
        let count = call.options.thresholdFor.count(rows: call.rows, classes: call.classes)
        let limits = try Boundary.input(thresholds, count, "thresholds")
        guard mask != nil || sizes != nil || call.rows == 0 else {
            throw QuantcalError(.nullPointer, "mask and sizes are both NULL")
        }
        let bytes = try Boundary.product(
            call.rows, ConformalSets.rowBytes(classes: call.classes), ("rows", "classes"))
        let maskOutput = try Boundary.optionalOutput(mask, bytes, "mask")
        let sizesOutput = try Boundary.optionalOutput(sizes, call.rows, "sizes")
        try Region.requireDisjoint(
            outputs: [Region(mask, bytes, "mask"), Region(sizes, call.rows, "sizes")],
            inputs: call.regions + [Region(thresholds, count, "thresholds")])
        try compute(
            call.probabilities, call.rows, call.classes, limits, call.options, maskOutput, sizesOutput)
    }
}

@c @implementation
public func qc_conformal_class_sets_f64(
    _ probabilities: UnsafePointer<Double>!, _ rows: Int, _ classes: Int,
    _ thresholds: UnsafePointer<Double>!, _ options: UnsafePointer<qc_conformal_class_options>!,
    _ mask: UnsafeMutablePointer<UInt8>!, _ sizes: UnsafeMutablePointer<Int32>!
) -> qc_status {
    classSets(
        try ProbabilityArguments(probabilities, rows, classes, options), thresholds, mask, sizes,
        ConformalClasses.sets(probabilities:rows:classes:thresholds:options:mask:sizes:))
}

@c @implementation
public func qc_conformal_class_sets_f32(
    _ probabilities: UnsafePointer<Float>!, _ rows: Int, _ classes: Int,
    _ thresholds: UnsafePointer<Float>!, _ options: UnsafePointer<qc_conformal_class_options>!,
    _ mask: UnsafeMutablePointer<UInt8>!, _ sizes: UnsafeMutablePointer<Int32>!
) -> qc_status {
    classSets(
        try ProbabilityArguments(probabilities, rows, classes, options), thresholds, mask, sizes,
        ConformalClasses.sets(probabilities:rows:classes:thresholds:options:mask:sizes:))
}

private func rapsTune<T>(
    _ arguments: @autoclosure () throws(QuantcalError) -> ProbabilityArguments<T>, _ alpha: Double,
    _ lambdas: UnsafePointer<Double>?, _ lambdaCount: Int,
    _ result: UnsafeMutablePointer<qc_conformal_raps_result>?, _ meanSizes: UnsafeMutablePointer<Double>?,
    _ tune: (
        UnsafeBufferPointer<T>, UnsafeBufferPointer<Int64>, Int, Double, UnsafeBufferPointer<Double>,
        ConformalClasses.Options, UnsafeMutablePointer<Double>?
    ) throws(QuantcalError) -> RAPSTuning.Result
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let call = try arguments()
        let place = try ResultPlace(result)
        try Boundary.length(lambdaCount, "lambda_count")
        let candidates = try Boundary.input(lambdas, lambdaCount, "lambdas")
        let sizes = try Boundary.optionalOutput(meanSizes, lambdaCount, "mean_sizes")
        try Region.requireDisjoint(
            outputs: [place.region, Region(meanSizes, lambdaCount, "mean_sizes")],
            inputs: call.regions + [Region(lambdas, lambdaCount, "lambdas")])
        place.write(
            qc_conformal_raps_result(
                try tune(
                    call.probabilities, call.labels, call.classes, alpha, candidates, call.options, sizes)))
    }
}

@c @implementation
public func qc_conformal_raps_tune_f64(
    _ probabilities: UnsafePointer<Double>!, _ labels: UnsafePointer<Int64>!, _ rows: Int, _ classes: Int,
    _ alpha: Double, _ lambdas: UnsafePointer<Double>!, _ lambda_count: Int,
    _ options: UnsafePointer<qc_conformal_class_options>!,
    _ result: UnsafeMutablePointer<qc_conformal_raps_result>!, _ mean_sizes: UnsafeMutablePointer<Double>!
) -> qc_status {
    rapsTune(
        try ProbabilityArguments(probabilities, labels: labels, hasLabels: true, rows, classes, options),
        alpha, lambdas, lambda_count, result, mean_sizes,
        RAPSTuning.tune(probabilities:labels:classes:alpha:lambdas:options:meanSizes:))
}

@c @implementation
public func qc_conformal_raps_tune_f32(
    _ probabilities: UnsafePointer<Float>!, _ labels: UnsafePointer<Int64>!, _ rows: Int, _ classes: Int,
    _ alpha: Double, _ lambdas: UnsafePointer<Double>!, _ lambda_count: Int,
    _ options: UnsafePointer<qc_conformal_class_options>!,
    _ result: UnsafeMutablePointer<qc_conformal_raps_result>!, _ mean_sizes: UnsafeMutablePointer<Double>!
) -> qc_status {
    rapsTune(
        try ProbabilityArguments(probabilities, labels: labels, hasLabels: true, rows, classes, options),
        alpha, lambdas, lambda_count, result, mean_sizes,
        RAPSTuning.tune(probabilities:labels:classes:alpha:lambdas:options:meanSizes:))
}

import QuantcalCore

public typealias ConformalOnlineInterval = QuantcalCore.OnlineInterval
public typealias ConformalOnlineMethod = QuantcalCore.ConformalOnline.Method
public typealias ConformalOnlineSides = QuantcalCore.ConformalOnline.Sides
public typealias ConformalOnlineIntegrator = QuantcalCore.ConformalOnline.Integrator
public typealias ConformalOnlineRate = QuantcalCore.ConformalOnline.Rate
public typealias ConformalOnlineOutcome = QuantcalCore.ConformalOnline.Outcome
public typealias ConformalOnlineSummary = QuantcalCore.ConformalOnline.Summary

/// Online conformal prediction, for scores that come one after the other and may drift: before each point
/// `threshold` says what its score must lie between to count as covered; afterwards `observe` takes the
/// score. It becomes bytes, and a state again. A value: a copy goes its own way.
/// C: `qc_conformal_online_create` and `qc_conformal_online_destroy`.
public struct ConformalOnline: @unchecked Sendable {
    /// Changed only while nobody else has it.
    private var object: QuantcalCore.ConformalOnline

    /// What a state is made with. The defaults are those of C: `qc_conformal_online_options_init`.
    ///
    /// `gamma` is empty for the step sizes that the method has by itself; `start` NaN for its first level or
    /// radius; `window` 0 for all scores; `cap` 0 for the largest magnitude in the window.
    public typealias Options = QuantcalCore.ConformalOnline.Options

    /// A state that has seen nothing.
    public init(_ options: Options = Options()) throws(QuantcalError) {
        object = try QuantcalCore.ConformalOnline(options)
    }

    private mutating func ownObject() throws(QuantcalError) -> QuantcalCore.ConformalOnline {
        if !isKnownUniquelyReferenced(&object) { object = try object.copy() }
        return object
    }

    /// Adds scores of calibration points, oldest first, and changes nothing else.
    /// C: `qc_conformal_online_calibrate`.
    public mutating func calibrate(_ scores: [Double]) throws(QuantcalError) {
        try withBuffer(scores) { scores throws(QuantcalError) in try ownObject().calibrate(scores) }
    }

    /// What the next score must lie between to count as covered. An upper end of +infinity, with a lower one
    /// of -infinity, covers every score, one of -infinity none. C: `qc_conformal_online_threshold`.
    ///
    /// - Parameter forecast: that of the next score, for the PID controller; 0 for the other methods.
    public func threshold(forecast: Double = 0) throws(QuantcalError) -> ConformalOnlineInterval {
        try object.interval(forecast: forecast)
    }

    /// Takes the score of the point that the threshold was for; NaN if its outcome is missing: then nothing
    /// moves, but that EnbPI takes the last residual again. C: `qc_conformal_online_observe`.
    ///
    /// - Parameter forecast: what `threshold` was given.
    @discardableResult
    public mutating func observe(
        _ score: Double, forecast: Double = 0
    ) throws(QuantcalError) -> ConformalOnlineOutcome {
        try ownObject().observe(score, forecast: forecast)
    }

    /// Points one after the other: their thresholds, and what became of them.
    public struct Path: Equatable, Sendable {
        public let lower: [Double]
        public let upper: [Double]
        public let outcomes: [ConformalOnlineOutcome]
    }

    /// The threshold of each point, and then its score. C: `qc_conformal_online_run`.
    ///
    /// - Parameters:
    ///   - scores: as for `observe`.
    ///   - forecasts: as many forecasts of them, for the PID controller.
    public mutating func run(_ scores: [Double], forecasts: [Double]? = nil) throws(QuantcalError) -> Path {
        if let forecasts { try requireCount(forecasts.count, scores.count, "forecasts") }
        let object = try ownObject()
        let count = scores.count
        var outcomes = [Int32](repeating: 0, count: count)
        // The lower ends, and behind them the upper ones.
        let ends = try filled(2 * count) { (ends: UnsafeMutablePointer<Double>) throws(QuantcalError) in
            outcomes = try filled(count) { (outcomes: UnsafeMutablePointer<Int32>) throws(QuantcalError) in
                try withBuffer(scores) { scores throws(QuantcalError) in
                    try withOptionalBuffer(forecasts) { forecasts throws(QuantcalError) in
                        try object.run(
                            scores: scores, forecasts: forecasts, lower: ends, upper: ends + count,
                            outcomes: outcomes)
                    }
                }
            }
        }
        return Path(
            lower: Array(ends[..<count]), upper: Array(ends[count...]),
            outcomes: outcomes.map { ConformalOnlineOutcome(rawValue: $0)! })
    }

    /// Counts so far, and what the method steers. C: `qc_conformal_online_summarize`.
    public var summary: ConformalOnlineSummary { object.summary }

    /// The state as bytes, the same on every machine. C: `qc_conformal_online_serialize`.
    public func serialized() throws(QuantcalError) -> [UInt8] {
        try filled(object.serializedSize) { (bytes: UnsafeMutablePointer<UInt8>) in object.serialize(bytes) }
    }

    /// The state that `serialized` wrote. The bytes may come from anyone; what is not a state throws
    /// `.format`. C: `qc_conformal_online_deserialize`.
    public init(serialized bytes: [UInt8]) throws(QuantcalError) {
        object = try withBuffer(bytes) { bytes throws(QuantcalError) in
            try QuantcalCore.ConformalOnline(bytes: UnsafeRawBufferPointer(bytes))
        }
    }
}

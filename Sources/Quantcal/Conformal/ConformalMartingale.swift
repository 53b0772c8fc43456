import QuantcalCore

public typealias ConformalMartingaleBetting = QuantcalCore.ConformalMartingale.Betting
public typealias ConformalMartingaleSummary = QuantcalCore.ConformalMartingale.Summary

/// A martingale that tests whether scores are exchangeable, while they come: it starts at 1, and if they are, it
/// ever reaches c with probability at most 1 / c. It becomes bytes, and a martingale again. A value: a copy
/// goes its own way. C: `qc_conformal_martingale_create` and `qc_conformal_martingale_destroy`.
public struct ConformalMartingale: @unchecked Sendable {
    /// Changed only while nobody else has it.
    private var object: QuantcalCore.ConformalMartingale

    /// What a martingale is made with. The defaults are those of C: `qc_conformal_martingale_options_init`.
    public typealias Options = QuantcalCore.ConformalMartingale.Options

    /// A martingale that is 1.
    public init(_ options: Options = Options()) throws(QuantcalError) {
        object = try QuantcalCore.ConformalMartingale(options)
    }

    private mutating func ownObject() throws(QuantcalError) -> QuantcalCore.ConformalMartingale {
        if !isKnownUniquelyReferenced(&object) { object = try object.copy() }
        return object
    }

    /// The p-values of scores, and the logarithm of the martingale after each bet.
    public struct Path: Equatable, Sendable {
        public let pValues: [Double]
        public let logMartingale: [Double]
    }

    /// Takes scores in the order of their points, makes of each its p-value among those so far, and bets on it.
    /// C: `qc_conformal_martingale_update`.
    @discardableResult
    public mutating func update(_ scores: [Double]) throws(QuantcalError) -> Path {
        let object = try ownObject()
        let count = scores.count
        // The p-values, and behind them the logarithms.
        let numbers = try filled(2 * count) { (numbers: UnsafeMutablePointer<Double>) throws(QuantcalError) in
            try withBuffer(scores) { scores throws(QuantcalError) in
                try object.update(scores, pValues: numbers, logMartingale: numbers + count)
            }
        }
        return Path(pValues: Array(numbers[..<count]), logMartingale: Array(numbers[count...]))
    }

    /// Bets on p-values from elsewhere, which must be independent and uniform if nothing is wrong.
    /// C: `qc_conformal_martingale_bet`.
    ///
    /// - Returns: the logarithm of the martingale after each bet.
    @discardableResult
    public mutating func bet(_ pValues: [Double]) throws(QuantcalError) -> [Double] {
        let object = try ownObject()
        return try filled(pValues.count) { (path: UnsafeMutablePointer<Double>) throws(QuantcalError) in
            try withBuffer(pValues) { pValues throws(QuantcalError) in
                try object.bet(pValues, logMartingale: path)
            }
        }
    }

    /// The martingale and its largest value so far. C: `qc_conformal_martingale_summarize`.
    public var summary: ConformalMartingaleSummary { object.summary }

    /// The martingale as bytes. C: `qc_conformal_martingale_serialize`.
    public func serialized() throws(QuantcalError) -> [UInt8] {
        try filled(object.serializedSize) { (bytes: UnsafeMutablePointer<UInt8>) in object.serialize(bytes) }
    }

    /// The martingale that `serialized` wrote. The bytes may come from anyone; what is not a martingale throws
    /// `.format`. C: `qc_conformal_martingale_deserialize`.
    public init(serialized bytes: [UInt8]) throws(QuantcalError) {
        object = try withBuffer(bytes) { bytes throws(QuantcalError) in
            try QuantcalCore.ConformalMartingale(bytes: UnsafeRawBufferPointer(bytes))
        }
    }
}

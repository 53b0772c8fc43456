import QuantcalCore

public typealias QuantizeObserverSummary = QuantcalCore.RangeObserver.Summary

/// The ranges of values that come in batches, of all together or of each channel: histograms of bounded memory, which
/// depend on the values only, not on their order. Observers merge; they become bytes, and observers again. A value: a
/// copy goes its own way. C: `qc_quantize_observer_create` and `qc_quantize_observer_destroy`.
public struct QuantizeObserver: @unchecked Sendable {
    /// Changed only while nobody else has it.
    private var object: QuantcalCore.RangeObserver

    /// An observer without values. The defaults are those of C: `qc_quantize_observer_options_init`.
    public init(channels: Int = 1, bins: Int = 2048, movingAverage: Double = 0) throws(QuantcalError) {
        object = try RangeObserver(.init(channels: channels, bins: bins, movingAverage: movingAverage))
    }

    private mutating func ownObject() throws(QuantcalError) -> RangeObserver {
        if !isKnownUniquelyReferenced(&object) { object = try object.copy() }
        return object
    }

    /// Takes a batch of values; channels change every `inner` values, over and over again.
    /// C: `qc_quantize_observer_update_f32`.
    public mutating func update(_ values: [Float], inner: Int = 1) throws(QuantcalError) {
        let object = try ownObject()
        try withBuffer(values) { values throws(QuantcalError) in try object.update(values, inner: inner) }
    }

    /// The same for IEEE half-precision values. C: `qc_quantize_observer_update_f16`.
    public mutating func update(_ values: [HalfBits], inner: Int = 1) throws(QuantcalError) {
        let object = try ownObject()
        try withBuffer(values) { values throws(QuantcalError) in try object.update(values, inner: inner) }
    }

    /// The same for bfloat16 values. C: `qc_quantize_observer_update_bf16`.
    public mutating func update(_ values: [BFloat16Bits], inner: Int = 1) throws(QuantcalError) {
        let object = try ownObject()
        try withBuffer(values) { values throws(QuantcalError) in try object.update(values, inner: inner) }
    }

    /// Adds what another observer of the same options has seen. C: `qc_quantize_observer_merge`.
    public mutating func merge(_ other: QuantizeObserver) throws(QuantcalError) {
        try ownObject().merge(other.object)
    }

    /// C: `qc_quantize_observer_summarize`.
    public func summary(channel: Int = 0) throws(QuantcalError) -> QuantizeObserverSummary {
        try object.summary(channel)
    }

    /// The scale, and zero point if wanted, of what was seen, for each channel. C: `qc_quantize_observer_range`.
    public func range(
        grid: QuantizationGrid, rule: QuantizationRangeRule = .init(), wantsZeros: Bool = false
    ) throws(QuantcalError) -> GridParameters {
        let fitter = try RangeFitter(grid, rule, hasZeros: wantsZeros)
        let channels = object.options.channels
        var zeros = [Float](repeating: 0, count: wantsZeros ? channels : 0)
        let scales = try filled(channels) { (scales: UnsafeMutablePointer<Float>) throws(QuantcalError) in
            try zeros.withUnsafeMutableBufferPointer { zeros throws(QuantcalError) in
                try fitter(object, scales: scales, zeros: wantsZeros ? zeros.baseAddress : nil)
            }
        }
        return GridParameters(scales: scales, zeros: wantsZeros ? zeros : nil)
    }

    /// The observer as bytes. C: `qc_quantize_observer_serialize`.
    public func serialized() throws(QuantcalError) -> [UInt8] {
        try filled(object.serializedSize) { (bytes: UnsafeMutablePointer<UInt8>) in object.serialize(bytes) }
    }

    /// The observer that `serialized` wrote. The bytes may come from anyone; what is not an observer throws
    /// `.format`. C: `qc_quantize_observer_deserialize`.
    public init(serialized bytes: [UInt8]) throws(QuantcalError) {
        object = try withBuffer(bytes) { bytes throws(QuantcalError) in
            try RangeObserver(bytes: UnsafeRawBufferPointer(bytes))
        }
    }
}

import CQuantcal
import QuantcalCore

extension RangeObserver: StoredObject {}

extension qc_quantize_observer_options: OptionsStruct {
    static var defaults: Self {
        let options = RangeObserver.Options()
        return Self(
            struct_size: MemoryLayout<Self>.size, channels: options.channels,
            moving_average: options.movingAverage, bins: Int32(options.bins), reserved: 0)
    }
}

extension qc_quantize_observer_summary: SizedStruct {
    fileprivate init(_ summary: RangeObserver.Summary) {
        self.init(
            struct_size: MemoryLayout<Self>.size, channels: summary.channels, count: summary.count,
            zero_count: summary.zeroCount, minimum: summary.minimum, maximum: summary.maximum,
            average_minimum: summary.averageMinimum, average_maximum: summary.averageMaximum,
            mean: summary.mean, standard_deviation: summary.standardDeviation, bin_width: summary.binWidth)
    }
}

@c @implementation
public func qc_quantize_observer_options_init(
    _ options: UnsafeMutablePointer<qc_quantize_observer_options>!, _ size: Int
) -> qc_status {
    qc_quantize_observer_options.initialise(options, size)
}

@c @implementation
public func qc_quantize_observer_create(
    _ options: UnsafePointer<qc_quantize_observer_options>!,
    _ observer: UnsafeMutablePointer<OpaquePointer?>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let settings = try qc_quantize_observer_options.given(options)
        try Structs.reserved(settings.reserved)
        try Handles.create(observer, "observer") { () throws(QuantcalError) in
            try RangeObserver(
                .init(
                    channels: settings.channels, bins: Int(settings.bins),
                    movingAverage: settings.moving_average))
        }
    }
}

@c @implementation
public func qc_quantize_observer_destroy(_ observer: OpaquePointer!) {
    Handles.destroy(observer, RangeObserver.self)
}

private func update<T: WeightElement>(
    _ observer: OpaquePointer?, _ values: UnsafePointer<T>?, _ outer: Int, _ inner: Int,
    _ update: (RangeObserver) -> (UnsafeBufferPointer<T>, Int) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let observer: RangeObserver = try Handles.object(observer, "observer")
        let each = try Boundary.product(outer, inner, ("outer", "inner"))
        let count = try Boundary.product(each, observer.options.channels, ("outer * inner", "channels"))
        try update(observer)(Boundary.input(values, count, "values"), inner)
    }
}

@c @implementation
public func qc_quantize_observer_update_f32(
    _ observer: OpaquePointer!, _ values: UnsafePointer<Float>!, _ outer: Int, _ inner: Int
) -> qc_status {
    update(observer, values, outer, inner) { $0.update(_:inner:) }
}

@c @implementation
public func qc_quantize_observer_update_f16(
    _ observer: OpaquePointer!, _ values: UnsafePointer<UInt16>!, _ outer: Int, _ inner: Int
) -> qc_status {
    let values = values?.halfBits
    return update(observer, values, outer, inner) { $0.update(_:inner:) }
}

@c @implementation
public func qc_quantize_observer_update_bf16(
    _ observer: OpaquePointer!, _ values: UnsafePointer<UInt16>!, _ outer: Int, _ inner: Int
) -> qc_status {
    let values = values?.bfloat16Bits
    return update(observer, values, outer, inner) { $0.update(_:inner:) }
}

@c @implementation
public func qc_quantize_observer_merge(_ observer: OpaquePointer!, _ other: OpaquePointer!) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let target: RangeObserver = try Handles.object(observer, "observer")
        try target.merge(Handles.object(other, "other"))
    }
}

@c @implementation
public func qc_quantize_observer_summarize(
    _ observer: OpaquePointer!, _ channel: Int,
    _ result: UnsafeMutablePointer<qc_quantize_observer_summary>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let observer: RangeObserver = try Handles.object(observer, "observer")
        try ResultPlace(result).write(qc_quantize_observer_summary(observer.summary(channel)))
    }
}

@c @implementation
public func qc_quantize_observer_range(
    _ observer: OpaquePointer!, _ grid: UnsafePointer<qc_quantize_grid>!,
    _ rule: UnsafePointer<qc_quantize_range_rule>!, _ scales: UnsafeMutablePointer<Float>!,
    _ zeros: UnsafeMutablePointer<Float>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let observer: RangeObserver = try Handles.object(observer, "observer")
        let channels = observer.options.channels
        let description = try qc_quantize_range_rule.given(rule).description()
        let given = try GivenGrid(grid)
        let output = try Boundary.output(scales, channels, "scales")
        let zeroOutput = try Boundary.optionalOutput(zeros, channels, "zeros")
        try Region.requireDisjoint(
            outputs: [Region(scales, channels, "scales"), Region(zeros, channels, "zeros")],
            inputs: [given.levels])
        let fitter = try RangeFitter(given.grid.grid, description, hasZeros: zeros != nil)
        try fitter(observer, scales: output, zeros: zeroOutput)
    }
}

@c @implementation
public func qc_quantize_observer_serialize(
    _ observer: OpaquePointer!, _ bytes: UnsafeMutablePointer<UInt8>!, _ capacity: Int,
    _ size: UnsafeMutablePointer<Int>!
) -> qc_status {
    Handles.serialize(observer, "observer", as: RangeObserver.self, bytes, capacity, size)
}

@c @implementation
public func qc_quantize_observer_deserialize(
    _ bytes: UnsafePointer<UInt8>!, _ size: Int, _ observer: UnsafeMutablePointer<OpaquePointer?>!
) -> qc_status {
    Handles.deserialize(bytes, size, as: RangeObserver.self, observer, "observer")
}

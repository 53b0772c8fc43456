import CQuantcal
import QuantcalCore

extension qc_quantize_outlier_options: OptionsStruct {
    static var defaults: Self {
        let columns = OutlierColumns()
        return Self(
            struct_size: MemoryLayout<Self>.size, reference: columns.reference.rawValue, reserved: 0,
            threshold: columns.threshold)
    }

    fileprivate static func resolved(_ pointer: UnsafePointer<Self>?) throws(QuantcalError) -> OutlierColumns
    {
        let options = try given(pointer)
        try Structs.reserved(options.reserved)
        var columns = OutlierColumns()
        columns.reference = try Structs.value(options.reference, "reference")
        columns.threshold = options.threshold
        return columns
    }
}

@c @implementation
public func qc_quantize_outlier_options_init(
    _ options: UnsafeMutablePointer<qc_quantize_outlier_options>!, _ size: Int
) -> qc_status {
    qc_quantize_outlier_options.initialise(options, size)
}

private func outlierColumns<T: WeightElement>(
    _ values: UnsafePointer<T>?, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_outlier_options>?, _ magnitudes: UnsafeMutablePointer<Float>?,
    _ isOutlier: UnsafeMutablePointer<UInt8>?, _ count: UnsafeMutablePointer<Int>?,
    _ find: (OutlierColumns) -> (UnsafeBufferPointer<T>, Int, Int, OutlierColumns.Output)
        throws(QuantcalError) -> Int
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let settings = try qc_quantize_outlier_options.resolved(options)
        let elements = try Boundary.product(rows, columns, ("rows", "columns"))
        let input = try Boundary.input(values, elements, "values")
        let output = OutlierColumns.Output(
            magnitudes: try Boundary.optionalOutput(magnitudes, columns, "magnitudes"),
            isOutlier: try Boundary.optionalOutput(isOutlier, columns, "is_outlier"))
        let place = try Boundary.output(count, 1, "count")
        try Region.requireDisjoint(
            outputs: [
                Region(magnitudes, columns, "magnitudes"), Region(isOutlier, columns, "is_outlier"),
                Region(count, 1, "count"),
            ],
            inputs: [Region(values, elements, "values")])
        place.pointee = try find(settings)(input, rows, columns, output)
    }
}

@c @implementation
public func qc_quantize_outlier_columns_f32(
    _ values: UnsafePointer<Float>!, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_outlier_options>!, _ magnitudes: UnsafeMutablePointer<Float>!,
    _ is_outlier: UnsafeMutablePointer<UInt8>!, _ count: UnsafeMutablePointer<Int>!
) -> qc_status {
    outlierColumns(values, rows, columns, options, magnitudes, is_outlier, count) {
        $0.find(_:rows:columns:into:)
    }
}

@c @implementation
public func qc_quantize_outlier_columns_f16(
    _ values: UnsafePointer<UInt16>!, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_outlier_options>!, _ magnitudes: UnsafeMutablePointer<Float>!,
    _ is_outlier: UnsafeMutablePointer<UInt8>!, _ count: UnsafeMutablePointer<Int>!
) -> qc_status {
    let halves = values?.halfBits
    return outlierColumns(halves, rows, columns, options, magnitudes, is_outlier, count) {
        $0.find(_:rows:columns:into:)
    }
}

@c @implementation
public func qc_quantize_outlier_columns_bf16(
    _ values: UnsafePointer<UInt16>!, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_outlier_options>!, _ magnitudes: UnsafeMutablePointer<Float>!,
    _ is_outlier: UnsafeMutablePointer<UInt8>!, _ count: UnsafeMutablePointer<Int>!
) -> qc_status {
    let halves = values?.bfloat16Bits
    return outlierColumns(halves, rows, columns, options, magnitudes, is_outlier, count) {
        $0.find(_:rows:columns:into:)
    }
}

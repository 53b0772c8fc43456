/// Vectors of `isotonic/distribution` through the C ABI.

import CQuantcal

let abiIsotonicDistributionAdapters: [String: VectorAdapter] = [
    "qc_isotonic_distribution_options_init": { _, _ in
        let word = directions.first { $0.value == (try? initialOptions())?.direction ?? -1 }?.key
        return ["direction": .text(word ?? "unknown")]
    },
    "qc_isotonic_distribution_create": { inputs, type in
        try Owned(inputs, type).functions(inputs.rounded("x", to: inputs.format), type)
    },
    "qc_isotonic_distribution_destroy": { inputs, type in
        let outputs = try Owned(inputs, type).thresholds(type)
        qc_isotonic_distribution_destroy(nil)
        return outputs
    },
    "qc_isotonic_distribution_dimensions": { inputs, type in
        ["dimensions": .integers([try Owned(inputs, type).dimensions()])]
    },
    "qc_isotonic_distribution_thresholds": { inputs, type in try Owned(inputs, type).thresholds(type) },
    "qc_isotonic_distribution_cdf": { inputs, type in
        let fit = try Owned(inputs, type)
        return type == .f32
            ? try ask(
                inputs, "thresholds", "probabilities", fit, Float.self, qc_isotonic_distribution_cdf_f32)
            : try ask(
                inputs, "thresholds", "probabilities", fit, Double.self, qc_isotonic_distribution_cdf_f64)
    },
    "qc_isotonic_distribution_quantile": { inputs, type in
        let fit = try Owned(inputs, type)
        return type == .f32
            ? try ask(inputs, "levels", "quantiles", fit, Double.self, qc_isotonic_distribution_quantile_f32)
            : try ask(inputs, "levels", "quantiles", fit, Double.self, qc_isotonic_distribution_quantile_f64)
    },
    "qc_isotonic_distribution_crps": { inputs, type in
        let fit = try Owned(inputs, type)
        return type == .f32
            ? try crps(inputs, fit, qc_isotonic_distribution_crps_f32)
            : try crps(inputs, fit, qc_isotonic_distribution_crps_f64)
    },
    "qc_isotonic_distribution_pit": { inputs, type in
        let fit = try Owned(inputs, type)
        return type == .f32
            ? try pit(inputs, fit, qc_isotonic_distribution_pit_f32)
            : try pit(inputs, fit, qc_isotonic_distribution_pit_f64)
    },
    "qc_isotonic_distribution_serialize": { inputs, type in
        let fit = try Owned(inputs, type)
        let size = ABIBuffer<Int>(1)
        try abiCall(qc_isotonic_distribution_serialize(fit.handle, nil, 0, size.pointer), size)
        let bytes = ABIBuffer<UInt8>(size.elements[0])
        try abiCall(qc_isotonic_distribution_serialize(fit.handle, bytes.pointer, bytes.count, nil), bytes)
        return ["bytes": .integers(bytes.elements)]
    },
    "qc_isotonic_distribution_deserialize": { inputs, type in
        let bytes = try inputs.integers("bytes").map { UInt8($0) }
        let queries = try inputs.rounded("queries", to: .f64)
        return try Owned(bytes: bytes).functions(queries, type)
    },
]

private let directions = ["increasing": QC_ISOTONIC_INCREASING, "decreasing": QC_ISOTONIC_DECREASING]

private func initialOptions() throws -> qc_isotonic_distribution_options {
    var options = qc_isotonic_distribution_options()
    try abiCall(qc_isotonic_distribution_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

/// A handle that is destroyed.
private final class Owned {
    let handle: OpaquePointer

    init(bytes: [UInt8]) throws {
        let place = ABIBuffer<OpaquePointer?>(1)
        try abiCall(qc_isotonic_distribution_deserialize(bytes, bytes.count, place.pointer), place)
        handle = place.elements[0]!
    }

    init(_ inputs: VectorInputs, _ type: VectorType) throws {
        let place = ABIBuffer<OpaquePointer?>(1)
        if type == .f32 {
            try Self.create(inputs, place, qc_isotonic_distribution_create_f32)
        } else {
            try Self.create(inputs, place, qc_isotonic_distribution_create_f64)
        }
        handle = place.elements[0]!
    }

    deinit { qc_isotonic_distribution_destroy(handle) }

    private typealias Create<T> = (
        UnsafePointer<T>?, Int, Int, UnsafePointer<T>?, UnsafePointer<T>?, UnsafePointer<UInt8>?,
        UnsafePointer<qc_isotonic_distribution_options>?, UnsafeMutablePointer<OpaquePointer?>?
    ) -> qc_status

    private static func create<T: BinaryFloatingPoint>(
        _ inputs: VectorInputs, _ place: ABIBuffer<OpaquePointer?>, _ function: Create<T>
    ) throws {
        let (x, y): ([T], [T]) = (try inputs.scalars("x"), try inputs.scalars("y"))
        let weights: [T]? = try inputs.optionalScalars("weights")
        let events = inputs.optional("events") == nil ? nil : try inputs.integers("events").map { UInt8($0) }
        var options = try initialOptions()
        options.direction = try abiConstant(inputs.word("direction", default: "increasing"), directions)
        let dimensions = y.isEmpty ? 1 : x.count / y.count
        try abiCall(function(x, y.count, dimensions, y, weights, events, &options, place.pointer), place)
    }

    func dimensions() throws -> Int {
        let count = ABIBuffer<Int>(1)
        try abiCall(qc_isotonic_distribution_dimensions(handle, count.pointer), count)
        return count.elements[0]
    }

    func thresholds(_ type: VectorType) throws -> [String: VectorOutput] {
        let count = ABIBuffer<Int>(1)
        try abiCall(qc_isotonic_distribution_thresholds_f64(handle, nil, 0, count.pointer), count)
        let wanted = count.elements[0]
        if type == .f32 {
            let values = ABIBuffer<Float>(wanted)
            try abiCall(
                qc_isotonic_distribution_thresholds_f32(handle, values.pointer, wanted, nil), values)
            return ["thresholds": .floats(values.elements)]
        }
        let values = ABIBuffer<Double>(wanted)
        try abiCall(qc_isotonic_distribution_thresholds_f64(handle, values.pointer, wanted, nil), values)
        return ["thresholds": .floats(values.elements)]
    }

    /// The thresholds, and the functions of some covariates there.
    func functions(_ queries: [Double], _ type: VectorType) throws -> [String: VectorOutput] {
        let outputs = try thresholds(type)
        guard case .numbers(let thresholds, _)? = outputs["thresholds"] else { return outputs }
        let probabilities: VectorOutput
        let count = try queries.count / dimensions()
        if type == .f32 {
            let (rows, columns) = (queries.map { Float($0) }, thresholds.map { Float($0) })
            let output = ABIBuffer<Float>(count * columns.count)
            try abiCall(
                qc_isotonic_distribution_cdf_f32(
                    handle, rows, count, columns, columns.count, output.pointer), output)
            probabilities = .floats(output.elements)
        } else {
            let output = ABIBuffer<Double>(count * thresholds.count)
            try abiCall(
                qc_isotonic_distribution_cdf_f64(
                    handle, queries, count, thresholds, thresholds.count, output.pointer), output)
            probabilities = .floats(output.elements)
        }
        return outputs.merging(["probabilities": probabilities]) { $1 }
    }
}

private typealias Question<T, Column> = (
    OpaquePointer?, UnsafePointer<T>?, Int, UnsafePointer<Column>?, Int, UnsafeMutablePointer<T>?
) -> qc_status

private func ask<T: BinaryFloatingPoint, Column: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ columns: String, _ answers: String, _ fit: Owned, _: Column.Type,
    _ function: Question<T, Column>
) throws -> [String: VectorOutput] {
    let queries: [T] = try inputs.scalars("queries")
    let count = try queries.count / fit.dimensions()
    let format: FloatFormat = Column.self == Float.self ? .f32 : .f64
    let asked = try inputs.rounded(columns, to: format).map { Column($0) }
    let output = ABIBuffer<T>(count * asked.count)
    try abiCall(function(fit.handle, queries, count, asked, asked.count, output.pointer), output)
    return [answers: .floats(output.elements)]
}

private func crps<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ fit: Owned,
    _ function: (
        OpaquePointer?, UnsafePointer<T>?, UnsafePointer<T>?, Int, UnsafeMutablePointer<T>?
    ) -> qc_status
) throws -> [String: VectorOutput] {
    let (queries, y): ([T], [T]) = (try inputs.scalars("queries"), try inputs.scalars("outcomes"))
    let output = ABIBuffer<T>(y.count)
    try abiCall(function(fit.handle, queries, y, y.count, output.pointer), output)
    return ["crps": .floats(output.elements)]
}

private func pit<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ fit: Owned,
    _ function: (
        OpaquePointer?, UnsafePointer<T>?, UnsafePointer<T>?, Int, UInt64, UnsafeMutablePointer<T>?,
        UnsafeMutablePointer<T>?, UnsafeMutablePointer<T>?
    ) -> qc_status
) throws -> [String: VectorOutput] {
    let (queries, y): ([T], [T]) = (try inputs.scalars("queries"), try inputs.scalars("outcomes"))
    let seed = UInt64(UInt(bitPattern: try inputs.size("seed")))
    let (lower, upper) = (ABIBuffer<T>(y.count), ABIBuffer<T>(y.count))
    let draw = ABIBuffer<T>(y.count)
    try abiCall(
        function(
            fit.handle, queries, y, y.count, seed, lower.pointer, upper.pointer, draw.pointer),
        lower, upper, draw)
    return [
        "lower": .floats(lower.elements), "upper": .floats(upper.elements), "pit": .floats(draw.elements),
    ]
}

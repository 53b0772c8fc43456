/// Vectors of observers through the C ABI.

import CQuantcal

let abiQuantizeObserverAdapters: [String: VectorAdapter] = [
    "qc_quantize_observer_options_init": { _, _ in
        let options = try initialOptions()
        return [
            "channels": .integer(options.channels), "moving_average": .float(options.moving_average),
            "bins": .integer(options.bins),
        ]
    },
    "qc_quantize_observer_create": summary,
    "qc_quantize_observer_destroy": summary,
    "qc_quantize_observer_summarize": summary,
    "qc_quantize_observer_update": summary,
    "qc_quantize_observer_merge": { inputs, _ in
        let parts = try observerParts(inputs)
        let observers = try parts.map { part in
            let observer = try ObserverHandle(of: inputs)
            try observer.update(part, .f32, inputs)
            return observer
        }
        let sum: ObserverHandle
        if try inputs.word("fold", default: "left") == "right" {
            sum = try observers.dropLast().reversed().reduce(observers.last!) { try $1.merged($0) }
        } else {
            sum = try observers.dropFirst().reduce(observers[0]) { try $0.merged($1) }
        }
        return try sum.summary()
    },
    "qc_quantize_observer_range": { inputs, _ in
        let observer = try ObserverHandle(after: inputs, .f32)
        let wantsZero = try inputs.integer("with_zeros", default: 0) != 0
        var rule = try abiRangeRule(inputs)
        return try abiWithGrid(inputs) { grid in
            let channels = try inputs.integer("channels", default: 1)
            let (scales, zeros) = (ABIBuffer<Float>(channels), ABIBuffer<Float>(wantsZero ? channels : 0))
            try abiCall(
                qc_quantize_observer_range(
                    observer.pointer, grid, &rule, scales.pointer, wantsZero ? zeros.pointer : nil), scales,
                zeros)
            let found: [String: VectorOutput] = ["scales": .floats(scales.elements)]
            return wantsZero ? found.merging(["zeros": .floats(zeros.elements)]) { $1 } : found
        }
    },
    "qc_quantize_observer_serialize": { inputs, _ in
        let observer = try ObserverHandle(after: inputs, .f32)
        let size = ABIBuffer<Int>(1)
        try abiCall(qc_quantize_observer_serialize(observer.pointer, nil, 0, size.pointer), size)
        let bytes = ABIBuffer<UInt8>(size.elements[0])
        try abiCall(
            qc_quantize_observer_serialize(observer.pointer, bytes.pointer, bytes.count, nil), bytes)
        return ["bytes": .integers(bytes.elements)]
    },
    "qc_quantize_observer_deserialize": { inputs, _ in
        let bytes = try inputs.integers("bytes").map { UInt8($0) }
        let place = ABIBuffer<OpaquePointer?>(1)
        _ = inputs.optional("values")
        try abiCall(qc_quantize_observer_deserialize(bytes, bytes.count, place.pointer), place)
        let observer = ObserverHandle(place.elements[0]!)
        for part in try observerParts(inputs) { try observer.update(part, .f32, inputs) }
        return try observer.summary()
    },
]

/// What further calls, or further observers, begin at `cuts`.
func observerParts(_ inputs: VectorInputs) throws -> [[Double]] {
    let values: [Double] = try inputs.optionalScalars("values") ?? []
    let cuts = inputs.optional("cuts") == nil ? [] : try inputs.integers("cuts").map { Int($0) }
    return zip([0] + cuts, cuts + [values.count]).map { Array(values[$0..<$1]) }
}

private func initialOptions() throws -> qc_quantize_observer_options {
    var options = qc_quantize_observer_options()
    try abiCall(qc_quantize_observer_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private final class ObserverHandle {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    init(of inputs: VectorInputs) throws {
        var options = try initialOptions()
        options.channels = try inputs.integer("channels", default: options.channels)
        options.moving_average = try inputs.double("moving_average", default: options.moving_average)
        options.bins = Int32(try inputs.integer("bins", default: Int(options.bins)))
        for key in ["values", "cuts", "inner"] { _ = inputs.optional(key) }
        let place = ABIBuffer<OpaquePointer?>(1)
        try abiCall(qc_quantize_observer_create(&options, place.pointer), place)
        pointer = place.elements[0]!
    }

    convenience init(after inputs: VectorInputs, _ type: VectorType) throws {
        try self.init(of: inputs)
        for part in try observerParts(inputs) { try update(part, type, inputs) }
    }

    deinit { qc_quantize_observer_destroy(pointer) }

    func update(_ values: [Double], _ type: VectorType, _ inputs: VectorInputs) throws {
        let inner = try inputs.integer("inner", default: 1)
        let outer = try values.count / (inner * inputs.integer("channels", default: 1))
        switch type {
        case .f16:
            let bits = values.map { Float16($0).bitPattern }
            try abiCall(qc_quantize_observer_update_f16(pointer, bits, outer, inner))
        case .bf16:
            let bits = values.map { UInt16(Float($0).bitPattern >> 16) }
            try abiCall(qc_quantize_observer_update_bf16(pointer, bits, outer, inner))
        default:
            let singles = values.map { Float($0) }
            try abiCall(qc_quantize_observer_update_f32(pointer, singles, outer, inner))
        }
    }

    func merged(_ other: ObserverHandle) throws -> ObserverHandle {
        try abiCall(qc_quantize_observer_merge(pointer, other.pointer))
        return self
    }

    private func summary(_ channel: Int) throws -> qc_quantize_observer_summary {
        var summary = qc_quantize_observer_summary()
        summary.struct_size = MemoryLayout.size(ofValue: summary)
        try abiCall(qc_quantize_observer_summarize(pointer, channel, &summary))
        return summary
    }

    func summary() throws -> [String: VectorOutput] {
        let first = try summary(0)
        let all = try (0..<first.channels).map { try summary($0) }
        return [
            "count": .integer(first.count), "zero_count": .integers(all.map(\.zero_count)),
            "minimum": .floats(all.map(\.minimum)), "maximum": .floats(all.map(\.maximum)),
            "average_minimum": .floats(all.map(\.average_minimum)),
            "average_maximum": .floats(all.map(\.average_maximum)), "mean": .floats(all.map(\.mean)),
            "standard_deviation": .floats(all.map(\.standard_deviation)),
            "bin_width": .floats(all.map(\.bin_width)),
        ]
    }
}

@Sendable private func summary(_ inputs: VectorInputs, _ type: VectorType) throws -> [String: VectorOutput] {
    try ObserverHandle(after: inputs, type).summary()
}

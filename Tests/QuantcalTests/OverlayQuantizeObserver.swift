/// Vectors of observers through the Swift overlay.

import Quantcal

let overlayQuantizeObserverAdapters: [String: VectorAdapter] = [
    "qc_quantize_observer_options_init": { _, _ in
        // The bytes are those of these options only.
        let (channels, bins, movingAverage) = (1, 2048, 0.0)
        let given = try QuantizeObserver(channels: channels, bins: bins, movingAverage: movingAverage)
        let isSame = try given.serialized() == QuantizeObserver().serialized()
        return [
            "channels": .integer(isSame ? channels : 0), "moving_average": .float(movingAverage),
            "bins": .integer(bins),
        ]
    },
    "qc_quantize_observer_create": summary,
    "qc_quantize_observer_destroy": summary,
    "qc_quantize_observer_summarize": summary,
    "qc_quantize_observer_update": summary,
    "qc_quantize_observer_merge": { inputs, _ in
        var observers = try observerParts(inputs).map { part in
            var observer = try newObserver(inputs)
            try observer.update(part.map { Float($0) }, inner: inputs.integer("inner", default: 1))
            return observer
        }
        if try inputs.word("fold", default: "left") == "right" {
            while observers.count > 1 {
                let last = observers.removeLast()
                try observers[observers.count - 1].merge(last)
            }
        } else {
            for other in observers.dropFirst() { try observers[0].merge(other) }
        }
        return try outputs(observers[0])
    },
    "qc_quantize_observer_range": { inputs, _ in
        let observer = try observer(inputs, .f32)
        let wantsZeros = try inputs.integer("with_zeros", default: 0) != 0
        let found = try observer.range(
            grid: overlayGrid(inputs), rule: overlayRangeRule(inputs), wantsZeros: wantsZeros)
        let scales: [String: VectorOutput] = ["scales": .floats(found.scales)]
        return scales.merging(found.zeros.map { ["zeros": .floats($0)] } ?? [:]) { $1 }
    },
    "qc_quantize_observer_serialize": { inputs, _ in
        ["bytes": .integers(try observer(inputs, .f32).serialized())]
    },
    "qc_quantize_observer_deserialize": { inputs, _ in
        _ = inputs.optional("values")
        var observer = try QuantizeObserver(serialized: inputs.integers("bytes").map { UInt8($0) })
        for part in try observerParts(inputs) { try observer.update(part.map { Float($0) }) }
        return try outputs(observer)
    },
]

private func newObserver(_ inputs: VectorInputs) throws -> QuantizeObserver {
    for key in ["values", "cuts", "inner"] { _ = inputs.optional(key) }
    let channels = try inputs.integer("channels", default: 1)
    let movingAverage = try inputs.double("moving_average", default: 0)
    guard inputs.optional("bins") != nil else {
        return try QuantizeObserver(channels: channels, movingAverage: movingAverage)
    }
    return try QuantizeObserver(
        channels: channels, bins: inputs.integer("bins"), movingAverage: movingAverage)
}

private func observer(_ inputs: VectorInputs, _ type: VectorType) throws -> QuantizeObserver {
    var observer = try newObserver(inputs)
    let inner = try inputs.integer("inner", default: 1)
    for part in try observerParts(inputs) {
        switch type {
        case .f16: try observer.update(part.map { HalfBits(bits: Float16($0).bitPattern) }, inner: inner)
        case .bf16:
            try observer.update(
                part.map { BFloat16Bits(bits: UInt16(Float($0).bitPattern >> 16)) }, inner: inner)
        default: try observer.update(part.map { Float($0) }, inner: inner)
        }
    }
    return observer
}

private func outputs(_ observer: QuantizeObserver) throws -> [String: VectorOutput] {
    let first = try observer.summary()
    let all = try (0..<first.channels).map { try observer.summary(channel: $0) }
    return [
        "count": .integer(first.count), "zero_count": .integers(all.map(\.zeroCount)),
        "minimum": .floats(all.map(\.minimum)), "maximum": .floats(all.map(\.maximum)),
        "average_minimum": .floats(all.map(\.averageMinimum)),
        "average_maximum": .floats(all.map(\.averageMaximum)), "mean": .floats(all.map(\.mean)),
        "standard_deviation": .floats(all.map(\.standardDeviation)),
        "bin_width": .floats(all.map(\.binWidth)),
    ]
}

@Sendable private func summary(_ inputs: VectorInputs, _ type: VectorType) throws -> [String: VectorOutput] {
    try outputs(observer(inputs, type))
}

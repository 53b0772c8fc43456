/// Vectors of `isotonic/centered` through the Swift overlay.

import Quantcal

let overlayIsotonicCenteredAdapters: [String: VectorAdapter] = [
    "qc_isotonic_centered": { inputs, type in
        switch type {
        case .f32:
            try centered(inputs) {
                try isotonicCentered($0, $1, weights: $2, options: $3) as CenteredIsotonicFit<Float>
            }
        default:
            try centered(inputs) {
                try isotonicCentered($0, $1, weights: $2, options: $3) as CenteredIsotonicFit<Double>
            }
        }
    },
    "qc_isotonic_centered_options_init": { _, _ in
        let options = IsotonicCenteredOptions()
        return [
            "direction": .text(overlayWord(options.direction)), "ties": .text(overlayWord(options.ties)),
            "interval": .text(overlayWord(options.interval)), "confidence": .float(options.confidence),
            "range_lower": .float(options.rangeLower), "range_upper": .float(options.rangeUpper),
        ]
    },
]

private func centered<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ call: ([T], [T], [T]?, IsotonicCenteredOptions) throws -> CenteredIsotonicFit<T>
) throws -> [String: VectorOutput] {
    var options = IsotonicCenteredOptions()
    options.direction = try overlayCase(inputs.word("direction", default: "increasing"))
    options.ties = try overlayCase(inputs.word("ties", default: "boundary"))
    options.interval = try overlayCase(inputs.word("interval", default: "morris"))
    options.confidence = try inputs.double("confidence", default: options.confidence)
    options.rangeLower = try inputs.double("range_lower", default: options.rangeLower)
    options.rangeUpper = try inputs.double("range_upper", default: options.rangeUpper)
    let fit = try call(inputs.scalars("x"), inputs.scalars("y"), inputs.optionalScalars("weights"), options)
    return [
        "fitted": .floats(fit.fitted), "lower": .floats(fit.lower), "upper": .floats(fit.upper),
        "knots": .floats(fit.knots), "values": .floats(fit.values), "knot_weights": .floats(fit.knotWeights),
        "knot_lower": .floats(fit.knotLower), "knot_upper": .floats(fit.knotUpper),
    ]
}

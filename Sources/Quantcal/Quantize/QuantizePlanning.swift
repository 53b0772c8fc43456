import QuantcalCore

/// The share of all training tokens that is best spent on quantization-aware training:
/// exp(-constant / ln S), S being the tokens for each byte of the quantized model.
/// C: `qc_quantize_qat_fraction`; the default argument is that of `qc_quantize_qat_options_init`.
public func quantizeQATFraction(
    tokens: Double, parameters: Double, bits: Double, constant: Double = 6.7297
) throws(QuantcalError) -> Double {
    try TrainingPlan.fraction(tokens: tokens, parameters: parameters, bits: bits, constant: constant)
}

/// The loss that quantization adds, by a law whose constants the caller has fitted:
/// factor * tokens^tokenExponent * log2(groupSize)^groupExponent / parameters^parameterExponent.
/// C: `qc_quantize_qat_loss`.
public func quantizeQATLoss(
    tokens: Double, parameters: Double, groupSize: Int, factor: Double, tokenExponent: Double,
    parameterExponent: Double, groupExponent: Double
) throws(QuantcalError) -> Double {
    guard groupSize >= 0 else {
        throw QuantcalError(.size, "groupSize is \(groupSize); it must be at least 1")
    }
    let law = TrainingPlan.Loss(
        factor: factor, tokenExponent: tokenExponent, parameterExponent: parameterExponent,
        groupExponent: groupExponent)
    return try law(tokens: tokens, parameters: parameters, groupSize: groupSize)
}

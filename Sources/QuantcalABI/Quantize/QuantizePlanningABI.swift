import CQuantcal
import QuantcalCore

extension qc_quantize_qat_options: OptionsStruct {
    static var defaults: Self {
        Self(struct_size: MemoryLayout<Self>.size, constant: TrainingPlan.defaultConstant)
    }
}

@c @implementation
public func qc_quantize_qat_options_init(
    _ options: UnsafeMutablePointer<qc_quantize_qat_options>!, _ size: Int
) -> qc_status {
    qc_quantize_qat_options.initialise(options, size)
}

@c @implementation
public func qc_quantize_qat_fraction(
    _ tokens: Double, _ parameters: Double, _ bits: Double,
    _ options: UnsafePointer<qc_quantize_qat_options>!, _ fraction: UnsafeMutablePointer<Double>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let settings = try qc_quantize_qat_options.given(options)
        let output = try Boundary.output(fraction, 1, "fraction")
        output.pointee = try TrainingPlan.fraction(
            tokens: tokens, parameters: parameters, bits: bits, constant: settings.constant)
    }
}

@c @implementation
public func qc_quantize_qat_loss(
    _ tokens: Double, _ parameters: Double, _ group_size: Int, _ factor: Double, _ token_exponent: Double,
    _ parameter_exponent: Double, _ group_exponent: Double, _ loss: UnsafeMutablePointer<Double>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let output = try Boundary.output(loss, 1, "loss")
        let law = TrainingPlan.Loss(
            factor: factor, tokenExponent: token_exponent, parameterExponent: parameter_exponent,
            groupExponent: group_exponent)
        output.pointee = try law(tokens: tokens, parameters: parameters, groupSize: group_size)
    }
}

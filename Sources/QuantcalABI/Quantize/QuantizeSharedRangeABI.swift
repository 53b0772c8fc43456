import CQuantcal
import QuantcalCore

extension qc_quantize_reparameterize_options: OptionsStruct {
    static var defaults: Self { Self(struct_size: MemoryLayout<Self>.size, common: 0, real_zero: 0) }

    fileprivate func core() throws(QuantcalError) -> ChannelReparameterization {
        var core = ChannelReparameterization()
        core.common = try Structs.value(common, "common")
        core.hasRealZero = try Structs.flag(real_zero, "real_zero")
        return core
    }
}

extension qc_quantize_range_groups_options: OptionsStruct {
    static var defaults: Self {
        let core = RangeGrouping()
        return Self(
            struct_size: MemoryLayout<Self>.size, method: core.method.rawValue,
            restarts: Int32(core.restarts),
            seed: core.seed, progress: qc_progress())
    }

    fileprivate func core() throws(QuantcalError) -> RangeGrouping {
        var core = RangeGrouping()
        core.method = try Structs.value(method, "method")
        (core.restarts, core.seed) = (Int(restarts), seed)
        return core
    }
}

@c @implementation
public func qc_quantize_reparameterize_options_init(
    _ options: UnsafeMutablePointer<qc_quantize_reparameterize_options>!, _ size: Int
) -> qc_status { qc_quantize_reparameterize_options.initialise(options, size) }

@c @implementation
public func qc_quantize_range_groups_options_init(
    _ options: UnsafeMutablePointer<qc_quantize_range_groups_options>!, _ size: Int
) -> qc_status { qc_quantize_range_groups_options.initialise(options, size) }

/// An array that is changed; without zero points it need not be there.
private func changed(
    _ pointer: UnsafeMutablePointer<Float>?, _ count: Int, _ name: String, isOptional: Bool
) throws(QuantcalError) -> UnsafeMutableBufferPointer<Float>? {
    if pointer == nil, isOptional { return nil }
    return UnsafeMutableBufferPointer(start: try Boundary.output(pointer, count, name), count: count)
}

@c @implementation
public func qc_quantize_reparameterize_f32(
    _ scales: UnsafePointer<Float>!, _ zeros: UnsafePointer<Float>!, _ channels: Int,
    _ gamma: UnsafeMutablePointer<Float>!, _ beta: UnsafeMutablePointer<Float>!,
    _ weights: UnsafeMutablePointer<Float>!, _ rows: Int, _ bias: UnsafeMutablePointer<Float>!,
    _ options: UnsafePointer<qc_quantize_reparameterize_options>!, _ scale: UnsafeMutablePointer<Float>!,
    _ zero: UnsafeMutablePointer<Float>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let core = try qc_quantize_reparameterize_options.given(options).core()
        let count = try Boundary.product(rows, channels, ("rows", "channels"))
        let scalesInput = try Boundary.input(scales, channels, "scales")
        let zerosInput = try Boundary.optionalInput(zeros, channels, "zeros")
        let isMoved = zeros != nil
        let layers = ChannelReparameterization.Layers(
            gamma: try changed(gamma, channels, "gamma", isOptional: false)!,
            beta: try changed(beta, channels, "beta", isOptional: !isMoved),
            weights: try changed(weights, count, "weights", isOptional: false)!,
            bias: try changed(bias, rows, "bias", isOptional: !isMoved))
        let scalePlace = try Boundary.output(scale, 1, "scale")
        let zeroPlace = try changed(zero, 1, "zero", isOptional: !isMoved)
        try Region.requireDisjoint(
            outputs: [
                Region(gamma, channels, "gamma"), Region(beta, channels, "beta"),
                Region(weights, count, "weights"), Region(bias, rows, "bias"), Region(scale, 1, "scale"),
                Region(zero, 1, "zero"),
            ],
            inputs: [Region(scales, channels, "scales"), Region(zeros, channels, "zeros")])
        let common = try core(scales: scalesInput, zeros: zerosInput, layers)
        scalePlace.pointee = common.scale
        zeroPlace?[0] = common.zero
    }
}

@c @implementation
public func qc_quantize_range_groups(
    _ minimum: UnsafePointer<Double>!, _ maximum: UnsafePointer<Double>!, _ n: Int, _ groups: Int,
    _ options: UnsafePointer<qc_quantize_range_groups_options>!, _ group_of: UnsafeMutablePointer<Int>!,
    _ group_minimum: UnsafeMutablePointer<Double>!, _ group_maximum: UnsafeMutablePointer<Double>!,
    _ group_count: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let given = try qc_quantize_range_groups_options.given(options)
        let core = try given.core()
        let low = try Boundary.input(minimum, n, "minimum")
        let high = try Boundary.input(maximum, n, "maximum")
        let assignment = try Boundary.output(group_of, n, "group_of")
        let groupLow = try Boundary.output(group_minimum, groups, "group_minimum")
        let groupHigh = try Boundary.output(group_maximum, groups, "group_maximum")
        let count = try Boundary.output(group_count, 1, "group_count")
        try Region.requireDisjoint(
            outputs: [
                Region(group_of, n, "group_of"), Region(group_minimum, groups, "group_minimum"),
                Region(group_maximum, groups, "group_maximum"), Region(group_count, 1, "group_count"),
            ],
            inputs: [Region(minimum, n, "minimum"), Region(maximum, n, "maximum")])
        count.pointee = try core(
            low, high, groups: groups, Structs.progress(given.progress), assignment, groupLow, groupHigh)
    }
}

@c @implementation
public func qc_quantize_step_places(
    _ calibrated: UnsafePointer<Double>!, _ calibrated_count: Int, _ steps: UnsafePointer<Double>!, _ n: Int,
    _ places: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let known = try Boundary.input(calibrated, calibrated_count, "calibrated")
        let asked = try Boundary.input(steps, n, "steps")
        let output = try Boundary.output(places, n, "places")
        try Region.requireDisjoint(
            outputs: [Region(places, n, "places")],
            inputs: [Region(calibrated, calibrated_count, "calibrated"), Region(steps, n, "steps")])
        try CalibratedSteps.places(of: asked, in: known, output)
    }
}

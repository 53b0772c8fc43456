/// Inputs told apart by a property, whose values at calibration become the groups of a calibrator.
struct ConformalGroups<Input> {
    private let property: ((Input) -> AnyHashable)?
    private var numbers: [AnyHashable: Int] = [:]

    /// Without a property all inputs are one group.
    init(_ property: ((Input) -> AnyHashable)?, of inputs: [Input]) {
        self.property = property
        guard let property else { return }
        for input in inputs where numbers[property(input)] == nil { numbers[property(input)] = numbers.count }
    }

    /// 0 without a property.
    var count: Int { numbers.count }

    /// The group of each input, -1 for a value that calibration has not seen; nil without a property.
    func callAsFunction(_ inputs: [Input]) -> [Int]? {
        property.map { property in inputs.map { numbers[property($0)] ?? -1 } }
    }
}

extension ConformalCalibrator {
    /// The threshold of each of some inputs, of weight 1, by their groups; one for all if there are none.
    func thresholds(groups: [Int]?, alpha: Double) throws(QuantcalError) -> [Double] {
        guard let groups else { return try thresholds(alphas: [alpha]).elements }
        return try pointThresholds(groups: groups, alpha: alpha)
    }
}

/// From the points j that would be selected among R_j, each by its own procedure, those that can be selected
/// together: the ones with xi_j R_j <= r, for the largest r that as many points reach.
///
/// Source: Jin, Candes (2023); it is the e-BH procedure for e_j = m / (q R_j xi_j), 0 where j is no candidate.
struct ConformalPruning: ~Copyable {
    /// R_j, or 0 where j is no candidate.
    let rejections: Scratch<Int32>
    private let xi: ConformalUniforms
    private let limit: Int

    init(rejections: consuming Scratch<Int32>, pruning: ConformalSelection.Pruning, seed: UInt64)
        throws(QuantcalError)
    {
        let philox = pruning == .deterministic ? nil : Philox(seed: seed, purpose: .conformalPruning)
        let xi = ConformalUniforms(philox, isShared: pruning == .homogeneous)
        let numbers = rejections.buffer
        limit = try StepUp.largest(numbers.count) { index in
            numbers[index] == 0 ? numbers.count + 1 : Self.step(numbers[index], xi.units(index))
        }
        self.xi = xi
        self.rejections = rejections
    }

    /// xi R, rounded up.
    private static func step(_ rejections: Int32, _ units: UInt64) -> Int {
        let one = UInt128(ConformalUniforms.one)
        return Int((UInt128(units) * UInt128(rejections) + one - 1) / one)
    }

    /// Writes which points are selected, and their e-values if wanted; returns how many are.
    func write(_ output: ConformalSelection.Output, level: SelectionLevel) -> Int {
        var count = 0
        for (index, number) in rejections.buffer.enumerated() {
            let units = xi.units(index)
            let isSelected = number > 0 && Self.step(number, units) <= limit
            count += isSelected ? 1 : 0
            output.selected[index] = isSelected ? 1 : 0
            output.e?[index] =
                number == 0 ? 0 : level.evidence(Int(number)) / (Double(units) * 0x1p-53)
        }
        return count
    }
}

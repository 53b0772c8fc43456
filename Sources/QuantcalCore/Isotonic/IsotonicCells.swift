import CQuantcalKernels

/// Points in a cell: as many as a mask has bits.
let isotonicCellSize = 64

/// Sums and bounds of cells of 64 neighbours: what is known of the points without looking at them again.
/// The last cell may be shorter.
struct IsotonicCells<T: IsotonicScalar, Weights: IsotonicWeights> {
    typealias Cell = quantcal_isotonic_cell

    let points: IsotonicPoints<T, Weights>
    let cells: UnsafeMutablePointer<Cell>

    static func count(of points: Int) -> Int { (points + isotonicCellSize - 1) / isotonicCellSize }

    /// What must be known of points before they can be pooled.
    struct Survey: BitwiseCopyable {
        /// No value is infinite or NaN, and no sum overflows.
        var isFinite = true
        /// Bounds of the values.
        var least = Double.infinity
        var most = -Double.infinity
        /// Every value is above the one before.
        var rises = true
        var leastWeight = Double.infinity
        var weight = 0.0

        var largestMagnitude: Double { max(abs(least), abs(most)) }

        /// A number no farther from 0 than any value: subtracting it cancels a common offset.
        var centre: Double { least > 0 ? least : min(most, 0) }

        /// Two ranges as one; whether that rises is not known.
        mutating func add(_ other: Survey) {
            rises = false
            isFinite = isFinite && other.isFinite
            least = min(least, other.least)
            most = max(most, other.most)
            leastWeight = min(leastWeight, other.leastWeight)
            weight += other.weight
        }
    }

    func places(_ cell: Int) -> Range<Int> {
        cell * isotonicCellSize..<min((cell + 1) * isotonicCellSize, points.count)
    }

    /// Sums up some cells.
    func survey(_ range: Range<Int>) -> Survey {
        let whole = min(range.upperBound, points.count / isotonicCellSize)
        let first = range.lowerBound * isotonicCellSize
        var found = quantcal_isotonic_survey()
        (T.cellsKernel ?? T.cellsReference)(
            points.values.baseAddress! + first, points.weightMemory.map { $0 + first },
            whole - range.lowerBound,
            points.scale, points.weights.scale, cells + range.lowerBound, &found)
        var survey = Survey(
            isFinite: found.is_finite != 0, least: found.least, most: found.most, rises: found.rises != 0,
            leastWeight: found.least_weight, weight: found.weight)
        if whole < range.upperBound { summarisePart(whole, &survey) }
        if survey.rises {
            survey.rises = range.dropFirst().allSatisfy {
                points[$0 * isotonicCellSize - 1] < points[$0 * isotonicCellSize]
            }
        }
        return survey
    }

    /// Sums up the last cell, which is shorter.
    private func summarisePart(_ cell: Int, _ survey: inout Survey) {
        var sum = DoubleDouble()
        var weight = DoubleDouble()
        var (least, most) = (Double.infinity, -Double.infinity)
        for place in places(cell) {
            let value = points[place]
            sum.addProduct(value, points.weight(place))
            weight += points.weight(place)
            least = min(least, value)
            most = max(most, value)
            survey.leastWeight = min(survey.leastWeight, points.weight(place))
            if place > cell * isotonicCellSize { survey.rises = survey.rises && points[place - 1] < value }
        }
        cells[cell] = Cell(
            high: sum.high, low: sum.low, weight_high: weight.high, weight_low: weight.low, least: least,
            most: most)
        survey.isFinite = survey.isFinite && sum.high.isFinite
        survey.least = min(survey.least, least)
        survey.most = max(survey.most, most)
        survey.weight += weight.high
    }
}

extension Lanes {
    /// The least lane.
    @inline(__always) fileprivate var foldedMinimum: Double {
        var lanes = self
        for other in [4, 2, 1] {
            let exchanged = lanes.exchanged(other)
            lanes.replace(with: exchanged, where: exchanged .< lanes)
        }
        return lanes[0]
    }
}

/// A scalar with kernels for cells.
protocol IsotonicScalar: SummableScalar {
    typealias CellsKernel = (
        UnsafePointer<Self>?, UnsafePointer<Self>?, Int, Double, Double,
        UnsafeMutablePointer<quantcal_isotonic_cell>?, UnsafeMutablePointer<quantcal_isotonic_survey>?
    ) -> Void
    typealias DipsKernel = (
        UnsafePointer<Self>?, UnsafePointer<Self>?, Int, Double, Double,
        UnsafePointer<quantcal_isotonic_chord>?, UnsafeMutablePointer<quantcal_isotonic_dip>?
    ) -> Int
    typealias SurvivorsKernel = (
        UnsafePointer<Self>?, UnsafePointer<Self>?, Int, Double, Double, Int32,
        UnsafePointer<quantcal_isotonic_bend>?, UnsafeMutablePointer<UInt64>?
    ) -> Void
    static var cellsKernel: CellsKernel? { get }
    static var dipsKernel: DipsKernel? { get }
    static var survivorsKernel: SurvivorsKernel? { get }
}

extension Float: IsotonicScalar {
    static var cellsKernel: CellsKernel? { Kernels.cellsF32 }
    static var dipsKernel: DipsKernel? { Kernels.dipsF32 }
    static var survivorsKernel: SurvivorsKernel? { Kernels.survivorsF32 }
}

extension Double: IsotonicScalar {
    static var cellsKernel: CellsKernel? { Kernels.cellsF64 }
    static var dipsKernel: DipsKernel? { Kernels.dipsF64 }
    static var survivorsKernel: SurvivorsKernel? { Kernels.survivorsF64 }
}

extension IsotonicScalar {
    /// The kernel's reference.
    static func cellsReference(
        _ values: UnsafePointer<Self>?, _ weights: UnsafePointer<Self>?, _ count: Int, _ scale: Double,
        _ weightScale: Double, _ cells: UnsafeMutablePointer<quantcal_isotonic_cell>?,
        _ survey: UnsafeMutablePointer<quantcal_isotonic_survey>?
    ) {
        var leastWeight = Lanes(repeating: .infinity)
        var found = quantcal_isotonic_survey(
            least: .infinity, most: -.infinity, least_weight: .infinity, weight: 0, is_finite: 1, rises: 1)
        for cell in 0..<count {
            let values = values! + cell * isotonicCellSize
            let weights = weights.map { $0 + cell * isotonicCellSize }
            var least = Lanes(at: values) * scale
            var most = least
            var (largest, heaviest) = (Lanes.zero, Lanes.zero)
            for place in stride(from: 0, to: isotonicCellSize, by: 8) {
                let lanes = Lanes(at: values + place) * scale
                least.replace(with: lanes, where: lanes .< least)
                most.replace(with: lanes, where: lanes .> most)
                guard let weights else { continue }
                let weightLanes = Lanes(at: weights + place) * weightScale
                let magnitude = (lanes * weightLanes).magnitude
                leastWeight.replace(with: weightLanes, where: weightLanes .< leastWeight)
                heaviest.replace(with: weightLanes, where: weightLanes .> heaviest)
                largest.replace(with: magnitude, where: magnitude .> largest)
            }
            if found.rises != 0 {
                let rises = (1..<isotonicCellSize).allSatisfy {
                    Double(values[$0 - 1]) * scale < Double(values[$0]) * scale
                }
                found.rises = rises ? 1 : 0
            }
            let (low, high) = (least.foldedMinimum, -(-most).foldedMinimum)
            var sum = SplitSum(magnitude: weights == nil ? max(-low, high) : -(-largest).foldedMinimum)
            var weight = SplitSum(magnitude: -(-heaviest).foldedMinimum)
            for place in stride(from: 0, to: isotonicCellSize, by: 8) {
                let lanes = Lanes(at: values + place) * scale
                if let weights {
                    let weightLanes = Lanes(at: weights + place) * weightScale
                    sum.addProduct(lanes, weightLanes)
                    weight.add(weightLanes)
                } else {
                    sum.add(lanes)
                }
            }
            let total = sum.folded
            let totalWeight = weights == nil ? DoubleDouble(high: 64) : weight.folded
            cells![cell] = quantcal_isotonic_cell(
                high: total.high, low: total.low, weight_high: totalWeight.high, weight_low: totalWeight.low,
                least: low, most: high)
            found.least = min(found.least, low)
            found.most = max(found.most, high)
            found.weight += totalWeight.high
            if !total.high.isFinite { found.is_finite = 0 }
        }
        found.least_weight = leastWeight.foldedMinimum
        survey!.pointee = found
    }
}

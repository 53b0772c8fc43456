import CQuantcalKernels

/// Points in a cell: as many as a mask has bits.
let isotonicCellSize = 64

/// Sums of cells of 64 neighbours: what is known of the points without looking at them again.
/// The last cell may be shorter.
struct IsotonicCells<T: IsotonicScalar, Weights: IsotonicWeights> {
    let points: IsotonicPoints<T, Weights>
    /// The weighted sums and, but where all weights are 1, the weights.
    private let sums: IsotonicCellNumbers
    private let weights: IsotonicCellNumbers
    /// The points of a last cell that is shorter.
    private let lastCount: Double

    /// How many numbers are kept of so many points.
    static func memorySize(for points: Int) -> Int {
        (Weights.areOnes ? 1 : 2) * IsotonicCellNumbers.memorySize(count(of: points))
    }

    init(points: IsotonicPoints<T, Weights>, memory: UnsafeMutablePointer<Double>) {
        self.points = points
        let count = Self.count(of: points.count)
        lastCount = Double(points.count % isotonicCellSize)
        sums = IsotonicCellNumbers(memory, count)
        weights =
            Weights.areOnes
            ? sums : IsotonicCellNumbers(memory + IsotonicCellNumbers.memorySize(count), count)
    }

    /// The sum of a cell's weighted values.
    @inline(__always) func sum(_ cell: Int) -> DoubleDouble { sums[cell] }

    @inline(__always) func weight(_ cell: Int) -> DoubleDouble {
        Weights.areOnes
            ? DoubleDouble(
                high: cell < points.count / isotonicCellSize ? Double(isotonicCellSize) : lastCount)
            : weights[cell]
    }

    /// The sums, and the weights, of cells from a whole one on.
    func numbers(_ cell: Int) -> quantcal_isotonic_cells {
        quantcal_isotonic_cells(
            high: sums.high + cell, low: sums.low + cell,
            weight_high: Weights.areOnes ? nil : weights.high + cell,
            weight_low: Weights.areOnes ? nil : weights.low + cell, least: nil, most: nil)
    }

    /// The sum of neighbouring cells.
    @inline(__always) func sum(_ range: Range<Int>) -> DoubleDouble { sums.total(range) }

    /// The weight of neighbouring cells, of which there is one at least.
    @inline(__always) func weight(_ range: Range<Int>) -> DoubleDouble {
        Weights.areOnes
            ? DoubleDouble(
                high: Double(places(range.upperBound - 1).upperBound - places(range.lowerBound).lowerBound))
            : weights.total(range)
    }

    /// The cells that lie wholly in a run of points.
    @inline(__always) func inside(_ places: Range<Int>) -> Range<Int> {
        let first = (places.lowerBound + isotonicCellSize - 1) / isotonicCellSize
        let end =
            places.upperBound == points.count
            ? Self.count(of: points.count) : places.upperBound / isotonicCellSize
        return first..<max(first, end)
    }

    /// Brings near the points of the cell that a place lies in: in large data to wait for them takes longer
    /// than to sum them up.
    func fetch(around place: Int) {
        let cell = place & ~(isotonicCellSize - 1)
        for place in stride(from: cell, to: cell + isotonicCellSize, by: 64 / MemoryLayout<T>.stride) {
            quantcal_prefetch(points.values.baseAddress! + place)
            if let weights = points.weightMemory { quantcal_prefetch(weights + place) }
        }
    }

    /// Brings near the sums of the first cells in a run of points.
    func fetchSums(_ places: Range<Int>) {
        let cells = inside(places).prefix(128)
        for cell in stride(from: cells.lowerBound, to: cells.upperBound, by: 8) { sums.fetch(cell) }
    }

    /// Where bounds of some cells' values are.
    struct Bounds {
        let least: UnsafeMutablePointer<Double>
        let most: UnsafeMutablePointer<Double>
    }

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

    func places(_ range: Range<Int>) -> Range<Int> {
        range.lowerBound * isotonicCellSize..<min(range.upperBound * isotonicCellSize, points.count)
    }

    /// Sums up some cells, and finds the bounds of each.
    func survey(_ range: Range<Int>, _ bounds: Bounds) -> Survey {
        let whole = min(range.upperBound, points.count / isotonicCellSize)
        let (cell, first) = (range.lowerBound, range.lowerBound * isotonicCellSize)
        var found = quantcal_isotonic_survey()
        var parts = quantcal_isotonic_cells(
            high: sums.high + cell, low: sums.low + cell, weight_high: weights.high + cell,
            weight_low: weights.low + cell, least: bounds.least, most: bounds.most)
        (T.cellsKernel ?? T.cellsReference)(
            points.values.baseAddress! + first, points.weightMemory.map { $0 + first }, whole - cell,
            points.scale, points.weights.scale, &parts, &found)
        var survey = Survey(
            isFinite: found.is_finite != 0, least: found.least, most: found.most, rises: found.rises != 0,
            leastWeight: found.least_weight, weight: found.weight)
        if whole < range.upperBound {
            (bounds.least[whole - cell], bounds.most[whole - cell]) = summarisePart(whole, &survey)
        }
        sums.fold(range)
        if !Weights.areOnes { weights.fold(range) }
        if survey.rises {
            survey.rises = range.dropFirst().allSatisfy {
                points[$0 * isotonicCellSize - 1] < points[$0 * isotonicCellSize]
            }
        }
        return survey
    }

    /// Sums up the last cell, which is shorter. Returns the bounds of its values.
    private func summarisePart(_ cell: Int, _ survey: inout Survey) -> (least: Double, most: Double) {
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
        sums[cell] = sum
        if !Weights.areOnes { weights[cell] = weight }
        survey.isFinite = survey.isFinite && sum.high.isFinite
        survey.least = min(survey.least, least)
        survey.most = max(survey.most, most)
        survey.weight += weight.high
        return (least, most)
    }
}

/// A scalar with kernels for cells.
protocol IsotonicScalar: SummableScalar, FillableScalar {
    typealias CellsKernel = (
        UnsafePointer<Self>?, UnsafePointer<Self>?, Int, Double, Double,
        UnsafePointer<quantcal_isotonic_cells>?, UnsafeMutablePointer<quantcal_isotonic_survey>?
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
        _ weightScale: Double, _ cells: UnsafePointer<quantcal_isotonic_cells>?,
        _ survey: UnsafeMutablePointer<quantcal_isotonic_survey>?
    ) {
        let cells = cells!.pointee
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
            (cells.high[cell], cells.low[cell]) = (total.high, total.low)
            if weights != nil {
                (cells.weight_high[cell], cells.weight_low[cell]) = (totalWeight.high, totalWeight.low)
            }
            (cells.least[cell], cells.most[cell]) = (low, high)
            found.least = min(found.least, low)
            found.most = max(found.most, high)
            found.weight += totalWeight.high
            if !total.high.isFinite { found.is_finite = 0 }
        }
        found.least_weight = leastWeight.foldedMinimum
        survey!.pointee = found
    }
}

import CQuantcalKernels

/// The passes over the path at the ends of cells, eight at a time in kernels.
enum IsotonicPath {
    typealias Path = quantcal_isotonic_path
    typealias Line = quantcal_isotonic_line

    /// Takes the path of some whole cells from their sums.
    static func sumUp(
        _ cells: quantcal_isotonic_cells, _ count: Int, _ centre: Double, into path: Path
    ) {
        withUnsafePointer(to: cells) { cells in
            withUnsafePointer(to: path) { path in
                guard let kernel = Kernels.pathSums else {
                    return sumsReference(cells, count, centre, path)
                }
                kernel(cells, count, centre, path)
            }
        }
    }

    /// Adds one more cell at the end.
    static func append(_ sum: Double, _ weight: Double, at cell: Int, to path: Path) {
        path.weights[cell] = weight
        for end in cell + 1...cell + 8 {
            path.heights[end] = path.heights[cell] + sum
            path.before[end] = path.before[cell] + weight
        }
    }

    /// The ends of cells that are below a line, but that of its last cell. Returns how many there are.
    static func corners(_ path: Path, below line: Line, _ ends: UnsafeMutablePointer<Int64>) -> Int {
        withUnsafePointer(to: path) { path in
            withUnsafePointer(to: line) { line in
                Kernels.pathCorners?(path, line, ends) ?? cornersReference(path, line, ends)
            }
        }
    }

    /// The cells inside which the path may be below a line, and what each is to be compared with. Returns how
    /// many there are.
    static func chords(
        _ path: Path, below line: Line, _ centre: Double, _ tolerance: IsotonicTolerance,
        _ chords: UnsafeMutablePointer<quantcal_isotonic_chord>
    ) -> Int {
        withUnsafePointer(to: path) { path in
            withUnsafePointer(to: line) { line in
                Kernels.pathChords?(path, line, centre, tolerance.grain, tolerance.drift, chords)
                    ?? chordsReference(path, line, centre, tolerance.grain, tolerance.drift, chords)
            }
        }
    }

    /// The kernel's reference.
    static func sumsReference(
        _ cells: UnsafePointer<quantcal_isotonic_cells>?, _ count: Int, _ centre: Double,
        _ path: UnsafePointer<Path>?
    ) {
        let (cells, path) = (cells!.pointee, path!.pointee)
        var (height, before) = (0.0, 0.0)
        (path.heights[0], path.before[0]) = (0, 0)
        for place in stride(from: 0, to: count, by: 8) {
            var (sums, weights) = (Lanes.zero, Lanes.zero)
            for lane in 0..<min(8, count - place) {
                let sum = DoubleDouble(high: cells.high[place + lane], low: cells.low[place + lane])
                let weight =
                    cells.weight_high.map {
                        DoubleDouble(high: $0[place + lane], low: cells.weight_low[place + lane])
                    } ?? DoubleDouble(high: Double(isotonicCellSize))
                (sums[lane], weights[lane]) = (sum.centred(centre, weight), weight.high)
            }
            let (heights, befores) = (sums.prefixSums + height, weights.prefixSums + before)
            heights.store(to: path.heights + place + 1)
            befores.store(to: path.before + place + 1)
            weights.store(to: path.weights + place)
            (height, before) = (heights[7], befores[7])
        }
    }

    /// The kernel's reference.
    static func cornersReference(
        _ path: UnsafePointer<Path>?, _ line: UnsafePointer<Line>?, _ ends: UnsafeMutablePointer<Int64>?
    ) -> Int {
        let line = line!.pointee
        var found = 0
        for end in line.first + 1..<max(line.end, line.first + 1) where path!.pointee.above(line, end) < 0 {
            ends![found] = Int64(end)
            found += 1
        }
        return found
    }

    /// The kernel's reference.
    static func chordsReference(
        _ path: UnsafePointer<Path>?, _ line: UnsafePointer<Line>?, _ centre: Double, _ grain: Double,
        _ drift: Double, _ chords: UnsafeMutablePointer<quantcal_isotonic_chord>?
    ) -> Int {
        let (path, line) = (path!.pointee, line!.pointee)
        let slope = line.slope + centre
        var found = 0
        for cell in line.first..<line.end {
            let (start, end) = (path.above(line, cell), path.above(line, cell + 1))
            let weight = path.weights[cell]
            let tolerance = weight * grain + drift
            // How low a path can get between two heights with the slopes that the cell's values allow.
            let falls = max(0, slope - path.least[cell])
            let rises = max(0, path.most[cell] - slope)
            let lowest = start * rises + (end - weight * rises) * falls
            if start > tolerance, end > tolerance, lowest > tolerance * (falls + rises) { continue }
            chords![found] = .init(slope: slope, limit: tolerance - start, cell: Int64(cell))
            found += 1
        }
        return found
    }
}

extension quantcal_isotonic_path {
    /// How far the path is above a line at the end of a cell.
    @inline(__always) fileprivate func above(_ line: quantcal_isotonic_line, _ end: Int) -> Double {
        (heights[end] - heights[line.first]) - (before[end] - before[line.first]) * line.slope
    }
}

extension DoubleDouble {
    /// The sum of the values of a cell or more, less the centre for each unit of their weight.
    @inline(__always) func centred(_ centre: Double, _ weight: DoubleDouble) -> Double {
        let (product, error) = DoubleDouble.twoProduct(centre, weight.high)
        return (high - product) + (low - error - centre * weight.low)
    }
}

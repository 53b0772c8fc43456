/// How the two ends of an interval come from the candidates: their ranks, and the residuals of these ranks among
/// all residuals.
///
/// The lower end of absolute residuals, a rank among predictions less residuals, is the mirror of the upper one
/// among residuals less predictions.
struct CrossEnds<T: Scalar> {
    private let ranks: ConformalCross.Ranks
    private let isMirrored: Bool
    private let method: ConformalCross.Method
    private let n: Int
    /// The rank of the lower end, or of its mirror.
    private let lowerRank: Int
    private let lowerResidual: T
    private let upperResidual: T

    init(
        _ residuals: UnsafeBufferPointer<T>, _ ranks: ConformalCross.Ranks, _ options: ConformalCross.Options
    ) {
        self.ranks = ranks
        n = residuals.count
        isMirrored = options.sides == .symmetric
        method = options.method
        lowerRank = isMirrored ? n + 1 - ranks.lower : ranks.lower
        lowerResidual = ranks.lower > 0 ? RadixSelection.select(rank: lowerRank - 1, in: residuals) : 0
        upperResidual = ranks.upper <= n ? RadixSelection.select(rank: ranks.upper - 1, in: residuals) : 0
    }

    /// The lower end. `shifts` are the predictions; they are mirrored in place where the residuals are.
    func lower(_ selection: CrossSelection<T>, _ shifts: UnsafeMutablePointer<T>) -> T {
        guard ranks.lower > 0 else { return -.infinity }
        let count = selection.listCount
        guard isMirrored else {
            if method == .plus {
                return selection.select(rank: lowerRank, atRank: lowerResidual, shifts: shifts)
            }
            return (1..<count).reduce(shifts[0]) { min($0, shifts[$1]) } + lowerResidual
        }
        for list in 0..<count { shifts[list] = -shifts[list] }
        return -upperEnd(selection, shifts, lowerRank, lowerResidual)
    }

    func upper(_ selection: CrossSelection<T>, _ shifts: UnsafePointer<T>) -> T {
        guard ranks.upper <= n else { return .infinity }
        return upperEnd(selection, shifts, ranks.upper, upperResidual)
    }

    private func upperEnd(
        _ selection: CrossSelection<T>, _ shifts: UnsafePointer<T>, _ rank: Int, _ residual: T
    ) -> T {
        if method == .plus { return selection.select(rank: rank, atRank: residual, shifts: shifts) }
        return (1..<selection.listCount).reduce(shifts[0]) { max($0, shifts[$1]) } + residual
    }
}

import CQuantcalKernels

/// A step of the Viterbi algorithm. The predecessors of a state are its high bits below each of the 2^B
/// bits that were shifted out, so all states of a group of 2^B neighbours have the same ones: one minimum
/// serves them, and a step costs a few operations a state whatever B is.
///
/// `Decision` holds what was shifted out: a byte for up to 8 bits.
struct TrellisStep<Decision: FixedWidthInteger & UnsignedInteger & BitwiseCopyable> {
    private let trellis: TrellisQuantization
    /// Numbers of the states in planes: all first numbers, then all second ones.
    private let values: UnsafePointer<Float>

    init(_ trellis: TrellisQuantization, values: UnsafePointer<Float>) {
        (self.trellis, self.values) = (trellis, values)
    }

    /// From sums before a step to those after it, less `offset`; returns the least one before. For each
    /// of the numbers a and b in `factors` a state's number c costs c (a c - b): with a = w and b = 2 w x
    /// that is w (c - x)^2 less what all have. `best` is room for a number a group.
    func callAsFunction(
        _ sums: UnsafePointer<Float>, _ factors: UnsafePointer<Float>, offset: Float,
        best: UnsafeMutablePointer<Float>, into next: UnsafeMutablePointer<Float>,
        _ decisions: UnsafeMutablePointer<Decision>
    ) -> Float {
        if let kernel = Kernels.trellis, Decision.self == UInt8.self, trellis.groups >= 16 {
            var view = quantcal_trellis(
                values: values, groups: trellis.groups, step_bits: Int32(trellis.stepBits),
                step_values: Int32(trellis.stepValues))
            return kernel(
                &view, sums, factors, offset, next,
                UnsafeMutableRawPointer(decisions).assumingMemoryBound(to: UInt8.self))
        }
        return reference(sums, factors, offset: offset, best: best, into: next, decisions)
    }

    func reference(
        _ sums: UnsafePointer<Float>, _ factors: UnsafePointer<Float>, offset: Float,
        best: UnsafeMutablePointer<Float>, into next: UnsafeMutablePointer<Float>,
        _ decisions: UnsafeMutablePointer<Decision>
    ) -> Float {
        let groups = trellis.groups
        var least = Float.infinity
        let piece = 512
        for first in stride(from: 0, to: groups, by: piece) {
            let count = min(piece, groups - first)
            let (own, places) = (best + first, decisions + first)
            for index in 0..<count {
                own[index] = sums[first + index]
                places[index] = 0
            }
            for branch in 1..<trellis.branches {
                let others = sums + branch * groups + first
                let place = Decision(truncatingIfNeeded: branch)
                for index in 0..<count {
                    let isLess = others[index] < own[index]
                    own[index] = isLess ? others[index] : own[index]
                    places[index] = isLess ? place : places[index]
                }
            }
            for index in 0..<count { least = own[index] < least ? own[index] : least }
            for index in 0..<count { own[index] -= offset }
            addCosts(factors, own, first, count, next)
        }
        return least
    }

    private func addCosts(
        _ factors: UnsafePointer<Float>, _ bases: UnsafePointer<Float>, _ first: Int, _ count: Int,
        _ next: UnsafeMutablePointer<Float>
    ) {
        let bits = trellis.stepBits
        let own = next + (first << bits)
        for index in 0..<count {
            let (start, base) = (index << bits, bases[index])
            for branch in 0..<trellis.branches { own[start + branch] = base }
        }
        for place in 0..<trellis.stepValues {
            let (a, b) = (factors[2 * place], factors[2 * place + 1])
            let plane = values + (place * trellis.states + (first << bits))
            for state in 0..<(count << bits) {
                let value = plane[state]
                own[state] += value * (a * value - b)
            }
        }
    }
}

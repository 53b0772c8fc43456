/// The best path of one sequence, with the memory for it: sums of two steps, and for each step and group of
/// states what was shifted out.
final class TrellisSearch<Decision: FixedWidthInteger & UnsignedInteger & BitwiseCopyable> {
    private let trellis: TrellisQuantization
    private let step: TrellisStep<Decision>
    private let decisions: Scratch<Decision>
    private let memory: Scratch<Float>
    private let factorMemory: Scratch<Float>
    private let path: Scratch<UInt32>

    /// Sums begin where lines of the cache do: streams a power of two apart then share no line.
    private static var padding: Int { 16 }

    /// Bytes of a search for sequences of up to so many steps.
    static func bytes(_ trellis: TrellisQuantization, steps: Int) -> Int {
        steps * trellis.groups * MemoryLayout<Decision>.stride + 12 * trellis.states
            + steps * (8 * trellis.stepValues + 4)
    }

    init(
        _ trellis: TrellisQuantization, steps: Int, values: UnsafePointer<Float>
    ) throws(QuantcalError) {
        self.trellis = trellis
        step = TrellisStep(trellis, values: values)
        decisions = try Scratch(steps * trellis.groups)
        memory = try Scratch(2 * trellis.states + trellis.groups + Self.padding)
        factorMemory = try Scratch(2 * steps * trellis.stepValues)
        path = try Scratch(steps)
    }

    /// Two numbers for each element of a path: see TrellisStep.
    var factors: UnsafeMutablePointer<Float> { factorMemory.buffer.baseAddress! }

    private var sums: UnsafeMutablePointer<Float> {
        let address = UInt(bitPattern: memory.buffer.baseAddress!)
        let line = UInt(4 * Self.padding)
        return UnsafeMutablePointer(bitPattern: (address + line - 1) / line * line)!
    }

    /// The states of the best path of so many steps; of a ring as good as two searches make it.
    func states(steps: Int) -> UnsafeBufferPointer<UInt32> {
        if trellis.isTailBiting {
            let half = steps / 2
            run(steps, turnedBy: steps - half, joint: nil)
            run(steps, turnedBy: 0, joint: Int(path.buffer[half]) >> trellis.stepBits)
        } else {
            run(steps, turnedBy: 0, joint: nil)
        }
        return UnsafeBufferPointer(rebasing: path.buffer[..<steps])
    }

    /// Viterbi: the path goes to `path`. It begins with step `turnedBy` and ends with the one before. `joint` is
    /// what the high bits of the first and the low bits of the last state must be.
    private func run(_ steps: Int, turnedBy turn: Int, joint: Int?) {
        var (now, next) = (sums, sums + trellis.states)
        let best = sums + 2 * trellis.states
        now.update(repeating: joint == nil ? 0 : .infinity, count: trellis.states)
        if let joint { now[joint] = 0 }
        var offset: Float = 0
        for index in 0..<steps {
            let place = index + turn < steps ? index + turn : index + turn - steps
            offset = step(
                now, factors + 2 * place * trellis.stepValues, offset: offset, best: best, into: next,
                decisions.buffer.baseAddress! + index * trellis.groups)
            swap(&now, &next)
        }
        traceBack(steps, from: lastState(now, joint))
    }

    private func lastState(_ sums: UnsafePointer<Float>, _ joint: Int?) -> Int {
        let (first, stride) = joint.map { ($0, trellis.groups) } ?? (0, 1)
        var best = first
        for state in Swift.stride(from: first, to: trellis.states, by: stride)
        where sums[state] < sums[best] {
            best = state
        }
        return best
    }

    private func traceBack(_ steps: Int, from last: Int) {
        var state = last
        for index in Swift.stride(from: steps - 1, through: 0, by: -1) {
            path.buffer[index] = UInt32(state)
            let group = state >> trellis.stepBits
            let branch = Int(decisions.buffer[index * trellis.groups + group])
            state = group | branch << (trellis.stateBits - trellis.stepBits)
        }
    }
}

/// Numbers of codes: a window of bits moves along a sequence, and each state is looked up.
extension TrellisQuantization {
    public func decode(
        _ codes: UnsafeBufferPointer<UInt8>, _ layout: TrellisLayout, scales: UnsafeBufferPointer<Float>,
        table: UnsafeBufferPointer<Float>, _ progress: Progress = .none,
        into values: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) {
        try Require.finite(scales, "scales")
        let rows = try Scratch<Float>(valueCount)
        try fill(rows.buffer.baseAddress!, table: table, planes: false)
        try progress(0)
        guard let base = codes.baseAddress else { return }
        let numbers = UnsafePointer(rows.buffer.baseAddress!)
        let grain = max(1, (1 << 16) / length)
        Parallel.forEachRange(of: layout.sequences, grain: grain) { range in
            for sequence in range {
                let shape = layout.shape(sequence)
                let source = base + layout.firstByte(sequence)
                let target = values + layout.firstElement(sequence)
                decode(TrellisBits(self, shape), source, numbers, shape, target)
                layout.forEachRun(of: sequence) { run, group in
                    let scale = scales[group]
                    for index in run { values[index] *= scale }
                }
            }
        }
    }

    private func decode(
        _ bits: TrellisBits, _ codes: UnsafePointer<UInt8>, _ numbers: UnsafePointer<Float>,
        _ shape: TrellisShape, _ values: UnsafeMutablePointer<Float>
    ) {
        var done = 0
        bits.forEachState(of: codes) { state in
            let count = min(stepValues, shape.elements - done)
            let row = numbers + state * stepValues
            for place in 0..<max(0, count) { values[done + place] = row[place] }
            done += max(0, count)
        }
    }
}

/// The bits of a sequence, the first in the highest bit of the first byte; of a ring the first ones follow
/// the last ones. A state is `stateBits` of them, `stepBits` after those of the state before.
struct TrellisBits {
    private let trellis: TrellisQuantization
    private let shape: TrellisShape

    init(_ trellis: TrellisQuantization, _ shape: TrellisShape) {
        (self.trellis, self.shape) = (trellis, shape)
    }

    /// Where the bits are that a state has and the state before has not.
    private func newBits(_ step: Int) -> Int {
        let place = step * trellis.stepBits + trellis.stateBits - trellis.stepBits
        return trellis.isTailBiting && place >= shape.bits ? place - shape.bits : place
    }

    /// Sets the bits of a path in memory of zeros.
    func write(_ states: UnsafeBufferPointer<UInt32>, into codes: UnsafeMutablePointer<UInt8>) {
        // Of the first state all, in a ring too, though the last states have its high bits again.
        put(states[0], trellis.stateBits, at: 0, codes)
        for step in 1..<max(1, states.count) { put(states[step], trellis.stepBits, at: newBits(step), codes) }
    }

    private func put(_ word: UInt32, _ count: Int, at first: Int, _ codes: UnsafeMutablePointer<UInt8>) {
        for index in 0..<count where word >> UInt32(count - 1 - index) & 1 == 1 {
            let place = first + index < shape.bits ? first + index : first + index - shape.bits
            codes[place >> 3] |= 0x80 >> UInt8(place & 7)
        }
    }

    @inline(__always) func forEachState(of codes: UnsafePointer<UInt8>, _ body: (Int) -> Void) {
        var state = get(codes, trellis.stateBits, at: 0)
        body(state)
        let mask = trellis.states - 1
        for step in 1..<max(1, shape.steps) {
            let new = get(codes, trellis.stepBits, at: newBits(step))
            state = (state << trellis.stepBits | new) & mask
            body(state)
        }
    }

    @inline(__always)
    private func get(_ codes: UnsafePointer<UInt8>, _ count: Int, at first: Int) -> Int {
        guard first + count > shape.bits else { return window(codes, count, at: first) }
        let head = shape.bits - first
        return window(codes, head, at: first) << (count - head) | window(codes, count - head, at: 0)
    }

    /// Up to 20 bits that are in at most four bytes.
    @inline(__always)
    private func window(_ codes: UnsafePointer<UInt8>, _ count: Int, at first: Int) -> Int {
        var word = 0
        var byte = first >> 3
        let end = first + count
        while byte << 3 < end {
            word = word << 8 | Int(codes[byte])
            byte += 1
        }
        return word >> (byte << 3 - end) & ((1 << count) - 1)
    }
}

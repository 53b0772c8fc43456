/// Loops over threads: each index once, whoever asks and wherever; and the scratch that calls hand on.

import Synchronization
import Testing

@testable import QuantcalCore

@Suite struct ParallelTests {
    private func call(_ body: () throws(QuantcalError) -> Void) throws(QuantcalError) {
        Parallel.enter()
        defer { Parallel.leave() }
        try body()
    }

    /// Expects that a loop does each index once, on threads with numbers of their own.
    private func expectEachOnce(_ count: Int, threads: Int) {
        let done = UnsafeMutablePointer<Int>.allocate(capacity: count + 1)
        defer { done.deallocate() }
        done.update(repeating: 0, count: count + 1)
        let strangers = Atomic<Int>(0)
        Parallel.forEach(count, threads: threads) { index, thread in
            done[index] += 1
            if !(0..<threads).contains(thread) { strangers.add(1, ordering: .relaxed) }
        }
        #expect((0..<count).allSatisfy { done[$0] == 1 }, "\(count) on \(threads)")
        #expect(strangers.load(ordering: .relaxed) == 0)
    }

    private static let loops = [(0, 2), (1, 2), (2, 2), (7, 3), (100, 2), (1000, 5), (3, 9), (5000, 2)]

    @Test func loopsOfTheirOwn() {
        for (count, threads) in Self.loops { expectEachOnce(count, threads: threads) }
    }

    @Test func loopsOfOneCall() throws {
        for _ in 0..<50 {
            try call { () throws(QuantcalError) in
                for (count, threads) in Self.loops { expectEachOnce(count, threads: threads) }
            }
        }
    }

    @Test func loopsInsideOfLoopsAndCallsInsideOfCalls() throws {
        let total = Atomic<Int>(0)
        try call { () throws(QuantcalError) in
            for _ in 0..<20 {
                Parallel.forEach(6, threads: 2) { _, _ in
                    Parallel.forEach(10, threads: 3) { index, _ in total.add(index, ordering: .relaxed) }
                }
                try call { () throws(QuantcalError) in expectEachOnce(100, threads: 2) }
            }
        }
        #expect(total.load(ordering: .relaxed) == 20 * 6 * 45)
    }

    @Test func anErrorEndsACall() {
        for _ in 0..<20 {
            #expect(throws: QuantcalError.self) {
                try call { () throws(QuantcalError) in
                    expectEachOnce(50, threads: 4)
                    throw QuantcalError(.domain, "")
                }
            }
        }
        expectEachOnce(50, threads: 4)
    }

    @Test func scratchOfZerosIsZero() throws {
        for size in [100, 1 << 14, 1 << 17, 1 << 20] {
            for _ in 0..<3 {
                do {
                    let dirty = try Scratch<Int>(size)
                    dirty.buffer.update(repeating: -1)
                }
                let clean = try Scratch<Int>(zeroed: size - 10)
                #expect(clean.buffer.allSatisfy { $0 == 0 })
            }
        }
    }

    /// Many threads take and give at once; none gets what another has.
    @Test func scratchBelongsToOne() {
        let mixed = Atomic<Int>(0)
        Parallel.forEach(400, threads: 4) { index, _ in
            guard let scratch = try? Scratch<Int>(8192 + index * 50) else { return }
            scratch.buffer.update(repeating: index)
            if !scratch.buffer.allSatisfy({ $0 == index }) { mixed.add(1, ordering: .relaxed) }
        }
        #expect(mixed.load(ordering: .relaxed) == 0)
    }

    @Test func scratchWithoutMemoryIsAnError() {
        for count in [Int.max, Int.max / 8, 1 << 55] {
            #expect(throws: QuantcalError.self) { _ = try Scratch<Int>(count) }
            #expect(throws: QuantcalError.self) { _ = try Scratch<Int>(zeroed: count) }
        }
    }
}

import Testing

@testable import QuantcalCore

struct OrderStatisticTreeTests {
    /// Against a sorted list, while numbers come and go in many orders, with ties and infinities.
    @Test(arguments: 0..<6) func ranksAreThoseOfASortedList(order: Int) throws {
        var random = TestRandom(seed: UInt64(order))
        var tree = OrderStatisticTree()
        let slots = 64
        try tree.reserve(slots: slots)
        var values = [Double?](repeating: nil, count: slots)
        for step in 0..<4000 {
            let slot = order == 0 ? step % slots : random.integer(0...(slots - 1))
            if values[slot] != nil {
                tree.remove(slot: slot)
                values[slot] = nil
            }
            if order == 0 || random.uniform() < 0.7 {
                let value: Double =
                    switch order {
                    case 0, 1: Double(step)
                    case 2: Double(-step)
                    case 3: Double(random.integer(0...3))
                    case 4: random.uniform() < 0.1 ? .infinity : random.normal()
                    default: random.normal()
                    }
                tree.insert(value, slot: slot)
                values[slot] = value
            }
            let sorted = values.compactMap { $0 }.sorted()
            #expect(tree.count == sorted.count)
            #expect(sorted.indices.allSatisfy { tree.select($0) == sorted[$0] })
            for limit in sorted + [-1, .infinity] {
                #expect(tree.count(below: limit) == sorted.prefix { $0 < limit }.count)
            }
            var visited: [Double] = []
            tree.forEach { value, slot in
                visited.append(value)
                return values[slot] == value
            }
            #expect(visited == sorted)
        }
    }

    /// Rising numbers, a million of them, would take an unbalanced tree to its knees.
    @Test func aLongRiseStaysShallow() throws {
        var tree = OrderStatisticTree()
        let count = 1_000_000
        try tree.reserve(slots: count)
        for slot in 0..<count { tree.insert(Double(slot), slot: slot) }
        #expect(tree.select(count / 3) == Double(count / 3))
        for slot in 0..<(count / 2) { tree.remove(slot: slot) }
        #expect(tree.count == count / 2 && tree.select(0) == Double(count / 2))
        #expect(tree.count(below: Double(count)) == count / 2)
    }

    @Test func tooManySlotsAreRefused() throws {
        var tree = OrderStatisticTree()
        let error = #expect(throws: QuantcalError.self) { try tree.reserve(slots: 1 << 32) }
        #expect(error?.kind == .noMemory && tree.count == 0)
    }
}

import Testing

@testable import QuantcalCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The bytes of a file of Tests/Data/digits.
private func bytes(_ name: String) throws -> [UInt8] {
    let tests = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(
        separator: "/")
    let file = try #require(fopen("\(tests)/Data/digits/\(name)", "rb"), "\(name) cannot be opened")
    defer { fclose(file) }
    var content: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&block, 1, block.count, file), count > 0 { content += block[..<count] }
    return content
}

/// The readers on files that other programs wrote: NumPy, and the layout of the reference writer.
@Suite struct DemoDataTests {
    @Test func network() throws {
        let content = try bytes("model.safetensors")
        try content.withUnsafeBytes { content in
            let file = try Safetensors(content)
            let shapes = [
                "fc1.weight": [256, 64], "fc1.bias": [256], "fc2.weight": [128, 256], "fc2.bias": [128],
                "fc3.weight": [10, 128], "fc3.bias": [10],
            ]
            #expect(file.tensors.count == shapes.count)
            for (name, shape) in shapes {
                let tensor = try #require(file.tensor(named: name))
                #expect(tensor.shape == shape)
                #expect(tensor.type == .float32)
                #expect(try tensor.floats().allSatisfy(\.isFinite))
            }
        }
    }

    /// Every digit is in each split as often as in the others, to within two rows.
    @Test(arguments: [("train", 600), ("calibration", 600), ("test", 597)])
    func split(name: String, rows: Int) throws {
        let images = try bytes("\(name)/images.npy").withUnsafeBytes { try Npy($0).array.floats() }
        let labels = try bytes("\(name)/labels.npy").withUnsafeBytes { try Npy($0).array.integers() }
        #expect(images.count == 64 * rows)
        #expect(images.allSatisfy { (0...1).contains($0) && ($0 * 16).rounded() == $0 * 16 })
        #expect(labels.count == rows)
        for digit in 0..<10 {
            #expect((58...62).contains(labels.count { $0 == Int64(digit) }))
        }
    }

    @Test func splitsShareNoRow() throws {
        var seen = Set<[Float]>()
        var rows = 0
        for name in ["train", "calibration", "test"] {
            let images = try bytes("\(name)/images.npy").withUnsafeBytes { try Npy($0).array.floats() }
            for start in stride(from: 0, to: images.count, by: 64) {
                seen.insert(Array(images[start..<start + 64]))
                rows += 1
            }
        }
        #expect(rows == 1797)
        #expect(seen.count == 1797)
    }
}

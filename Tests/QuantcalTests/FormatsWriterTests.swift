import Testing

@testable import QuantcalCore

@Test func whatIsLaidOutAsSafetensorsIsReadAgain() throws {
    let tensors: [Safetensors.Description] = [
        .init(name: "b", type: .float32, shape: [2, 3]),
        .init(name: "a\"\\\n\u{e9}", type: .float16, shape: [5]),
        .init(name: "a", type: .float32, shape: []), .init(name: "codes", type: .uint8, shape: [3]),
        .init(name: "none", type: .int64, shape: [0, 7]), .init(name: "four", type: .float4, shape: [6]),
    ]
    let metadata = [(key: "format", value: "pt"), (key: "a \"quote\"", value: "\u{1}\t")]
    let layout = try Safetensors.layout(tensors, metadata: metadata)
    let bytes = layout.header + Array(repeating: 0, count: layout.fileSize - layout.header.count)
    #expect(layout.header.count % 8 == 0)
    try bytes.withUnsafeBytes { bytes in
        let file = try Safetensors(bytes)
        #expect(file.metadata.map(\.key) == metadata.map(\.key))
        #expect(file.metadata.map(\.value) == metadata.map(\.value))
        #expect(file.tensors.map(\.name) == layout.order.map { tensors[$0].name })
        // Widest first, then by name: the 64 bits of nothing, then singles, and bytes before half bytes.
        #expect(layout.order == [4, 2, 0, 1, 3, 5])
        for (index, tensor) in tensors.enumerated() {
            let view = try #require(file.tensor(named: tensor.name))
            #expect(view.range == layout.ranges[index])
            #expect(view.shape == tensor.shape && view.type == tensor.type)
        }
    }
}

@Test func anEmptySafetensorsFileIsTheShortest() throws {
    let layout = try Safetensors.layout([])
    #expect(layout.header == [8, 0, 0, 0, 0, 0, 0, 0] + Array("{}      ".utf8))
    #expect(layout.fileSize == 16)
}

@Test func whatSafetensorsCannotHoldIsNotLaidOut() {
    func refused(_ tensors: [Safetensors.Description], _ message: String) {
        do throws(QuantcalError) {
            _ = try Safetensors.layout(tensors)
            Issue.record("laid out: \(message)")
        } catch { #expect(error.message.contains(message), "\(error.message)") }
    }
    refused([.init(name: "", type: .float32, shape: [])], "cannot be a tensor's name")
    refused([.init(name: "a\0", type: .float32, shape: [])], "cannot be a tensor's name")
    refused([.init(name: "__metadata__", type: .float32, shape: [])], "cannot be a tensor's name")
    refused([.init(name: "a", type: .float4, shape: [3])], "no size in bytes")
    refused([.init(name: "a", type: .float32, shape: [1 << 40, 1 << 40, 0])], "no size in bytes")
    refused([.init(name: "a", type: .float32, shape: [-1])], "no size in bytes")
    refused(Array(repeating: .init(name: "a", type: .float32, shape: []), count: 2), "there twice")
}

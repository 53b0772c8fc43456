/// Decoding a matrix of blocks.
extension GgmlType {
    public func decode(
        _ blocks: UnsafePointer<UInt8>, _ layout: Layout, into values: UnsafeMutablePointer<Float>
    ) {
        switch self {
        case .f16: run(GgmlF16.self, blocks, layout, values)
        case .bf16: run(GgmlBF16.self, blocks, layout, values)
        case .q1_0: run(GgmlQ1_0.self, blocks, layout, values)
        case .q4_0: run(GgmlQ4_0.self, blocks, layout, values)
        case .q4_1: run(GgmlQ4_1.self, blocks, layout, values)
        case .q5_0: run(GgmlQ5_0.self, blocks, layout, values)
        case .q5_1: run(GgmlQ5_1.self, blocks, layout, values)
        case .q8_0: run(GgmlQ8_0.self, blocks, layout, values)
        case .q2_K: run(GgmlQ2K.self, blocks, layout, values)
        case .q3_K: run(GgmlQ3K.self, blocks, layout, values)
        case .q4_K: run(GgmlQ4K.self, blocks, layout, values)
        case .q5_K: run(GgmlQ5K.self, blocks, layout, values)
        case .q6_K: run(GgmlQ6K.self, blocks, layout, values)
        case .iq1_S: run(GgmlIQ1S.self, blocks, layout, values)
        case .iq1_M: run(GgmlIQ1M.self, blocks, layout, values)
        case .iq2_XXS: run(GgmlIQ2XXS.self, blocks, layout, values)
        case .iq2_XS: run(GgmlIQ2XS.self, blocks, layout, values)
        case .iq2_S: run(GgmlIQ2S.self, blocks, layout, values)
        case .iq3_XXS: run(GgmlIQ3XXS.self, blocks, layout, values)
        case .iq3_S: run(GgmlIQ3S.self, blocks, layout, values)
        case .iq4_NL: run(GgmlIQ4NL.self, blocks, layout, values)
        case .iq4_XS: run(GgmlIQ4XS.self, blocks, layout, values)
        case .tq1_0: run(GgmlTQ1_0.self, blocks, layout, values)
        case .tq2_0: run(GgmlTQ2_0.self, blocks, layout, values)
        case .mxfp4: run(GgmlMXFP4.self, blocks, layout, values)
        case .nvfp4: run(GgmlNVFP4.self, blocks, layout, values)
        case .f32, .f64, .i8, .i16, .i32, .i64: break  // have no layout
        }
    }

    /// Rows follow each other without a gap, so they are one row of blocks here.
    private func run<B: GgmlBlock>(
        _ kind: B.Type, _ blocks: UnsafePointer<UInt8>, _ layout: Layout,
        _ values: UnsafeMutablePointer<Float>
    ) {
        let (length, bytes) = (B.type.blockLength, B.type.blockBytes)
        Parallel.forEachRange(of: layout.blockCount, grain: (1 << 17) / length) { range in
            for block in range { B.decode(blocks + block * bytes, values + block * length) }
        }
    }
}

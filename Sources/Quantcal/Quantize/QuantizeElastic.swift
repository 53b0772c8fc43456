import QuantcalCore

/// Makes of packed codes on a midrise grid those on one of fewer bits, and their scales.
/// If it `refits`, scales are fitted to the numbers that the given codes stand for. Defaults are those of C: `qc_quantize_elastic_options_init`. C: `qc_quantize_elastic`.
public func quantizeElastic(
    _ codes: [UInt8], scales: [Float], rows: Int, columns: Int, bits: Int, fewerBits: Int,
    refits: Bool = false, groups: QuantizationGroups = .init(), progress: ProgressReport? = nil
) throws(QuantcalError) -> (codes: [UInt8], scales: [Float]) {
    let elastic = try ElasticCodes(bits: bits, fewerBits: fewerBits, refits: refits)
    func layout(_ bits: Int) throws(QuantcalError) -> QuantizationLayout {
        try groups.layout(ScalarGrid(kind: .midrise, bits: bits).compiled(), rows, columns)
    }
    let (given, fewer) = (try layout(bits), try layout(fewerBits))
    try requireCount(codes.count, given.codeBytes, "codes")
    try requireCount(scales.count, given.groupCount, "scales")
    var fewerScales: [Float] = []
    let fewerCodes = try filled(fewer.codeBytes) {
        (target: UnsafeMutablePointer<UInt8>) throws(QuantcalError) in
        fewerScales = try filled(given.groupCount) {
            (made: UnsafeMutablePointer<Float>) throws(QuantcalError) in
            try withBuffer(scales) { scales throws(QuantcalError) in
                try withBuffer(codes) { packed throws(QuantcalError) in
                    guard let base = packed.baseAddress else { return }
                    try elastic(base, scales, given, Progress(progress), into: target, made)
                }
            }
        }
    }
    return (fewerCodes, fewerScales)
}

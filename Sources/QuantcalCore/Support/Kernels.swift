import CQuantcalKernels

/// The kernels in use, chosen once. A kernel is nil where the reference runs.
enum Kernels {
    // The table is constant memory of the library.
    nonisolated(unsafe) private static let table = quantcal_kernels_at(KernelLevel.current.rawValue)

    static let bracketF32 = table?.pointee.bracket_f32
    static let bracketF64 = table?.pointee.bracket_f64
    static let momentsF32 = table?.pointee.moments_f32
    static let momentsF64 = table?.pointee.moments_f64
    static let ranges = table?.pointee.ranges
    static let integerEncode = table?.pointee.integer_encode
    static let integerDecode = table?.pointee.integer_decode
    static let pack4 = table?.pointee.pack4
    static let widenF16 = table?.pointee.widen_f16
    static let widenBF16 = table?.pointee.widen_bf16
    static let narrowF16 = table?.pointee.narrow_f16
    static let narrowBF16 = table?.pointee.narrow_bf16
    static let encodeWhole = table?.pointee.encode_whole
    static let encodeFloat = table?.pointee.encode_float
    static let encodeFew = table?.pointee.encode_few
    static let encodeBuckets = table?.pointee.encode_buckets
    static let encodeMany = table?.pointee.encode_many
    static let decodeFew = table?.pointee.decode_few
    static let decodeMany = table?.pointee.decode_many
    static let sumsF32 = table?.pointee.sums_f32
    static let sumsF64 = table?.pointee.sums_f64
    static let topF32 = table?.pointee.top_f32
    static let topF64 = table?.pointee.top_f64
    static let softmaxF32 = table?.pointee.softmax_f32
    static let softmaxF64 = table?.pointee.softmax_f64
    static let unpack4 = table?.pointee.unpack4
    static let cellsF32 = table?.pointee.cells_f32
    static let cellsF64 = table?.pointee.cells_f64
    static let pathSums = table?.pointee.path_sums
    static let pathCorners = table?.pointee.path_corners
    static let pathChords = table?.pointee.path_chords
    static let dipsF32 = table?.pointee.dips_f32
    static let dipsF64 = table?.pointee.dips_f64
    static let survivorsF32 = table?.pointee.survivors_f32
    static let survivorsF64 = table?.pointee.survivors_f64
    static let aboveF32 = table?.pointee.above_f32
    static let aboveF64 = table?.pointee.above_f64
    static let tallyF32 = table?.pointee.tally_f32
    static let tallyF64 = table?.pointee.tally_f64
    static let ggmlOffsets = table?.pointee.ggml_offsets
    static let ggmlSigned = table?.pointee.ggml_signed
    static let ggmlRefined = table?.pointee.ggml_refined
    static let ggmlIQ4 = table?.pointee.ggml_iq4
    static let ggmlTune = table?.pointee.ggml_tune
    static let ggmlIntegers = table?.pointee.ggml_integers
    static let ggmlBytes = table?.pointee.ggml_bytes
    static let ggmlNearIntegers = table?.pointee.ggml_near_integers
    static let ggmlNearBytes = table?.pointee.ggml_near_bytes
    static let ggmlNearRanges = table?.pointee.ggml_near_ranges
    static let ggmlNearWeighted = table?.pointee.ggml_near_weighted
    static let nearest = table?.pointee.nearest
    static let trellis = table?.pointee.trellis
    static let fillF32 = table?.pointee.fill_f32
    static let fillF64 = table?.pointee.fill_f64
    static let copyPastCaches = table?.pointee.copy_past_caches
    static let countPastCaches = table?.pointee.count_past_caches
}

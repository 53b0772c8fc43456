/// Vectors of `isotonic/prediction` through the C ABI.

import CQuantcal

let abiIsotonicPredictionAdapters: [String: VectorAdapter] = [:]

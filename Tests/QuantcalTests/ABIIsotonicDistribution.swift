/// Vectors of `isotonic/distribution` through the C ABI.

import CQuantcal

let abiIsotonicDistributionAdapters: [String: VectorAdapter] = [:]

/// Vectors of `isotonic/nearly` through the C ABI.

import CQuantcal

let abiIsotonicNearlyAdapters: [String: VectorAdapter] = [:]

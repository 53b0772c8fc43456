/// Vectors of `isotonic/shape` through the C ABI.

import CQuantcal

let abiIsotonicShapeAdapters: [String: VectorAdapter] = [:]

/// Vectors of `isotonic/order` through the C ABI.

import CQuantcal

let abiIsotonicOrderAdapters: [String: VectorAdapter] = [:]

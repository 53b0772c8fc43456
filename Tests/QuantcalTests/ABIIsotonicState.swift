/// Vectors of `isotonic/state` through the C ABI.

import CQuantcal

let abiIsotonicStateAdapters: [String: VectorAdapter] = [:]

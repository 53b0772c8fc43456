/// Vectors of `isotonic/centered` through the C ABI.

import CQuantcal

let abiIsotonicCenteredAdapters: [String: VectorAdapter] = [:]

/// Vectors of `isotonic/reward` through the C ABI.

import CQuantcal

let abiIsotonicRewardAdapters: [String: VectorAdapter] = [:]

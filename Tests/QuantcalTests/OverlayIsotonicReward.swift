/// Vectors of `isotonic/reward` through the Swift overlay.

import Quantcal

let overlayIsotonicRewardAdapters: [String: VectorAdapter] = [:]

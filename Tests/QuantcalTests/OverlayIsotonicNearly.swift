/// Vectors of `isotonic/nearly` through the Swift overlay.

import Quantcal

let overlayIsotonicNearlyAdapters: [String: VectorAdapter] = [:]

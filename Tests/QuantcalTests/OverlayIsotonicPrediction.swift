/// Vectors of `isotonic/prediction` through the Swift overlay.

import Quantcal

let overlayIsotonicPredictionAdapters: [String: VectorAdapter] = [:]

internal import Glibc

/// TensorBoard's exponential moving average: `weight` of what was and the rest of what is, divided
/// by the share of real values in it, so that the zero it begins with does not count.
struct MovingAverage {
    let weight: Double
    private var sum = 0.0
    /// `weight` to the power of `count`.
    private var shareOfStart = 1.0
    /// How many values were averaged.
    private(set) var count = 0

    /// - Parameter weight: 0 or more, less than 1.
    init(weight: Double) {
        precondition(weight >= 0 && weight < 1, "a weight of \(weight) is not within 0..<1")
        self.weight = weight
    }

    /// Takes the next value, which must be finite, and returns the average up to it.
    mutating func add(_ value: Double) -> Double {
        sum = sum * weight + (1 - weight) * value
        shareOfStart *= weight
        count += 1
        return sum / (1 - shareOfStart)
    }

    /// After so many values, what came before them weighs less than a millionth.
    static func memory(ofWeight weight: Double) -> Int {
        weight > 0 ? Int((log(1e-6) / log(weight)).rounded(.up)) : 0
    }
}

package import RandomNumbers
package import Tensors

/// The largest difference, as a share of the largest number expected.
package func relativeError(
    _ actual: [Float],
    _ expected: [Double],
    largest: Double? = nil
) -> Double {
    guard actual.count == expected.count else { return .infinity }
    let scale = largest ?? expected.reduce(1e-30) { max($0, abs($1)) }
    return zip(actual, expected).reduce(0) { max($0, abs(Double($1.0) - $1.1)) } / scale
}

extension FloatBuffer {
    /// All floats, copied.
    package var array: [Float] { Array(copying: span) }
}

extension RandomGenerator {
    /// Draws `count` numbers between -1 and 1.
    package mutating func floats(_ count: Int) -> [Float] {
        (0..<count).map { _ in unitFloat() * 2 - 1 }
    }

    /// Draws `count` numbers between -1 and 1 that `kernels` read as they are.
    package mutating func floats(_ count: Int, readBy kernels: Kernels) -> [Float] {
        let drawn = floats(count)
        return kernels.isRounded ? drawn.map(\.roundedToBF16) : drawn
    }

    /// Draws one of the numbers of `range`, each equally likely.
    package mutating func integer(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + integer(below: range.count)
    }
}

extension Kernels {
    /// Those that this CPU can run.
    package static var available: [Kernels] { allCases.filter(\.isAvailable) }

    /// How far a network's numbers may lie from those of another library in single precision.
    package var tolerance: Double { isRounded ? 0.02 : 1e-5 }

    /// The same for gradients, to which positive and negative parts add up; rounding also makes a
    /// few rectified numbers positive that were not.
    package var gradientTolerance: Double { isRounded ? 0.2 : 1e-5 }
}

extension Float {
    /// The nearest number with 8 significant bits, of two equally near ones the even.
    package var roundedToBF16: Float {
        let half = (bitPattern >> 16 & 1) + 0x7fff
        return Float(bitPattern: (bitPattern + half) & 0xffff_0000)
    }
}

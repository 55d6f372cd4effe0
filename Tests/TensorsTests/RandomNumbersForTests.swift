import RandomNumbers
import Tensors

extension RandomGenerator {
    /// `count` numbers between -1 and 1.
    mutating func floats(_ count: Int) -> [Float] {
        (0..<count).map { _ in unitFloat() * 2 - 1 }
    }

    mutating func integer(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + integer(below: range.count)
    }
}

extension FloatBuffer {
    var array: [Float] {
        let span = span
        return span.indices.map { span[$0] }
    }
}

/// The largest difference, as a share of the largest number expected.
func relativeError(_ actual: [Float], _ expected: [Double]) -> Double {
    guard actual.count == expected.count else { return .infinity }
    let scale = expected.reduce(1e-30) { max($0, abs($1)) }
    return zip(actual, expected).reduce(0) { max($0, abs(Double($1.0) - $1.1)) } / scale
}

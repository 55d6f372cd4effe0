internal import Glibc

/// A number from the standard normal distribution: √(−2 ln u) · cos(2π v), where u, above 0, and v are drawn
/// evenly from 0 … 1.
///
/// Box and Muller 1958.
public func normalNumber(_ u: Double, _ v: Double) -> Double {
    (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
}

/// cos(π x).
public func cosineOfHalfTurns(_ number: Double) -> Double {
    cos(.pi * number)
}

/// ln x, rounded from double precision.
public func naturalLogarithm(_ number: Float) -> Float {
    Float(log(Double(number)))
}

internal import Glibc

/// cos(π x).
public func cosineOfHalfTurns(_ number: Double) -> Double {
    cos(.pi * number)
}

/// ln x, rounded from double precision.
public func naturalLogarithm(_ number: Float) -> Float {
    Float(log(Double(number)))
}

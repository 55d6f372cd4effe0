internal import Glibc

/// ln x, rounded from double precision.
public func naturalLogarithm(_ number: Float) -> Float {
    Float(log(Double(number)))
}

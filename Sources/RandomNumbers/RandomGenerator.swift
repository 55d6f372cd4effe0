/// A seedable generator whose whole state is one Codable value: xoshiro256** 1.0.
///
/// Blackman and Vigna 2021, "Scrambled Linear Pseudorandom Number Generators", with the state
/// filled by SplitMix64 as its authors recommend. The sequence is part of the contract: the same
/// seed gives the same numbers in every release, so a run can be repeated and resumed to the bit.
public struct RandomGenerator: RandomNumberGenerator, Codable, Equatable, Sendable {
    private var s0: UInt64
    private var s1: UInt64
    private var s2: UInt64
    private var s3: UInt64

    /// Creates the generator that `seed` stands for.
    public init(seed: UInt64) {
        var mixer = SplitMix64(state: seed)
        s0 = mixer.next()
        s1 = mixer.next()
        s2 = mixer.next()
        s3 = mixer.next()
    }

    /// The next 64 bits of the sequence.
    public mutating func next() -> UInt64 {
        let scrambled = (s1 &* 5).rotatedLeft(by: 7) &* 9
        let shifted = s1 << 17
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= shifted
        s3 = s3.rotatedLeft(by: 45)
        return scrambled
    }

    /// A whole number in `0 ..< bound`, each equally likely.
    ///
    /// Lemire 2019, "Fast Random Integer Generation in an Interval": one multiplication, and a
    /// rejection only where the remainder would favour small numbers.
    public mutating func integer(below bound: Int) -> Int {
        precondition(bound > 0, "an interval needs at least one number, got a bound of \(bound)")
        let width = UInt64(bound)
        var product = next().multipliedFullWidth(by: width)
        if product.low < width {
            let threshold = (0 &- width) % width
            while product.low < threshold {
                product = next().multipliedFullWidth(by: width)
            }
        }
        return Int(product.high)
    }

    /// A number in `0 ..< 1`, one of the 2²⁴ multiples of 2⁻²⁴.
    public mutating func unitFloat() -> Float {
        Float(next() >> 40) * 0x1p-24
    }

    /// A number in `0 ..< 1`, one of the 2⁵³ multiples of 2⁻⁵³.
    public mutating func unitDouble() -> Double {
        Double(next() >> 11) * 0x1p-53
    }
}

/// Steele, Lea and Flood 2014: turns any seed, zero included, into well mixed 64-bit words.
struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

extension UInt64 {
    fileprivate func rotatedLeft(by count: UInt64) -> UInt64 {
        (self << count) | (self >> (64 - count))
    }
}

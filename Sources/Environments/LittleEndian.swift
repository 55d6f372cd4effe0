/// Numbers as bytes, the lowest first: observations, and what is said to and by worker processes.
extension [UInt8] {
    /// Adds a number.
    package mutating func append<Number: FixedWidthInteger>(littleEndian number: Number) {
        for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
            append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    /// The number that begins at a byte.
    package func number<Number: FixedWidthInteger>(at start: Int, as type: Number.Type) -> Number {
        (0..<(Number.bitWidth / 8)).reduce(Number(0)) {
            $0 | Number(truncatingIfNeeded: self[start + $1]) << (8 * $1)
        }
    }

    /// The `index`-th of singles.
    package func float(at index: Int) -> Float {
        Float(bitPattern: number(at: 4 * index, as: UInt32.self))
    }

    /// The bytes of singles.
    package static func littleEndian(_ numbers: [Float]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4 * numbers.count)
        for number in numbers { bytes.append(littleEndian: number.bitPattern) }
        return bytes
    }
}

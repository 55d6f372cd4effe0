/// A column of whole numbers as bytes: differences of neighbours, because positions grow slowly.
enum IntegerColumn {
    private enum Coding: UInt8 {
        /// Every difference.
        case differences
        /// Each difference with how often it comes in a row.
        case runs
    }

    /// More rows than any block has.
    static let mostRows = 1 << 20

    static func append(_ values: [Int], to bytes: inout [UInt8]) {
        var runs = 0
        var (previous, lastDifference) = (0, 0)
        for value in values {
            let difference = value &- previous
            if runs == 0 || difference != lastDifference { runs += 1 }
            (previous, lastDifference) = (value, difference)
        }
        if runs * 2 <= values.count {
            bytes.append(Coding.runs.rawValue)
            appendRuns(values, to: &bytes)
        } else {
            bytes.append(Coding.differences.rawValue)
            previous = 0
            for value in values {
                bytes.append(zigzag: value &- previous)
                previous = value
            }
        }
    }

    private static func appendRuns(_ values: [Int], to bytes: inout [UInt8]) {
        var (previous, lastDifference, length) = (0, 0, 0)
        for value in values {
            let difference = value &- previous
            if length > 0, difference != lastDifference {
                bytes.append(zigzag: lastDifference)
                bytes.append(varint: UInt(length))
                length = 0
            }
            (previous, lastDifference, length) = (value, difference, length + 1)
        }
        guard length > 0 else { return }
        bytes.append(zigzag: lastDifference)
        bytes.append(varint: UInt(length))
    }

    static func values(_ reader: inout ByteReader) throws(RunStorageError) -> [Int] {
        guard let coding = Coding(rawValue: try reader.byte()) else {
            throw .unreadable("a column of a block has an unknown coding")
        }
        var values: [Int] = []
        var value = 0
        while !reader.isAtEnd {
            let difference = try reader.zigzag()
            switch coding {
            case .differences:
                value &+= difference
                values.append(value)
            case .runs:
                for _ in 0..<(try reader.count(limit: mostRows - values.count)) {
                    value &+= difference
                    values.append(value)
                }
            }
        }
        return values
    }
}

/// A column of numbers as bytes, every bit of each kept: in the first of these codings that can.
enum NumberColumn {
    private enum Coding: UInt8 {
        /// Whole numbers, as returns of games often are.
        case integers
        /// Whole thousandths, as times are.
        case thousandths
        /// Each number with how often it comes in a row.
        case runs
        /// Four bytes each.
        case floats
        /// Eight bytes each.
        case doubles
    }

    static func append(_ values: [Double], to bytes: inout [UInt8]) {
        if let integers = scaled(values, by: 1) {
            bytes.append(Coding.integers.rawValue)
            return IntegerColumn.append(integers, to: &bytes)
        }
        if let integers = scaled(values, by: 1000) {
            bytes.append(Coding.thousandths.rawValue)
            return IntegerColumn.append(integers, to: &bytes)
        }
        var runs = values.isEmpty ? 0 : 1
        for (value, next) in zip(values, values.dropFirst())
        where value.bitPattern != next.bitPattern {
            runs += 1
        }
        if runs * 3 <= values.count {
            bytes.append(Coding.runs.rawValue)
            appendRuns(values, to: &bytes)
        } else if values.allSatisfy({ Double(Float($0)).bitPattern == $0.bitPattern }) {
            bytes.append(Coding.floats.rawValue)
            for value in values { bytes.append(bits: UInt64(Float(value).bitPattern), count: 4) }
        } else {
            bytes.append(Coding.doubles.rawValue)
            for value in values { bytes.append(bits: value.bitPattern, count: 8) }
        }
    }

    /// The values times `scale`, where all are whole and give the same bits when divided again.
    private static func scaled(_ values: [Double], by scale: Double) -> [Int]? {
        var integers: [Int] = []
        integers.reserveCapacity(values.count)
        for value in values {
            let product = (value * scale).rounded()
            // Beyond 2⁵³ neighbours differ by more than one.
            guard product.magnitude < 9_007_199_254_740_992 else { return nil }
            let integer = Int(product)
            guard (Double(integer) / scale).bitPattern == value.bitPattern else { return nil }
            integers.append(integer)
        }
        return integers
    }

    private static func appendRuns(_ values: [Double], to bytes: inout [UInt8]) {
        var start = 0
        for index in values.indices
        where index + 1 == values.count
            || values[index + 1].bitPattern != values[index].bitPattern
        {
            bytes.append(bits: values[index].bitPattern, count: 8)
            bytes.append(varint: UInt(index + 1 - start))
            start = index + 1
        }
    }

    static func values(_ reader: inout ByteReader) throws(RunStorageError) -> [Double] {
        guard let coding = Coding(rawValue: try reader.byte()) else {
            throw .unreadable("a column of a block has an unknown coding")
        }
        switch coding {
        case .integers: return try IntegerColumn.values(&reader).map(Double.init)
        case .thousandths: return try IntegerColumn.values(&reader).map { Double($0) / 1000 }
        case .runs, .floats, .doubles: break
        }
        var values: [Double] = []
        while !reader.isAtEnd {
            if coding == .floats {
                let bits = UInt32(truncatingIfNeeded: try reader.bits(count: 4))
                values.append(Double(Float(bitPattern: bits)))
                continue
            }
            let value = Double(bitPattern: try reader.bits(count: 8))
            let limit = IntegerColumn.mostRows - values.count
            let length = coding == .runs ? try reader.count(limit: limit) : 1
            values.append(contentsOf: repeatElement(value, count: length))
        }
        return values
    }
}

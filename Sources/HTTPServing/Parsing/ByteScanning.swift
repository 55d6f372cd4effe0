extension StaticString {
    /// The literal's bytes, which live as long as the program.
    var bytes: Span<UInt8> {
        @_lifetime(immortal)
        get {
            let pointer = unsafe UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
            return unsafe _overrideLifetime(Span(_unsafeElements: pointer), borrowing: ())
        }
    }
}

extension Span<UInt8> {
    /// The first index from `start` on whose byte satisfies `predicate`.
    @inline(__always)
    func firstIndex(from start: Int, where predicate: (UInt8) -> Bool) -> Int? {
        var index = start
        while index < count {
            if predicate(self[index]) { return index }
            index += 1
        }
        return nil
    }

    /// The first index from `start` on that holds a control byte other than HTAB, or `count`.
    ///
    /// Eight bytes at a time: a byte's high bit is set where subtracting 0x20 borrows (the byte is
    /// below 0x20 and has no high bit), or where the byte is 0x7F. Borrows only reach upwards, so
    /// the lowest bit found is exact.
    func firstControl(from start: Int) -> Int {
        precondition(start >= 0, "start is \(start), expected 0 or more")
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        var index = start
        while index < count {
            if index &+ 8 <= count {
                let word = UInt64(
                    littleEndian: unsafe bytes.unsafeLoadUnaligned(
                        fromUncheckedByteOffset: index,
                        as: UInt64.self
                    )
                )
                let deletes = word ^ (ones &* 0x7F)
                let found =
                    ((word &- ones &* 0x20) & ~word | (deletes &- ones) & ~deletes) & highs
                if found == 0 {
                    index &+= 8
                    continue
                }
                index &+= found.trailingZeroBitCount / 8
            }
            let byte = unsafe self[unchecked: index]
            if byte < 0x20 && byte != .tab || byte == .delete { return index }
            index &+= 1
        }
        return count
    }

    func equalsIgnoringCase(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in indices where self[index].asciiLowercased != other[index].asciiLowercased {
            return false
        }
        return true
    }

    func equals(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in indices where self[index] != other[index] {
            return false
        }
        return true
    }

    /// The range without spaces and tabs at its ends; nothing else is optional whitespace
    /// (RFC 9110 §5.6.3).
    func trimmingOptionalWhitespace(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, self[start] == .space || self[start] == .tab { start += 1 }
        while start < end, self[end - 1] == .space || self[end - 1] == .tab { end -= 1 }
        return start..<end
    }

    /// The number that a run of decimal digits stands for; nil for anything else, a sign and an
    /// overflow included.
    func decimal() -> Int? {
        guard count > 0 else { return nil }
        var value = 0
        for index in indices {
            guard self[index].isDigit else { return nil }
            let (shifted, overflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, carries) = shifted.addingReportingOverflow(
                Int(self[index] &- UInt8(ascii: "0"))
            )
            guard !overflows, !carries else { return nil }
            value = sum
        }
        return value
    }
}

extension Array<UInt8> {
    /// Appends all bytes of `span`.
    mutating func append(_ span: Span<UInt8>) {
        unsafe span.withUnsafeBufferPointer { buffer in unsafe append(contentsOf: buffer) }
    }

    /// Appends the bytes of a literal.
    mutating func append(_ literal: StaticString) {
        append(literal.bytes)
    }

    /// Creates an array of the bytes of `span`.
    init(_ span: Span<UInt8>) {
        self = unsafe span.withUnsafeBufferPointer { buffer in unsafe Array(buffer) }
    }
}

extension String {
    /// The bytes as text; a byte that is no UTF-8 becomes U+FFFD.
    init(lossy span: Span<UInt8>) {
        self = unsafe span.withUnsafeBufferPointer { buffer in
            unsafe String(decoding: buffer, as: UTF8.self)
        }
    }
}

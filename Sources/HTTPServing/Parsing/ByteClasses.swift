extension UInt8 {
    static let tab = UInt8(ascii: "\t")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let space = UInt8(ascii: " ")
    static let delete: UInt8 = 0x7F

    /// A character of a token (RFC 9110 §5.6.2).
    var isToken: Bool {
        isIn(low: 0x03FF_6CFA_0000_0000, high: 0x57FF_FFFF_C7FF_FFFE)
    }

    /// A character of a request target.
    ///
    /// RFC 3986 §2, and `{ | } ^` and the backtick, which browsers send as they are. Space, quote,
    /// `#`, `<`, `>`, `\`, controls and bytes above 0x7E are not among them.
    var isTarget: Bool {
        isIn(low: 0xAFFF_FFF2_0000_0000, high: 0x7FFF_FFFF_EFFF_FFFF)
    }

    /// A character of a host or port, without the brackets and colons of an IPv6 address.
    var isRegisteredName: Bool {
        // RFC 3986 §3.2.2: unreserved, sub-delims and "%" of a percent-encoded byte.
        isIn(low: 0x2BFF_7FF2_0000_0000, high: 0x47FF_FFFE_87FF_FFFE)
    }

    var isDigit: Bool {
        self &- UInt8(ascii: "0") < 10
    }

    /// The value of a hexadecimal digit.
    var hexValue: UInt8? {
        if isDigit { return self &- UInt8(ascii: "0") }
        let letter = asciiLowercased &- UInt8(ascii: "a")
        return letter < 6 ? letter &+ 10 : nil
    }

    var asciiLowercased: UInt8 {
        self &- UInt8(ascii: "A") < 26 ? self | 0x20 : self
    }

    /// Bit `n` of the two words stands for the byte `n`.
    private func isIn(low: UInt64, high: UInt64) -> Bool {
        let word = self < 64 ? low : high
        return self < 128 && word &>> UInt64(self & 63) & 1 == 1
    }
}

extension StringProtocol {
    /// How many columns of a terminal the text takes: two for a wide character, none for a mark
    /// that is put on another.
    package var displayWidth: Int {
        unicodeScalars.reduce(0) { $0 + $1.displayWidth }
    }

    /// As much of the beginning as fits so many columns.
    package func prefix(columns: Int) -> String {
        var (text, width) = (String.UnicodeScalarView(), 0)
        for scalar in unicodeScalars {
            width += scalar.displayWidth
            guard width <= columns else { break }
            text.append(scalar)
        }
        return String(text)
    }
}

extension Unicode.Scalar {
    fileprivate var displayWidth: Int {
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: 0
        default: Self.wide.contains { $0.contains(value) } ? 2 : 1
        }
    }

    /// What UAX #11 calls wide or fullwidth, in whole blocks.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115f, 0x2e80...0x303e, 0x3041...0x4dbf, 0x4e00...0xa4cf, 0xa960...0xa97c,
        0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6b, 0xff01...0xff60, 0xffe0...0xffe6,
        0x1f300...0x1f64f, 0x1f680...0x1f6fc, 0x1f900...0x1f9ff, 0x20000...0x3fffd,
    ]
}

/// What a PNG says of its picture before the first pixel (PNG Third Edition §11.2.1).
public struct PNGHeader: Equatable, Sendable {
    /// Rows, at least 1.
    public let height: Int

    /// Columns, at least 1.
    public let width: Int

    /// Bits of a sample, or of an index into the palette.
    let depth: Int

    let colour: Colour

    /// What a pixel's samples are.
    enum Colour: UInt8 {
        case gray = 0
        case rgb = 2
        case palette = 3
        case grayAlpha = 4
        case rgba = 6

        /// Numbers of one pixel.
        var sampleCount: Int {
            switch self {
            case .gray, .palette: 1
            case .grayAlpha: 2
            case .rgb: 3
            case .rgba: 4
            }
        }

        var depths: Set<Int> {
            switch self {
            case .gray: [1, 2, 4, 8, 16]
            case .palette: [1, 2, 4, 8]
            case .rgb, .grayAlpha, .rgba: [8, 16]
            }
        }

        /// Channels of the frame that such pixels make once their transparency is dropped.
        var channelCount: Int {
            self == .gray || self == .grayAlpha ? 1 : 3
        }
    }

    /// The bytes that every PNG begins with (§5.2).
    public static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

    /// Reads signature and header; nothing behind them is looked at.
    /// - Throws: ``FrameError`` where the bytes do not begin a PNG.
    public init(_ png: Span<UInt8>) throws(FrameError) {
        guard png.count >= Self.byteCount,
            Self.signature.indices.allSatisfy({ png[$0] == Self.signature[$0] })
        else { throw .unreadable(reason: "it does not begin with a PNG's signature and header") }
        guard png.bigEndian(at: 8) == 13, png.bigEndian(at: 12) == PNGChunk.Kind.header.rawValue
        else { throw .unreadable(reason: "its first chunk is not IHDR") }
        (width, height) = (png.bigEndian(at: 16), png.bigEndian(at: 20))
        guard (1...Self.longestSide).contains(width), (1...Self.longestSide).contains(height)
        else { throw .unreadable(reason: "a picture of \(height)×\(width) cannot be") }
        depth = Int(png[24])
        guard let colour = Colour(rawValue: png[25]), colour.depths.contains(depth) else {
            throw .unreadable(
                reason: "there is no PNG of colour type \(png[25]) with \(depth) bits a sample"
            )
        }
        self.colour = colour
    }

    /// Signature, and IHDR with its length, name and checksum.
    static let byteCount = 33

    /// §11.2.1: a side is at most 2³¹ − 1.
    private static let longestSide = Int(Int32.max)
}

extension Span<UInt8> {
    /// The four bytes from `offset` on as a number, the most significant first.
    func bigEndian(at offset: Int) -> Int {
        (offset..<offset + 4).reduce(0) { $0 << 8 | Int(self[$1]) }
    }
}

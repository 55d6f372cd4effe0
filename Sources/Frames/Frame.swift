/// A picture of 8-bit gray levels or RGB colours, row after row from the top.
///
/// What an agent observes, what a person is shown and what a client uploads are all frames.
public struct Frame: Equatable, Sendable {
    /// Rows, at least 1.
    public let height: Int

    /// Columns, at least 1.
    public let width: Int

    /// Numbers a pixel: 1 for gray levels, 3 for red, green and blue.
    public let channels: Int

    /// The pixels, (height, width, channels), row-major.
    public internal(set) var bytes: [UInt8]

    /// Creates a frame from its pixels.
    /// - Parameters:
    ///   - height: Rows.
    ///   - width: Columns.
    ///   - channels: 1 or 3.
    ///   - bytes: (height, width, channels), row-major.
    public init(height: Int, width: Int, channels: Int, bytes: [UInt8]) {
        precondition(height > 0 && width > 0, "a frame of \(height)×\(width) has no pixels")
        precondition(channels == 1 || channels == 3, "channels must be 1 or 3, got \(channels)")
        precondition(
            bytes.count == height * width * channels,
            "\(bytes.count) bytes are no \(height)×\(width)×\(channels) frame"
        )
        self.height = height
        self.width = width
        self.channels = channels
        self.bytes = bytes
    }

    /// Creates a frame of one colour.
    public init(height: Int, width: Int, filledWith color: Color) {
        precondition(height > 0 && width > 0, "a frame of \(height)×\(width) has no pixels")
        self.height = height
        self.width = width
        channels = color.bytes.count
        bytes = []
        bytes.reserveCapacity(height * width * channels)
        for _ in 0..<height * width {
            bytes.append(contentsOf: color.bytes)
        }
    }

    /// One pixel's gray level or red, green and blue.
    public subscript(row: Int, column: Int) -> ArraySlice<UInt8> {
        precondition((0..<height).contains(row) && (0..<width).contains(column))
        let start = (row * width + column) * channels
        return bytes[start..<start + channels]
    }
}

extension Frame {
    /// What a pixel is painted with.
    public enum Color: Equatable, Sendable {
        /// A gray level, for frames of 1 channel.
        case gray(UInt8)
        /// Red, green and blue, for frames of 3 channels.
        case rgb(UInt8, UInt8, UInt8)

        var bytes: [UInt8] {
            switch self {
            case .gray(let level): [level]
            case .rgb(let red, let green, let blue): [red, green, blue]
            }
        }
    }
}

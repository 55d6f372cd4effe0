/// Why bytes from outside are no frame.
public enum FrameError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The bytes do not begin a PNG that can be read; libpng's own words.
    case unreadable(reason: String)

    /// The header announces more pixels than are allowed.
    case tooLarge(height: Int, width: Int, pixelLimit: Int)

    /// The header was right and what follows is not; libpng's own words.
    case damaged(reason: String)

    /// One sentence a person can act on.
    public var description: String {
        switch self {
        case .unreadable(let reason):
            "not a readable PNG: \(reason)"
        case .tooLarge(let height, let width, let limit):
            "PNG of \(height)×\(width) has \(height * width) pixels, at most \(limit) are allowed"
        case .damaged(let reason):
            "damaged PNG: \(reason)"
        }
    }
}

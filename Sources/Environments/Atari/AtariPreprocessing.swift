public import Frames

/// What the agent sees: the maximum of the last two screens in gray levels, shrunk to 84×84.
///
/// Nothing is cropped. Mnih et al. 2015, Methods, "Preprocessing", with the area resize that is usual since (DeepMind
/// shrank bilinearly). Training and uploaded screens go through this one function.
public struct AtariPreprocessing: Sendable {
    /// Rows and columns of an observation.
    public static let size = 84

    private let resize: AreaResize
    /// The gray levels of a screen, kept so that a step allocates nothing.
    private var gray: [UInt8]

    /// Whether an environment shows its observations so, from screens of a game.
    public static func applies(to environment: String) -> Bool {
        Atari.isGame(environment)
    }

    /// Creates the preprocessing of screens of one size.
    public init(screenHeight: Int, screenWidth: Int) {
        resize = AreaResize(
            from: .init(height: screenHeight, width: screenWidth),
            to: .init(height: Self.size, width: Self.size)
        )
        gray = [UInt8](repeating: 0, count: screenHeight * screenWidth)
    }

    /// Writes the observation of one or two successive screens.
    /// - Parameters:
    ///   - newest: The last screen, (screenHeight, screenWidth, 3), row-major.
    ///   - previous: The one before it in the same step; nil where there is none.
    ///   - observation: Takes (84, 84) gray levels.
    public mutating func observe(
        _ newest: Span<UInt8>,
        after previous: Span<UInt8>?,
        into observation: inout MutableSpan<UInt8>
    ) {
        var levels = gray.mutableSpan
        if let previous {
            Luminance.levels(ofMaximum: newest, previous, into: &levels)
        } else {
            Luminance.levels(of: newest, into: &levels)
        }
        resize(gray.span, into: &observation)
    }

    /// The observation of one or two successive screens of one size, the newest last.
    public static func observation(of screens: [Frame]) -> Frame {
        guard let newest = screens.last, screens.count <= 2 else {
            preconditionFailure("an observation is made of 1 or 2 screens, got \(screens.count)")
        }
        precondition(
            screens.allSatisfy { $0.channels == 3 && $0.bytes.count == newest.bytes.count },
            "an observation is made of coloured screens of one size"
        )
        var preprocessing = AtariPreprocessing(
            screenHeight: newest.height,
            screenWidth: newest.width
        )
        var pixels = [UInt8](repeating: 0, count: size * size)
        var observation = pixels.mutableSpan
        let earlier = screens[0].bytes
        preprocessing.observe(
            newest.bytes.span,
            after: screens.count == 2 ? earlier.span : nil,
            into: &observation
        )
        return Frame(height: size, width: size, channels: 1, bytes: pixels)
    }
}

/// Where raw Atari screens come from: the emulator in a worker process, or a test.
///
/// It plays frames; skipping, no-op starts, lives and time limits are ``AtariEnvironment``'s.
package protocol ScreenSource {
    /// Rows of a screen.
    var screenHeight: Int { get }

    /// Columns of a screen.
    var screenWidth: Int { get }

    /// The actions to choose from, of ``Atari/actionNames``.
    var actionNames: [String] { get }

    /// Shows the last two screens, each (screenHeight, screenWidth, 3), row-major; the earlier one
    /// means something only where the last report says that there are two.
    func withScreens<Outcome>(
        _ body: (_ newest: Span<UInt8>, _ previous: Span<UInt8>) -> Outcome
    ) -> Outcome

    /// Begins a new game.
    mutating func reset() throws(EnvironmentError) -> ScreenReport

    /// Begins what `act` will be asked for next, where that goes on by itself.
    mutating func begin(_ actions: [UInt8]) throws(EnvironmentError)

    /// Plays one frame for each action, or until the game is over.
    /// - Parameter actions: Indices of ``Atari/actionNames``, whichever there are to choose from;
    ///   at least one.
    /// - Returns: What came of them.
    /// - Throws: ``EnvironmentError`` where the emulator cannot be reached.
    mutating func act(_ actions: [UInt8]) throws(EnvironmentError) -> ScreenReport

    /// Everything that decides what follows, its randomness included, but not the screens.
    mutating func state() throws(EnvironmentError) -> [UInt8]

    /// Goes on from a state, with the screen that was shown then.
    mutating func restore(_ state: [UInt8], newest: [UInt8]) throws(EnvironmentError)
}

extension ScreenSource {
    /// Most sources play at once.
    package mutating func begin(_ actions: [UInt8]) throws(EnvironmentError) {}
}

/// What came of some frames.
package struct ScreenReport: Equatable, Sendable {
    /// What they were worth together.
    package var reward: Float
    /// Lives left after them; 0 in games without.
    package var lives: Int
    /// Whether the game ended with the last of them.
    package var isGameOver: Bool
    /// How many were played.
    package var frames: Int
    /// Screens of these frames that can be seen, the newest first: 1 or 2.
    package var screens: Int

    /// Creates a report.
    package init(reward: Float, lives: Int, isGameOver: Bool, frames: Int, screens: Int) {
        self.reward = reward
        self.lives = lives
        self.isGameOver = isGameOver
        self.frames = frames
        self.screens = screens
    }
}

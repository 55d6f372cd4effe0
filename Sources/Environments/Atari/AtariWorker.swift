internal import Glibc

/// The emulator in a worker process: a ``ScreenSource`` over `ale_worker.py`.
///
/// After its first failure every call throws that failure again.
package final class AtariWorker: ScreenSource {
    package let screenHeight: Int
    package let screenWidth: Int
    package let actionNames: [String]

    /// The newest screen in the first slot, the one before it in the second.
    private let screens: SharedMemory
    private let conversation: AtariConversation

    /// Room for one screen; the largest of the Atari is 250×160×3.
    private static let screenByteLimit = 1 << 17
    /// Whether frames were asked for whose report was not taken yet.
    private var isPlaying = false

    /// The process's number, for tests that end it from outside.
    package var processIdentifier: Int { conversation.processIdentifier }

    /// Starts a worker that plays one game.
    /// - Parameters:
    ///   - game: As the emulator names it: `space_invaders`.
    ///   - hasFullActionSet: Whether all 18 actions are offered.
    ///   - seed: Of the emulator's randomness, 1 ... 2³¹ − 1.
    ///   - program: The interpreter and its script.
    ///   - interruption: Cuts waits for a silent worker short.
    /// - Throws: ``EnvironmentError`` where the worker does not get as far as a game.
    package init(
        game: String,
        hasFullActionSet: Bool = false,
        seed: Int32,
        program: WorkerProgram,
        interruption: WorkerInterruption? = nil
    ) throws(EnvironmentError) {
        let screens = try SharedMemory(slots: 2, slotByteCount: Self.screenByteLimit)
        let conversation = try AtariConversation(
            with: program,
            arguments: [game, "\(seed)", hasFullActionSet ? "1" : "0"],
            memory: [screens.descriptor],
            interruption: interruption
        )
        let words = conversation.greeting.split(separator: " ")
        guard words.count > 2, let height = Int(words[0]), let width = Int(words[1]),
            (1...Self.screenByteLimit).contains(height),
            (1...Self.screenByteLimit).contains(width),
            height * width * 3 <= Self.screenByteLimit,
            words[2...].allSatisfy({ Atari.actionNames.contains(String($0)) })
        else {
            throw conversation.failUnintelligible(
                "a game introduces itself by height, width and actions, not "
                    + "\"\(conversation.greeting.prefix(80))\""
            )
        }
        screenHeight = height
        screenWidth = width
        actionNames = words[2...].map(String.init)
        self.screens = screens
        self.conversation = conversation
    }

    /// Shows the last two screens, where the worker wrote them.
    package func withScreens<Outcome>(
        _ body: (_ newest: Span<UInt8>, _ previous: Span<UInt8>) -> Outcome
    ) -> Outcome {
        let count = screenHeight * screenWidth * 3
        // Borrowed once, so that both spans live as long as `body` runs.
        func show(_ screens: borrowing SharedMemory) -> Outcome {
            body(screens.bytes(ofSlot: 0, count: count), screens.bytes(ofSlot: 1, count: count))
        }
        return show(screens)
    }

    /// Begins a new game.
    package func reset() throws(EnvironmentError) -> ScreenReport {
        try conversation.ask(.reset).report
    }

    /// Lets the worker play while others are asked for theirs.
    package func begin(_ actions: [UInt8]) throws(EnvironmentError) {
        try conversation.send(.act, content: actions)
        isPlaying = true
    }

    /// Plays one frame for each action, or until the game is over.
    package func act(_ actions: [UInt8]) throws(EnvironmentError) -> ScreenReport {
        if !isPlaying { try begin(actions) }
        isPlaying = false
        let report = try conversation.receive().report
        guard (1...actions.count).contains(report.frames) else {
            throw conversation.failUnintelligible(
                "\(report.frames) frames played of \(actions.count)"
            )
        }
        return report
    }

    /// The emulator's state with its randomness.
    package func state() throws(EnvironmentError) -> [UInt8] {
        try conversation.ask(.save).content
    }

    /// Goes on from a state, with the screen that was shown then.
    package func restore(_ state: [UInt8], newest: [UInt8]) throws(EnvironmentError) {
        _ = try conversation.ask(.restore, content: state)
        screens.write(newest, toSlot: 0)
    }
}

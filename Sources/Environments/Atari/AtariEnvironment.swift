package import Frames
package import RandomNumbers

/// An Atari game as the Nature paper played it: actions held for some frames, the maximum of the
/// last two screens, starts of random length, and lives that may count as ends.
///
/// A class because the game itself runs elsewhere and cannot be copied.
package final class AtariEnvironment<Source: ScreenSource>: Environment {
    package let specification: EnvironmentSpecification

    let options: AtariOptions
    var source: Source
    var episode: Episode
    /// What was announced and not played yet.
    private var announced: [UInt8]?
    private var preprocessing: AtariPreprocessing
    /// The emulator's number for each action.
    private let actions: [UInt8]

    private static var noOp: UInt8 { 0 }
    private static var fire: UInt8 { 1 }

    /// What is known of the running episode beside the game itself.
    struct Episode: Codable, Equatable {
        var generator: RandomGenerator
        /// Lives at the last moment at which there were any.
        var lives = 0
        /// What was done in the last frame, which a sticky action repeats.
        var lastAction: UInt8 = 0
        /// Frames since the reset.
        var frames = 0
        var isPlaying = false
        var hasBegun = false
    }

    /// Creates a game.
    /// - Parameters:
    ///   - id: Its name in the catalog.
    ///   - options: How it is played.
    ///   - source: Where the screens come from.
    ///   - generator: Draws the lengths of the starts.
    package init(
        id: String,
        options: AtariOptions,
        source: Source,
        generator: RandomGenerator
    ) {
        specification = Atari.specification(id: id, actionNames: source.actionNames)
        self.options = options
        self.source = source
        episode = Episode(generator: generator)
        preprocessing = AtariPreprocessing(
            screenHeight: source.screenHeight,
            screenWidth: source.screenWidth
        )
        actions = source.actionNames.compactMap { name in
            Atari.actionNames.firstIndex(of: name).map { UInt8($0) }
        }
        precondition(actions.count == source.actionNames.count, "\(source.actionNames)")
    }

    /// A new game after its first frames without action.
    package func reset(into frame: inout MutableSpan<UInt8>) throws(EnvironmentError) -> TimeStep {
        var frames = 0
        var report: ScreenReport
        var starts = 0
        repeat {
            report = try source.reset()
            episode.frames = 0
            episode.lastAction = Self.noOp
            // Some games end when nothing is done; one that always does is left at its beginning.
            starts += 1
            guard starts < 10 else { break }
            if options.noOpMax > 0 {
                let count = episode.generator.integer(below: options.noOpMax) + 1
                report = try hold(Self.noOp, frames: count)
            }
            if options.firesOnReset && hasFire && !report.isGameOver {
                report = try hold(Self.fire, frames: options.frameSkip)
            }
            frames += episode.frames
        } while report.isGameOver
        episode.lives = report.lives
        episode.isPlaying = true
        episode.hasBegun = true
        observe(report, into: &frame)
        return TimeStep(environmentFrames: frames)
    }

    /// Lets the game go on with an action, to be taken in by the step that follows.
    package func announce(_ action: Int) throws(EnvironmentError) {
        precondition(announced == nil, "an action is announced once")
        let held = heldActions(action)
        try source.begin(held)
        announced = held
    }

    /// Holds an action for the frames of the skip, fewer where the game or the time ends.
    package func step(
        _ action: Int,
        into frame: inout MutableSpan<UInt8>
    ) throws(EnvironmentError) -> TimeStep {
        let held = announced ?? heldActions(action)
        announced = nil
        var report = try play(held)
        let livesLost = countLivesLost(report)
        if livesLost > 0 && options.firesOnLifeLoss && hasFire && !report.isGameOver {
            report = try fireAgain(after: report)
        }
        observe(report, into: &frame)
        let isTimeUp = episode.frames >= options.timeLimitFrames
        episode.isPlaying = !report.isGameOver && !isTimeUp
        var answer = TimeStep(
            reward: report.reward,
            isOver: report.isGameOver,
            isTimeUp: isTimeUp
        )
        answer.environmentFrames = report.frames
        answer.livesLost = livesLost
        if livesLost > 0 && options.isTerminalOnLifeLoss {
            answer.discount = 0
        }
        return answer
    }

    private var hasFire: Bool { actions.contains(Self.fire) }

    /// Begins the next life, and reports of both: what the step has seen, and this.
    private func fireAgain(after lost: ScreenReport) throws(EnvironmentError) -> ScreenReport {
        let frames = min(options.frameSkip, options.timeLimitFrames - episode.frames)
        guard frames > 0 else { return lost }
        var report = try hold(Self.fire, frames: frames)
        report.reward += lost.reward
        report.frames += lost.frames
        return report
    }

    /// The last screen in its colours.
    package func rendered() -> Frame? {
        guard episode.hasBegun else { return nil }
        return Frame(
            height: source.screenHeight,
            width: source.screenWidth,
            channels: 3,
            bytes: source.withScreens { newest, _ in
                unsafe newest.withUnsafeBytes { unsafe Array($0) }
            }
        )
    }

    /// Plays an action for some frames.
    private func hold(_ action: UInt8, frames: Int) throws(EnvironmentError) -> ScreenReport {
        try play(heldActions(action, frames: frames))
    }

    private func play(_ held: [UInt8]) throws(EnvironmentError) -> ScreenReport {
        let report = try source.act(held)
        episode.frames += report.frames
        return report
    }

    /// What is done in each frame of a step, of which the last may be fewer.
    private func heldActions(_ action: Int) -> [UInt8] {
        precondition(episode.isPlaying, "a step needs a reset before it")
        precondition(
            actions.indices.contains(action),
            "actions are \(actions.indices), got \(action)"
        )
        let frames = min(options.frameSkip, options.timeLimitFrames - episode.frames)
        return heldActions(actions[action], frames: frames)
    }

    /// An action for some frames, each of which may repeat the last one instead.
    ///
    /// Sticky actions as in Machado et al. 2018, §5, drawn here so that a run can be resumed.
    private func heldActions(_ action: UInt8, frames: Int) -> [UInt8] {
        let stickiness = options.stickyActionProbability
        var held = [UInt8](repeating: action, count: frames)
        if stickiness > 0 {
            for frame in held.indices {
                if episode.generator.unitDouble() < stickiness {
                    held[frame] = episode.lastAction
                }
                episode.lastAction = held[frame]
            }
        }
        return held
    }

    /// A game that goes on without lives (Q*bert, for some frames) has not lost one: a life is lost
    /// where 0 < lives < those there were, or at the end.
    private func countLivesLost(_ report: ScreenReport) -> Int {
        guard report.lives > 0 || report.isGameOver else { return 0 }
        defer { episode.lives = report.lives }
        return max(0, episode.lives - report.lives)
    }

    private func observe(_ report: ScreenReport, into frame: inout MutableSpan<UInt8>) {
        // Only screens of this step: one that lies further back would be a ghost.
        source.withScreens { newest, previous in
            preprocessing.observe(
                newest,
                after: report.screens == 2 ? previous : nil,
                into: &frame
            )
        }
    }
}

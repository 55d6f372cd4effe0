package import Frames

/// One of the five games of MinAtar (Young and Tian 2019): Atari games on a board of 10 by 10 cells.
///
/// An observation has a plane for every kind of things of the game, (planes, 10, 10), 255 where there
/// is one and else 0. The rules, written from the paper and its README, agree with the package
/// minatar 1.0.15 in every observation, reward and end; see Fixtures/MinAtar.
package struct MinAtarGame<Rules: MinAtarRules, Chances: ChanceSource>: Environment, Codable,
    Equatable
{
    private var rules: Rules?
    private var chances: Chances
    private let options: MinAtarOptions
    private let actions: [MinAtarAction]
    private let frameByteCount: Int
    private var steps = 0
    /// What was played last, in whatever episode.
    private var lastAction = MinAtarAction.none
    private var isPlaying = false

    /// Creates a game with the given options.
    package init(
        options: EnvironmentOptions = [:],
        chances: Chances
    ) throws(EnvironmentError) {
        let traits = Rules.traits
        let specification = traits.specification
        self.options = MinAtarOptions(
            try ResolvedOptions(options, for: specification.id, from: specification.options)
        )
        actions =
            self.options.hasFullActionSet ? MinAtarAction.allCases : traits.minimalActions
        frameByteCount = specification.observation.frameByteCount
        self.chances = chances
    }

    package var specification: EnvironmentSpecification {
        options.hasFullActionSet
            ? Rules.traits.fullSpecification : Rules.traits.specification
    }

    /// The board as every episode begins, but for what is drawn.
    package mutating func reset(into frame: inout MutableSpan<UInt8>) -> TimeStep {
        rules = Rules(isRamping: options.isRamping, chances: &chances)
        steps = 0
        isPlaying = true
        draw(on: &frame)
        return TimeStep(environmentFrames: 0)
    }

    /// Plays one frame, with this action or once more the last.
    package mutating func step(_ action: Int, into frame: inout MutableSpan<UInt8>) -> TimeStep {
        precondition(isPlaying, "a step needs a reset before it")
        precondition(
            actions.indices.contains(action),
            "actions are 0...\(actions.count - 1), got \(action)"
        )
        let isSticky = chances.occurs(options.stickyActionProbability)
        let played = isSticky ? lastAction : actions[action]
        lastAction = played
        guard let outcome = rules?.step(played, chances: &chances) else {
            preconditionFailure("an episode without a board")
        }
        steps += 1
        let isTimeUp = steps == options.timeLimitSteps
        isPlaying = !outcome.isOver && !isTimeUp
        draw(on: &frame)
        return TimeStep(
            reward: Float(outcome.reward),
            isOver: outcome.isOver,
            isTimeUp: isTimeUp
        )
    }

    private func draw(on frame: inout MutableSpan<UInt8>) {
        precondition(
            frame.count == frameByteCount,
            "a frame has \(frameByteCount) bytes, got \(frame.count)"
        )
        frame.update(repeating: 0)
        rules?.draw(on: &frame)
    }

    /// The board, 16 pixels a cell: trails behind all things, the player before them.
    package func rendered() -> Frame? {
        guard let rules else { return nil }
        let side = Cell.side
        let planes = Rules.traits.planes
        var cells = [UInt8](repeating: 0, count: planes.count * side * side)
        var span = cells.mutableSpan
        rules.draw(on: &span)
        let size = 16
        var picture = Frame(
            height: side * size,
            width: side * size,
            filledWith: .rgb(24, 26, 33)
        )
        for isTrail in [true, false] {
            for (plane, look) in planes.enumerated().reversed() where look.isTrail == isTrail {
                for index in 0..<side * side where cells[plane * side * side + index] != 0 {
                    let (row, column) = index.quotientAndRemainder(dividingBy: side)
                    picture.fill(
                        rows: row * size + 1..<(row + 1) * size,
                        columns: column * size + 1..<(column + 1) * size,
                        with: look.color
                    )
                }
            }
        }
        return picture
    }
}

package import Frames
package import RandomNumbers

/// A ball falls through a board; a paddle in the bottom row must be under it when it arrives.
///
/// The board has 10 rows and 5 columns, so an episode has 9 steps; the reward is 1 for a catch and
/// −1 for a miss, at the end.
///
/// The game of Mnih et al. 2014 ("Recurrent Models of Visual Attention") in the size that
/// bsuite made usual, drawn on 84×84 pixels so that the Nature network plays it: the smallest test
/// of the whole chain from pixels to a policy.
package struct Catch: Environment, BuiltInGame, Codable, Equatable {
    package static let specification = EnvironmentSpecification(
        id: "catch",
        summary: "Catch a falling ball with a paddle: 1 for a catch, -1 for a miss, after 9 steps.",
        observation: .pixels,
        actionNames: ["LEFT", "STAY", "RIGHT"]
    )

    package static let rows = 10
    package static let columns = 5
    private static let size = 84

    private struct Cell: Codable, Equatable, Sendable {
        var row: Int
        var column: Int
    }

    private var generator: RandomGenerator
    private var ball = Cell(row: 0, column: 0)
    private var paddle = Cell(row: rows - 1, column: 0)
    private var isPlaying = false

    /// Creates a game whose balls fall where `generator` says.
    package init(generator: RandomGenerator) {
        self.generator = generator
    }

    init(options: EnvironmentOptions, generator: RandomGenerator) throws(EnvironmentError) {
        _ = try Self.resolve(options)
        self.init(generator: generator)
    }

    package var specification: EnvironmentSpecification { Self.specification }

    /// A ball at the top, somewhere; the paddle in the middle.
    package mutating func reset(into frame: inout MutableSpan<UInt8>) -> TimeStep {
        ball = Cell(row: 0, column: generator.integer(below: Self.columns))
        paddle.column = Self.columns / 2
        isPlaying = true
        draw(into: &frame)
        return TimeStep(environmentFrames: 0)
    }

    /// The paddle moves, then the ball falls by a row.
    package mutating func step(_ action: Int, into frame: inout MutableSpan<UInt8>) -> TimeStep {
        precondition(isPlaying, "a step needs a reset before it")
        precondition((0..<3).contains(action), "actions are 0...2, got \(action)")
        paddle.column = min(max(paddle.column + action - 1, 0), Self.columns - 1)
        ball.row += 1
        draw(into: &frame)
        isPlaying = ball.row < paddle.row
        let reward: Float = isPlaying ? 0 : ball == paddle ? 1 : -1
        return TimeStep(reward: reward, isOver: !isPlaying, isTimeUp: false)
    }

    /// The pixels that the agent sees.
    package func rendered() -> Frame? {
        var pixels = [UInt8](repeating: 0, count: Self.size * Self.size)
        var frame = pixels.mutableSpan
        draw(into: &frame)
        return Frame(height: Self.size, width: Self.size, channels: 1, bytes: pixels)
    }

    private func draw(into frame: inout MutableSpan<UInt8>) {
        let size = Self.size
        precondition(frame.count == size * size, "a frame has \(size * size) bytes")
        for index in 0..<frame.count {
            frame[index] = 0
        }
        for cell in [ball, paddle] {
            for row in cell.row * size / Self.rows..<(cell.row + 1) * size / Self.rows {
                let start = row * size + cell.column * size / Self.columns
                for index in start..<row * size + (cell.column + 1) * size / Self.columns {
                    frame[index] = 255
                }
            }
        }
    }
}

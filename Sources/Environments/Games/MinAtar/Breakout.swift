/// A ball bounces between a paddle and a wall of three rows of bricks, each of which is worth 1.
///
/// The ball moves along diagonals, a cell a frame. When it comes down to the paddle's row with no brick
/// left, there is a new wall; when it comes down beside the paddle, the game is over. Planes: paddle,
/// ball, where the ball was, bricks.
package struct Breakout: MinAtarRules {
    private enum Plane: Int {
        case paddle, ball, trail, bricks
    }

    package static let traits = MinAtarTraits(
        id: "breakout",
        summary: "Breakout on 10×10 cells: 1 for each brick, until the ball is missed.",
        planes: [
            .thing(96, 190, 255), .thing(255, 255, 255), .trail(90, 94, 104),
            .thing(206, 112, 80),
        ],
        minimalActions: [.none, .left, .right]
    )

    private static let wall = CellSet(rows: 1..<4)
    private static let paddleRow = Cell.side - 1

    private var paddle = 4
    private var bricks = Breakout.wall
    private var ball: Cell
    private var trail: Cell
    /// Rows and columns that the ball moves by: 1 or −1.
    private var rows = 1
    private var columns: Int
    /// Whether the ball met a brick in the last frame; then the next brick it meets is no obstacle.
    private var hasMetBrick = false

    package init(isRamping: Bool, chances: inout some ChanceSource) {
        let isFromRight = chances.integer(below: 2) == 1
        ball = Cell(row: 3, column: isFromRight ? Cell.side - 1 : 0)
        columns = isFromRight ? -1 : 1
        trail = ball
    }

    package mutating func step(
        _ action: MinAtarAction,
        chances: inout some ChanceSource
    ) -> MinAtarOutcome {
        paddle = paddle.stepped(by: action.columns)
        trail = ball
        var next = Cell(row: ball.row + rows, column: ball.column + columns)
        if !next.isBetweenSides {
            next.column = ball.column
            columns = -columns
        }
        var reward = 0
        var isOver = false
        let meetsBrick = next.row >= 0 && bricks.contains(next)
        if next.row < 0 {
            next.row = 0
            rows = 1
        } else if meetsBrick {
            if !hasMetBrick {
                reward = 1
                bricks.remove(next)
                next.row = ball.row
                rows = -rows
            }
        } else if next.row == Self.paddleRow {
            if bricks.isEmpty { bricks = Self.wall }
            if paddle == ball.column || paddle == next.column {
                // Hit from the side, it goes back where it came from.
                if paddle != ball.column { columns = -columns }
                next.row = ball.row
                rows = -1
            } else {
                isOver = true
            }
        }
        hasMetBrick = meetsBrick
        ball = next
        return MinAtarOutcome(reward: reward, isOver: isOver)
    }

    package func draw(on frame: inout MutableSpan<UInt8>) {
        frame.light(Cell(row: Self.paddleRow, column: paddle), on: Plane.paddle)
        frame.light(ball, on: Plane.ball)
        frame.light(trail, on: Plane.trail)
        frame.light(bricks, on: Plane.bricks)
    }
}

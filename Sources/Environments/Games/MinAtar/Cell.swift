/// A place on MinAtar's board of 10 rows and 10 columns, or beside it.
package struct Cell: Codable, Equatable, Sendable {
    /// Rows, and columns, of the board.
    static let side = 10

    var row: Int
    var column: Int

    /// Whether it is on the board, whose rows nothing leaves.
    var isBetweenSides: Bool { (0..<Self.side).contains(column) }

    /// Where it is in a plane, row after row.
    var index: Int { row * Self.side + column }

    /// The cell so many columns to the right.
    func moved(columns: Int) -> Cell {
        Cell(row: row, column: column + columns)
    }
}

extension Int {
    /// The coordinate after a step of −1, 0 or 1, if it stays within an interval.
    func stepped(by step: Int, within limits: ClosedRange<Int> = 0...Cell.side - 1) -> Int {
        Swift.min(Swift.max(self + step, limits.lowerBound), limits.upperBound)
    }
}

/// Something in Seaquest that moves along a row: a diver, an enemy or a shot.
struct Swimmer: Codable, Equatable, Sendable {
    var place: Cell
    let goesRight: Bool
    /// Frames that it rests before it moves; shots never do.
    var framesToMove = 0
    /// Frames until it shoots, if it is an enemy submarine.
    var framesToShot = 0

    /// Columns that it moves by.
    var columns: Int { goesRight ? 1 : -1 }

    mutating func advance() { place.column += columns }
}

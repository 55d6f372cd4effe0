package import Frames

extension FrozenLake {
    /// The lake from above, 24 pixels a tile: holes dark, the goal yellow, the agent a red dot.
    package func rendered() -> Frame? {
        let tile = 24
        var picture = Frame(
            height: side * tile,
            width: side * tile,
            filledWith: .rgb(140, 170, 190)
        )
        for (index, letter) in tiles.enumerated() {
            let (row, column) = index.quotientAndRemainder(dividingBy: side)
            picture.fill(
                rows: row * tile + 1..<(row + 1) * tile,
                columns: column * tile + 1..<(column + 1) * tile,
                with: color(of: letter)
            )
        }
        let (row, column) = state.quotientAndRemainder(dividingBy: side)
        picture.fillDisc(
            row: (Double(row) + 0.5) * Double(tile),
            column: (Double(column) + 0.5) * Double(tile),
            radius: Double(tile) / 4,
            with: .rgb(200, 60, 50)
        )
        return picture
    }

    private func color(of letter: UInt8) -> Frame.Color {
        switch letter {
        case UInt8(ascii: "H"): .rgb(30, 60, 100)
        case UInt8(ascii: "G"): .rgb(240, 200, 70)
        case UInt8(ascii: "S"): .rgb(190, 225, 200)
        default: .rgb(225, 240, 250)
        }
    }
}

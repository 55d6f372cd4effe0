/// Aliens march from side to side and down; a cannon shoots them for 1 each.
///
/// They march the faster the fewer they are, and the one nearest to the cannon's column shoots. The game
/// is over when a shot or an alien reaches the cannon, or an alien the bottom. A shot-down wave is
/// followed by another, whose march is a little faster where the game becomes harder. Planes: cannon,
/// aliens, those of a wave that marches left, of one that marches right, own shots, aliens' shots.
package struct SpaceInvaders: MinAtarRules {
    private enum Plane: Int {
        case cannon, aliens, aliensGoingLeft, aliensGoingRight, shots, alienShots
    }

    package static let traits = MinAtarTraits(
        id: "space-invaders",
        summary: "Space Invaders on 10×10 cells: 1 for each alien, until it or its shot hits.",
        planes: [
            .thing(96, 190, 255), .thing(122, 202, 112), .thing(122, 202, 112),
            .thing(122, 202, 112), .thing(255, 255, 255), .thing(240, 90, 80),
        ],
        minimalActions: [.none, .left, .right, .fire]
    )

    private static let wave = CellSet(rows: 0..<4, columns: 2..<8)
    private static let bottom = Cell.side - 1
    /// Frames between two shots of the cannon, and of the aliens.
    private static let reloadFrames = 5
    private static let alienReloadFrames = 10
    /// Frames between two moves of a wave, at most: at first, and of the fastest wave.
    private static let slowestMarchFrames = 12
    private static let fastestMarchFrames = 6

    private let isRamping: Bool
    private var column = 5
    private var shots = CellSet()
    private var alienShots = CellSet()
    private var aliens = SpaceInvaders.wave
    private var marchesLeft = true
    private var marchFrames = slowestMarchFrames
    private var framesToMarch = slowestMarchFrames
    private var framesToAlienShot = alienReloadFrames
    private var framesToShot = 0

    package init(isRamping: Bool, chances: inout some ChanceSource) {
        self.isRamping = isRamping
    }

    private var cannon: Cell { Cell(row: Self.bottom, column: column) }

    package mutating func step(
        _ action: MinAtarAction,
        chances: inout some ChanceSource
    ) -> MinAtarOutcome {
        if action == .fire && framesToShot == 0 {
            shots.insert(cannon)
            framesToShot = Self.reloadFrames
        }
        column = column.stepped(by: action.columns)
        shots = shots.raised(by: 1)
        alienShots = alienShots.lowered
        var isOver = alienShots.contains(cannon) || aliens.contains(cannon)
        if framesToMarch == 0 {
            framesToMarch = min(aliens.count, marchFrames)
            let hasLanded = march()
            isOver = isOver || hasLanded || aliens.contains(cannon)
        }
        if framesToAlienShot == 0 {
            framesToAlienShot = Self.alienReloadFrames
            if let alien = nearestAlien { alienShots.insert(alien) }
        }
        let hit = aliens.intersection(shots)
        aliens.subtract(hit)
        shots.subtract(hit)
        framesToShot = max(framesToShot - 1, 0)
        framesToMarch -= 1
        framesToAlienShot -= 1
        if aliens.isEmpty {
            if isRamping { marchFrames = max(marchFrames - 1, Self.fastestMarchFrames) }
            aliens = Self.wave
        }
        return MinAtarOutcome(reward: hit.count, isOver: isOver)
    }

    /// A column further, or down and about where there is none.
    /// - Returns: Whether an alien stood in the bottom row and went through it.
    private mutating func march() -> Bool {
        guard aliens.column(marchesLeft ? 0 : Cell.side - 1).isEmpty else {
            marchesLeft.toggle()
            let landed = aliens.row(Self.bottom)
            aliens = aliens.lowered
            // The board is round for those who have landed, as the last observation shows.
            aliens.formUnion(landed.raised(by: Self.bottom))
            return !landed.isEmpty
        }
        aliens = marchesLeft ? aliens.movedLeft : aliens.movedRight
        return false
    }

    /// The lowest of the column nearest to the cannon, of two the left one.
    private var nearestAlien: Cell? {
        for distance in 0..<Cell.side {
            for candidate in [column - distance, column + distance]
            where (0..<Cell.side).contains(candidate) {
                if let alien = aliens.column(candidate).last { return alien }
            }
        }
        return nil
    }

    package func draw(on frame: inout MutableSpan<UInt8>) {
        frame.light(cannon, on: Plane.cannon)
        frame.light(aliens, on: Plane.aliens)
        frame.light(aliens, on: marchesLeft ? Plane.aliensGoingLeft : Plane.aliensGoingRight)
        frame.light(shots, on: Plane.shots)
        frame.light(alienShots, on: Plane.alienShots)
    }
}

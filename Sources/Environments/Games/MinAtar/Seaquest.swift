/// A submarine shoots fish and submarines for 1 each, and brings divers to the surface.
///
/// It needs oxygen, of which there is more at the surface, and a diver aboard to be allowed up. Each time it
/// surfaces it loses one diver; with six of them aboard, all are safe and it is paid for the oxygen it has
/// left. Where the game becomes harder, more enemies come then and they move faster. The game is over when
/// an enemy or a shot hits it, its oxygen is used up, or it surfaces without a diver.
///
/// Planes: front and back of the submarine, own shots, where things were, enemies' shots, fish, enemy
/// submarines, a bar for the oxygen, one for the divers aboard, divers.
package struct Seaquest: MinAtarRules {
    private enum Plane: Int {
        case front, back, shots, trails, enemyShots, fish, submarines, oxygen, aboard, divers
    }

    package static let traits = MinAtarTraits(
        id: "seaquest",
        summary: "Seaquest on 10×10 cells: 1 for each enemy, up to 10 for six divers saved.",
        planes: [
            .thing(96, 190, 255), .thing(52, 120, 190), .thing(255, 255, 255), .trail(70, 76, 90),
            .thing(255, 160, 70), .thing(240, 90, 80), .thing(176, 60, 96),
            .thing(190, 220, 240), .thing(255, 214, 90), .thing(255, 214, 90),
        ],
        minimalActions: MinAtarAction.allCases
    )

    private static let fullOxygen = 200
    private static let mostDivers = 6
    private static let reloadFrames = 5
    private static let enemyReloadFrames = 10
    private static let diverEntryFrames = 30
    /// Frames that a diver rests between two moves.
    private static let diverRestFrames = 5
    private static let fastestRestFrames = 2
    /// Between the surface and the bars.
    private static let depths = 1...8
    private static let barRow = 9

    private let isRamping: Bool
    private var submarine = Cell(row: 0, column: 5)
    private var facesRight = false
    private var oxygen = fullOxygen
    private var diversAboard = 0
    private var isAtSurface = true
    private var framesToShot = 0
    private var shots: [Swimmer] = []
    private var enemyShots: [Swimmer] = []
    private var fish: [Swimmer] = []
    private var submarines: [Swimmer] = []
    private var divers: [Swimmer] = []
    private var entryFrames = 20
    private var framesToEntry = 20
    private var framesToDiver = diverEntryFrames
    private var restFrames = 5
    private var ramps = 0

    package init(isRamping: Bool, chances: inout some ChanceSource) {
        self.isRamping = isRamping
    }

    package mutating func step(
        _ action: MinAtarAction,
        chances: inout some ChanceSource
    ) -> MinAtarOutcome {
        if framesToEntry == 0 {
            enterEnemy(&chances)
            framesToEntry = entryFrames
        }
        if framesToDiver == 0 {
            enterDiver(&chances)
            framesToDiver = Self.diverEntryFrames
        }
        act(action)
        var outcome = MinAtarOutcome()
        moveShots(&outcome)
        moveDivers()
        moveSubmarines(&outcome)
        moveEnemyShots(&outcome)
        moveFish(&outcome)
        framesToEntry -= 1
        framesToDiver -= 1
        framesToShot = max(framesToShot - 1, 0)
        breathe(&outcome)
        return outcome
    }

    /// Swimmers enter at either end of a row, to swim to the other.
    private func entrance(goesRight: Bool, row: Int) -> Cell {
        Cell(row: row, column: goesRight ? 0 : Cell.side - 1)
    }

    /// Not where another comes towards it.
    private mutating func enterEnemy(_ chances: inout some ChanceSource) {
        let goesRight = chances.occurs(0.5)
        let isSubmarine = chances.occurs(1.0 / 3)
        let row = Self.depths.lowerBound + chances.integer(below: Self.depths.count)
        func isOpposed(by other: Swimmer) -> Bool {
            other.place.row == row && other.goesRight != goesRight
        }
        if fish.contains(where: isOpposed) || submarines.contains(where: isOpposed) { return }
        let enemy = Swimmer(
            place: entrance(goesRight: goesRight, row: row),
            goesRight: goesRight,
            framesToMove: restFrames,
            framesToShot: Self.enemyReloadFrames
        )
        if isSubmarine {
            submarines.append(enemy)
        } else {
            fish.append(enemy)
        }
    }

    private mutating func enterDiver(_ chances: inout some ChanceSource) {
        let goesRight = chances.occurs(0.5)
        let row = Self.depths.lowerBound + chances.integer(below: Self.depths.count)
        divers.append(
            Swimmer(
                place: entrance(goesRight: goesRight, row: row),
                goesRight: goesRight,
                framesToMove: Self.diverRestFrames
            )
        )
    }

    private mutating func act(_ action: MinAtarAction) {
        if action == .fire && framesToShot == 0 {
            shots.append(Swimmer(place: submarine, goesRight: facesRight))
            framesToShot = Self.reloadFrames
        }
        if action.columns != 0 { facesRight = action == .right }
        submarine.column = submarine.column.stepped(by: action.columns)
        submarine.row = submarine.row.stepped(by: action.rows, within: 0...Self.depths.upperBound)
    }

    /// Each may hit one enemy, fish before submarines.
    private mutating func moveShots(_ outcome: inout MinAtarOutcome) {
        for index in shots.indices.reversed() {
            shots[index].advance()
            let place = shots[index].place
            if place.isBetweenSides {
                if let hit = fish.firstIndex(where: { $0.place == place }) {
                    fish.remove(at: hit)
                } else if let hit = submarines.firstIndex(where: { $0.place == place }) {
                    submarines.remove(at: hit)
                } else {
                    continue
                }
                outcome.reward += 1
            }
            shots.remove(at: index)
        }
    }

    /// The submarine takes aboard whom it meets, before or after a move, as long as there is room.
    private mutating func moveDivers() {
        for index in divers.indices.reversed() {
            if takesAboard(divers[index]) {
                divers.remove(at: index)
            } else if divers[index].framesToMove > 0 {
                divers[index].framesToMove -= 1
            } else {
                divers[index].framesToMove = Self.diverRestFrames
                divers[index].advance()
                if !divers[index].place.isBetweenSides || takesAboard(divers[index]) {
                    divers.remove(at: index)
                }
            }
        }
    }

    private mutating func takesAboard(_ diver: Swimmer) -> Bool {
        guard diver.place == submarine, diversAboard < Self.mostDivers else { return false }
        diversAboard += 1
        return true
    }

    /// They shoot even in the frame in which they run into a shot.
    private mutating func moveSubmarines(_ outcome: inout MinAtarOutcome) {
        for index in submarines.indices.reversed() {
            var enemy = submarines[index]
            let isGone = move(&enemy, &outcome)
            if enemy.framesToShot == 0 {
                enemy.framesToShot = Self.enemyReloadFrames
                enemyShots.append(Swimmer(place: enemy.place, goesRight: enemy.goesRight))
            } else {
                enemy.framesToShot -= 1
            }
            submarines[index] = enemy
            if isGone { submarines.remove(at: index) }
        }
    }

    private mutating func moveFish(_ outcome: inout MinAtarOutcome) {
        for index in fish.indices.reversed() {
            var enemy = fish[index]
            let isGone = move(&enemy, &outcome)
            fish[index] = enemy
            if isGone { fish.remove(at: index) }
        }
    }

    /// An enemy hits the submarine before its move or after it, and may run into a shot.
    /// - Returns: Whether it is gone.
    private mutating func move(_ enemy: inout Swimmer, _ outcome: inout MinAtarOutcome) -> Bool {
        if enemy.place == submarine { outcome.isOver = true }
        guard enemy.framesToMove == 0 else {
            enemy.framesToMove -= 1
            return false
        }
        enemy.framesToMove = restFrames
        enemy.advance()
        let place = enemy.place
        if place == submarine {
            outcome.isOver = true
        } else if let shot = shots.firstIndex(where: { $0.place == place }) {
            shots.remove(at: shot)
            outcome.reward += 1
            return true
        }
        return !place.isBetweenSides
    }

    private mutating func moveEnemyShots(_ outcome: inout MinAtarOutcome) {
        for index in enemyShots.indices.reversed() {
            if enemyShots[index].place == submarine { outcome.isOver = true }
            enemyShots[index].advance()
            let place = enemyShots[index].place
            if place == submarine { outcome.isOver = true }
            if !place.isBetweenSides { enemyShots.remove(at: index) }
        }
    }

    /// Uses oxygen up below the surface; on arriving there, takes in more if there is a diver aboard.
    private mutating func breathe(_ outcome: inout MinAtarOutcome) {
        if oxygen <= 0 { outcome.isOver = true }
        if submarine.row > 0 {
            oxygen -= 1
            isAtSurface = false
        } else if !isAtSurface {
            if diversAboard == 0 {
                outcome.isOver = true
            } else {
                surface(&outcome)
            }
        }
    }

    private mutating func surface(_ outcome: inout MinAtarOutcome) {
        isAtSurface = true
        if diversAboard == Self.mostDivers {
            outcome.reward += Self.bar(oxygen)
            diversAboard = 0
        }
        // As in the original also after six: the next diver then only makes up for this one.
        diversAboard -= 1
        oxygen = Self.fullOxygen
        guard isRamping, entryFrames > 1 || restFrames > Self.fastestRestFrames else { return }
        if !ramps.isMultiple(of: 2) { restFrames = max(restFrames - 1, Self.fastestRestFrames) }
        entryFrames = max(entryFrames - 1, 1)
        ramps += 1
    }

    /// Cells of the bar that shows so much oxygen.
    private static func bar(_ oxygen: Int) -> Int {
        max(oxygen, 0) * Cell.side / fullOxygen
    }

    package func draw(on frame: inout MutableSpan<UInt8>) {
        frame.light(submarine, on: Plane.front)
        frame.light(submarine.moved(columns: facesRight ? -1 : 1), on: Plane.back)
        for shot in shots {
            frame.light(shot.place, on: Plane.shots)
        }
        for shot in enemyShots {
            frame.light(shot.place, on: Plane.enemyShots)
        }
        draw(fish, as: .fish, on: &frame)
        draw(submarines, as: .submarines, on: &frame)
        draw(divers, as: .divers, on: &frame)
        for column in 0..<Self.bar(oxygen) {
            frame.light(Cell(row: Self.barRow, column: column), on: Plane.oxygen)
        }
        for column in Cell.side - 1 - max(diversAboard, 0)..<Cell.side - 1 {
            frame.light(Cell(row: Self.barRow, column: column), on: Plane.aboard)
        }
    }

    private func draw(
        _ swimmers: [Swimmer],
        as plane: Plane,
        on frame: inout MutableSpan<UInt8>
    ) {
        for swimmer in swimmers {
            frame.light(swimmer.place, on: plane)
            let trail = swimmer.place.moved(columns: -swimmer.columns)
            if trail.isBetweenSides { frame.light(trail, on: Plane.trails) }
        }
    }
}

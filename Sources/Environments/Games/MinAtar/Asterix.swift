/// Enemies and gold cross eight lanes; gold is worth 1, and an enemy ends the game.
///
/// Each lane has room for one at a time, which enters at either end; two in three are enemies. Where the
/// game becomes harder, more come and they move faster, a little every 100 frames. Planes: player,
/// enemies, where things were, gold.
package struct Asterix: MinAtarRules {
    private enum Plane: Int {
        case player, enemies, trails, gold
    }

    package static let traits = MinAtarTraits(
        id: "asterix",
        summary: "Asterix on 10×10 cells: 1 for each piece of gold, until an enemy is met.",
        planes: [
            .thing(96, 190, 255), .thing(240, 90, 80), .trail(90, 94, 104),
            .thing(255, 214, 90),
        ],
        minimalActions: [.none, .left, .up, .right, .down]
    )

    /// The rows that things move on and the player stays in.
    private static let rows = 1...8
    private static let rampFrames = 100

    private struct Thing: Codable, Equatable, Sendable {
        var place: Cell
        let goesRight: Bool
        let isGold: Bool

        var columns: Int { goesRight ? 1 : -1 }
    }

    private let isRamping: Bool
    private var player = Cell(row: 5, column: 5)
    /// What is on each lane, from row 1.
    private var lanes = [Thing?](repeating: nil, count: rows.count)
    private var entryFrames = 10
    private var framesToEntry = 10
    private var moveFrames = 5
    private var framesToMove = 5
    private var framesToRamp = rampFrames
    private var ramps = 0

    package init(isRamping: Bool, chances: inout some ChanceSource) {
        self.isRamping = isRamping
    }

    package mutating func step(
        _ action: MinAtarAction,
        chances: inout some ChanceSource
    ) -> MinAtarOutcome {
        if framesToEntry == 0 {
            enter(&chances)
            framesToEntry = entryFrames
        }
        player.column = player.column.stepped(by: action.columns)
        player.row = player.row.stepped(by: action.rows, within: Self.rows)
        var outcome = MinAtarOutcome()
        meet(&outcome)
        if framesToMove == 0 {
            framesToMove = moveFrames
            move()
            meet(&outcome)
        }
        framesToEntry -= 1
        framesToMove -= 1
        if isRamping { ramp() }
        return outcome
    }

    /// Something enters a free lane, if there is one.
    private mutating func enter(_ chances: inout some ChanceSource) {
        let goesRight = chances.occurs(0.5)
        let isGold = chances.occurs(1.0 / 3)
        let freeCount = lanes.count { $0 == nil }
        guard freeCount > 0 else { return }
        var lanesToPass = chances.integer(below: freeCount)
        var lane = 0
        while lanes[lane] != nil || lanesToPass > 0 {
            if lanes[lane] == nil { lanesToPass -= 1 }
            lane += 1
        }
        let place = Cell(row: lane + 1, column: goesRight ? 0 : Cell.side - 1)
        lanes[lane] = Thing(place: place, goesRight: goesRight, isGold: isGold)
    }

    /// The player takes gold that is in the same cell, and ends with an enemy there.
    private mutating func meet(_ outcome: inout MinAtarOutcome) {
        let lane = player.row - 1
        guard let thing = lanes[lane], thing.place == player else { return }
        if thing.isGold {
            lanes[lane] = nil
            outcome.reward += 1
        } else {
            outcome.isOver = true
        }
    }

    private mutating func move() {
        for lane in lanes.indices {
            guard var thing = lanes[lane] else { continue }
            thing.place.column += thing.columns
            lanes[lane] = thing.place.isBetweenSides ? thing : nil
        }
    }

    /// Every 100 frames entries come more often, and every second time moves do, too.
    private mutating func ramp() {
        guard entryFrames > 1 || moveFrames > 1 else { return }
        guard framesToRamp < 0 else {
            framesToRamp -= 1
            return
        }
        if !ramps.isMultiple(of: 2) { moveFrames = max(moveFrames - 1, 1) }
        entryFrames = max(entryFrames - 1, 1)
        ramps += 1
        framesToRamp = Self.rampFrames
    }

    package func draw(on frame: inout MutableSpan<UInt8>) {
        frame.light(player, on: Plane.player)
        for case let thing? in lanes {
            frame.light(thing.place, on: thing.isGold ? Plane.gold : Plane.enemies)
            let trail = thing.place.moved(columns: -thing.columns)
            if trail.isBetweenSides { frame.light(trail, on: Plane.trails) }
        }
    }
}

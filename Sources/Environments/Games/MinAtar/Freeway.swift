/// A chicken crosses eight lanes of traffic, 1 for each time it arrives.
///
/// A car that hits it sets it back to where it started. Every arrival gives the cars other speeds. The
/// game is over after 2,501 frames. Planes: chicken, cars, and behind each car a mark in one of five
/// planes, the first for those that move every second frame, the last for every sixth.
package struct Freeway: MinAtarRules {
    private enum Plane: Int {
        case chicken, cars
        case oneRest, twoRests, threeRests, fourRests, fiveRests

        /// Of the cars that rest for so many frames.
        init(restFrames: Int) {
            self = Plane(rawValue: Plane.cars.rawValue + restFrames) ?? .cars
        }
    }

    package static let traits = MinAtarTraits(
        id: "freeway",
        summary: "Freeway on 10×10 cells: 1 for each time across the road, in 2,501 frames.",
        planes: [
            .thing(255, 214, 90), .thing(206, 112, 80),
            .trail(146, 70, 70), .trail(126, 64, 66), .trail(106, 58, 62), .trail(88, 52, 58),
            .trail(70, 46, 54),
        ],
        minimalActions: [.none, .up, .down]
    )

    private static let lanes = 8
    private static let longestRestFrames = 5
    private static let chickenColumn = 4
    private static let start = Cell.side - 1
    /// Frames between two steps of the chicken.
    private static let strideFrames = 3

    private struct Car: Codable, Equatable, Sendable {
        var column = 0
        var goesLeft = false
        /// Frames between two moves.
        var restFrames = 0
        var framesToMove = 0

        /// The column so many ahead of it, or behind; the road is round.
        func column(ahead columns: Int) -> Int {
            (column + (goesLeft ? -columns : columns) + Cell.side) % Cell.side
        }
    }

    private var row = start
    private var framesToStride = strideFrames
    private var framesLeft = 2_500
    /// From the uppermost lane, which is row 1.
    private var cars = [Car](repeating: Car(), count: lanes)

    package init(isRamping: Bool, chances: inout some ChanceSource) {
        changeTraffic(&chances)
    }

    /// Other speeds and directions; the cars stay where they are.
    private mutating func changeTraffic(_ chances: inout some ChanceSource) {
        for lane in cars.indices {
            cars[lane].restFrames = 1 + chances.integer(below: Self.longestRestFrames)
            cars[lane].framesToMove = cars[lane].restFrames
        }
        for lane in cars.indices {
            cars[lane].goesLeft = chances.occurs(0.5)
        }
    }

    package mutating func step(
        _ action: MinAtarAction,
        chances: inout some ChanceSource
    ) -> MinAtarOutcome {
        if action.rows != 0 && framesToStride == 0 {
            row = row.stepped(by: action.rows)
            framesToStride = Self.strideFrames
        }
        var reward = 0
        if row == 0 {
            reward = 1
            changeTraffic(&chances)
            row = Self.start
        }
        for lane in cars.indices {
            var car = cars[lane]
            // Both where it stands and where it goes.
            if isHit(by: car, on: lane) { row = Self.start }
            if car.framesToMove == 0 {
                car.framesToMove = car.restFrames
                car.column = car.column(ahead: 1)
                if isHit(by: car, on: lane) { row = Self.start }
            } else {
                car.framesToMove -= 1
            }
            cars[lane] = car
        }
        framesToStride = max(framesToStride - 1, 0)
        framesLeft -= 1
        return MinAtarOutcome(reward: reward, isOver: framesLeft < 0)
    }

    private func isHit(by car: Car, on lane: Int) -> Bool {
        car.column == Self.chickenColumn && lane + 1 == row
    }

    package func draw(on frame: inout MutableSpan<UInt8>) {
        frame.light(Cell(row: row, column: Self.chickenColumn), on: Plane.chicken)
        for (lane, car) in cars.enumerated() {
            frame.light(Cell(row: lane + 1, column: car.column), on: Plane.cars)
            frame.light(
                Cell(row: lane + 1, column: car.column(ahead: -1)),
                on: Plane(restFrames: car.restFrames)
            )
        }
    }
}

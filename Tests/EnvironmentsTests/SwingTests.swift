import Environments
import Foundation
import RandomNumbers
import Testing

/// Against Gymnasium's Acrobot-v1 and MountainCar-v0 (Fixtures/Environments).
@Suite(.timeLimit(.minutes(5))) struct SwingTests {
    struct Episode: Decodable {
        let start: [Double]
        let actions: String
        let observations: String
        let end: [Double]
        let terminated: Bool
    }

    private func episodes(_ name: String) throws -> [Episode] {
        try JSONDecoder().decode(
            [Episode].self,
            from: Fixture.data("Environments/\(name).json")
        )
    }

    /// Plays an episode's actions and compares all but the rewards of the last step.
    private func play(_ episode: Episode, in game: inout some Environment) throws -> TimeStep {
        var observations = episode.observations[...]
        var last = TimeStep()
        for (index, digit) in episode.actions.utf8.enumerated() {
            #expect(last.episodeEnd == nil)
            let played = try game.play(Int(digit) - 48)
            let observation = played.frame.map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }
                .joined()
            try #require(observations.hasPrefix(observation), "step \(index)")
            observations = observations.dropFirst(observation.count)
            last = played.step
            if index < episode.actions.count - 1 { #expect(last == TimeStep(reward: -1)) }
        }
        #expect(observations.isEmpty)
        #expect(last.episodeEnd == (episode.terminated ? .terminated : .truncated))
        #expect(last.discount == (episode.terminated ? 0 : 1))
        return last
    }

    @Test("acrobot: every trajectory is Gymnasium's to the last bit")
    func acrobot() throws {
        let episodes = try episodes("acrobot")
        #expect(episodes.map(\.terminated) == [false, true, true])
        for episode in episodes {
            var game = try Acrobot(generator: RandomGenerator(seed: 1))
            let start = episode.start
            game.begin(
                at: Acrobot.State(
                    first: start[0],
                    second: start[1],
                    firstSpeed: start[2],
                    secondSpeed: start[3]
                )
            )
            let last = try play(episode, in: &game)
            #expect(last.reward == (episode.terminated ? 0 : -1))
            let end = game.state
            #expect([end.first, end.second, end.firstSpeed, end.secondSpeed] == episode.end)
        }
    }

    @Test("mountain-car: every trajectory is Gymnasium's to the last bit")
    func mountainCar() throws {
        let episodes = try episodes("mountain_car")
        #expect(episodes.map(\.terminated) == [false, true, true])
        for episode in episodes {
            var game = try MountainCar(generator: RandomGenerator(seed: 1))
            game.begin(
                at: MountainCar.State(position: episode.start[0], velocity: episode.start[1])
            )
            #expect(try play(episode, in: &game).reward == -1)
            #expect([game.state.position, game.state.velocity] == episode.end)
        }
    }

    @Test("acrobot: episodes begin within 0.1 of hanging still, in single precision")
    func acrobotStarts() throws {
        var game = try Acrobot(generator: RandomGenerator(seed: 3))
        var largest = 0.0
        var sum = 0.0
        for _ in 0..<2_000 {
            _ = try game.begin()
            let state = game.state
            for number in [state.first, state.second, state.firstSpeed, state.secondSpeed] {
                #expect(Double(Float(number)) == number)
                largest = max(largest, abs(number))
                sum += number
            }
        }
        #expect(largest <= Double(Float(0.1)) && largest > 0.099)
        #expect(abs(sum / 8_000) < 0.004)
    }

    @Test("mountain-car: episodes begin at rest, between -0.6 and -0.4")
    func mountainCarStarts() throws {
        var game = try MountainCar(generator: RandomGenerator(seed: 3))
        let positions = try (0..<2_000).map { _ in
            _ = try game.begin()
            #expect(game.state.velocity == 0)
            return game.state.position
        }
        let range = (positions.min() ?? 0)...(positions.max() ?? 0)
        #expect(range.lowerBound >= -0.6 && range.lowerBound < -0.599)
        #expect(range.upperBound < -0.4 && range.upperBound > -0.401)
    }

    @Test("arriving in the last step allowed counts as an arrival")
    func bothAtOnce() throws {
        var game = try MountainCar(
            options: ["time_limit_steps": 1],
            generator: RandomGenerator(seed: 3)
        )
        game.begin(at: MountainCar.State(position: 0.49, velocity: 0.05))
        let arrival = try game.play(2).step
        #expect(arrival.episodeEnd == .terminated && arrival.discount == 0)
        game.begin(at: MountainCar.State(position: -0.5, velocity: 0))
        let timeOut = try game.play(2).step
        #expect(timeOut.episodeEnd == .truncated && timeOut.discount == 1)
    }
}

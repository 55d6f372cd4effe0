import Environments
import Foundation
import RandomNumbers
import Testing

/// Against Gymnasium's CartPole-v1 (Fixtures/Environments/cartpole.json).
@Suite(.timeLimit(.minutes(5))) struct CartPoleTests {
    struct Episode: Decodable {
        let start: [Double]
        let actions: [Int]
        let states: [[Double]]
        let observation_bits: [[UInt32]]
        let terminated: Bool
        let truncated: Bool
    }

    private func state(_ numbers: [Double]) -> CartPole.State {
        CartPole.State(
            position: numbers[0],
            velocity: numbers[1],
            angle: numbers[2],
            angularVelocity: numbers[3]
        )
    }

    @Test("every trajectory is Gymnasium's to the last bit of the observation")
    func trajectories() throws {
        let episodes = try JSONDecoder().decode(
            [Episode].self,
            from: Fixture.data("Environments/cartpole.json")
        )
        try #require(episodes.count == 8)
        var largest = 0.0
        for episode in episodes {
            var game = try CartPole(generator: RandomGenerator(seed: 1))
            game.begin(at: state(episode.start))
            for (index, action) in episode.actions.enumerated() {
                let played = try game.play(action)
                let mine = game.state
                let theirs = state(episode.states[index])
                for path in [\CartPole.State.position, \.velocity, \.angle, \.angularVelocity] {
                    largest = max(largest, abs(mine[keyPath: path] - theirs[keyPath: path]))
                }
                let bits = (0..<4).map { number in
                    (0..<4).reduce(UInt32(0)) {
                        $0 | UInt32(played.frame[4 * number + $1]) << UInt32(8 * $1)
                    }
                }
                #expect(bits == episode.observation_bits[index])
                let isLast = index == episode.actions.count - 1
                let end: TimeStep.EpisodeEnd? =
                    !isLast ? nil : episode.terminated ? .terminated : .truncated
                #expect(
                    played.step
                        == TimeStep(
                            reward: 1,
                            discount: end == .terminated ? 0 : 1,
                            episodeEnd: end
                        )
                )
            }
        }
        print("cartpole: largest difference of a state \(largest)")
        #expect(largest < 1e-12)
    }

    @Test("episodes begin within 0.05 of nothing, in all directions")
    func starts() throws {
        var game = try CartPole(generator: RandomGenerator(seed: 3))
        var sum = 0.0
        var largest = 0.0
        for _ in 0..<2000 {
            _ = try game.begin()
            let state = game.state
            for number in [
                state.position, state.velocity, state.angle, state.angularVelocity,
            ] {
                sum += number
                largest = max(largest, abs(number))
            }
        }
        #expect(largest <= 0.05 && largest > 0.0495)
        #expect(abs(sum / 8000) < 0.002)
    }

    @Test("a time-out keeps its discount, and a fall in the same step counts as a fall")
    func bothAtOnce() throws {
        var game = try CartPole(
            options: ["time_limit_steps": 2],
            generator: RandomGenerator(seed: 3)
        )
        _ = try game.begin()
        _ = try game.play(0)
        let timeOut = try game.play(1).step
        #expect(timeOut.episodeEnd == .truncated && timeOut.discount == 1)
        game.begin(at: state([0, 0, 0.2, 3]))
        game = try CartPole(
            options: ["time_limit_steps": 1],
            generator: RandomGenerator(seed: 3)
        )
        game.begin(at: state([0, 0, 0.2, 3]))
        let fall = try game.play(1).step
        #expect(fall.episodeEnd == .terminated && fall.discount == 0 && fall.reward == 1)
    }
}

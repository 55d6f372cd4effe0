import Environments
import Frames
import RandomNumbers
import Testing

@Suite(.timeLimit(.minutes(5))) struct CatchTests {
    /// Where the lit cells are: the ball's row and column, and the paddle's column.
    private func board(_ frame: [UInt8]) -> (row: Int, ball: Int, paddle: Int)? {
        func isLit(_ row: Int, _ column: Int) -> Bool {
            // The middle of the cell.
            frame[(row * 84 + 42) / 10 * 84 + (column * 84 + 42) / 5] == 255
        }
        guard let paddle = (0..<5).first(where: { isLit(9, $0) }) else { return nil }
        for row in 0..<9 {
            if let ball = (0..<5).first(where: { isLit(row, $0) }) { return (row, ball, paddle) }
        }
        return nil
    }

    @Test("the ball falls a row a step, and the paddle goes where it is told")
    func moves() throws {
        var game = Catch(generator: RandomGenerator(seed: 1))
        let first = try #require(board(try game.begin().frame))
        #expect(first.row == 0 && first.paddle == 2)
        var paddle = 2
        for (step, action) in [0, 0, 0, 1, 2, 2, 2, 2].enumerated() {
            let played = try game.play(action)
            paddle = min(4, max(0, paddle + action - 1))
            let seen = try #require(board(played.frame))
            #expect(seen.row == step + 1 && seen.ball == first.ball && seen.paddle == paddle)
            #expect(played.step == TimeStep())
        }
    }

    @Test("the ninth step ends it: 1 for a catch, -1 for a miss, discount 0")
    func ends() throws {
        var game = Catch(generator: RandomGenerator(seed: 2))
        var rewards: [Float] = []
        for episode in 0..<40 {
            let first = try #require(board(try game.begin().frame))
            // Even episodes go under the ball, odd ones stay away from it.
            let goal = episode.isMultiple(of: 2) ? first.ball : (first.ball + 2) % 5
            for step in 1...9 {
                let action = step <= abs(goal - 2) ? 1 + (goal - 2).signum() : 1
                let played = try game.play(action)
                #expect((played.step.episodeEnd == .terminated) == (step == 9))
                #expect(played.step.discount == (step == 9 ? 0 : 1))
                if step == 9 {
                    #expect(played.step.reward == (episode.isMultiple(of: 2) ? 1 : -1))
                    rewards.append(played.step.reward)
                } else {
                    #expect(played.step.reward == 0)
                }
            }
        }
        #expect(rewards.count == 40)
    }

    @Test("the ball begins in every column")
    func columns() throws {
        var game = Catch(generator: RandomGenerator(seed: 3))
        var counts = [Int](repeating: 0, count: 5)
        for _ in 0..<1000 {
            counts[try #require(board(try game.begin().frame)).ball] += 1
        }
        #expect(counts.allSatisfy { (150..<250).contains($0) })
    }

    @Test("pixels are 0 and 255 alone, and the picture is what the agent sees")
    func pixels() throws {
        var game = Catch(generator: RandomGenerator(seed: 4))
        _ = try game.begin()
        let played = try game.play(2)
        #expect(Set(played.frame) == [0, 255])
        #expect(
            game.rendered() == Frame(height: 84, width: 84, channels: 1, bytes: played.frame)
        )
        #expect(Catch.specification.observation.shape == [4, 84, 84])
    }
}

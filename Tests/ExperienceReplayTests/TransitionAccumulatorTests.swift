import ExperienceReplay
import RandomNumbers
import Testing

@Suite(.timeLimit(.minutes(5))) struct TransitionAccumulatorTests {
    @Test("three rewards by pencil and paper, and what the value after them counts")
    func threeSteps() {
        var sum = TransitionAccumulator(discount: 0.9, steps: 3)
        for reward in 1...3 as ClosedRange<Int> {
            #expect(!sum.isComplete)
            sum.add(reward: Float(reward), isTerminal: false)
        }
        #expect(sum.isComplete && sum.length == 3)
        #expect(abs(sum.reward - 5.23) < 1e-6 && abs(sum.valueDiscount - 0.729) < 1e-6)
    }

    @Test("a terminal step completes a transition, and nothing after it counts")
    func terminal() {
        var sum = TransitionAccumulator(discount: 0.5, steps: 4)
        sum.add(reward: 1, isTerminal: false)
        sum.add(reward: 8, isTerminal: true)
        #expect(sum.isComplete && sum.length == 2)
        #expect(sum.reward == 5 && sum.valueDiscount == 0)
    }

    @Test("one step keeps the bits of its reward and of the discount")
    func oneStep() {
        for (reward, discount) in [(Float(-0.0), Float(0.99)), (0.1, 0.3), (7, 0)] {
            var sum = TransitionAccumulator(discount: discount)
            sum.add(reward: reward, isTerminal: false)
            #expect(sum.isComplete && sum.reward.bitPattern == reward.bitPattern)
            #expect(sum.valueDiscount.bitPattern == discount.bitPattern)
        }
    }

    /// Rewards 1 … 12 in episodes of four steps; the state before reward k is worth −k.
    ///
    /// Tianshou's test/base/test_returns.py, whose memory has dropped the first two.
    @Test(
        "targets of n steps end with the episode, and at a time-out count what was seen last",
        arguments: [
            (1, false, [2.6, 4, 4.4, 5.3, 6.2, 8, 8, 8.9, 9.8, 12]),
            (2, false, [3.4, 4, 5.53, 6.62, 7.8, 8, 9.89, 10.98, 12.2, 12]),
            (10, false, [3.4, 4, 5.678, 6.78, 7.8, 8, 10.122, 11.22, 12.2, 12]),
            (1, true, [2.6, 3.6, 4.4, 5.3, 6.2, 8, 8, 8.9, 9.8, 12]),
            (2, true, [3.36, 3.6, 5.53, 6.62, 7.8, 8, 9.89, 10.98, 12.2, 12]),
        ]
    )
    func tianshou(steps: Int, isTruncated: Bool, targets: [Double]) throws {
        var replay = try ReplayBuffer(capacity: 100, frameByteCount: 1, stack: 1)
        for reward in 1...12 as ClosedRange<UInt8> {
            // A frame is what its state is worth.
            if reward % 4 == 1 { replay.beginEpisode([reward].span) }
            let isLast = reward % 4 == 0
            replay.append(
                action: 0,
                reward: Float(reward),
                isTerminal: isLast && !(isTruncated && reward == 4),
                frame: [isLast ? reward : reward + 1].span
            )
        }
        var found: [Double] = []
        var batch = TransitionBatch(count: 1, stateByteCount: 1)
        for index in 0..<15 where replay.isDrawable(FramePlace(index: index)) {
            replay.read(
                FramePlace(index: index),
                by: TransitionAccumulator(discount: 0.1, steps: steps),
                into: &batch,
                row: 0
            )
            let value = -Float(batch.nextStates[0])
            found.append(Double(batch.rewards[0] + batch.discounts[0] * value))
        }
        #expect(found.count == 12)
        for (target, expected) in zip(found.dropFirst(2), targets) {
            #expect(abs(target - expected) < 1e-5)
        }
    }

    @Test("a lost life ends a transition's steps while the episode goes on")
    func lostLife() throws {
        var replay = try ReplayBuffer(capacity: 100, frameByteCount: 1, stack: 1)
        replay.beginEpisode([0].span)
        for step in 1...6 as ClosedRange<UInt8> {
            replay.append(action: 0, reward: 1, isTerminal: step == 3, frame: [step].span)
        }
        var batch = TransitionBatch(count: 1, stateByteCount: 1)
        let expected: [(reward: Float, next: UInt8)] = [
            (3, 3), (2, 3), (1, 3), (3, 6), (2, 6), (1, 6),
        ]
        for (index, expected) in expected.enumerated() {
            replay.read(
                FramePlace(index: index),
                by: TransitionAccumulator(discount: 1, steps: 5),
                into: &batch,
                row: 0
            )
            #expect(batch.rewards == [expected.reward] && batch.nextStates == [expected.next])
            #expect(batch.discounts == [expected.next == 3 ? 0 : 1])
        }
    }
}

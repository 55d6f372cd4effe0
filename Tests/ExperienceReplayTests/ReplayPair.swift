import ExperienceReplay
import RandomNumbers

/// A replay memory and its plain twins, one for each environment, fed the same made-up experience.
struct ReplayPair: ~Copyable {
    struct Environment {
        var naive: NaiveReplay
        var mustBegin = true
    }

    var replay: ReplayBuffer
    var sampler: Sampler
    let accumulator: TransitionAccumulator
    var environments: [Environment]
    private var frameNumber = 0

    init(
        capacity: Int,
        stack: Int,
        environments: Int = 1,
        steps: Int = 1,
        storage: ReplayStorage = .memory,
        prioritization: Prioritization? = nil
    ) throws {
        let replay = try ReplayBuffer(
            capacity: capacity,
            frameByteCount: 1,
            stack: stack,
            environments: environments,
            storage: storage
        )
        let sampler =
            if let prioritization {
                try Sampler.proportional(prioritization, in: replay)
            } else {
                Sampler.uniform
            }
        self.replay = replay
        self.sampler = sampler
        self.environments = (0..<environments).map { _ in
            Environment(
                naive: NaiveReplay(
                    capacity: capacity / environments,
                    stack: stack,
                    stepsPerTransition: steps
                )
            )
        }
        accumulator = TransitionAccumulator(
            discount: self.environments[0].naive.discount,
            steps: steps
        )
    }

    /// The twin of an only environment.
    var naive: NaiveReplay { environments[0].naive }

    /// One more frame: an episode's first, one in its midst, a lost life, its end or its time-out.
    mutating func step(_ random: inout RandomGenerator, environment: Int = 0) {
        let frame = UInt8(frameNumber % 250 + 1)
        frameNumber += 1
        if environments[environment].mustBegin {
            replay.beginEpisode([frame].span, environment: environment)
            sampler.noteNewestFrame(of: environment, in: replay)
            environments[environment].naive.steps.append(.init(frame: frame, isFirst: true))
            environments[environment].mustBegin = false
            return
        }
        let action = random.integer(below: 18)
        let reward = Float(random.integer(below: 7)) - 3
        let isTerminal = random.integer(below: 6) == 0
        replay.append(
            action: action,
            reward: reward,
            isTerminal: isTerminal,
            frame: [frame].span,
            environment: environment
        )
        sampler.noteNewestFrame(of: environment, in: replay)
        environments[environment].naive.steps[environments[environment].naive.steps.count - 1]
            .action = action
        environments[environment].naive.steps.append(
            .init(frame: frame, reward: reward, isTerminal: isTerminal)
        )
        // A terminal step may be a lost life, after which the episode goes on; an episode may also
        // end without one, by its time.
        environments[environment].mustBegin = random.integer(below: isTerminal ? 2 : 8) == 0
    }

    func drawable(_ environment: Int = 0) -> [NaiveReplay.Transition] {
        let count = min(
            replay.capacity / environments.count,
            environments[environment].naive.steps.count
        )
        var transitions: [NaiveReplay.Transition] = []
        for index in 0..<count {
            let place = FramePlace(index: index, environment: environment)
            guard replay.isDrawable(place) else { continue }
            var batch = TransitionBatch(count: 1, stateByteCount: replay.stack)
            replay.read(place, by: accumulator, into: &batch, row: 0)
            transitions.append(batch.transition(0))
        }
        return transitions
    }

    func fill(_ batch: inout TransitionBatch, using random: inout RandomGenerator) {
        sampler.fill(&batch, from: replay, by: accumulator, using: &random)
    }
}

extension TransitionBatch {
    func transition(_ row: Int) -> NaiveReplay.Transition {
        let bytes = (row * stateByteCount)..<((row + 1) * stateByteCount)
        return NaiveReplay.Transition(
            state: Array(states[bytes]),
            action: actions[row],
            reward: rewards[row],
            discount: discounts[row],
            nextState: Array(nextStates[bytes])
        )
    }
}

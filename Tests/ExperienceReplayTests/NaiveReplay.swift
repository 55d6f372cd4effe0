/// The replay memory as its definition reads: everything ever seen, looked through from the start.
struct NaiveReplay {
    struct Step: Equatable {
        /// What was seen; frames count up from 1, so that 0 is what fills a state.
        var frame: UInt8
        var action: Int?
        var reward: Float = 0
        var isTerminal = false
        var isFirst = false
    }

    struct Transition: Hashable {
        var state: [UInt8]
        var action: Int
        var reward: Float
        /// What the value of the next state counts.
        var discount: Float
        var nextState: [UInt8]
    }

    let capacity: Int
    let stack: Int
    /// Of a transition, at most.
    var stepsPerTransition = 1
    var discount: Float = 0.5
    var steps: [Step] = []

    /// Every transition whose two states need none but the newest `capacity` frames.
    var transitions: [Transition] {
        drawableNumbers.map { index in
            let reached = reached(from: index)
            return Transition(
                state: state(index),
                action: steps[index].action ?? -1,
                reward: reached.enumerated().reduce(0) { sum, step in
                    sum + power(step.offset) * steps[step.element].reward
                },
                discount: steps[reached[reached.count - 1]].isTerminal ? 0 : power(reached.count),
                nextState: state(reached[reached.count - 1])
            )
        }
    }

    /// The first frames of these transitions, by their number among all ever seen.
    var drawableNumbers: [Int] {
        let oldest = max(0, steps.count - capacity)
        return (oldest..<steps.count).filter { index in
            steps[index].action != nil && index + 1 < steps.count
                && window(index).allSatisfy { $0 >= oldest }
        }
    }

    /// What the steps of a transition lead to: up to the first terminal state, the end of the episode or
    /// the newest frame.
    private func reached(from index: Int) -> [Int] {
        var reached = [index + 1]
        while reached.count < stepsPerTransition, let last = reached.last,
            !steps[last].isTerminal, steps[last].action != nil
        {
            reached.append(last + 1)
        }
        return reached
    }

    private func power(_ exponent: Int) -> Float {
        (0..<exponent).reduce(1) { power, _ in power * discount }
    }

    /// The frames of the state at `index`, zeros before the episode's first.
    func state(_ index: Int) -> [UInt8] {
        let frames = window(index).map { steps[$0].frame }
        return Array(repeating: 0, count: stack - frames.count) + frames
    }

    private func window(_ index: Int) -> [Int] {
        var first = index
        while !steps[first].isFirst && index - first + 1 < stack {
            first -= 1
        }
        return Array(first...index)
    }
}

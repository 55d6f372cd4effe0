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
        var continuation: Float
        var nextState: [UInt8]
    }

    let capacity: Int
    let stack: Int
    var steps: [Step] = []

    /// Every transition whose two states need none but the newest `capacity` frames.
    var transitions: [Transition] {
        let oldest = max(0, steps.count - capacity)
        return (oldest..<steps.count).compactMap { index in
            guard let action = steps[index].action, index + 1 < steps.count,
                window(index).allSatisfy({ $0 >= oldest })
            else { return nil }
            let next = steps[index + 1]
            return Transition(
                state: state(index),
                action: action,
                reward: next.reward,
                continuation: next.isTerminal ? 0 : 1,
                nextState: state(index + 1)
            )
        }
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

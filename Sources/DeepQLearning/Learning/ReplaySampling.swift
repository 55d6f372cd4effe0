internal import ExperienceReplay

/// How likely each transition of the replay memory is to be drawn.
public enum ReplaySampling: String, CaseIterable, Sendable {
    /// All alike. Mnih et al. 2015.
    case uniform
    /// By priorities: the more a transition's value was wrong. Schaul et al. 2016.
    case proportional
}

extension DQNHyperparameters {
    /// What draws from an empty replay memory.
    func makeSampler(_ replay: borrowing ReplayBuffer) throws(AgentError) -> Sampler {
        switch replaySampling {
        case .uniform: return .uniform
        case .proportional:
            do throws(ReplayError) {
                return try .proportional(prioritization, in: replay)
            } catch {
                throw AgentError(error)
            }
        }
    }

    /// β of the updates that are due after so many agent steps.
    func importanceExponent(afterAgentSteps steps: Int) -> Double {
        prioritization.importanceExponent(
            afterAgentSteps: steps,
            learningStarts: learningStartsAgentSteps
        )
    }
}

public import ExperienceReplay
public import JSONFields

extension Prioritization: Settings {
    /// The constants as users write them, among the other ones of deep Q-learning.
    public static let settings: [Setting<Prioritization>] = [
        .number(
            "priority_exponent",
            \.exponent,
            in: 0...1,
            "α: how much more likely a transition of a large error is drawn; 0 for not at all. Of "
                + "`proportional` sampling, as are the five below.",
            source: "Schaul et al. 2016, equation 1; Table 3: 0.6; Hessel et al. 2018, Rainbow: 0.5"
        ),
        .number(
            "importance_exponent",
            \.importanceExponent,
            in: 0...1,
            "β at the first update: how much of the bias of what is drawn more often the weights of "
                + "the losses correct. The largest weight of a batch is 1.",
            source: "Schaul et al. 2016, section 3.4; Table 3: 0.4"
        ),
        .number(
            "final_importance_exponent",
            \.finalImportanceExponent,
            in: 0...1,
            "β from the end of its growth on; 1 corrects all.",
            source: "Schaul et al. 2016, section 3.4"
        ),
        .wholeNumber(
            "importance_growth_agent_steps",
            \.importanceGrowthAgentSteps,
            in: .steps,
            unit: "agent steps",
            "How many steps the growth of β takes, in a straight line from the first update: all of "
                + "the training, in the paper.",
            source: "Schaul et al. 2016, section 3.4"
        ),
        .number(
            "uniform_share",
            \.uniformShare,
            in: 0...1,
            "The share of draws in which all transitions are equally likely.",
            source: "dqn_zoo, uniform_sample_probability: 0.001"
        ),
        .number(
            "priority_offset",
            \.offset,
            in: 0...1e6,
            "ε: what is added to |δ| to give a transition's priority. A new transition has the "
                + "largest priority ever seen, at least 1.",
            source: "Schaul et al. 2016, section 3.3"
        ),
    ]
}

extension ReplaySampling: SettingChoice {
    /// How likely a transition is.
    public var summary: String {
        switch self {
        case .uniform: "All transitions alike."
        case .proportional: "In proportion to (|δ| + ε)ᵅ, δ being the error of its last update."
        }
    }
}

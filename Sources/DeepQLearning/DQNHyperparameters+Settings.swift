internal import ExperienceReplay
public import JSONFields
internal import NeuralNetworks

extension DQNHyperparameters: Settings {
    /// Every constant as users write it; a constant more is a property and a row.
    public static let settings =
        experience + Munchausen.settings.map { $0.within(\.munchausen) }
        + ValueHeadSettings.settings.map { $0.within(\.head) } + priorities + rounds + steps
        + dataEfficiency
        + ExplorationSchedule.settings.map { $0.within(\.exploration) }

    // In parts, so that each is typed by itself.
    private static let experience: [Setting<DQNHyperparameters>] = [
        .network(\.network),
        .initialization(\.initialization),
        .discount(\.discount, source: table("discount factor")),
        .wholeNumber(
            "n_step",
            \.stepsPerTransition,
            in: 1...20,
            unit: "agent steps",
            "How many rewards a target sums before it counts the value of a state; fewer where "
                + "the episode ends before.",
            source: "Sutton 1988; Hessel et al. 2018, Rainbow: 3"
        ),
        .choice(
            "bootstrap_rule",
            \.bootstrapRule,
            "Whose best action a target counts: the target network's (`max`), or, as in Double "
                + "deep Q-learning, the online network's (`double`); or all of them (`munchausen`).",
            source: "van Hasselt et al. 2016; Vieillard et al. 2020"
        ),
        .wholeNumber(
            "batch_size",
            \.batchSize,
            in: 1...4096,
            unit: "transitions",
            "How many transitions an update learns from.",
            source: table("minibatch size")
        ),
        .wholeNumber(
            "replay_capacity_frames",
            \.replayCapacityFrames,
            in: 2...100_000_000,
            unit: "frames",
            "How many frames the replay memory keeps, of all environments together; at least "
                + "(frames of a state + 2) for each environment.",
            source: table("replay memory size")
        ),
        .choice("replay_storage", \.replayStorage, "Where these frames are kept."),
        .environmentCount(\.environmentCount),
    ]

    private static let priorities: [Setting<DQNHyperparameters>] =
        [
            .choice(
                "replay_sampling",
                \.replaySampling,
                "How likely each transition of the replay memory is to be drawn.",
                source: "Schaul et al. 2016"
            )
        ] + Prioritization.settings.map { $0.within(\.prioritization) }

    private static let rounds: [Setting<DQNHyperparameters>] = [
        .wholeNumber(
            "learning_starts_agent_steps",
            \.learningStartsAgentSteps,
            in: .steps,
            unit: "agent steps",
            "How many steps are made before the first update.",
            source: table("replay start size")
        ),
        .wholeNumber(
            "update_period_agent_steps",
            \.updatePeriodAgentSteps,
            in: 1...1_000_000,
            unit: "agent steps",
            "How many steps are made from one round of updates to the next.",
            source: table("update frequency")
        ),
        .wholeNumber(
            "updates_per_period",
            \.updatesPerPeriod,
            in: 1...100_000,
            unit: "updates",
            "How many updates a round has."
        ),
        .choice(
            "schedule",
            \.schedule,
            "Whether the agent waits for a round of updates or acts meanwhile."
        ),
        .precision(\.precision),
        .wholeNumber(
            "target_update_period_updates",
            \.targetUpdatePeriod.updates,
            in: .periods,
            unit: "updates",
            notBeside: "target_update_period_agent_steps",
            "After how many updates the target network is made equal to the online one; "
                + "not beside `target_update_period_agent_steps`.",
            source: table("target network update frequency") + ", as the paper counts it"
        ),
        .wholeNumber(
            "target_update_period_agent_steps",
            \.targetUpdatePeriod.agentSteps,
            in: .periods,
            unit: "agent steps",
            "After how many steps the target network is made equal to the online one; "
                + "not beside `target_update_period_updates`.",
            source: table("target network update frequency") + ", as DeepMind's program counts"
        ),
    ]

    private static let steps: [Setting<DQNHyperparameters>] = [
        .optimizer(\.optimizer),
        .choice("loss", \.loss, "What a TD error costs."),
        .choice("loss_reduction", \.lossReduction, "How the losses of a batch become one."),
        .maxGradientNorm(\.maxGradientNorm),
        .clipsRewards(\.clipsRewards),
    ]

    private static func table(_ row: String) -> String {
        "Mnih et al. 2015, Extended Data Table 1: \(row)"
    }
}

extension TargetUpdatePeriod {
    fileprivate var updates: Int? {
        get { if case .updates(let count) = self { count } else { nil } }
        set { if let newValue { self = .updates(newValue) } }
    }

    fileprivate var agentSteps: Int? {
        get { if case .agentSteps(let count) = self { count } else { nil } }
        set { if let newValue { self = .agentSteps(newValue) } }
    }
}

extension ClosedRange<Int> {
    /// A count of steps: at most some thousand years of training.
    package static var steps: ClosedRange<Int> { 0...1_000_000_000_000 }
    /// The steps or updates from one event to the next.
    package static var periods: ClosedRange<Int> { 1...1_000_000_000_000 }
}

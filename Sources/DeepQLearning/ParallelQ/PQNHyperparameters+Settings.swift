public import JSONFields
internal import NeuralNetworks

extension PQNHyperparameters: Settings {
    /// Every constant as users write it; a constant more is a property and a row.
    public static let settings: [Setting<PQNHyperparameters>] =
        experience + updates + ExplorationSchedule.settings.map { $0.within(\.exploration) }

    private static let experience: [Setting<PQNHyperparameters>] = [
        .network(\.network),
        .initialization(\.initialization),
        .discount(\.discount, source: cleanRL),
        .number(
            "trace_decay",
            \.lambda,
            in: 0...1,
            "λ: how much a return counts that of the next step, and not the value of its state: 0 "
                + "for one step, 1 for all of the rollout.",
            source: "Gallici et al. 2024, equation 5; " + cleanRL
        ),
        .environmentCount(\.environmentCount, source: cleanRL),
        .wholeNumber(
            "rollout_steps",
            \.rolloutSteps,
            in: 1...10_000,
            unit: "agent steps of each environment",
            "How many steps each environment makes between two rounds of updates.",
            source: cleanRL
        ),
    ]

    private static let updates: [Setting<PQNHyperparameters>] = [
        .wholeNumber(
            "epochs",
            \.epochs,
            in: 1...1_000,
            "How many times every step of a rollout is learned from.",
            source: cleanRL
        ),
        .wholeNumber(
            "minibatches",
            \.minibatches,
            in: 1...10_000,
            unit: "updates",
            "Into how many parts the steps of a rollout are shuffled in each epoch, an update each; "
                + "divides their number.",
            source: cleanRL
        ),
        .precision(\.precision),
        .optimizer(\.optimizer),
        .wholeNumber(
            "learning_rate_decay_agent_steps",
            \.learningRateDecayAgentSteps,
            in: .steps,
            unit: "agent steps",
            "Over how many steps the learning rate falls to 0 in a straight line; 0 where it stays.",
            source: cleanRL + ", anneal_lr: all of the training"
        ),
        .choice("loss", \.loss, "What an error costs."),
        .choice("loss_reduction", \.lossReduction, "How the losses of a minibatch become one."),
        .maxGradientNorm(\.maxGradientNorm, source: cleanRL),
        .clipsRewards(\.clipsRewards),
    ]

    private static let cleanRL = "CleanRL, pqn_atari_envpool.py"
}

internal import JSONFields
internal import NeuralNetworks

/// The rows of what every deep algorithm has.
extension Setting {
    /// The hidden layers.
    static func network(
        _ path: any WritableKeyPath<Root, [LayerSpecification]> & Sendable
    ) -> Setting {
        Setting(
            .init(
                "network",
                .list(
                    limit: NetworkArchitecture.layerLimit,
                    of: .variants(LayerSpecification.variants)
                ),
                "The hidden layers, convolutions first; a dense layer with an output for each "
                    + "action follows them.",
                source: "Mnih et al. 2015, Methods: Model architecture"
            )
        ) { fields, root in
            var layers: [LayerSpecification] = []
            fields.readObjects("network", limit: NetworkArchitecture.layerLimit) { fields in
                layers.append(LayerSpecification(reading: &fields))
            }
            if fields.has("network") { root[keyPath: path] = layers }
        } write: {
            .array($0[keyPath: path].map(\.json))
        }
    }

    /// How the parameters are drawn.
    static func initialization(
        _ path: any WritableKeyPath<Root, Initialization> & Sendable
    ) -> Setting {
        .choice("initialization", path, "How the parameters are drawn at first.")
    }

    /// γ.
    static func discount(
        _ path: any WritableKeyPath<Root, Float> & Sendable,
        source: String
    ) -> Setting {
        .number(
            "discount",
            path,
            in: 0...1,
            "γ: what a reward one step later is worth.",
            source: source
        )
    }

    /// How many environments are acted in.
    static func environmentCount(
        _ path: any WritableKeyPath<Root, Int> & Sendable,
        source: String? = nil
    ) -> Setting {
        .wholeNumber(
            "environment_count",
            path,
            in: 1...64,
            unit: "environments",
            "In how many environments the agent acts at once, choosing all actions in one "
                + "batch.",
            source: source
        )
    }

    /// What updates are computed in.
    static func precision(
        _ path: any WritableKeyPath<Root, LearningPrecision> & Sendable
    ) -> Setting {
        .choice("precision", path, "What the matrix products of an update are computed in.")
    }

    /// How long a gradient may be.
    static func maxGradientNorm(
        _ path: any WritableKeyPath<Root, Float> & Sendable,
        source: String? = nil
    ) -> Setting {
        .number(
            "max_gradient_norm",
            path,
            in: 0...1e9,
            "The length to which a longer gradient is clipped; 0 for none.",
            source: source
        )
    }

    /// Whether rewards are clipped.
    static func clipsRewards(_ path: any WritableKeyPath<Root, Bool> & Sendable) -> Setting {
        .boolean(
            "clip_rewards",
            path,
            "Whether rewards are clipped to −1 … 1 before they are learned from; returns are "
                + "logged as they are.",
            source: "Mnih et al. 2015, Methods: Training details"
        )
    }

    /// The optimizer, with its constants.
    static func optimizer(
        _ path: any WritableKeyPath<Root, OptimizerSpecification> & Sendable
    ) -> Setting {
        Setting(
            .init(
                "optimizer",
                .variants(OptimizerSpecification.variants),
                "The rule that turns gradients into steps."
            )
        ) { fields, root in
            var optimizer = root[keyPath: path]
            fields.readObject("optimizer") { optimizer.read(&$0) }
            root[keyPath: path] = optimizer
        } write: {
            $0[keyPath: path].json
        }
    }
}

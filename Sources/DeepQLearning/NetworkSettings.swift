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

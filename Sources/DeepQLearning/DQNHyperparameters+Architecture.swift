package import NeuralNetworks

extension DQNHyperparameters {
    /// Whether the settings of the head are those of one; else there is no ``valueHead`` and no
    /// architecture, and `fault` says why.
    package var hasHead: Bool { head.fault == nil }

    /// What the network's outputs stand for.
    package var valueHead: ValueHead { head.head }

    /// The head as updates teach it, and as they ask the target network.
    var onlineHead: ValueHead { asked(head.onlineQuantileCount) }
    var targetHead: ValueHead { asked(head.targetQuantileCount) }

    private func asked(_ fractionCount: Int) -> ValueHead {
        head.kind == .implicitQuantile ? .implicitQuantile(count: fractionCount) : valueHead
    }

    /// The network that these constants describe.
    ///
    /// - Parameters:
    ///   - input: What one state looks like.
    ///   - actionCount: How many actions there are.
    /// - Returns: Its layers, with the outputs that the value head reads.
    package func architecture(input: NetworkInput, actionCount: Int) -> NetworkArchitecture {
        let width = valueHead.outputsPerAction
        var architecture = NetworkArchitecture(
            input: input,
            hiddenLayers: network,
            outputCount: actionCount * width
        )
        if head.kind == .implicitQuantile { architecture.quantileEmbedding = head.embedding }
        architecture.isNoisy = head.isNoisy
        guard head.dueling != .none else { return architecture }
        var stream: [LayerSpecification] = []
        if head.dueling == .separate {
            if case .layerNorm = network.last, case .dense = network.dropLast().last {
                stream = Array(network.suffix(2))
            } else if case .dense = network.last {
                stream = Array(network.suffix(1))
            }
            architecture.hiddenLayers.removeLast(stream.count)
        }
        architecture.branches = [
            NetworkBranch(name: "value", hiddenLayers: stream, outputCount: width),
            NetworkBranch(
                name: "advantage",
                hiddenLayers: stream,
                outputCount: architecture.outputCount
            ),
        ]
        architecture.join = .dueling
        return architecture
    }
}

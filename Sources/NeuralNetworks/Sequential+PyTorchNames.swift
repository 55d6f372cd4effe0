extension Sequential {
    /// The names and shapes of the parameters in PyTorch, in the layers' order.
    package var pyTorchTensorShapes: [(name: String, shape: [Int])] {
        pyTorchPlaces.flatMap { place in
            [
                (place.weightName, pyTorchShape(of: place.layer)),
                (place.biasName, pyTorchBiasShape(of: place.layer)),
            ]
        }
    }

    /// A layer's weights and biases, or the scales of their noise, as they are called in PyTorch.
    struct PyTorchPlace {
        let layer: LayerParameters
        /// How far behind the layer's parameters they lie.
        let distance: Int
        let weightName: String
        let biasName: String

        init(_ layer: LayerParameters, ending: String = "", distance: Int = 0) {
            self.layer = layer
            self.distance = distance
            weightName = "\(layer.name).weight\(ending)"
            biasName = "\(layer.name).bias\(ending)"
        }
    }

    /// Those of all layers; noisy layers have `weight_mu` and `weight_sigma` where others have `weight`.
    var pyTorchPlaces: [PyTorchPlace] {
        let noisy = noisyLayers
        var scales = plainParameterCount
        return layers.flatMap { layer in
            guard noisy.contains(layer) else { return [PyTorchPlace(layer)] }
            let distance = scales - layer.all.lowerBound
            scales += layer.all.count
            return [
                PyTorchPlace(layer, ending: "_mu"),
                PyTorchPlace(layer, ending: "_sigma", distance: distance),
            ]
        }
    }

    /// Refuses tensors that are not just those of this network.
    func requireOwn(_ tensors: [NamedTensor]) throws(NetworkError) {
        let expected = pyTorchTensorShapes
        let found = tensors.map { (name: $0.name, shape: $0.shape) }
        let shapes = Dictionary(found.map { ($0.name, $0.shape) }, uniquingKeysWith: { $1 })
        if let missing = expected.first(where: { shapes[$0.name] == nil }) {
            let isRenamed = Self.sizes(expected) == Self.sizes(found)
            throw .tensor(
                name: missing.name,
                "is missing; the network has \(tensorList(expected)); the file has "
                    + tensorList(found)
                    + (isRenamed ? "; the shapes are right, so that other names are enough" : "")
            )
        }
        let names = Set(expected.map(\.name))
        if let unknown = found.first(where: { !names.contains($0.name) }) {
            throw .tensor(
                name: cut(unknown.name),
                "the network has no such parameter; it has \(tensorList(expected))"
            )
        }
        for (name, shape) in expected where shapes[name] != shape {
            throw .tensor(name: name, "has shape \(shapes[name] ?? []), expected \(shape)")
        }
    }

    private static func sizes(_ tensors: [(name: String, shape: [Int])]) -> [String] {
        tensors.map { "\($0.shape)" }.sorted()
    }
}

/// Names and shapes in one line, no more of them than a person reads.
package func tensorList(_ tensors: [(name: String, shape: [Int])]) -> String {
    let limit = 12
    guard !tensors.isEmpty else { return "no tensors" }
    let shown = tensors.prefix(limit).map { "\(cut($0.name)) \($0.shape)" }.joined(separator: ", ")
    return tensors.count > limit ? "\(shown) and \(tensors.count - limit) more" : shown
}

/// A name from a file, not more of it than a person reads.
private func cut(_ name: String) -> String {
    let shown = name.unicodeScalars.prefix(60)
    return shown.endIndex < name.unicodeScalars.endIndex ? "\(String(shown))…" : name
}

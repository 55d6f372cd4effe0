public import BackgroundQueues
public import RandomNumbers
public import Tensors

/// Noise in the weights of a network's dense layers, whose scale is learned: an exploration that depends on
/// the state.
///
/// Fortunato et al. 2018, "Noisy Networks for Exploration", factorised: w = μ + σ · f(ε of the input) ·
/// f(ε of the output), b = μ + σ · f(ε of the output), f(x) = sgn(x) √|x|. Drawn once for a whole batch.
/// Nothing, without memory, where the network is not noisy.
public struct ParameterNoise: ~Copyable, Sendable {
    /// The parameters with noise, laid out like the network's; the scales among them are of no meaning.
    public private(set) var parameters: FloatBuffer
    private let places: [Place]
    /// f(ε) of every layer's inputs, then its outputs, one layer after the other.
    private var factors: [Float]

    /// A noisy layer.
    fileprivate struct Place {
        let layer: LayerParameters
        /// Where the scales of its weights lie; those of its biases follow.
        let scales: Int
        /// Where its inputs' noise lies; that of its outputs follows.
        let inputs: Int

        var outputs: Range<Int> {
            (inputs + layer.fanIn)..<(inputs + layer.fanIn + layer.outputCount)
        }
    }

    /// Makes room for the noise of a network.
    /// - Throws: `NetworkError.memory` where there is none.
    public init(_ network: Sequential) throws(NetworkError) {
        try self.init(network, layers: network.noisyLayers)
    }

    /// No noise, whether the network has some or not.
    public init(noneFor network: Sequential) throws(NetworkError) {
        try self.init(network, layers: [])
    }

    private init(_ network: Sequential, layers: [LayerParameters]) throws(NetworkError) {
        var (places, scales, inputs) = ([Place](), network.plainParameterCount, 0)
        for layer in layers {
            places.append(Place(layer: layer, scales: scales, inputs: inputs))
            scales += layer.all.count
            inputs += layer.fanIn + layer.outputCount
        }
        let count = places.isEmpty ? 0 : network.parameterCount
        let parameters = try FloatBuffer.allocating(count, for: "noisy parameters")
        self.parameters = parameters
        self.places = places
        factors = Array(repeating: 0, count: inputs)
    }

    /// Bytes of the noise of a network.
    public static func byteCount(_ network: Sequential) -> Int {
        network.noiseScaleCount == 0 ? 0 : FloatBuffer.byteCount(network.parameterCount)
    }

    /// Whether the network is not noisy.
    public var isEmpty: Bool { places.isEmpty }

    /// Draws other noise and adds it to a block of the network's parameters.
    public mutating func draw(
        from generator: inout RandomGenerator,
        addingTo source: Span<Float>,
        pool: ComputePool
    ) {
        guard !isEmpty else { return }
        for index in factors.indices {
            // 1 − u is above 0.
            let normal = normalNumber(1 - generator.unitDouble(), generator.unitDouble())
            factors[index] = Self.bent(Float(normal))
        }
        add(to: source, pool: pool)
    }

    /// Takes given numbers ε for the noise, layer by layer, those of the inputs first.
    package mutating func set(_ noise: [Float], addingTo source: Span<Float>) {
        precondition(noise.count == factors.count)
        factors = noise.map(Self.bent)
        add(to: source, pool: ComputePool(width: 1))
    }

    /// f(x) = sgn(x) √|x|.
    private static func bent(_ number: Float) -> Float {
        number < 0 ? -(-number).squareRoot() : number.squareRoot()
    }

    private mutating func add(to source: Span<Float>, pool: ComputePool) {
        precondition(source.count == parameters.count)
        let (places, factors) = (places, factors)
        let target = parameters.disjointParts
        // What has no noise is as it is.
        var next = 0
        for place in places {
            var part = target.part(next..<place.layer.all.lowerBound)
            part.floats.copy(from: source.extracting(next..<place.layer.all.lowerBound))
            next = place.layer.all.upperBound
        }
        for place in places {
            let noise = factors.span.extracting(place.outputs)
            pool.forEach(place.rows.count) { index, _ in
                for row in place.rows[index] {
                    let (weights, scales) = place.row(row)
                    var noisy = target.part(weights)
                    addNoise(
                        to: source.extracting(weights),
                        scales: source.extracting(scales),
                        factor: row == place.layer.fanIn ? 1 : factors[place.inputs + row],
                        noise,
                        into: &noisy.floats
                    )
                }
            }
        }
    }

    /// Completes a gradient of the network's parameters, in which the layers' own are, with that of the
    /// scales: of the weight, times its noise.
    public func completeGradient(_ gradient: inout FloatBuffer, pool: ComputePool) {
        let factors = factors
        let block = gradient.disjointParts
        for place in places {
            let noise = factors.span.extracting(place.outputs)
            pool.forEach(place.rows.count) { index, _ in
                for row in place.rows[index] {
                    let (weights, scales) = place.row(row)
                    var part = block.part(scales)
                    readNoiseGradient(
                        from: block.span(weights),
                        factor: row == place.layer.fanIn ? 1 : factors[place.inputs + row],
                        noise,
                        into: &part.floats
                    )
                }
            }
        }
    }
}

extension ParameterNoise.Place {
    /// The rows of the weights, and the biases as one row more, in parts for one core at a time.
    fileprivate var rows: Partition {
        Partition(length: layer.fanIn + 1, partSize: max(1, 16_384 / layer.outputCount))
    }

    /// Where one of them lies, and where the scales of its noise do.
    fileprivate func row(_ row: Int) -> (weights: Range<Int>, scales: Range<Int>) {
        let (start, width) = (row * layer.outputCount, layer.outputCount)
        let (weights, scales) = (layer.all.lowerBound + start, self.scales + start)
        return (weights..<(weights + width), scales..<(scales + width))
    }
}

extension Sequential {
    /// The layers whose weights get noise.
    var noisyLayers: [LayerParameters] {
        guard architecture.isNoisy else { return [] }
        return denses.filter { !$0.readsFractions }.map(\.parameters)
    }

    /// How many parameters are scales of noise.
    var noiseScaleCount: Int { noisyLayers.reduce(0) { $0 + $1.all.count } }
}

import BackgroundQueues
import NeuralNetworks
import NumericExpectations
import Tensors
import Testing

@Suite(.timeLimit(.minutes(5))) struct NatureNetworkTests {
    private func makeNetwork(_ kernels: Kernels = .fastest) throws -> Sequential {
        try Sequential(
            NetworkArchitecture(
                input: .pixels([4, 84, 84]),
                hiddenLayers: .nature,
                outputCount: 4
            ),
            kernels: kernels
        )
    }

    @Test("has the paper's parameters")
    func parameters() throws {
        let network = try makeNetwork()
        #expect(network.parameterCount == 1_686_180)
        let tensors = network.pyTorchTensors(of: FloatBuffer(count: network.parameterCount).span)
        #expect(
            tensors.map { "\($0.name) \($0.shape)" } == [
                "conv1.weight [32, 4, 8, 8]", "conv1.bias [32]",
                "conv2.weight [64, 32, 4, 4]", "conv2.bias [64]",
                "conv3.weight [64, 64, 3, 3]", "conv3.bias [64]",
                "fc1.weight [512, 3136]", "fc1.bias [512]",
                "fc2.weight [4, 512]", "fc2.bias [4]",
            ]
        )
    }

    @Test(
        "forward pass and every layer's gradient agree with PyTorch",
        arguments: Kernels.available,
        [1, 2]
    )
    func pyTorch(kernels: Kernels, cores: Int) throws {
        let network = try makeNetwork(kernels)
        let expected = try fixture("PyTorch/nature_dqn.json", as: NatureFixture.self)
        let parameters = try network.parameters(fromPyTorch: NatureFixture.drawTensors(network))
        let pool = ComputePool(width: cores)
        var workspace = try Workspace(
            network: network,
            capacity: 32,
            workers: cores,
            keepsGradients: true
        )
        var gradient = FloatBuffer(count: network.parameterCount)
        network.forward(
            NatureFixture.observations(stream: 100).span,
            count: 32,
            parameters: parameters,
            workspace: &workspace,
            pool: pool
        )
        let qValues = Array(copying: network.outputs(of: workspace, count: 32))
        let forwardError = relativeError(qValues, expected.qValues)
        print("forward pass of the Nature network by \(kernels): relative error \(forwardError)")
        #expect(forwardError < kernels.tolerance)

        // The gradient of the first batch's loss, from the targets that the same network gives.
        network.forward(
            NatureFixture.observations(stream: 101).span,
            count: 32,
            parameters: parameters,
            workspace: &workspace,
            pool: pool
        )
        let next = Array(copying: network.outputs(of: workspace, count: 32))
        let best = (0..<32).map { row in (0..<4).map { next[row * 4 + $0] }.max() ?? 0 }
        network.forward(
            NatureFixture.observations(stream: 100).span,
            count: 32,
            parameters: parameters,
            workspace: &workspace,
            pool: pool
        )
        let batch = NatureFixture.Batch(number: 0)
        network.withOutputGradients(of: &workspace, count: 32) { _, slopes in
            slopes.fill(0)
            for row in 0..<32 {
                let place = row * 4 + batch.actions[row]
                let target = batch.rewards[row] + batch.discounts[row] * best[row]
                slopes[place] = LossFunction.huber.slope(qValues[place] - target)
            }
        }
        network.backward(
            count: 32,
            parameters: parameters,
            workspace: &workspace,
            gradient: &gradient,
            pool: pool
        )
        for tensor in network.pyTorchTensors(of: gradient.span) {
            let reference = try #require(expected.gradients[tensor.name])
            let error = reference.error(of: tensor.values)
            print("gradient of \(tensor.name) by \(kernels): relative error \(error)")
            #expect(error < kernels.gradientTolerance)
        }
    }

    @Test("passes give the same bits on one core and on several", arguments: Kernels.available)
    func coresDoNotMatter(kernels: Kernels) throws {
        let alone = try gradientOfTen(by: kernels, cores: 1)
        #expect(try gradientOfTen(by: kernels, cores: 2) == alone)
        #expect(try gradientOfTen(by: kernels, cores: 3) == alone)
    }

    @Test(
        "our own kernels give the same bits on every kind of CPU",
        arguments: [
            (0x311b_a4a6_c02d_228b, .direct), (0xcd2e_fc77_7b38_5ff6, .filtered),
        ] as [(UInt64, Kernels.ConvolutionMethod)]
    )
    func processorsDoNotMatter(expected: UInt64, convolution: Kernels.ConvolutionMethod) throws {
        for kernels in Kernels.available
        where kernels.convolution == convolution && !kernels.isRounded {
            let gradient = try gradientOfTen(by: kernels, cores: 2)
            // FNV-1a, a number at a time.
            let fingerprint = gradient.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
                ($0 ^ UInt64($1.bitPattern)) &* 0x100_0000_01b3
            }
            #expect(fingerprint == expected, "\(kernels)")
        }
    }

    /// The gradient of ten observations, for the same slope at every output.
    private func gradientOfTen(by kernels: Kernels, cores: Int) throws -> [Float] {
        let network = try makeNetwork(kernels)
        let parameters = try network.parameters(fromPyTorch: NatureFixture.drawTensors(network))
        var workspace = try Workspace(
            network: network,
            capacity: 10,
            workers: cores,
            keepsGradients: true
        )
        var gradient = FloatBuffer(count: network.parameterCount)
        let pool = ComputePool(width: cores)
        let bytes = Array(NatureFixture.observations(stream: 100)[0..<(10 * 28_224)])
        network.forward(
            bytes.span,
            count: 10,
            parameters: parameters,
            workspace: &workspace,
            pool: pool
        )
        network.withOutputGradients(of: &workspace, count: 10) { $1.fill(0.5) }
        network.backward(
            count: 10,
            parameters: parameters,
            workspace: &workspace,
            gradient: &gradient,
            pool: pool
        )
        return gradient.array
    }

    @Test(
        "a state gives the same bits in any batch, on any number of cores, weights packed before or not",
        arguments: Kernels.available
    )
    func batchesDoNotMatter(kernels: Kernels) throws {
        let network = try makeNetwork(kernels)
        let parameters = try network.parameters(fromPyTorch: NatureFixture.drawTensors(network))
        let prepared = try PreparedNetwork(network, copying: parameters.span)
        let states = NatureFixture.observations(stream: 100)
        func qValues(_ samples: Range<Int>, cores: Int) throws -> [Float] {
            var workspace = try Workspace(
                network: network,
                capacity: samples.count + 1,
                workers: cores,
                keepsGradients: false,
                packsWeights: false
            )
            let bytes = Array(states[(samples.lowerBound * 28_224)..<(samples.upperBound * 28_224)])
            prepared.forward(
                bytes.span,
                count: samples.count,
                workspace: &workspace,
                pool: ComputePool(width: cores)
            )
            return Array(copying: network.outputs(of: workspace, count: samples.count))
        }
        let whole = try qValues(0..<32, cores: 2)
        var workspace = try Workspace(
            network: network,
            capacity: 32,
            workers: 1,
            keepsGradients: false
        )
        network.forward(
            states.span,
            count: 32,
            parameters: parameters,
            workspace: &workspace,
            pool: ComputePool(width: 1)
        )
        #expect(Array(copying: network.outputs(of: workspace, count: 32)) == whole)
        for samples in [0..<1, 31..<32, 5..<7, 9..<12, 20..<24, 13..<32] {
            for cores in [1, 2] {
                let values = try qValues(samples, cores: cores)
                #expect(values == Array(whole[(samples.lowerBound * 4)..<(samples.upperBound * 4)]))
            }
        }
    }
}

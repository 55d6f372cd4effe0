import BackgroundQueues
import JSONFields
import NeuralNetworks
import NumericExpectations
import Tensors
import Testing

@Suite(.timeLimit(.minutes(5))) struct OptimizerTests {
    struct Fixture: Decodable {
        var adam: [[Double]]
        var rmsprop: [[Double]]
        var rmspropCentered: [[Double]]
        var rmspropMomentum: [[Double]]
        var adamDecaying: [[Double]]
        var radam: [[Double]]
        var radamDecaying: [[Double]]
    }

    @Test("ten steps of Adam, its kin and RMSProp agree with PyTorch")
    func pyTorch() throws {
        let expected = try fixture("PyTorch/optimizers.json", as: Fixture.self)
        var adam = Adam()
        adam.learningRate = 0.01
        adam.firstMomentDecay = 0.8
        adam.secondMomentDecay = 0.99
        adam.epsilon = 1e-3
        try check(.adam(adam), expected.adam)
        adam.weightDecay = 0.1
        try check(.adam(adam), expected.adamDecaying)
        var radam = RAdam()
        radam.learningRate = 0.01
        radam.firstMomentDecay = 0.8
        radam.secondMomentDecay = 0.99
        radam.epsilon = 1e-3
        try check(.radam(radam), expected.radam)
        radam.weightDecay = 0.1
        try check(.radam(radam), expected.radamDecaying)
        var rmsprop = RMSProp()
        rmsprop.learningRate = 0.01
        rmsprop.squaredGradientDecay = 0.9
        rmsprop.epsilon = 1e-2
        try check(.rmsprop(rmsprop), expected.rmsprop)
        rmsprop.isCentered = true
        try check(.rmsprop(rmsprop), expected.rmspropCentered)
        rmsprop.momentum = 0.5
        try check(.rmsprop(rmsprop), expected.rmspropMomentum)
    }

    @Test("three steps of the paper's RMSProp agree with pencil and paper")
    func nature() throws {
        // ∂ = 1, -2, 0.5; g and s start at 0, decay 0.95, ε = 0.01 inside the root.
        // g: 0.05, -0.0525, -0.024875       s: 0.05, 0.2475, 0.247625
        // root: √(0.05-0.0025+0.01) = 0.2397916, √(0.2475-0.00275625+0.01) = 0.5047215,
        //       √(0.247625-0.00061877+0.01) = 0.5069578
        var rule = RMSPropNature()
        rule.learningRate = 0.1
        var optimizer = try Optimizer(.rmspropNature(rule), parameterCount: 1)
        var parameters = FloatBuffer(count: 1)
        var expected = 0.0
        for (slope, root) in [(1.0, 0.2397916), (-2.0, 0.5047215), (0.5, 0.5069578)] {
            expected -= 0.1 * slope / root
            let gradient = FloatBuffer(copying: [Float(slope)].span)
            optimizer.update(&parameters, gradient: gradient, pool: ComputePool(width: 1))
            #expect(abs(Double(parameters.array[0]) - expected) < 1e-6)
        }
    }

    @Test("a scaled gradient steps as if it had been smaller")
    func scaledGradient() throws {
        var results: [[Float]] = []
        for (slope, scale) in [(4, 0.25), (1, 1)] as [(Float, Float)] {
            var optimizer = try Optimizer(.rmspropNature(RMSPropNature()), parameterCount: 1)
            var parameters = FloatBuffer(count: 1)
            optimizer.update(
                &parameters,
                gradient: FloatBuffer(copying: [slope].span),
                scale: scale,
                pool: ComputePool(width: 1)
            )
            results.append(parameters.array)
        }
        #expect(results[0] == results[1])
    }

    @Test(
        "a scaled learning rate steps as if it had been smaller",
        arguments: [
            .rmspropNature(RMSPropNature()), .rmsprop(RMSProp()), .adam(Adam()), .radam(RAdam()),
        ] as [OptimizerSpecification]
    )
    func scaledRate(specification: OptimizerSpecification) throws {
        var results: [Float] = []
        for scale in [1, 0.25] as [Float] {
            var optimizer = try Optimizer(specification, parameterCount: 1)
            optimizer.learningRateScale = scale
            var parameters = FloatBuffer(count: 1)
            optimizer.update(
                &parameters,
                gradient: FloatBuffer(copying: [3].span),
                pool: ComputePool(width: 1)
            )
            results.append(parameters.array[0])
        }
        #expect(results[0] < 0 && results[1] == results[0] / 4)
    }

    @Test("constants that are not given keep their values, and all are written out")
    func json() throws {
        func read(_ json: JSONValue, over start: OptimizerSpecification) throws
            -> OptimizerSpecification
        {
            var specification = start
            var fields = FieldReader(json)
            specification.read(&fields)
            try fields.finishOrThrow()
            return specification
        }
        var rule = RMSPropNature()
        rule.learningRate = 0.001
        let nature = OptimizerSpecification.rmspropNature(rule)
        #expect(
            try read(["type": "rmsprop_nature", "learning_rate": 0.001], over: .adam(Adam()))
                == nature
        )
        rule.minSquaredGradient = 0.5
        #expect(try read(["min_squared_gradient": 0.5], over: nature) == .rmspropNature(rule))
        for specification in [nature, .adam(Adam()), .rmsprop(RMSProp()), .radam(RAdam())] {
            let text = specification.json.text
            #expect(try read(JSONValue(parsing: text), over: .adam(Adam())) == specification)
        }
        #expect(throws: FieldFaults.self) {
            _ = try read(["type": "adam", "momentum": 1], over: nature)
        }
    }

    private func check(_ specification: OptimizerSpecification, _ expected: [[Double]]) throws {
        let start = (0..<8).map { Float(-1 + 2 * Double($0) / 7) }
        var parameters = FloatBuffer(copying: start.span)
        var optimizer = try Optimizer(specification, parameterCount: 8)
        for (step, row) in expected.enumerated() {
            let slopes = parameters.array.enumerated().map { index, value in
                0.5 * value + ((step + index).isMultiple(of: 2) ? 1 : -1) * Float(index + 1) / 4
            }
            optimizer.update(
                &parameters,
                gradient: FloatBuffer(copying: slopes.span),
                pool: ComputePool(width: 1)
            )
            #expect(relativeError(parameters.array, row) < 2e-6, "\(specification), step \(step)")
        }
    }
}

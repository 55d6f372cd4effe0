import NeuralNetworks
import Testing

@Suite(.timeLimit(.minutes(5))) struct LossFunctionTests {
    @Test("the slope of the Huber loss is the error clipped to ±1, never zero beyond it")
    func huberSlope() {
        for (error, slope) in [(-7, -1), (-1, -1), (-0.25, -0.25), (0, 0), (1, 1), (300, 1)] {
            #expect(LossFunction.huber.slope(Float(error)) == Float(slope))
        }
    }

    @Test("every slope is the derivative of its loss", arguments: LossFunction.allCases)
    func derivative(loss: LossFunction) {
        for error in stride(from: -3.0, through: 3.0, by: 0.37) as StrideThrough<Double> {
            let measured =
                (loss.value(Float(error + 1e-2)) - loss.value(Float(error - 1e-2))) / 2e-2
            #expect(abs(measured - loss.slope(Float(error))) < 1e-2)
        }
    }

    @Test("a sum weighs every sample whole, a mean by its share")
    func reduction() {
        #expect(LossReduction.sum.weight(batchSize: 32) == 1)
        #expect(LossReduction.mean.weight(batchSize: 32) == 0.03125)
    }
}

import BackgroundQueues
import DeepQLearning
import NeuralNetworks
import Testing

/// Agents whose dense layers are noisy.
@Suite(.timeLimit(.minutes(5))) struct NoisyLayersTests {
    @Test("an agent without random actions explores, and finds the arm that pays")
    func exploration() throws {
        var pulled: Set<Int> = []
        let agent = try bandit(
            steps: 2_000,
            rewards: { arm in
                pulled.insert(arm)
                return arm == 0 ? -0.5 : 1
            }
        ) {
            $0.network = [.dense(units: 16)]
            $0.head.isNoisy = true
            ($0.exploration.initialEpsilon, $0.exploration.finalEpsilon) = (0, 0)
        }
        #expect(pulled == [0, 1])
        let pool = ComputePool(width: 1)
        let values = agent.qValues(of: agent.newestState(), pool: pool)
        #expect(abs(values.max().map { $0 - 1 } ?? 1) < 0.2, "\(values)")
        // What is looked at, evaluated and served has no noise.
        #expect(agent.qValues(of: agent.newestState(), pool: pool) == values)
        let function = try QFunction(agent.policySnapshot(), capacity: 1, workers: 1)
        #expect(function.qValues(of: agent.newestState().span, count: 1, pool: pool) == values)
    }

    @Test("the scales of the noise are learned")
    func scales() throws {
        let agent = try bandit(steps: 500, rewards: { Float($0) }) {
            $0.network = []
            $0.head.isNoisy = true
        }
        guard case .network(let architecture, let parameters) = agent.policySnapshot().function
        else { return }
        let network = try Sequential(architecture)
        let first = network.layers[0].all.count
        let initial = 0.5 / Float(6).squareRoot()
        let scales = parameters[first...]
        // Those of inputs that are always 0 learn nothing.
        #expect(scales.contains { abs($0 - initial) > 0.02 })
    }
}

internal import NeuralNetworks

/// What an agent needs to act with a network, with its errors as the agent's.
extension Sequential {
    /// The layers to act with, in full precision.
    static func acting(
        _ architecture: NetworkArchitecture,
        fractionCount: Int = 1
    ) throws(AgentError) -> Sequential {
        do throws(NetworkError) {
            return try Sequential(architecture, fractionCount: fractionCount)
        } catch {
            throw AgentError(error)
        }
    }

    /// Room for a forward pass of one state of every environment.
    func actingWorkspace(environmentCount: Int, workers: Int) throws(AgentError) -> Workspace {
        do throws(NetworkError) {
            return try Workspace(
                network: self,
                capacity: environmentCount,
                workers: workers,
                keepsGradients: false
            )
        } catch {
            throw AgentError(error)
        }
    }

    /// Room for the noise that is acted with.
    func actingNoise() throws(AgentError) -> ParameterNoise {
        do throws(NetworkError) {
            return try ParameterNoise(self)
        } catch {
            throw AgentError(error)
        }
    }

    /// No noise, for a network that has some or not.
    func withoutNoise() throws(AgentError) -> ParameterNoise {
        do throws(NetworkError) {
            return try ParameterNoise(noneFor: self)
        } catch {
            throw AgentError(error)
        }
    }
}

import Testing
import Training

/// What is due when, without a clock, an environment or an agent.
@Suite(.timeLimit(.minutes(5))) struct TrainingScheduleTests {
    /// Everything that is due in a job's life, in order, where each round makes a step in each of the
    /// environments, evaluations bring `returns`, the last again and again, and a stop comes after so
    /// many agent steps.
    private func life(
        of job: JobSpecification,
        environments: Int = 1,
        returns: [Double] = [0],
        stop: (at: Int, request: StopRequest)? = nil
    ) -> [String] {
        var schedule = TrainingSchedule(job)
        var (agentSteps, happened, evaluations) = (0, [String](), 0)
        while happened.count < 100 {
            let request = stop.flatMap { agentSteps >= $0.at ? $0.request : nil }
            switch schedule.next(at: agentSteps, stop: request) {
            case .train(let end):
                #expect(end > agentSteps)
                while agentSteps < min(end, stop?.at ?? end) {
                    agentSteps += environments
                    guard schedule.isMetricsPointDue(at: agentSteps) else { continue }
                    schedule.didMeasure(at: agentSteps)
                    happened.append("metrics \(agentSteps)")
                }
            case .evaluate:
                let meanReturn = returns[min(evaluations, returns.count - 1)]
                evaluations += 1
                let isBest = schedule.didEvaluate(at: agentSteps, meanReturn: meanReturn)
                happened.append("evaluation \(agentSteps)")
                if isBest {
                    schedule.didSaveCheckpoint(at: agentSteps)
                    happened.append("best \(agentSteps)")
                }
            case .saveCheckpoint:
                schedule.didSaveCheckpoint(at: agentSteps)
                happened.append("checkpoint \(agentSteps)")
            case .suspend: return happened + ["suspend \(agentSteps)"]
            case .finishLearning:
                schedule.didFinishLearning()
                happened.append("finish \(agentSteps)")
            case .end: return happened + ["end \(agentSteps)"]
            }
            // What is written down at any moment is all that is needed to go on.
            if !happened.contains(where: { $0.hasPrefix("finish") }) {
                var restored = TrainingSchedule(job)
                restored.state = schedule.state
                #expect(restored == schedule)
            }
        }
        return happened
    }

    private func job(
        steps: Int,
        metrics: Int = 1_000,
        checkpoints: Int = 0,
        evaluations: Int? = nil,
        goal: Double? = nil
    ) -> JobSpecification {
        var job = JobSpecification.smallCartPole(steps: steps)
        job.metricsEveryAgentSteps = metrics
        job.checkpointEveryAgentSteps = checkpoints
        job.evaluation = evaluations.map {
            EvaluationPlan(everyAgentSteps: $0, episodes: 1, epsilon: 0, stopAtMeanReturn: goal)
        }
        return job
    }

    @Test("points, evaluations and checkpoints come at their multiples, and at the end")
    func multiples() {
        let job = job(steps: 10, metrics: 4, checkpoints: 5, evaluations: 3)
        #expect(
            life(of: job, returns: [2, 1]) == [
                "evaluation 3", "best 3", "metrics 4", "checkpoint 5", "evaluation 6", "metrics 8",
                "evaluation 9", "checkpoint 10", "finish 10", "evaluation 10", "end 10",
            ]
        )
    }

    @Test("rounds of several steps pass a multiple, and what is due comes once after it")
    func passing() {
        let job = job(steps: 10, metrics: 3, checkpoints: 6, evaluations: 4)
        #expect(
            life(of: job, environments: 5, returns: [2, 1]) == [
                "metrics 5", "evaluation 5", "best 5", "metrics 10", "evaluation 10",
                "checkpoint 10", "finish 10", "end 10",
            ]
        )
        let long = self.job(steps: 20, metrics: 2, checkpoints: 3)
        #expect(
            life(of: long, environments: 16) == [
                "metrics 16", "checkpoint 16", "metrics 32", "checkpoint 32", "finish 32", "end 32",
            ]
        )
    }

    @Test("a job that plans nothing still leaves its last policy")
    func plain() {
        #expect(life(of: job(steps: 7)) == ["finish 7", "checkpoint 7", "end 7"])
    }

    @Test("the evaluation that meets the goal is the last")
    func goal() {
        let job = job(steps: 100, evaluations: 10, goal: 5)
        #expect(
            life(of: job, returns: [6]) == ["evaluation 10", "best 10", "finish 10", "end 10"]
        )
        #expect(
            life(of: job, returns: [1, 0, 5]).suffix(4)
                == ["evaluation 30", "best 30", "finish 30", "end 30"]
        )
    }

    @Test("a job that is stopped writes its last checkpoint, and evaluates no more")
    func stop() {
        let job = job(steps: 100, checkpoints: 10, evaluations: 10)
        let request = StopRequest.request(reason: nil)
        #expect(life(of: job, stop: (5, request)) == ["finish 5", "checkpoint 5", "end 5"])
        // What is due at that moment is no more than the last checkpoint.
        #expect(life(of: job, stop: (10, request)) == ["finish 10", "checkpoint 10", "end 10"])
        #expect(life(of: job, stop: (0, request)) == ["finish 0", "end 0"])
    }

    @Test("a shutdown suspends a job, or stops one that cannot be suspended")
    func shutdown() {
        let job = job(steps: 100, evaluations: 50)
        let request = StopRequest.shutdown(reason: "end")
        #expect(life(of: job, stop: (50, request)) == ["suspend 50"])
        // Its last evaluation is made by the next server.
        #expect(life(of: job, stop: (100, request)).last == "suspend 100")
        var schedule = TrainingSchedule(job)
        schedule.didFailToSuspend()
        #expect(schedule.next(at: 50, stop: request) == .finishLearning)
        schedule.didFinishLearning()
        #expect(schedule.next(at: 50, stop: request) == .saveCheckpoint)
        schedule.didSaveCheckpoint(at: 50)
        #expect(schedule.next(at: 50, stop: request) == .end)
    }

    @Test("of equal results the newer is the best, and training's count without evaluations alone")
    func best() {
        var schedule = TrainingSchedule(job(steps: 9))
        let results = [-3, -3, -4, 2].map { schedule.didTrain(meanReturn: $0) }
        #expect(results == [true, true, false, true])
        var evaluated = TrainingSchedule(job(steps: 9, evaluations: 2))
        let isBest = [
            evaluated.didTrain(meanReturn: 9), evaluated.didEvaluate(at: 2, meanReturn: -3),
            evaluated.didEvaluate(at: 4, meanReturn: -4),
            evaluated.didEvaluate(at: 6, meanReturn: -3),
        ]
        #expect(isBest == [false, true, false, true])
    }
}

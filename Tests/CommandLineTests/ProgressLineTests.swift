import Testing
import Training
import dqn_server

@Suite(.timeLimit(.minutes(5))) struct ProgressLineTests {
    /// A job of 20,000 steps that learns.
    static func job(agentSteps: Int = 5000) throws -> JobRecord {
        let preset = try #require(Preset.named("catch"))
        var job = JobRecord(id: "train", specification: preset.specification, createdAt: 0)
        job.state = .running
        job.progress.agentSteps = agentSteps
        job.progress.gradientUpdates = 100
        job.progress.epsilon = 0.25
        job.progress.agentStepsPerSecond = 50
        job.latest.meanReturn100 = 0.5
        job.latest.loss = 0.0125
        return job
    }

    @Test("where there is room all is said, with the time that is left")
    func whole() throws {
        let text = "25 %  5000/20000 steps  5 min left  return 0.5  loss 0.0125  ε 0.25  50 steps/s"
        let line = ProgressLine(try Self.job())
        #expect(line.text == text)
        #expect(line.text(columns: 200) == "██████░░░░░░░░░░░░░░░░░░  \(text)")
    }

    @Test("in a narrow terminal the less important parts are left out, and it stays one line")
    func narrow() throws {
        let line = ProgressLine(try Self.job())
        #expect(
            line.text(columns: 79)
                == "25 %  5000/20000 steps  5 min left  return 0.5  loss 0.0125  50 steps/s"
        )
        #expect(line.text(columns: 40) == "25 %  5000/20000 steps  5 min left")
        #expect(line.text(columns: 31) == "5000/20000 steps  5 min left")
        #expect(line.text(columns: 10) == "5000/2000")
        for columns in 1...120 {
            #expect(line.text(columns: columns).displayWidth < columns)
        }
        #expect(line.text(columns: 0).isEmpty)
    }

    @Test("nothing is said of the time left before learning has begun")
    func beforeLearning() throws {
        var job = try Self.job()
        job.progress.gradientUpdates = 0
        #expect(!ProgressLine(job).text.contains("left"))
    }

    @Test(
        "time is told in the units that people would use",
        arguments: [
            (0.2, "1 s"), (59, "59 s"), (59.5, "1 min"), (150, "3 min"), (3600, "1 h 0 min"),
            (12_000, "3 h 20 min"), (172_799, "2 days"), (864_000, "10 days"), (1e30, "ages"),
        ]
    )
    func durations(seconds: Double, text: String) {
        #expect(ProgressLine.duration(seconds) == text)
    }

    @Test("wide characters take two columns, marks none")
    func widths() {
        #expect("abc".displayWidth == 3 && "e\u{301}".displayWidth == 1)
        #expect("名前".displayWidth == 4 && "🎮".displayWidth == 2 && "한".displayWidth == 2)
        #expect("a名b".prefix(columns: 2) == "a" && "a名b".prefix(columns: 3) == "a名")
    }
}

import Foundation
import Testing

@Suite(.timeLimit(.minutes(5))) struct CommandTests {
    private let folder = TemporaryFolder()

    private func run(_ line: String, _ more: String...) throws -> (
        code: Int32, output: String, error: String
    ) {
        try Command(line.split(separator: " ").map(String.init) + more, in: folder).end()
    }

    @Test("a policy is trained, measured and played, and no file is lost")
    func journey() throws {
        let trained = try run("train --preset routes --output r.safetensors")
        #expect(trained.code == 0)
        #expect(trained.error.contains("evaluation after 2000 steps: mean return 11 ± 0"))
        #expect(trained.error.contains("best mean return: 11, saved as r-best.safetensors\n"))
        #expect(trained.error.hasSuffix("newest checkpoint: r.safetensors\n"))
        let again = try run("train --preset routes --output r.safetensors")
        #expect(again.code == 1)
        #expect(
            again.error.hasPrefix("Error: r.safetensors is there already: --overwrite replaces")
        )
        try FileManager.default.removeItem(atPath: folder["r.safetensors"])
        let best = try run("train --preset routes --output r.safetensors")
        #expect(
            best.code == 1 && best.error.hasPrefix("Error: r-best.safetensors is there already")
        )
        #expect(try run("train --preset routes --output r.safetensors --overwrite").code == 0)
        let evaluated = try run("evaluate --checkpoint r.safetensors --epsilon 0 --episodes 2")
        #expect(evaluated.code == 0 && evaluated.output.hasPrefix("routes: mean return 11 ± 0"))
        let played = try run("play --checkpoint r.safetensors --epsilon 0 --output x.apng")
        #expect(played.output == "routes: return 11 after 2 steps, 3 pictures in x.apng\n")
        #expect(try run("play --checkpoint r.safetensors --output x.apng").code == 1)
        #expect(try run("play --checkpoint r.safetensors --output x/ --epsilon 0").code == 0)
        #expect(
            folder.files == ["r-best.safetensors", "r.safetensors", "x", "x.apng"]
        )
    }

    @Test(
        "a signal ends the training with a checkpoint, and with a shell's exit code",
        arguments: [(SIGINT, "SIGINT", 130), (SIGTERM, "SIGTERM", 143), (SIGHUP, "SIGHUP", 129)]
            as [(Int32, String, Int32)]
    )
    func signals(signal: Int32, name: String, code: Int32) throws {
        let command = try Command(
            [
                "train", "--preset", "cartpole", "--set", "total_agent_steps=1000000000",
                "--set", "evaluation.every_agent_steps=500", "--set", "evaluation.episodes=1",
            ],
            in: folder
        )
        command.waitForError(containing: "evaluation after 500 steps")
        command.send(signal)
        let (exit, output, error) = command.end()
        #expect(exit == code && output.isEmpty)
        #expect(error.hasPrefix("0 %  0/1000000000 steps"))
        #expect(error.contains("interrupted by \(name) after "))
        #expect(error.contains("newest checkpoint: model.safetensors\n"))
        #expect(error.contains("dqn-server evaluate --checkpoint model-best.safetensors\n"))
        #expect(error.hasSuffix("dqn-server train --resume model.snapshots\n"))
        #expect(
            folder.files == ["model-best.safetensors", "model.safetensors", "model.snapshots"]
        )
        // Nothing of it is lost by mistake.
        let again = try run(
            "train --preset cartpole --overwrite --output other.safetensors --set total_agent_steps=1"
        )
        #expect(again.code == 0)
        let refused = try run("train --preset cartpole --output model.safetensors")
        #expect(refused.code == 1 && refused.error.contains("--overwrite replaces it"))
    }

    @Test(
        "a training that was interrupted or killed goes on to the bit",
        arguments: [SIGINT, SIGKILL]
    )
    func resumed(signal: Int32) throws {
        let training = [
            "train", "--preset", "cartpole", "--set", "total_agent_steps=6000",
            "--set", "evaluation.every_agent_steps=1000", "--set", "evaluation.episodes=1",
        ]
        let whole = try Command(training + ["--output", "whole.safetensors"], in: folder).end()
        #expect(whole.code == 0)
        let command = try Command(training + ["--snapshot-seconds", "0"], in: folder)
        command.waitForError(containing: "evaluation after 2000 steps")
        command.send(signal)
        _ = command.end()
        #expect(folder.files.contains("model.snapshots"))
        #expect(try run("train --preset cartpole --resume model.snapshots").code == 64)
        let resumed = try run("train --resume model.snapshots")
        #expect(resumed.code == 0, "\(resumed.error)")
        #expect(!folder.files.contains("model.snapshots"))
        for name in ["", "-best"] {
            let files = ["whole", "model"].map { folder["\($0)\(name).safetensors"] }
            #expect(FileManager.default.contentsEqual(atPath: files[0], andPath: files[1]))
        }
        let none = try run("train --resume model.snapshots")
        #expect(none.code == 1 && none.error.contains("there is no training to go on with"))
    }

    @Test("what cannot be done is told at once, in a sentence without a system's codes")
    func failures() throws {
        for (line, code, message) in [
            (
                "train --preset routes --output none/x", 1,
                "Error: cannot write none/x: there is no folder none\n"
            ),
            (
                "evaluate --checkpoint none", 1,
                "Error: cannot read none: No such file or directory\n"
            ),
            ("evaluate --checkpoint .", 1, "Error: cannot read .: Is a directory\n"),
            (
                "train --preset nope", 64,
                "Error: --preset: there is no preset \"nope\", expected one of routes, "
            ),
            (
                "train --environment cartpol", 64,
                "Error: --environment: unknown environment \"cartpol\"; did you mean \"cartpole\"?\n"
            ),
            (
                "train --environment zzz", 64,
                "Error: --environment: there is no environment \"zzz\", expected one of catch, "
            ),
            ("train", 64, "Error: give a --preset, one of routes, "),
            (
                "train --preset catch --set batch_size=0 --seed -1", 64,
                "Error: --seed: must be a whole number 0...9007199254740991, got -1\n"
                    + "--set batch_size: must be a whole number 1...4096, got 0\n"
            ),
            ("train --preset catch --set a..b=1", 64, "Error: --set takes key=value or "),
            (
                "play --checkpoint x --output x.gif", 64,
                "Error: --output is x.gif, expected a file "
            ),
            ("play --checkpoint x --max-frames -1", 64, "Error: --max-frames is -1, expected 1..."),
        ] as [(String, Int32, String)] {
            let result = try run(line)
            #expect(result.code == code, "\(line)")
            #expect(result.error.hasPrefix(message), "\(line): \(result.error)")
        }
        #expect(folder.files.isEmpty)
    }

    @Test(
        "an empty name of a file or folder is refused",
        arguments: [
            "serve --data", "train --preset routes --output", "play --checkpoint x --output",
            "evaluate --checkpoint",
        ]
    )
    func emptyNames(line: String) throws {
        let result = try run(line, "")
        #expect(result.code == 64)
        #expect(result.error.contains(" is empty, expected the name of a f"), "\(result.error)")
    }

    @Test("a table is not played in an environment whose states it does not know")
    func otherEnvironment() throws {
        #expect(try run("train --preset routes --output r.safetensors").code == 0)
        let result = try run("evaluate --checkpoint r.safetensors --environment cartpole")
        #expect(
            result.error
                == "Error: r.safetensors cannot play cartpole: it knows 2 actions in each of 4 "
                + "states, and cartpole has 2 actions for states of [4] float32 numbers\n"
        )
        #expect(result.code == 1)
    }
}

import Foundation
import Testing
import dqn_server

@Suite(.timeLimit(.minutes(5))) struct OutputTests {
    private let folder = TemporaryFolder()

    private func fault(_ path: String, overwriting: Bool = false) -> String? {
        do throws(CommandFailure) {
            try OutputFile(path).prepare(overwriting: overwriting)
            return nil
        } catch {
            return error.description
        }
    }

    @Test("the best of a file lies beside it")
    func best() {
        #expect(OutputFile("model.safetensors").best.path == "model-best.safetensors")
        #expect(OutputFile("runs.d/model").best.path == "runs.d/model-best")
        #expect(OutputFile("/a/b.c.d").best.path == "/a/b.c-best.d")
    }

    @Test("a file that can be written is tried and not left behind")
    func trial() {
        #expect(fault(folder["new.safetensors"]) == nil)
        #expect(folder.files.isEmpty)
    }

    @Test("what is in the way of a file is told before the work begins")
    func faults() throws {
        let path = folder["there"]
        try Data("x".utf8).write(to: URL(filePath: path))
        #expect(
            fault(path)
                == "\(path) is there already: --overwrite replaces it, or choose another --output"
        )
        #expect(fault(path, overwriting: true) == nil)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "x")
        #expect(
            fault(folder["none/x"])
                == "cannot write \(folder["none/x"]): there is no folder \(folder["none"])"
        )
        #expect(fault("\(path)/x") == "cannot write \(path)/x: Not a directory")
        #expect(
            fault(folder.path, overwriting: true) == "\(folder.path) is a folder, expected a file"
        )
        #expect(fault("/dev/null", overwriting: true) == "/dev/null is no ordinary file")
    }

    @Test("a name says whether pictures become a file or a folder")
    func kinds() throws {
        for name in ["x.png", "x.apng", "X.PNG", "a.b/x.png"] {
            #expect(PictureOutput(folder[name]) == .animation(OutputFile(folder[name])))
        }
        #expect(PictureOutput(folder["x/"]) == .folder(folder["x/"]))
        #expect(PictureOutput(folder["x.png/"]) == .folder(folder["x.png/"]))
        #expect(PictureOutput(folder.path) == .folder(folder.path))
        for name in ["x", "x.gif", "x.pngx"] { #expect(PictureOutput(folder[name]) == nil) }
    }

    @Test("a folder's earlier pictures are replaced only where that is wanted, and nothing else is")
    func pictures() throws {
        let output = PictureOutput.folder(folder["episode/"])
        try output.prepare(overwriting: false)
        for name in ["00000.png", "00041.png", "notes.png", "1.png"] {
            try Data().write(to: URL(filePath: folder["episode/\(name)"]))
        }
        #expect(throws: CommandFailure.self) { try output.prepare(overwriting: false) }
        try output.prepare(overwriting: true)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder["episode"])
        #expect(left.sorted() == ["1.png", "notes.png"])
    }

    @Test("a path is quoted where a shell would take it apart")
    func quoting() {
        #expect(TrainingReport.quoted("runs/model-1.safetensors") == "runs/model-1.safetensors")
        #expect(TrainingReport.quoted("my model") == "'my model'")
        #expect(TrainingReport.quoted("it's") == #"'it'\''s'"#)
    }
}
